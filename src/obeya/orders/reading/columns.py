"""The columns of a purchase order: the header of a table, and text pages back to cells."""

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from obeya.orders.reading import headings, letters, types

_NUMBER = re.compile(r"^[\d,.]+$")
_DEEPEST = 60
"""Rows in which a header is looked for."""
_LOOKED_AT = 40
_DAY = re.compile(
    r"^(?:\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{4}-\d\d-\d\d|\d{1,2}[- ][^\W\d_]{3,9}[- ,]+\d{2,4}"
    r"|[^\W\d_]{3,9}\.? \d{1,2},? \d{2,4})(?:\s|$)"
)
_COUNT = re.compile(r"^\d[\d,]*(?:\.\d+)?(?:\s*[^\W\d_]{1,8}\.?)?$")
_TAILED = re.compile(r"^(.*[^\W\d_]{2}.*\S) {4,}(\d[\d,.]*\s*[^\W\d_]{1,8}\.?)$")
_RAGGED = 8
"""Letters by which the right ends of one column may differ."""


@dataclass(frozen=True, slots=True)
class Header:
    """Where each column of a table starts and what it holds."""

    row: int
    kinds: tuple[str, ...]
    units: tuple[str | None, ...]
    guessed: bool = False

    def first(self, kind: str) -> int | None:
        """The first column of a kind, or None."""
        return self.kinds.index(kind) if kind in self.kinds else None


def find_header(rows: Sequence[Sequence[str]]) -> Header | None:
    """The header row of a table: it must name what is bought and how much."""
    for number, row in enumerate(rows[:_DEEPEST]):
        header = _header(rows, number, row, 1)
        both = _header_of_two(rows, number)
        if header is not None and both is not None:
            return both if _known_names(rows, both, 2) > _known_names(rows, header, 1) else header
        if header is not None or both is not None:
            return header or both
    return None


def _header_of_two(rows: Sequence[Sequence[str]], number: int) -> Header | None:
    """A row and the one below it as one header, where both hold only words."""
    if number + 1 >= len(rows) or not any(cell.strip() for cell in rows[number + 1]):
        return None
    row, below = rows[number], rows[number + 1]
    if not (_looks_named(row) and _looks_named(below)):
        return None
    return _header(rows, number, _over(row, below), 2)


def _over(row: Sequence[str], below: Sequence[str]) -> list[str]:
    return [f"{_at(row, c)} {_at(below, c)}".strip() for c in range(max(len(row), len(below)))]


def _known_names(rows: Sequence[Sequence[str]], header: Header, height: int) -> int:
    """How many names of a header, one or two rows high, are known word for word."""
    row = rows[header.row] if height == 1 else _over(rows[header.row - 1], rows[header.row])
    return sum(1 for cell in row if cell.strip() and headings.is_exact(cell))


def _at(row: Sequence[str], column: int) -> str:
    return row[column] if column < len(row) else ""


def _looks_named(row: Sequence[str]) -> bool:
    """Whether at least half of the filled cells hold words of headings, and none a number."""
    filled = [cell for cell in row if cell.strip()]
    return bool(filled) and not any(_NUMBER.match(cell.strip()) for cell in filled)


def _header(rows: Sequence[Sequence[str]], number: int, row: Sequence[str], height: int) -> Header | None:
    found = [headings.kind_of(cell) if cell.strip() else None for cell in row]
    named = [f[0] if f else "" for f in found]
    settled = headings.settle(named)
    body = rows[number + height : number + height + _LOOKED_AT]
    if settled is None:
        return _unnamed_quantity(row, named, body, number + height - 1)
    kinds = tuple(
        _by_content(kind, [_at(one, column) for one in body]) for column, kind in enumerate(settled)
    )
    return Header(number + height - 1, kinds, tuple(f[1] if f else None for f in found))


def _unnamed_quantity(
    names: Sequence[str], kinds: list[str], body: Sequence[Sequence[str]], at: int
) -> Header | None:
    """A header whose one column of numbers under an unknown name must be the quantity; None where none is.

    Certain where that number times the price is the amount in every row.
    """
    known = {kind for kind in kinds if kind}
    if len(known) < 3 or not known & {"desc", "code"} or not known & {"unit", "rate"} or "qty" in known:
        return None
    cells = {
        column: [_at(row, column) for row in body if _at(row, column).strip()]
        for column, kind in enumerate(kinds)
        if not kind and names[column].strip()
    }
    fitting = [
        column
        for column, filled in cells.items()
        if filled and all(_plain_number(cell) for cell in filled) and _numbered("code", filled) != "sl"
    ]
    if len(fitting) != 1:
        return None
    settled = headings.settle([*kinds[: fitting[0]], "qty", *kinds[fitting[0] + 1 :]])
    if settled is None:
        return None
    sure = _is_proved(settled, body)
    return Header(at, tuple(settled), (None,) * len(settled), guessed=not sure)


