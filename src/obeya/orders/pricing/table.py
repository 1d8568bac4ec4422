"""The table of price rules and what it says of a line: pure.

Rows are read from the top. The first row that fits and sets a floor gives the floor; the first row that
fits and sets a price gives the price (DMN's hit policy "first", once for each of the two). The floor that
the catalog holds for an item is never lowered by the table: the higher one holds.
"""

from __future__ import annotations

import heapq
import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

MOST_ROWS = 2_000
"""Rows of one table."""
HUNDRED = Decimal(100)
PLACE = Decimal("0.000001")
"""Prices and floors are kept to this, as the lines of an order are."""
Key = tuple[str, str, str, str]
"""Customer, group, item, category; "" is any."""


@dataclass(frozen=True, slots=True)
class Row:
    """One rule. Empty conditions fit everything; amounts are per `unit` in `currency`, percents as typed.

    `id` stays with a row while it is edited and moved. A quantity is in `quantity_unit`, in the item's
    base unit where that is empty; it fits from `quantity_from` on and below `quantity_below`. Both days
    are included. A row with an amount fits only lines in its currency.
    """

    id: int = 0
    customer: str = ""
    customer_group: str = ""
    item: str = ""
    category: str = ""
    quantity_from: Decimal | None = None
    quantity_below: Decimal | None = None
    quantity_unit: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    floor_price: Decimal | None = None
    floor_below_list_pct: Decimal | None = None
    floor_over_cost_pct: Decimal | None = None
    price: Decimal | None = None
    price_off_list_pct: Decimal | None = None
    unit: str = ""
    currency: str = ""
    note: str = ""

    @property
    def key(self) -> Key:
        """The named conditions."""
        return (self.customer, self.customer_group, self.item, self.category)

    @property
    def sets_floor(self) -> bool:
        """True where the row says how low a price may be."""
        said = (self.floor_price, self.floor_below_list_pct, self.floor_over_cost_pct)
        return any(value is not None for value in said)

    @property
    def sets_price(self) -> bool:
        """True where the row gives a price of its own."""
        return self.price is not None or self.price_off_list_pct is not None

    @property
    def has_amount(self) -> bool:
        """True where the row names an amount of money."""
        return self.floor_price is not None or self.price is not None


@dataclass(frozen=True, slots=True)
class Line:
    """What is to be priced. `list_price`, `cost` and `floor` are per `uom` in `currency`.

    `floor` is the catalog's own. `cost` is None where it is not known in this currency, and
    `cost_problem` says why.
    """

    customer: str
    customer_group: str
    item: str
    category: str
    quantity: Decimal
    uom: str
    units: Mapping[str, Decimal]
    on: date
    currency: str
    list_price: Decimal | None
    floor: Decimal | None = None
    cost: Decimal | None = None
    cost_problem: str = "its cost is not known"


@dataclass(frozen=True, slots=True)
class Priced:
    """What the table says of a line: the price in place of the list's, the floor, and by which rows.

    Rows are counted from 1. `unknown` says why the floor cannot be worked out: the line is asked about.
    """

    price: Decimal | None
    floor: Decimal | None
    price_row: int | None = None
    floor_row: int | None = None
    unknown: str = ""


