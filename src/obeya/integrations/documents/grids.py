"""A table without rules on a page: columns from its header and from the white between its words.

Coordinates are points from the left and the top of the page, as pdfplumber gives them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from obeya.orders.reading import headings

_NUMBER = re.compile(
    r"[\d\u0660-\u0669\u06f0-\u06f9\u0966-\u096f][\d\u0660-\u0669\u06f0-\u06f9\u0966-\u096f.,]*"
)
_SAME_LINE = 0.5
"""Share of a letter's height by which words of one line may differ."""
_MOST_HEADER_LINES = 3
_SPACE = 0.75
"""Share of a letter's height that a space between two words of one name is wide at most."""
_WIDER = 1.6
"""How much wider than the usual space of a page the space between two words of one name may be."""
_APART = 1.25
"""How much wider than a usual space the gap is that parts two names."""
_PAGE = re.compile(r"^\W*(?:page|pg|sheet|صفحه|صفحة)\W*\d", re.IGNORECASE)
_FOOT = re.compile(
    r"\b(?:signat(?:ure|ory)|authori[sz]ed|approved by|prepared by|checked by|terms (?:and|&)|fax|e-?mail)\b"
    r"|\btel\W|www\.",
    re.IGNORECASE,
)
"""Words of what stands at the foot of a form."""
_QUANTITY = re.compile(r"(?:[^\W\d_]{1,6}\.?\s*)?\d[\d,.]*(?:\s*[^\W\d_]{1,10}\.?)?")
_BROKEN = re.compile(r"[^\W_]-$")
"""How a line ends that was broken behind a hyphen."""
_TIGHT = 0.35
"""Share of a letter's height between the lines of one cell; rows stand farther apart."""
_LABELLED = re.compile(
    r"^\W*(?:your|our|vendor|supplier|seller|manufacturer|mfr|mfg|customer|buyer|cust)\.?'?s?\W{1,2}"
    r"(?:\w+\W{1,2})?(?:part|item|material|product|article|code|sku|ref|no|number|#)[^:]{0,16}[:#]\s*\S*\d\S*\W*$",
    re.IGNORECASE,
)
"""A line below a row that names its item once more ("Your material number: HX-5")."""
_RULE = re.compile(r"[-_=*.~+|]{3,}")
_BELONGS = ("desc", "code", "own", "pack", "remark", "")
"""Kinds of columns whose text may go on in the next line."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word and where it stands."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float


Line = tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Header cells, what they are, where each column begins and ends, and how its words were found."""

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    spans: tuple[tuple[float, float], ...]
    edges: tuple[float, ...] = ()

    @property
    def quantity(self) -> int:
        """The column of quantities."""
        return self.kinds.index("qty")


_NO_HEADER: tuple[tuple[int, int], Grid | None] = ((0, 0), None)


def lines_of(words: Sequence[Word]) -> list[Line]:
    """Words as lines from top to bottom, each from left to right."""
    out: list[list[Word]] = []
    drawn = [word for word in words if not _RULE.fullmatch(word.text)]
    for word in sorted(drawn, key=lambda w: ((w.top + w.bottom) / 2, w.x0)):
        middle = (word.top + word.bottom) / 2
        if out:
            last = out[-1][-1]
            height = min(word.bottom - word.top, last.bottom - last.top)
            if abs((last.top + last.bottom) / 2 - middle) <= _SAME_LINE * height:
                out[-1].append(word)
                continue
        out.append([word])
    return [tuple(sorted(line, key=lambda w: w.x0)) for line in out]


def tables_of(
    lines: Sequence[Line], before: Grid | None
) -> tuple[list[tuple[tuple[str, ...], ...]], Grid | None]:
    """The tables of a page, header first, and the last grid; `before` is the last page's, gone on with.

    A page goes on with the table of the page before where it has no header of its own and still rows.
    """
    heads = _headers(lines, _space(lines))
    if not heads:
        rows = _rows(lines, before) if before is not None else []
        return ([(before.names, *rows)] if before and rows else []), before
    out: list[tuple[tuple[str, ...], ...]] = []
    grid = before
    for (_, end, head), following in itertools.zip_longest(heads, heads[1:]):
        body = lines[end : following[0] if following else len(lines)]
        grid = _with_edges(head, body)
        out.append((grid.names, *_rows(body, grid)))
    return out, grid


