"""Which rows can never hit because rows above take everything they fit; and the lowest list price: pure.

Of the rows above, those count whose names are the same or say nothing (a customer's price list and an
item's category count as named). A row never hits where one of them, or several side by side in quantity or
in days, leave nothing of its own. What only a mosaic of both would cover is not found: nothing is called
dead that can hit.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from obeya.orders.pricing import table

EVER = Decimal("Infinity")
Span = tuple[Decimal, Decimal]
"""From, included, up to, not included: of quantities, or of days as ordinals."""
Units = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class ListPrice:
    """A price of a list for an item, per base unit, from a quantity in base units on."""

    group: str
    currency: str
    base_from: Decimal
    per_base: Decimal


@dataclass(frozen=True, slots=True)
class _Above:
    """A row above, as far as it takes what the row below fits."""

    place: int
    quantities: Span
    days: Span


def shadowed(
    rows: Sequence[table.Row],
    groups: Mapping[str, str],
    categories: Mapping[str, str],
    units: Mapping[str, Units],
) -> Iterator[tuple[int, list[int]]]:
    """Places, from 1, of rows that can never hit, each with the places of the rows that take its orders.

    `groups` is the price list of each customer, `categories` and `units` are those of each item.
    """
    seen: defaultdict[table.Key, list[tuple[int, table.Row]]] = defaultdict(list)
    for place, row in enumerate(rows, 1):
        above = _above(row, seen, groups, categories)
        if takers := _takers(row, above, units.get(row.item, {})):
            yield place, sorted(takers)
        seen[row.key].append((place, row))


def _above(
    row: table.Row,
    seen: Mapping[table.Key, list[tuple[int, table.Row]]],
    groups: Mapping[str, str],
    categories: Mapping[str, str],
) -> list[tuple[int, table.Row]]:
    group = row.customer_group or groups.get(row.customer, "")
    category = row.category or categories.get(row.item, "")
    names = ("", row.customer), ("", group), ("", row.item), ("", category)
    keys = set(itertools.product(*names))
    return [one for key in keys for one in seen.get(key, ())]


def _takers(row: table.Row, above: Iterable[tuple[int, table.Row]], units: Units) -> set[int]:
    """Places of rows that together take all that `row` fits; empty where something is left."""
    known = [(place, one) for place, one in above if not one.has_amount or one.currency == row.currency]
    takers: set[int] = set()
    for wanted, name in ((row.sets_floor, "sets_floor"), (row.sets_price, "sets_price")):
        if wanted:
            told = [
                _Above(place, span, _days(one))
                for place, one in known
                if getattr(one, name) and (span := _quantities(one, row, units)) is not None
            ]
            own = _quantities(row, row, units)
            found = _covering(own, _days(row), told) if own is not None else set()
            if not found:
                return set()
            takers |= found
    return takers


def _covering(quantities: Span, days: Span, above: Sequence[_Above]) -> set[int]:
    for one in above:
        if _holds(one.quantities, quantities) and _holds(one.days, days):
            return {one.place}
    in_days = [(one.quantities, one.place) for one in above if _holds(one.days, days)]
    in_quantities = [(one.days, one.place) for one in above if _holds(one.quantities, quantities)]
    return _side_by_side(quantities, in_days) or _side_by_side(days, in_quantities)


def _holds(outer: Span, inner: Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _side_by_side(wanted: Span, parts: Iterable[tuple[Span, int]]) -> set[int]:
    """Places of the parts that leave no gap within `wanted`; empty where there is one."""
    reached, used = wanted[0], set()
    for (low, high), place in sorted(parts):
        if low > reached:
            return set()
        if high > reached:
            reached = high
            used.add(place)
        if reached >= wanted[1]:
            return used
    return set()


def _days(row: table.Row) -> Span:
    low = Decimal(row.valid_from.toordinal()) if row.valid_from else Decimal(0)
    return low, Decimal(row.valid_to.toordinal() + 1) if row.valid_to else EVER


def _quantities(one: table.Row, below: table.Row, units: Units) -> Span | None:
    """The quantities that `one` fits, in the terms of `below`; None where they cannot be compared."""
    if one.quantity_from is None and one.quantity_below is None:
        return Decimal(0), EVER
    factor = Decimal(1)
    if units:
        found = units.get(one.quantity_unit) if one.quantity_unit else factor
        if found is None:
            return None
        factor = found
    elif one.quantity_unit != below.quantity_unit:
        return None
    low = (one.quantity_from or Decimal(0)) * factor
    return low, EVER if one.quantity_below is None else one.quantity_below * factor


def lowest_price(row: table.Row, units: Units, prices: Iterable[ListPrice], group: str) -> ListPrice | None:
    """The lowest list price that holds for some order a row fits; `group` "" looks at every list."""
    span = _quantities(row, row, units) or (Decimal(0), EVER)
    lists: defaultdict[tuple[str, str], list[ListPrice]] = defaultdict(list)
    for price in prices:
        if group in ("", price.group) and (not row.has_amount or price.currency == row.currency):
            lists[price.group, price.currency].append(price)
    holding = []
    for breaks in lists.values():
        ordered = sorted(breaks, key=lambda price: price.base_from)
        ends = [price.base_from for price in ordered[1:]] + [EVER]
        holding += [
            price
            for price, end in zip(ordered, ends, strict=True)
            if price.base_from < span[1] and (end > span[0])
        ]
    return min(holding, key=lambda price: price.per_base, default=None)
