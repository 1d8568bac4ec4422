"""Separated values: the separator and the encoding are found, not believed."""

from __future__ import annotations

import csv
import io
import itertools
from collections import Counter
from collections.abc import Iterator

from obeya.integrations.spreadsheets import cells
from obeya.lib import decoding
from obeya.orders import ports
from obeya.orders.reading import columns, types

_SEPARATORS = "\t;,|"
_PROBE_ROWS = 200
_NOT_A_TABLE = "it is no table of separated values"


def looks_separated(start: bytes, *, is_whole: bool) -> bool:
    """Whether the beginning of a file can be separated values."""
    text = decoding.decode(start, cut=not is_whole)
    return text is not None and _separator(text) is not None


def attachments_of(content: bytes, name: str) -> ports.Converted:
    """The values as one table; NotMine where no row names what is bought and how much."""
    text = decoding.decode(content)
    separator = _separator(text) if text else None
    if text is None or separator is None:
        return ports.NotMine(_NOT_A_TABLE)
    try:
        taken: list[list[str]] = list(itertools.islice(_rows(text, separator), cells.MOST_ROWS + 1))
    except csv.Error:
        return [types.Unreadable(name, "its rows are broken, as if a quotation mark were never closed")]
    rows = [[_plain(cell) for cell in row[: cells.MOST_COLUMNS]] for row in taken]
    kept = cells.trimmed(rows[: cells.MOST_ROWS])
    if columns.find_header(kept) is None and not name.lower().endswith((".csv", ".tsv", ".tab")):
        return ports.NotMine(_NOT_A_TABLE)
    out: list[types.Attachment] = [types.Table(name, kept)]
    if len(taken) > cells.MOST_ROWS:
        out.append(types.Unreadable(name, f"only the first {cells.MOST_ROWS:,} rows are read"))
    return out


def _plain(cell: str) -> str:
    """A cell; ="00123" is how exports keep Excel from taking a code for a number."""
    text = cells.text_of(cell)
    return text[2:-1] if text.startswith('="') and text.endswith('"') else text


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    lines = text.removeprefix(f"sep={separator}").lstrip("\r\n")
    return csv.reader(io.StringIO(lines, newline=""), delimiter=separator, strict=True)


def _separator(text: str) -> str | None:
    """The sign that cuts most rows into the same number of at least three cells."""
    if text.startswith("sep=") and text[4:5] in _SEPARATORS:  # Excel's own hint
        return text[4]
    best: tuple[float, str] | None = None
    for sign in _SEPARATORS:
        share = _regularity(text, sign)
        if share >= 0.5 and (best is None or share > best[0]):
            best = share, sign
    return best[1] if best else None


def _regularity(text: str, sign: str) -> float:
    """How large a share of the text stands in rows of the commonest width; 0 where that is below three."""
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
        rows = [row for row in itertools.islice(reader, _PROBE_ROWS) if any(cell.strip() for cell in row)]
    except csv.Error:
        return 0.0
    widths = Counter(len(row) for row in rows if len(row) >= 3)
    if not widths or len(rows) < 2:
        return 0.0
    count = widths.most_common(1)[0][1]
    return 0.0 if count < 2 else count / len(rows)
