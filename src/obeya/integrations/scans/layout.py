"""Pieces of recognised text with their corners, as rows and cells: pure.

A photo is never quite straight: the slope is taken from the pieces' own edges, and their places are turned
back by it. Pieces of like height make a row; below a row that heads a table, pieces belong to its columns.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from obeya.orders.reading import columns, types

Corners = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
"""Upper left, upper right, lower right, lower left; pixels, y downwards."""
DOUBTFUL = 0.6
"""Below this score a piece is said to be hardly readable."""
_FAR_BELOW = 1.9


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text as recognised, with how sure that was (0 to 1) and where it stands."""

    text: str
    score: float
    corners: Corners


@dataclass(slots=True)
class Placed:
    """A piece in the page turned straight: its left and right end, its middle and its height."""

    text: str
    score: float
    left: float
    right: float
    middle: float
    height: float


@dataclass(slots=True)
class Row:
    """Pieces side by side, from the left."""

    pieces: list[Placed] = field(default_factory=list)

    @property
    def middle(self) -> float:
        """Where the row stands."""
        return statistics.fmean(piece.middle for piece in self.pieces)

    @property
    def texts(self) -> list[str]:
        """The texts from the left."""
        return [piece.text for piece in self.pieces]


def is_sideways(pieces: Sequence[Piece]) -> bool:
    """Whether most pieces stand upright, as on a page that lies on its side."""
    tall = sum(1 for p in pieces if len(p.text) > 2 and _height(p.corners) > 1.5 * _width(p.corners))
    return len(pieces) >= 3 and tall * 2 > sum(1 for p in pieces if len(p.text) > 2)


def _width(corners: Corners) -> float:
    return math.dist(corners[0], corners[1])


def _height(corners: Corners) -> float:
    return math.dist(corners[0], corners[3])


def slope(pieces: Sequence[Piece]) -> float:
    """The angle of the lines of text (radians, clockwise), from the long pieces."""
    angles = [
        math.atan2(p.corners[1][1] - p.corners[0][1], p.corners[1][0] - p.corners[0][0])
        for p in pieces
        if _width(p.corners) > 2 * _height(p.corners)
    ]
    return statistics.median(angles) if angles else 0.0


def rows_of(pieces: Sequence[Piece]) -> list[Row]:
    """The pieces as rows from the top, the page turned straight."""
    angle = slope(pieces)
    placed = sorted((_placed(p, angle) for p in pieces if p.text.strip()), key=lambda p: p.middle)
    if not placed:
        return []
    usual = statistics.median(p.height for p in placed)
    rows: list[Row] = []
    for piece in placed:
        near = 0.55 * min(max(piece.height, 0.6 * usual), 1.5 * usual)
        if rows and abs(rows[-1].middle - piece.middle) < near and not _covers(rows[-1], piece):
            rows[-1].pieces.append(piece)
        else:
            rows.append(Row([piece]))
    for row in rows:
        row.pieces.sort(key=lambda p: p.left)
    return rows


def _covers(row: Row, piece: Placed) -> bool:
    """Whether a piece would stand on top of one that the row has."""
    return any(
        min(p.right, piece.right) - max(p.left, piece.left)
        > 0.5 * min(p.right - p.left, piece.right - piece.left)
        for p in row.pieces
    )


def _placed(piece: Piece, angle: float) -> Placed:
    sine, cosine = math.sin(-angle), math.cos(-angle)
    turned = [(x * cosine - y * sine, x * sine + y * cosine) for x, y in piece.corners]
    xs, ys = [x for x, _ in turned], [y for _, y in turned]
    return Placed(
        " ".join(piece.text.split()),
        piece.score,
        min(xs),
        max(xs),
        statistics.fmean(ys),
        _height(piece.corners),
    )


