"""Rules as text: what is typed into a form, stands in a file, or is kept with a version: pure."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from obeya.orders.pricing import table

TEXTS = ("customer", "customer_group", "item", "category", "quantity_unit", "unit", "currency", "note")
NUMBERS = (
    "quantity_from",
    "quantity_below",
    "floor_price",
    "floor_below_list_pct",
    "floor_over_cost_pct",
    "price",
    "price_off_list_pct",
)
DAYS = ("valid_from", "valid_to")
FIELDS = tuple(one.name for one in dataclasses.fields(table.Row) if one.name != "id")
"""Columns of a file, fields of a form, keys of a kept row."""
LONGEST = {"note": 500}
MOST_TEXT = 120
MOST_FILE = 1_000_000
"""Characters of a file of rules."""
MOST_TOLD = 20
"""Faults of a file that are told at once."""
_NUMBER = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,6})?")
_FORMULA = ("=", "+", "-", "@", "\t")


@dataclasses.dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field ("": the row as a whole), in plain words."""

    field: str
    text: str


class NotARow(ValueError):
    """What was typed is not a rule; `faults` says what is wrong with which field."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(" ".join(fault.text for fault in self.faults))


class NotAFile(ValueError):
    """The file cannot be read as rules; the text says why and in which lines."""


def row_of(values: Mapping[str, str], *, row_id: int = 0) -> table.Row:
    """A rule from what was typed. Raises NotARow."""
    faults: list[Fault] = []
    told: dict[str, object] = {"id": row_id}
    for name in FIELDS:
        text = " ".join(values.get(name, "").split())
        try:
            told[name] = _value(name, text)
        except ValueError as error:
            faults.append(Fault(name, str(error)))
    if faults:
        raise NotARow(faults)
    row = table.Row(**told)  # type: ignore[arg-type]  # each value was read as its field's kind
    return tidy(row)


def tidy(row: table.Row) -> table.Row:
    """The rule without a unit or currency that says nothing, currency in capitals."""
    in_money, in_numbers = row.has_amount, (row.quantity_from, row.quantity_below) != (None, None)
    return dataclasses.replace(
        row,
        unit=row.unit if in_money else "",
        currency=row.currency.upper() if in_money else "",
        quantity_unit=row.quantity_unit if in_numbers else "",
    )


def _value(name: str, text: str) -> object:
    if name in NUMBERS:
        return _number(text) if text else None
    if name in DAYS:
        return _day(text) if text else None
    if "\0" in text or len(text) > LONGEST.get(name, MOST_TEXT):
        raise ValueError(f"At most {LONGEST.get(name, MOST_TEXT)} characters.")
    return text


def _number(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise ValueError("Write the number in figures without commas, such as 1200.50.")
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise ValueError("Write the number in figures, such as 1200.50.") from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text[:20])
    except ValueError as error:
        raise ValueError("Write the day as year-month-day, such as 2026-03-31.") from error


def texts_of(row: table.Row) -> dict[str, str]:
    """Every field as text, empty ones too: for forms and files."""
    return {name: _text(getattr(row, name)) for name in FIELDS}


def _text(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value)


def kept(row: table.Row) -> dict[str, object]:
    """A rule as it is kept as JSON: what it says, and its id."""
    return {"id": row.id, **{name: text for name, text in texts_of(row).items() if text}}


def from_kept(stored: Mapping[str, object]) -> table.Row:
    """A rule that was kept."""
    values = {name: str(stored[name]) for name in FIELDS if name in stored}
    return row_of(values, row_id=int(str(stored["id"])))


def to_csv(rows: Iterable[table.Row]) -> str:
    """The rules as a file for a spreadsheet, the first line naming the columns.

    Text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(FIELDS)
    for row in rows:
        told = texts_of(row)
        guarded = {name: f"'{told[name]}" for name in TEXTS if told[name].startswith(_FORMULA)}
        writer.writerow([(told | guarded)[name] for name in FIELDS])
    return out.getvalue()


def from_csv(text: str) -> tuple[table.Row, ...]:
    """The rules in a file. Raises NotAFile with the lines that are wrong."""
    if len(text) > MOST_FILE:
        raise NotAFile("The file is too large for a table of prices.")
    if "\0" in text:
        raise NotAFile("This is not a text file. Save it as CSV (UTF-8).")
    text = text.removeprefix("\ufeff")
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    try:
        lines = list(csv.DictReader(io.StringIO(text), delimiter=separator, strict=True))
    except csv.Error as error:
        raise NotAFile(f"The file cannot be read as CSV: {error}.") from error
    columns = {name.strip().lower() for name in next(csv.reader([head.strip()], delimiter=separator), [])}
    if unknown := sorted(columns - set(FIELDS) - {""}):
        raise NotAFile(f"Unknown columns: {', '.join(unknown)[:200]}. They may be: {', '.join(FIELDS)}.")
    if len(lines) > table.MOST_ROWS:
        raise NotAFile(f"A table has at most {table.MOST_ROWS:,} rows; this file has {len(lines):,}.")
    return _rows(lines)


def _rows(lines: Iterable[Mapping[str | None, object]]) -> tuple[table.Row, ...]:
    found, faults = [], []
    for number, line in enumerate(lines, 2):
        if None in line:
            faults.append(f"line {number} has more cells than there are columns")
            continue
        values = {
            str(name).strip().lower(): str(value or "").strip().removeprefix("'")
            for name, value in line.items()
        }
        if not any(values.values()):
            continue
        try:
            found.append(row_of(values))
        except NotARow as error:
            faults += [f"line {number}, {fault.field}: {fault.text}" for fault in error.faults]
    if faults:
        more = f" And {len(faults) - MOST_TOLD} more." if len(faults) > MOST_TOLD else ""
        raise NotAFile(f"Nothing was taken. {'; '.join(faults[:MOST_TOLD])}.{more}")
    return tuple(found)
