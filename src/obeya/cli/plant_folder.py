"""A plant's own folder, read and checked line by line: docs/howto/load-a-plant.md describes it to people.

Every mistake is kept with its file and line, so that people put all of them right at once.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

LARGEST = Decimal(10) ** 12
PLACES = 8
"""Digits after the point: what the tables keep."""
LONGEST = 500
LONGEST_MESSAGE = 20_000
MOST_LINES = 500
"""Lines of one past order."""
MOST_BYTES = 100 * 1024 * 1024
LEVELS = ("enterprise", "site", "area", "work_center", "work_unit")
COLUMNS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "uom_words.csv": (("word", "uom"), ()),
    "floors.csv": (("sku", "uom", "floor_price"), ("price_list", "currency")),
    "customer_names.csv": (("customer", "name"), ()),
    "contacts.csv": (("customer", "kind", "value"), ()),
    "equipment.csv": (("code", "level"), ("name", "parent")),
    "shifts.csv": (("name", "starts", "ends"), ("days",)),
}
"""By file: the columns that must be there, and those that may."""
FIRST_ROW = 2
"""The line of a table's first row, below its header."""
HISTORY = "history.jsonl"
FILES = (*COLUMNS, HISTORY)
_Row = TypeVar("_Row")


class Wrong(Exception):
    """A value cannot be meant; the text says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: where it stands and what it says, by column."""

    number: int
    values: Mapping[str, str]

    def text(self, column: str) -> str:
        """What must be there. Raises Wrong."""
        value = self.values.get(column, "")
        if not value:
            raise Wrong(f"{column} is empty.")
        return value

    def may(self, column: str) -> str:
        """What may be there, else ""."""
        return self.values.get(column, "")


@dataclass(frozen=True, slots=True)
class PastLine:
    """What a past order ordered of one item."""

    sku: str
    qty: Decimal
    uom: str
    unit_price: Decimal | None


@dataclass(frozen=True, slots=True)
class PastOrder:
    """A past order; without an offset `ordered_at` is by the site's clock."""

    number: int
    order_no: str
    customer: str
    ordered_at: datetime
    channel: str
    message: str | None
    lines: tuple[PastLine, ...]


@dataclass(slots=True)
class Folder:
    """What the files say, and what is wrong with them ("floors.csv line 3: ...")."""

    tables: dict[str, list[Line]] = field(default_factory=dict)
    history: list[PastOrder] | None = None
    wrong: list[str] = field(default_factory=list)

    def blame(self, name: str, line: int, why: object) -> None:
        """Note a mistake."""
        self.wrong.append(f"{name} line {line}: {why}")

    def each(self, name: str, read: Callable[[Line], _Row]) -> Iterator[tuple[Line, _Row]]:
        """The rows of a table as `read` understands them; those it refuses are blamed and left out."""
        for line in self.tables.get(name, ()):
            try:
                yield line, read(line)
            except Wrong as error:
                self.blame(name, line.number, error)


def read(folder: Path) -> Folder:
    """Everything a folder holds of the files that are known; mistakes are in `wrong`."""
    found = Folder()
    for name in FILES:
        path = folder / name
        if not path.exists():
            continue
        try:
            if path.stat().st_size > MOST_BYTES:
                found.wrong.append(f"{name}: It is larger than {MOST_BYTES // 1024 // 1024} MB; split it.")
            elif name == HISTORY:
                found.history = _history(path, found)
            else:
                found.tables[name] = list(_table(path, found))
        except UnicodeDecodeError:
            found.wrong.append(f"{name}: It is not UTF-8 text; save it as CSV UTF-8.")
        except (OSError, csv.Error) as error:
            found.wrong.append(f"{name}: It cannot be read: {error}")
    return found


def _table(path: Path, found: Folder) -> Iterator[Line]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.reader(file)
        header = [column.strip().lower() for column in next(rows, [])]
        if not _header_fits(path.name, header, found):
            return
        for cells in rows:
            values = [cell.strip() for cell in cells]
            if not any(values):
                continue
            if len(values) != len(header):
                found.blame(
                    path.name, rows.line_num, f"It has {len(values)} cells; the first line has {len(header)}."
                )
                continue
            odd = next((why for value in values if (why := _odd(value, LONGEST))), "")
            if odd:
                found.blame(path.name, rows.line_num, odd)
                continue
            yield Line(rows.line_num, dict(zip(header, values, strict=True)))