class Table:
    """Rows with an index: of 2,000 rows only those are looked at that name nothing else than the line."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = tuple(rows)
        self._by_key: defaultdict[Key, list[int]] = defaultdict(list)
        for place, row in enumerate(self.rows):
            self._by_key[row.key].append(place)

    def candidates(self, line: Line) -> Iterator[int]:
        """Places of the rows whose named conditions fit, from the top."""
        named = ("", line.customer), ("", line.customer_group), ("", line.item), ("", line.category)
        keys = set(itertools.product(*named))
        return heapq.merge(*(self._by_key[key] for key in keys if key in self._by_key))

    def judge(self, line: Line) -> Priced:
        """What the first fitting rows say of a line."""
        floor_at = price_at = None
        for place in self.candidates(line):
            row = self.rows[place]
            wanted = (row.sets_floor and floor_at is None) or (row.sets_price and price_at is None)
            if not wanted or not fits(row, line):
                continue
            floor_at = place if row.sets_floor and floor_at is None else floor_at
            price_at = place if row.sets_price and price_at is None else price_at
            if floor_at is not None and price_at is not None:
                break
        return self._priced(line, floor_at, price_at)

    def _priced(self, line: Line, floor_at: int | None, price_at: int | None) -> Priced:
        price, unknown_price = line.list_price, ""
        if price_at is not None:
            price, unknown_price = price_by(self.rows[price_at], line)
            price = line.list_price if price is None else price
        floor, unknown_floor = line.floor, ""
        if floor_at is not None:
            floor, unknown_floor = floor_by(self.rows[floor_at], line)
        problems = [
            f"price rule {place + 1} cannot be worked out, {why}"
            for place, why in ((price_at, unknown_price), (floor_at, unknown_floor))
            if place is not None and why
        ]
        return Priced(
            price=price,
            floor=floor,
            price_row=price_at + 1 if price_at is not None else None,
            floor_row=floor_at + 1 if floor_at is not None else None,
            unknown="; ".join(problems),
        )


def fits(row: Row, line: Line) -> bool:
    """True where quantity, day and currency of a line fit a row whose names do."""
    if row.valid_from is not None and line.on < row.valid_from:
        return False
    if row.valid_to is not None and line.on > row.valid_to:
        return False
    if row.has_amount and row.currency != line.currency:
        return False
    if row.quantity_from is None and row.quantity_below is None:
        return True
    per = line.units.get(row.quantity_unit) if row.quantity_unit else Decimal(1)
    mine = line.units.get(line.uom)
    if per is None or mine is None:
        return False
    base = line.quantity * mine
    if row.quantity_from is not None and base < row.quantity_from * per:
        return False
    return row.quantity_below is None or base < row.quantity_below * per


def floor_by(row: Row, line: Line) -> tuple[Decimal | None, str]:
    """The highest of what a row and the catalog say, and why not all of it could be worked out."""
    found, problems = [line.floor] if line.floor is not None else [], []
    if row.floor_price is not None:
        amount, why = _per_line_unit(row.floor_price, row.unit, line)
        found += [amount] if amount is not None else []
        problems += [why] if why else []
    if row.floor_below_list_pct is not None:
        if line.list_price is None:
            problems.append("there is no list price")
        else:
            found.append(line.list_price * (HUNDRED - row.floor_below_list_pct) / HUNDRED)
    if row.floor_over_cost_pct is not None:
        if line.cost is None:
            problems.append(line.cost_problem)
        else:
            found.append(line.cost * (HUNDRED + row.floor_over_cost_pct) / HUNDRED)
    return (rounded(max(found)) if found else None), " and ".join(problems)


def price_by(row: Row, line: Line) -> tuple[Decimal | None, str]:
    """The price a row gives a line, or why it cannot be worked out."""
    if row.price is not None:
        amount, why = _per_line_unit(row.price, row.unit, line)
        return (rounded(amount) if amount is not None else None), why
    if row.price_off_list_pct is None:
        return None, ""
    if line.list_price is None:
        return None, "there is no list price"
    return rounded(line.list_price * (HUNDRED - row.price_off_list_pct) / HUNDRED), ""


def _per_line_unit(amount: Decimal, unit: str, line: Line) -> tuple[Decimal | None, str]:
    theirs, mine = line.units.get(unit), line.units.get(line.uom)
    if theirs is None or mine is None:
        return None, f"the item is not sold in {unit}"
    return amount / theirs * mine, ""


def rounded(value: Decimal) -> Decimal:
    """A price as the lines of an order keep it."""
    return value.quantize(PLACE, ROUND_HALF_UP)
