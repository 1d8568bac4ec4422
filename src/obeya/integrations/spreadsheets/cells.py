"""What a cell of a spreadsheet says, as text a person would read in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

MOST_ROWS = 5_000
MOST_COLUMNS = 60
LONGEST = 1_000
"""Characters of a cell that are read."""

_PADDED = re.compile(r"0{2,}")
_WORDED = re.compile(r'[#,0.]*0\s*"(\s*[^"]{1,20})"')


def text_of(value: object, number_format: str = "") -> str:
    """The text of a value: whole numbers without a point, days as ISO dates, words of the format behind."""
    match value:
        case bool() | timedelta() | time():
            text = str(value)
        case float() | int():
            text = _number(value, number_format)
        case datetime():
            midnight = value.time() == time()
            text = value.date().isoformat() if midnight else value.isoformat(" ", "minutes")
        case date():
            text = value.isoformat()
        case _:
            text = str(value).replace("\r\n", "\n").strip()
    return text[:LONGEST]


def _number(value: float, number_format: str) -> str:
    text = f"{Decimal(format(value, '.12g')):f}"
    if _PADDED.fullmatch(number_format):  # a code shown with its zeros
        return text.zfill(len(number_format))
    worded = _WORDED.fullmatch(number_format)
    return f"{text} {worded[1].strip()}" if worded else text


def trimmed(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Rows without the empty ones behind the last, and without empty columns at the right."""
    last = max((n for n, row in enumerate(rows) if any(row)), default=-1)
    width = max((c + 1 for row in rows for c, cell in enumerate(row) if cell), default=0)
    return tuple(tuple(row[:width]) for row in rows[: last + 1])