def _space(lines: Sequence[Line]) -> float:
    """The widest gap that is a space, as a share of a letter's height: forms set their columns close.

    Most gaps of a page are its usual space, which is narrow in print and wide in typewriter letters.
    """
    gaps = [
        share
        for line in lines
        for one, other in itertools.pairwise(line)
        if 0.1 < (share := (other.x0 - one.x1) / max(one.bottom - one.top, 1.0)) < _SPACE
    ]
    return min(_SPACE, _WIDER * sorted(gaps)[len(gaps) // 3]) if len(gaps) >= 9 else _SPACE


def _headers(lines: Sequence[Line], space: float = _SPACE) -> list[tuple[int, int, Grid]]:
    """Header lines: where they begin, where they end, and their grid."""
    out: list[tuple[int, int, Grid]] = []
    at = 0
    while at < len(lines):
        best: tuple[tuple[int, int], int, Grid] | None = None
        for count in range(1, _MOST_HEADER_LINES + 1):
            window = lines[at : at + count]
            if len(window) < count or not _are_close(window):
                break
            known, grid = _header(window, space)
            if grid is not None and (best is None or known >= best[0]):
                best = known, at + count, grid
        if best is None:
            at += 1
            continue
        out.append((at, best[1], best[2]))
        at = best[1]
    return out


def _are_close(window: Sequence[Line]) -> bool:
    return all(
        min(w.top for w in below) - max(w.bottom for w in above) < _height(above)
        for above, below in itertools.pairwise(window)
    )


def _height(line: Line) -> float:
    return max(w.bottom - w.top for w in line)


def _header(window: Sequence[Line], space: float) -> tuple[tuple[int, int], Grid | None]:
    """How well these lines name columns (known names, and those known word for word), and their grid."""
    if sum(len(line) for line in window) > 40 or any(
        _NUMBER.fullmatch(w.text) or sum(map(str.isdigit, w.text)) > 2 for line in window for w in line
    ):
        return _NO_HEADER
    cells = _stacked([cell for line in window for cell in _cells(line, space)])
    if not 3 <= len(cells) <= 20:
        return _NO_HEADER
    cells = _said_once(cells)
    names = tuple(cell.text for cell in cells)
    kinds = headings.kinds_of(names)
    if kinds is None:
        return _NO_HEADER
    known = sum(bool(kind) for kind in kinds)
    if known < 3 or known * 2 <= len(kinds):
        return _NO_HEADER
    odd = sum(1 for kind in kinds if not kind)
    exact = sum(1 for name in names if headings.is_exact(name))
    return (known * 2 - odd * 3, exact), Grid(names, kinds, tuple((c.x0, c.x1) for c in cells))


def _cells(line: Line, space: float) -> list[Word]:
    """The words of a line joined where only a space stands between them and no two names are there."""
    runs: list[list[Word]] = []
    for word in line:
        if runs and word.x0 - runs[-1][-1].x1 < space * (word.bottom - word.top):
            runs[-1].append(word)
        else:
            runs.append([word])
    return [cell for run in runs for cell in _named(run, space)]


def _named(run: list[Word], space: float) -> list[Word]:
    """A run of header words as one cell, or as several where it is several names beside each other."""
    whole = _joined(run)
    if len(run) == 1 or headings.kind_of(whole.text):
        return [whole]
    least = space / _WIDER * _APART if space < _SPACE else 0.0
    for cut in range(1, len(run)):
        if run[cut].x0 - run[cut - 1].x1 < least * (run[cut].bottom - run[cut].top):
            continue
        left, right = _joined(run[:cut]), _named(run[cut:], space)
        if headings.kind_of(left.text) and all(headings.kind_of(w.text) for w in right):
            return [left, *right]
    return [whole]


def _joined(words: Sequence[Word]) -> Word:
    return Word(
        " ".join(w.text for w in words),
        min(w.x0 for w in words),
        max(w.x1 for w in words),
        min(w.top for w in words),
        max(w.bottom for w in words),
    )


def _stacked(cells: Sequence[Word]) -> list[Word]:
    """Cells that stand above each other joined, top first."""
    out: list[Word] = []
    for cell in sorted(cells, key=lambda c: c.top):
        over = [other for other in out if min(cell.x1, other.x1) - max(cell.x0, other.x0) > 0]
        if len(over) == 1:
            out[out.index(over[0])] = _joined([over[0], cell])
        else:
            out.append(cell)
    return sorted(out, key=lambda c: c.x0)


def _said_once(cells: Sequence[Word]) -> list[Word]:
    """Neighbours that say the same in two scripts ("Qty", "الكمية") joined: they head one column."""
    out: list[Word] = []
    for cell in cells:
        if out and out[-1].text.isascii() != cell.text.isascii():
            before, here = headings.kind_of(out[-1].text), headings.kind_of(cell.text)
            if before and here and before[0] == here[0]:
                out[-1] = _joined([out[-1], cell])
                continue
        out.append(cell)
    return out


def _with_edges(grid: Grid, body: Sequence[Line]) -> Grid:
    """The grid with an edge between each two columns: where the fewest words of its rows are cut."""
    rows = [line for line in body if _is_row(line, grid)]
    edges: list[float] = []
    for left, right in itertools.pairwise(grid.spans):
        edges.append(_edge(rows, left, right))
    return replace(grid, edges=tuple(edges))


def _edge(rows: Sequence[Line], left: tuple[float, float], right: tuple[float, float]) -> float:
    """The best place to part two columns, from the middle of the left name to that of the right one.

    It cuts the fewest words, leaves numbers under their names, and has the most white around it.
    """
    low, high = (left[0] + left[1]) / 2, (right[0] + right[1]) / 2
    points = {(left[1] + right[0]) / 2, right[0] - 1.0, left[1] + 1.0}
    for one, other in (pair for line in rows for pair in itertools.pairwise(line)):
        if other.x0 > one.x1:
            points.add((one.x1 + other.x0) / 2)
            points.add(other.x0 - 0.5)
    inside = [point for point in points if low < point < high] or [(left[1] + right[0]) / 2]
    return min(
        inside, key=lambda x: (_cuts(rows, x) + _strays(rows, x, left, right), -_white(rows, x, left, right))
    )


def _strays(rows: Sequence[Line], x: float, left: tuple[float, float], right: tuple[float, float]) -> float:
    """How many numbers would be parted from the name they stand under."""
    cost = 0.0
    for word in (w for line in rows for w in line if _NUMBER.fullmatch(w.text)):
        is_right = (word.x0 + word.x1) / 2 > x
        under_left, under_right = _distance(left, word) < 0, _distance(right, word) < 0
        if under_left != under_right and under_right != is_right:
            cost += 1.0
    return cost


def _white(rows: Sequence[Line], x: float, left: tuple[float, float], right: tuple[float, float]) -> float:
    """How far it is from `x` to the nearest word, in the rows and the header."""
    ends = [left, right, *((w.x0, w.x1) for line in rows for w in line)]
    return min((max(start - x, x - end, 0.0) for start, end in ends), default=0.0)


def _cuts(rows: Sequence[Line], x: float) -> float:
    """What an edge at `x` would cut: words, and words that stand close together, in all rows."""
    cost = 0.0
    for line in rows:
        if any(w.x0 < x - 0.2 and w.x1 > x + 0.2 for w in line):
            cost += 3
        for one, other in itertools.pairwise(line):
            if one.x1 <= x + 0.2 and other.x0 >= x - 0.2:
                gap = other.x0 - one.x1
                cost += 1.0 if gap < 0.4 * (one.bottom - one.top) else 0.0
    return cost


def _is_row(line: Line, grid: Grid) -> bool:
    """Whether a line has a number where quantities stand, and is no sentence."""
    if _PAGE.match(_text(line)):
        return False
    cell = [w for w in line if _place(w, grid) == grid.quantity]
    if not any(_NUMBER.match(w.text) for w in cell):
        return False
    if _QUANTITY.fullmatch(_text(cell)):
        return True
    return not _is_prose(line) and not _FOOT.search(_text(line))


def _place(word: Word, grid: Grid) -> int:
    if grid.edges:
        return _column((word.x0 + word.x1) / 2, grid.edges)
    return min(range(len(grid.spans)), key=lambda c: _distance(grid.spans[c], word))


def _text(line: Sequence[Word]) -> str:
    return " ".join(w.text for w in line)


def _is_prose(line: Line) -> bool:
    """Whether words follow each other as in a sentence: many, and at most one wide gap."""
    gaps = [other.x0 - one.x1 for one, other in itertools.pairwise(line)]
    return len(line) >= 6 and sum(gap > 0.9 * _height(line) for gap in gaps) <= 1


def _distance(span: tuple[float, float], word: Word) -> float:
    if word.x1 < span[0]:
        return span[0] - word.x1
    if word.x0 > span[1]:
        return word.x0 - span[1]
    return -min(word.x1, span[1]) + max(word.x0, span[0])


def _column(x: float, edges: Sequence[float]) -> int:
    return sum(1 for edge in edges if x > edge)


def _rows(lines: Sequence[Line], grid: Grid) -> list[tuple[str, ...]]:
    """Lines as rows of cells; a line without a quantity goes on with the row it stands closest to."""
    rows = [n for n, line in enumerate(lines) if _is_row(line, grid)]
    if not rows:
        return []
    owner: dict[int, int] = {n: n for n in rows}
    for n in range(len(lines)):
        if n not in owner and (to := _belongs_to(n, lines, rows, owner, grid)) is not None:
            owner[n] = to
    out: list[tuple[str, ...]] = []
    for n in range(len(lines)):
        if owner.get(n, n) != n or (n > rows[-1] and not _may_close(lines[n])):
            continue
        parts = [m for m in range(len(lines)) if owner.get(m) == n] or [n]
        out.append(_row([lines[part] for part in parts], grid))
    return out


def _row(parts: Sequence[Line], grid: Grid) -> tuple[str, ...]:
    """The cells of a row of some lines; a word that was broken behind its hyphen is one word again."""
    cells = [""] * len(grid.names)
    for number, part in enumerate(parts):
        begun = [False] * len(cells)
        whole = _column_of_sentence(part, grid) if number else None
        for word in part:
            at = _column((word.x0 + word.x1) / 2, grid.edges) if whole is None else whole
            is_broken = not begun[at] and _BROKEN.search(cells[at]) is not None
            cells[at] += word.text if is_broken or not cells[at] else f" {word.text}"
            begun[at] = True
    return tuple(cells)


def _column_of_sentence(line: Line, grid: Grid) -> int | None:
    """The column that a sentence over several columns belongs to; None where it stands in cells."""
    if not _is_one_run(line) or (len(_used(line, grid)) < 2 and not _LABELLED.search(_text(line))):
        return None
    if "desc" in grid.kinds:
        return grid.kinds.index("desc")
    return grid.kinds.index("code") if "code" in grid.kinds else None


def _may_close(line: Line) -> bool:
    """Whether a line below the last row can belong to the table: no sentence, no page number."""
    text = _text(line)
    return (
        headings.is_total(text)
        or headings.is_charge(text)
        or not (_PAGE.match(text) or _FOOT.search(text) or _is_prose(line))
    )


def _belongs_to(
    n: int, lines: Sequence[Line], rows: Sequence[int], owner: dict[int, int], grid: Grid
) -> int | None:
    """The row whose words a line without a quantity continues, or None."""
    line = lines[n]
    text = _text(line)
    if headings.is_total(text):
        return None
    above, below = n - 1, next((r for r in rows if r > n), None)
    room = 1.3 * _height(line)
    up = min(w.top for w in line) - max(w.bottom for w in lines[above]) if above in owner else None
    if up is not None and up < room and _is_one_run(line):
        if _LABELLED.search(text):
            return owner[above]
        if len(_used(line, grid)) > 1:  # a sentence, not cells: it describes what has no words yet
            return None if _is_described(lines[owner[above]], grid) or _says_else(text) else owner[above]
    if up is not None and up < _TIGHT * _height(line) and _is_wrapped(line, grid):
        return owner[above]
    if not _continues(line, grid):
        return None
    down = (
        min(w.top for w in lines[below]) - max(w.bottom for w in line)
        if below is not None and all(m in owner or m == n for m in range(n, below))
        else None
    )
    if up is not None and up < room and (down is None or up <= down + 1.0):
        return owner[above]
    return below if down is not None and below is not None and down < 0.5 * _height(line) else None


def _continues(line: Line, grid: Grid) -> bool:
    """Whether a line stands in one or two columns whose text may go on below."""
    used = _used(line, grid)
    return not _crosses(line, grid) and len(used) <= 2 and all(grid.kinds[c] in _BELONGS for c in used)


def _crosses(line: Line, grid: Grid) -> bool:
    return any(w.x0 < edge - 1 and w.x1 > edge + 1 for w in line for edge in grid.edges)


def _is_wrapped(line: Line, grid: Grid) -> bool:
    """Whether a line, set close below a row, only holds what did not fit into its cells."""
    if _crosses(line, grid):
        return False
    cells: dict[int, list[Word]] = {}
    for word in line:
        cells.setdefault(_column((word.x0 + word.x1) / 2, grid.edges), []).append(word)
    return all(
        grid.kinds[at] in _BELONGS
        or (grid.kinds[at] == "date" and len(_text(cell)) <= 12)
        or (len(_text(cell)) <= 8 and not any(map(str.isdigit, _text(cell))))
        for at, cell in cells.items()
    )


def _used(line: Line, grid: Grid) -> set[int]:
    return {_column((w.x0 + w.x1) / 2, grid.edges) for w in line}


def _is_described(row: Line, grid: Grid) -> bool:
    return "desc" in grid.kinds and grid.kinds.index("desc") in _used(row, grid)


def _says_else(text: str) -> bool:
    """Whether a line is of charges, of the foot of a form or of the next page."""
    return headings.is_charge(text) or bool(_FOOT.search(text) or _PAGE.match(text)) or ":" in text


def _is_one_run(line: Line) -> bool:
    """Whether no wide gap parts the words of a line."""
    return all(other.x0 - one.x1 < _SPACE * _height(line) for one, other in itertools.pairwise(line))
