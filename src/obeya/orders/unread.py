"""What the reader could make nothing of becomes lines without an item, for one tap: pure."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from obeya.orders.reading import types

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_LETTERS = re.compile(r"[^\W\d_]{2,}")


def as_lines(text: str, reading: types.Reading, uom_words: Mapping[str, str]) -> types.Reading:
    """The reading with a line for each run of unread text that holds words.

    A run with just one number and one known unit word ("5 ctn zinkplugs") keeps both beside the unknown
    item. Where every unread part is in such a line, the doubts about unread parts are in the lines too.
    """
    if any(line.source == "table" for line in reading.lines):
        return reading  # words beside a document name no goods; the reader doubts its numbers itself
    unread = [span for span in reading.spans if span.role == "unread"]
    runs = [run for run in _runs(text, unread) if _LETTERS.search(text[run[0] : run[1]])]
    if not runs or reading.intent not in ("order", "order_change"):
        return reading
    start = len(reading.lines)
    lines = [_line(text, run, start + n, uom_words) for n, run in enumerate(runs)]
    absorbed = all(any(a <= span.start and span.end <= b for a, b in runs) for span in unread)
    doubts = tuple(d for d in reading.doubts if not (absorbed and d.code.startswith("unread")))
    known = types.Doubt("unknown_item", start, "Some words name no item.")
    return dataclasses.replace(reading, lines=(*reading.lines, *lines), doubts=(*doubts, known), auto=False)


def _runs(text: str, spans: Sequence[types.Span]) -> list[tuple[int, int]]:
    """Neighbouring unread spans of one text line, joined."""
    runs: list[tuple[int, int]] = []
    for span in sorted(spans, key=lambda s: s.start):
        if runs and not text[runs[-1][1] : span.start].strip(" ,;-:."):
            runs[-1] = (runs[-1][0], span.end)
        else:
            runs.append((span.start, span.end))
    return [part for run in runs for part in _cut(text, run)]


def _cut(text: str, run: tuple[int, int]) -> list[tuple[int, int]]:
    """A run cut at line breaks."""
    parts, at = [], run[0]
    for piece in text[run[0] : run[1]].split("\n"):
        if piece.strip():
            parts.append((at, at + len(piece)))
        at += len(piece) + 1
    return parts


def _line(text: str, run: tuple[int, int], position: int, uom_words: Mapping[str, str]) -> types.ReadLine:
    said = text[run[0] : run[1]]
    numbers = _NUMBER.findall(said)
    units = [word for word in _LETTERS.findall(said) if word.lower() in uom_words]
    plain = len(numbers) == 1 and len(units) == 1
    return types.ReadLine(
        position=position,
        sku=None,
        qty=Decimal(numbers[0]) if plain else None,
        uom=uom_words[units[0].lower()] if plain else None,
        confidence=0.0,
        item_span=_words(said, run[0], numbers, units) if plain else run,
        qty_span=None,
        text=said.strip(),
        doubts=("unknown_item",),
        source="unread",
    )


def _words(said: str, start: int, numbers: Sequence[str], units: Sequence[str]) -> tuple[int, int]:
    """Where the item's words stand: what is left without number and unit at the ends."""
    left, right = 0, len(said)
    for word in (*numbers, *units, *numbers):
        inner = said[left:right]
        trimmed = inner.lstrip()
        if trimmed.startswith(word):
            left += len(inner) - len(trimmed) + len(word)
        elif inner.rstrip().endswith(word):
            right = left + len(inner.rstrip()) - len(word)
    inner = said[left:right]
    left += len(inner) - len(inner.lstrip())
    return start + left, start + left + len(inner.strip())
