"""The head of a document as lines of "name: value": forms print names above values, or beside them.

Works on folded text, where columns are kept by spaces, and on the cells above a table.
"""

import itertools
import re
from collections.abc import Iterator, Sequence

from obeya.orders.reading import columns, letters, types

_PIECE = re.compile(r"\S+(?: {1,2}\S+)*")
_TITLE = re.compile(r"^\W*(?:local\s+)?purchase\s+order\W*$|^\W*l\.?p\.?o\.?\W*$")
_NUMBERED = re.compile(r"^\W*(?:no|number|num|nr)\b\W*(\S*\d\S*)")
_ORDER = re.compile(
    r"(?:^|\s{2,})(?:customer |cust |sales )?order\s*(?:no\.?|number|num\.?|#)\s*[:.#-]*\s{0,4}"
    r"([a-z]{0,6}[\w/-]*\d[\w/-]*)"
)
_SHIP = re.compile(
    r"\b(?:ship(?:ping)?(?: |-)?(?:to|address)|deliver(?:y)?(?: |-)?(?:to|at|address|place|location|site)"
    r"|consignee|despatch(?:ed)? to|dispatch to|drop ship|site\s*:|destination|unload at)"
    r"|(?:مكان|عنوان|موقع) التسليم|التسليم ل|\bdelivery\s?:|^\W*delivery\s{2,}",
    re.MULTILINE,
)
_LETTERHEAD = 3
"""Lines at the top of a first page that are the sender's own address."""
_DEEPEST = 40
"""Lines of a page that can be its head."""
_REACH = 260
"""Letters behind "ship to" in which the place is looked for."""


def said(pages: Sequence[types.TextPage], sheets: Sequence[types.Table]) -> str:
    """Names and values of all heads, each pair on a line of its own, folded."""
    found: list[str] = []
    for page in pages:
        lines = [line for line in letters.fold(page.text).text.splitlines() if line.strip()]
        found += [f"{name}: {value}" for name, value in _above(lines)]
        found += _beside(lines)
    for sheet in sheets:
        found += [f"{name}: {value}" for name, value in _cells_above(sheet)]
    return "\n".join(found)


def _above(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Names in one line, their values below them in the next; above the goods."""
    goods = next((n for n, line in enumerate(lines) if columns.is_header(line)), _DEEPEST)
    drawn = [line for line in lines[: min(goods, _DEEPEST)] if any(map(str.isalnum, line))]
    for names, values in itertools.pairwise(drawn):
        labels = list(_PIECE.finditer(names))
        if not 1 <= len(labels) <= 8 or any(map(str.isdigit, names)) or not any(map(str.isdigit, values)):
            continue
        for value in _PIECE.finditer(values):
            if any(map(str.isdigit, value.group())):
                label = min(labels, key=lambda one: abs(_middle(one) - _middle(value)))
                if _overlap(label, value):
                    yield label.group(), value.group()


def _middle(match: re.Match[str]) -> float:
    return (match.start() + match.end()) / 2


def _overlap(one: re.Match[str], other: re.Match[str]) -> bool:
    return min(one.end(), other.end()) - max(one.start(), other.start()) > -3


def _beside(lines: Sequence[str]) -> Iterator[str]:
    """The order's number where it stands under the title, or behind "order no"."""
    for title, below in itertools.pairwise(lines):
        if _TITLE.match(title) and (match := _NUMBERED.match(below)):
            yield f"purchase order no: {match[1]}"
    for line in lines:
        if match := _ORDER.search(line):
            yield f"purchase order no: {match[1]}"


def _cells_above(sheet: types.Table) -> Iterator[tuple[str, str]]:
    """Names and the cells below them, above the header of the goods."""
    header = columns.find_header(sheet.rows)
    for names, values in itertools.pairwise(sheet.rows[: header.row if header else 12]):
        folded = [letters.fold(cell).text.strip() for cell in names]
        if any(any(map(str.isdigit, cell)) for cell in folded):
            continue
        for name, value in zip(folded, values, strict=False):
            if name and any(map(str.isdigit, value)):
                yield name, letters.fold(value).text.strip()


def wanted_days(sheets: Sequence[types.Table]) -> list[str]:
    """What stands in the columns of delivery days, one text for each different one, folded."""
    found: dict[str, None] = {}
    for sheet in sheets:
        header = columns.find_header(sheet.rows)
        if header is None or "date" not in header.kinds:
            continue
        column = header.kinds.index("date")
        name = letters.fold(
            sheet.rows[header.row][column] if column < len(sheet.rows[header.row]) else ""
        ).text
        if name.strip() in ("", "date"):
            continue  # whose date it is, nobody says
        for row in sheet.rows[header.row + 1 :]:
            if column < len(row) and any(map(str.isdigit, row[column])):
                found[letters.fold(row[column]).text.strip()] = None
    return list(found)


def ship_to(text: str) -> str:
    """The part of a document's folded text that names where to deliver; "" where no words announce it."""
    return "\n".join(text[match.end() : match.end() + _REACH] for match in _SHIP.finditer(text))


def below_letterhead(text: str) -> str:
    """A document's text without the sender's own address at its top."""
    lines = [line for line in text.splitlines() if line.strip()]
    return "\n".join(lines[_LETTERHEAD:]) if len(lines) > 2 * _LETTERHEAD else text