def _is_proved(kinds: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    if "rate" not in kinds or "amount" not in kinds:
        return False
    places = [kinds.index(kind) for kind in ("qty", "rate", "amount")]
    rows = [[_plain_number(_at(row, at).lstrip("$₹ ")) for at in places] for row in body]
    full = [(q, r, a) for q, r, a in rows if q is not None and r is not None and a is not None]
    return len(full) >= 2 and all(abs(q * r - a) <= 0.05 + a / 500 for q, r, a in full)


def _by_content(kind: str, cells: Sequence[str]) -> str:
    """A kind corrected by what stands in the column: days under "required", counts under "item"."""
    if kind in ("qty", "stock"):
        filled = [cell.strip() for cell in cells if cell.strip()]
        days = sum(1 for cell in filled if _DAY.match(cell))
        return "date" if days and days * 4 >= len(filled) * 3 else kind
    return _numbered(kind, cells)


def _numbered(kind: str, cells: Sequence[str]) -> str:
    """Whether a column called "item" counts the lines or holds codes: by what stands in it."""
    if kind not in ("numbered", "code"):
        return kind
    filled = [cell.strip().rstrip(".") for cell in cells if cell.strip()]
    numbers = [int(cell) for cell in filled if cell.isdigit() and len(cell) <= 5]
    counts = len(numbers) == len(filled) and numbers == sorted(numbers) and len(set(numbers)) == len(numbers)
    steps = {b - a for a, b in itertools.pairwise(numbers)}
    is_count = counts and bool(numbers) and numbers[0] in (0, 1, 5, 10, 100) and len(steps) <= 1
    if kind == "code":
        return "sl" if is_count and len(numbers) > 2 else "code"
    return "sl" if is_count or not filled else "code"


def guess_header(rows: Sequence[Sequence[str]], is_code: Callable[[str], bool]) -> Header | None:
    """The columns of a table without headings, by what stands in them; None where that is not plain.

    One column of words or codes, and one column of numbers that does not count the lines.
    """
    filled = [row for row in rows if sum(bool(cell.strip()) for cell in row) >= 2]
    if len(filled) < 2:
        return None
    width = max(map(len, filled))
    cells = [[_at(row, column).strip() for row in filled] for column in range(width)]
    kinds = [_kind_by_content(column, is_code) for column in cells]
    if kinds.count("qty") != 1 or not {"desc", "code"} & set(kinds):
        return None
    widest = max(
        (c for c in range(width) if kinds[c] == "desc"), default=None, key=lambda c: len("".join(cells[c]))
    )
    kinds = ["" if kind == "desc" and c != widest else kind for c, kind in enumerate(kinds)]
    return Header(-1, tuple(kinds), (None,) * width, guessed=True)


def _kind_by_content(cells: Sequence[str], is_code: Callable[[str], bool]) -> str:
    filled = [cell for cell in cells if cell]
    if len(filled) * 2 < len(cells):
        return ""
    if sum(map(is_code, filled)) * 2 > len(filled):
        return "code"
    numbers = sum(1 for cell in filled if _COUNT.match(cell))
    if numbers * 5 >= len(filled) * 4:
        return "sl" if _numbered("code", filled) == "sl" else "qty"
    worded = sum(1 for cell in filled if sum(map(str.isalpha, cell)) >= 3)
    return "desc" if worded * 2 > len(filled) else "unit" if all(map(headings.kind_of, filled)) else ""


def uncertain(rows: Sequence[Sequence[str]], header: Header) -> list[str]:
    """Why a header may not mean what it was taken for, in words for a person; empty where it is plain."""
    out = []
    if header.guessed and header.row < 0 and "code" not in header.kinds:
        out.append("The columns have no headings; what they hold was guessed.")
    if header.guessed and header.row >= 0:
        name = _at(rows[header.row], header.first("qty") or 0)
        out.append(f"No column is called quantity; {name[:40]} was taken for it.")
    if parts := split_over(rows, header):
        out.append(f"The quantities are divided over {', '.join(parts[:6])}.")
    return out


def split_over(rows: Sequence[Sequence[str]], header: Header) -> list[str]:
    """Headings of unknown columns whose numbers add up to the quantity of every row: places, mostly."""
    quantity = header.first("qty")
    if quantity is None or header.row < 0:
        return []
    body = [row for row in rows[header.row + 1 :] if _plain_number(_at(row, quantity)) is not None][
        :_LOOKED_AT
    ]
    parts = [
        column
        for column, kind in enumerate(header.kinds)
        if not kind and any(_plain_number(_at(row, column)) for row in body)
    ]
    if len(parts) < 2 or not body:
        return []
    sums = [sum(_plain_number(_at(row, column)) or 0 for column in parts) for row in body]
    if any(made != _plain_number(_at(row, quantity)) for made, row in zip(sums, body, strict=True)):
        return []
    return [_at(rows[header.row], column) for column in parts]


def _plain_number(cell: str) -> float | None:
    text = cell.strip().replace(",", "")
    return float(text) if re.fullmatch(r"\d{1,9}(?:\.\d{1,4})?", text) else None


def may_order(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a table without a header could still hold something ordered: words beside numbers."""
    return any(
        any(_COUNT.match(cell.strip()) for cell in row)
        and any(sum(map(str.isalpha, cell)) >= 3 for cell in row)
        for row in rows
    )


def unnamed_rows(text: str) -> list[list[str]]:
    """Lines of a page that end in a quantity far at the right, as rows under made-up headings.

    Catering and shop lists look so: words, white, a number with its unit. At least three make a table.
    """
    lines = [line.rstrip() for line in text.splitlines()]
    found = [_TAILED.match(line) for line in lines]
    ends = [len(line) for line, match in zip(lines, found, strict=True) if match]
    if len(ends) < 3 or max(ends) - min(ends) > _RAGGED:
        return []
    places = [n for n, match in enumerate(found) if match]
    rows = [["Description", "Qty"]]
    for number in range(max(0, places[0] - 1), places[-1] + 1):
        match = found[number]
        if match is None and number > places[0] and any(map(str.isdigit, lines[number])):
            return []  # something between the rows holds a number: this is no plain list
        rows.append([match[1].strip(), match[2].strip()] if match else [" ".join(lines[number].split()), ""])
    return rows


def page_rows(page: types.TextPage) -> tuple[list[list[str]], list[str]]:
    """A text page as rows under its header (the header first), and the lines that are no rows.

    Columns come from the header's positions: text belongs to the column it starts in, numbers to the
    nearest column.
    """
    lines = page.text.splitlines()
    at = next((n for n, line in enumerate(lines) if _header_spans(line)), None)
    if at is None:
        return [], lines
    spans = _header_spans(lines[at]) or []
    rows = [[name for name, _, _ in spans]]
    others = lines[:at]
    for line in lines[at + 1 :]:
        if is_header(line):
            spans = _header_spans(line) or spans
            continue
        cells = _cells(line, spans)
        rows.append(cells)
    return rows, others


def is_header(line: str) -> bool:
    """Whether a line of text is the header of a table in columns."""
    return _header_spans(line) is not None


def _header_spans(line: str) -> list[tuple[str, int, int]] | None:
    found = [(m.group(), m.start(), m.end()) for m in re.finditer(r"\S+", line)]
    if not 3 <= len(found) <= 30:
        return None
    spans: list[tuple[str, int, int]] = []
    at = 0
    while at < len(found):
        for length in (4, 3, 2, 1):
            group = found[at : at + length]
            if len(group) < length or not _is_one_name(group):
                continue
            name = " ".join(g[0] for g in group)
            if length == 1 or headings.squeeze(letters.fold(name).text) in headings.KINDS:
                spans.append((name, group[0][1], group[-1][2]))
                at += length
                break
    kinds = [k[0] if (k := headings.kind_of(name)) else "" for name, _, _ in spans]
    known = sum(bool(k) for k in kinds)
    return spans if known >= 3 and known * 2 > len(kinds) and headings.settle(kinds) else None


def _is_one_name(group: Sequence[tuple[str, int, int]]) -> bool:
    """Whether words of a header can be one name: close together, or no names by themselves."""
    widest = max((b[1] - a[2] for a, b in itertools.pairwise(group)), default=0)
    return widest <= 1 or (widest <= 4 and not all(headings.kind_of(word) for word, _, _ in group))


def _cells(line: str, spans: Sequence[tuple[str, int, int]]) -> list[str]:
    cells: list[list[str]] = [[] for _ in spans]
    for match in re.finditer(r"\S+", line):
        start, end = match.start(), match.end()
        if _NUMBER.match(match.group()):
            column = min(range(len(spans)), key=lambda c: _distance(spans[c], start, end))
            text_column = _starting(spans, start)
            gap = line[:start].rstrip()
            if (
                cells[text_column]
                and column != text_column
                and start - len(gap) <= 2
                and _overlap(spans[column], start, end) <= 0
            ):
                column = text_column
        else:
            column = _starting(spans, start)
        cells[column].append(match.group())
    return [" ".join(cell) for cell in cells]


def _starting(spans: Sequence[tuple[str, int, int]], start: int) -> int:
    best = 0
    for column, (_, begin, _) in enumerate(spans):
        if begin <= start + 1:
            best = column
    return best


def _overlap(span: tuple[str, int, int], start: int, end: int) -> int:
    return min(end, span[2]) - max(start, span[1])


def _distance(span: tuple[str, int, int], start: int, end: int) -> float:
    overlap = _overlap(span, start, end)
    return -overlap if overlap > 0 else float(-overlap) + 0.5
