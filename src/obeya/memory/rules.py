"""Words, as documents hold them and as people type them: pure.

Our own cutting instead of PostgreSQL's parser, which follows the database's locale and takes words of
Indic scripts apart at their vowel signs. Letters, digits and marks make a word; - . / : between two of
them belong to it, so that codes like EXT-2 stay whole, and their parts can be found too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

MAX_WORDS = 12
MAX_POSITION = 16_383
_JOINERS = "-./:"


@dataclass(frozen=True, slots=True)
class Word:
    """A word in small letters and where it stands in the text."""

    text: str
    start: int
    end: int


def _is_part(char: str) -> bool:
    return unicodedata.category(char)[0] in "LNM" or char in "\u200c\u200d"


def words_of(text: str) -> Iterator[Word]:
    """The words of a text, in order."""
    start = None
    for at, char in enumerate(text):
        inside = _is_part(char) or (
            char in _JOINERS
            and start is not None
            and _is_part(text[at - 1])
            and at + 1 < len(text)
            and _is_part(text[at + 1])
        )
        if inside and start is None:
            start = at
        elif not inside and start is not None:
            yield Word(folded(text[start:at]), start, at)
            start = None
    if start is not None:
        yield Word(folded(text[start:]), start, len(text))


def folded(word: str) -> str:
    """The form in which words are compared: compatibility forms unified, small letters."""
    return unicodedata.normalize("NFKC", word).casefold()


def _forms(word: str) -> list[str]:
    """A word and, where it is a code, its parts."""
    parts = [word]
    if any(joiner in word for joiner in _JOINERS):
        for joiner in _JOINERS:
            word = word.replace(joiner, " ")
        parts += word.split()
    return parts


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''")[:200] + "'"


def vector(title: str, body: str) -> str:
    """The text of a PostgreSQL tsvector: words with their places, those of the title weighing more."""
    entries = []
    place = 0
    for text, weight in ((title, "A"), (body, "B")):
        for word in words_of(text):
            place = min(place + 1, MAX_POSITION)
            entries += [f"{_quoted(form)}:{place}{weight}" for form in _forms(word.text)]
    return " ".join(entries)


def prefix_query(text: str) -> str:
    """The text of a PostgreSQL tsquery: every word must occur, and may be half typed. "" for no word."""
    typed = [word.text for word in words_of(text)][:MAX_WORDS]
    return " & ".join(f"{_quoted(word)}:*" for word in typed)


def _begins(word: Word, wanted: list[str]) -> bool:
    return any(form.startswith(start) for form in _forms(word.text) for start in wanted)


def excerpt(text: str, asked: str, *, start: str, stop: str, around: int = 90) -> str:
    """The part of `text` around the first found word, every found word between `start` and `stop`."""
    wanted = [word.text for word in words_of(asked)][:MAX_WORDS]
    hits = [
        word
        for word in words_of(text)
        if any(form.startswith(w) for form in _forms(word.text) for w in wanted)
    ]
    first = max(0, hits[0].start - around) if hits else 0
    last = min(len(text), (hits[0].end if hits else 0) + 2 * around)
    told, at = ["…" if first else ""], first
    for hit in hits:
        if hit.end > last:
            break
        told += [text[at : hit.start], start, text[hit.start : hit.end], stop]
        at = hit.end
    return "".join([*told, text[at:last], "…" if last < len(text) else ""])