def _header_fits(name: str, header: list[str], found: Folder) -> bool:
    must, may = COLUMNS[name]
    missing = [column for column in must if column not in header]
    strange = [column[:40] for column in header if column not in must + may]
    twice = sorted({column for column in header if header.count(column) > 1})
    for text, columns in (("is missing", missing), ("is not known", strange), ("stands twice", twice)):
        if columns:
            known = ", ".join(must) + (f" (and may be: {', '.join(may)})" if may else "")
            found.blame(name, 1, f"The column {', '.join(map(repr, columns))} {text}. Columns are: {known}.")
    return not (missing or strange or twice)


def _odd(text: str, longest: int) -> str:
    if len(text) > longest:
        return f"{text[:30]!r}... is longer than {longest} letters."
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        return "It holds a character that is no text."
    return ""


def number(text: str, what: str, *, above_zero: bool = False) -> Decimal:
    """A plain number such as 1250.50. Raises Wrong."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise Wrong(f"{what} {text[:30]!r} is not a number such as 1250.50.") from None
    if not value.is_finite() or not 0 <= value < LARGEST or (above_zero and value == 0):
        raise Wrong(f"{what} {text[:30]!r} is not a number {'above' if above_zero else 'from'} zero.")
    if -int(value.as_tuple().exponent) > PLACES:
        raise Wrong(f"{what} {text[:30]!r} has more than {PLACES} digits after the point.")
    return value


def hour(text: str, what: str) -> time:
    """A time of day such as 06:00. Raises Wrong."""
    try:
        value = time.fromisoformat(text)
    except ValueError:
        value = None
    if value is None or value.tzinfo is not None:
        raise Wrong(f"{what} {text[:20]!r} is not a time of day such as 06:00.")
    return value


def _history(path: Path, found: Folder) -> list[PastOrder]:
    orders: list[PastOrder] = []
    with path.open(encoding="utf-8-sig") as file:
        for at, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                orders.append(_past_order(at, _object(line)))
            except Wrong as error:
                found.blame(path.name, at, error)
    return orders


def _object(line: str) -> dict[str, Any]:
    try:
        row = json.loads(line, parse_float=str, parse_int=str, parse_constant=str)
    except (json.JSONDecodeError, RecursionError):
        row = None
    if not isinstance(row, dict):
        raise Wrong("It is not one JSON object in one line.")
    return row


def _past_order(at: int, row: Mapping[str, Any]) -> PastOrder:
    lines = row.get("lines")
    if not isinstance(lines, list) or not 1 <= len(lines) <= MOST_LINES:
        raise Wrong(f"lines is not a list of 1 to {MOST_LINES} lines.")
    when = _said(row, "ordered_at")
    try:
        ordered_at = datetime.fromisoformat(when)
    except ValueError:
        raise Wrong(f"ordered_at {when[:30]!r} is not a moment such as 2026-02-09T11:20.") from None
    return PastOrder(
        number=at,
        order_no=_said(row, "order_no"),
        customer=_said(row, "customer"),
        ordered_at=ordered_at,
        channel=_said(row, "channel", default=""),
        message=_said(row, "message", longest=LONGEST_MESSAGE, default="") or None,
        lines=tuple(_past_line(line) for line in lines),
    )


def _past_line(row: object) -> PastLine:
    if not isinstance(row, dict):
        raise Wrong("A line is not a JSON object.")
    price = _said(row, "unit_price", default="")
    return PastLine(
        sku=_said(row, "sku"),
        qty=number(_said(row, "qty"), "qty", above_zero=True),
        uom=_said(row, "uom"),
        unit_price=number(price, "unit_price") if price else None,
    )


def _said(row: Mapping[str, Any], key: str, *, longest: int = LONGEST, default: str | None = None) -> str:
    """A text (or a number, as it is written) of a JSON object. Raises Wrong."""
    value = row.get(key)
    if value is None or value == "":
        if default is None:
            raise Wrong(f"{key} is missing.")
        return default
    if not isinstance(value, str):
        raise Wrong(f"{key} is not a text.")
    if why := _odd(value, longest):
        raise Wrong(f"{key}: {why}")
    return value.strip() if longest == LONGEST else value