def attachments(
    name: str, pieces: Sequence[Piece], page: int | None = None
) -> list[types.Table | types.TextPage]:
    """A page's table (from its header on) and the rest of its text, with columns kept by spaces."""
    rows = rows_of(pieces)
    head = next((n for n, row in enumerate(rows) if columns.find_header([row.texts]) is not None), None)
    if head is None:
        return [types.TextPage(name, _text(rows), page)] if rows else []
    cells, last = _table(rows, head)
    rest = [*rows[:head], *rows[last:]]
    out: list[types.Table | types.TextPage] = [types.Table(name, tuple(cells), page)]
    return [*out, types.TextPage(name, _text(rest), page)] if rest else out


def _table(rows: Sequence[Row], head: int) -> tuple[list[tuple[str, ...]], int]:
    """The rows of a table from its header on, and the number of the first row below it."""
    header = rows[head].pieces
    step = _step(rows, head)
    cells = [tuple(piece.text for piece in header)]
    number = head + 1
    while number < len(rows):
        row = rows[number]
        if number > head + 1 and row.middle - rows[number - 1].middle > _FAR_BELOW * step:
            break
        found = _in_columns(row, header)
        filled = [at for at, text in enumerate(found) if text]
        if len(filled) == 1 and len(cells) > 1 and _is_wrapped(rows, number, step):
            at = filled[0]
            before = list(cells[-1])
            before[at] = f"{before[at]} {found[at]}".strip()
            cells[-1] = tuple(before)
        else:
            cells.append(tuple(found))
        number += 1
    return cells, number


def _step(rows: Sequence[Row], head: int) -> float:
    """The usual distance of a table's rows."""
    gaps = [b.middle - a.middle for a, b in zip(rows[head:], rows[head + 1 :], strict=False)]
    return statistics.median(gaps) if gaps else 0.0


def _is_wrapped(rows: Sequence[Row], number: int, step: float) -> bool:
    """Whether a row with one cell goes on the row above it: it stands closer than rows do."""
    return rows[number].middle - rows[number - 1].middle < 0.8 * step


def _in_columns(row: Row, header: Sequence[Placed]) -> list[str]:
    """A row's texts by the header's columns: where most of a piece lies, a column reaching to the next."""
    found: list[list[str]] = [[] for _ in header]
    for piece in row.pieces:
        at = max(range(len(header)), key=lambda c: _share(piece, header, c))
        found[at].append(piece.text)
    return [" ".join(texts) for texts in found]


def _share(piece: Placed, header: Sequence[Placed], at: int) -> float:
    """How much a piece belongs to a column: by overlap with its heading, else by nearness."""
    own = header[at]
    overlap = min(piece.right, own.right) - max(piece.left, own.left)
    if overlap > 0:
        return overlap
    after = header[at + 1].left if at + 1 < len(header) else float("inf")
    if own.left - 0.5 * own.height <= piece.left < after - 0.5 * own.height:
        return 0.0
    return -min(abs(piece.left - own.right), abs(own.left - piece.right))


def _text(rows: Sequence[Row]) -> str:
    """Rows as lines of text; gaps wider than a word's become as many spaces."""
    if not rows:
        return ""
    pieces = [piece for row in rows for piece in row.pieces]
    left = min(piece.left for piece in pieces)
    wide = [(p.right - p.left) / len(p.text) for p in pieces if len(p.text) > 3]
    character = max(statistics.median(wide) if wide else 10.0, 1.0)
    lines = []
    for row in rows:
        line = ""
        for piece in row.pieces:
            at = min(round((piece.left - left) / character), 200)
            line = line.ljust(at) if len(line) + 2 <= at else f"{line}   " if line else line.ljust(at)
            line += piece.text
        lines.append(line.rstrip())
    return "\n".join(lines)


def unsure(pieces: Sequence[Piece]) -> tuple[str, ...]:
    """The pieces that were hardly readable."""
    return tuple(p.text[:60] for p in pieces if p.score < DOUBTFUL and any(c.isalnum() for c in p.text))[:20]


def has_foreign_digits(pieces: Sequence[Piece]) -> bool:
    """Whether digits of another script than Latin were seen: recognition mistakes them for each other."""
    return any(c.isdigit() and not c.isascii() and c not in "¹²³" for p in pieces for c in p.text)
