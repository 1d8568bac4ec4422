"""What people type into the search box, made into a full-text query: pure."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]+(?:[-./:_][^\W_]+)*", re.UNICODE)
MAX_WORDS = 12


def words_of(text: str) -> list[str]:
    """The words that are searched for, at most `MAX_WORDS`; codes like EXT-2 stay whole."""
    return _WORD.findall(text.lower())[:MAX_WORDS]


def prefix_query(text: str) -> str:
    """A PostgreSQL tsquery: every word must occur, and may be half typed. "" where there is no word."""
    return " & ".join("'{}':*".format(word.replace("'", "")) for word in words_of(text))
