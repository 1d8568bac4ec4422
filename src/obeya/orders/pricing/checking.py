"""What is wrong with a table of price rules, in plain words: pure.

"wrong" keeps a row from being saved, "stop" keeps a table from being put in force, "look" is only told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from obeya.orders.pricing import covering, table
from obeya.orders.pricing.wording import day, plain

Grade = Literal["wrong", "stop", "look"]
LARGEST = Decimal(10) ** 9
MOST_OVER_COST = Decimal(1_000)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing about one row (its place, counted from 1); `field` is "" for the row as a whole."""

    place: int
    grade: Grade
    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Customer:
    """What is known of a customer that rules name."""

    name: str
    group: str
    currency: str
    active: bool


@dataclass(frozen=True, slots=True)
class Item:
    """What is known of an item that rules name; `units` holds base units by unit."""

    name: str
    category: str
    base_unit: str
    units: Mapping[str, Decimal]
    cost: Decimal | None
    active: bool


@dataclass(frozen=True, slots=True)
class Category:
    """How many active items a category has, how many of them without cost, and by which units sold."""

    items: int
    without_cost: int
    units: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the catalog says of everything that the rows name. `currency` is the site's own."""

    currency: str
    today: date
    customers: Mapping[str, Customer] = field(default_factory=dict)
    items: Mapping[str, Item] = field(default_factory=dict)
    categories: Mapping[str, Category] = field(default_factory=dict)
    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The currencies of each price list."""
    currencies: frozenset[str] = frozenset()
    """Everything that customers of the site pay in."""
    prices: Mapping[str, Sequence[covering.ListPrice]] = field(default_factory=dict)
    """By item."""


def problems_of(rows: Sequence[table.Row], facts: Facts) -> list[Problem]:
    """Everything that is wrong with the rows, from the top."""
    found = [problem for place, row in enumerate(rows, 1) for problem in row_problems(place, row, facts)]
    found += _never_hit(rows, facts)
    return sorted(found, key=lambda problem: problem.place)


def row_problems(place: int, row: table.Row, facts: Facts) -> list[Problem]:
    """What is wrong with one row, whatever stands above it."""
    checks = (_names, _sets, _range, _currency, _units, _cost, _against_list, _against_itself)
    return [Problem(place, grade, name, text) for check in checks for grade, name, text in check(row, facts)]


_Told = Iterator[tuple[Grade, str, str]]


def _names(row: table.Row, facts: Facts) -> _Told:
    customer, item = facts.customers.get(row.customer), facts.items.get(row.item)
    if row.customer and customer is None:
        yield "wrong", "customer", f"There is no customer {row.customer}."
    if row.item and item is None:
        yield "wrong", "item", f"There is no item {row.item}."
    if row.category and row.category not in facts.categories:
        yield "wrong", "category", f"No item is in a category {row.category}."
    if row.customer_group and row.customer_group not in facts.groups:
        yield "wrong", "customer_group", f"There is no price list {row.customer_group}."
    elif customer and row.customer_group and customer.group != row.customer_group:
        other = customer.group or "no price list"
        yield "wrong", "customer_group", f"{customer.name} is in {other}: this row can never hit."
    if item and row.category and item.category != row.category:
        yield "wrong", "category", f"{row.item} is in {item.category or 'no category'}: it can never hit."
    if customer and not customer.active:
        yield "look", "customer", f"{customer.name} is not active in ERP."
    if item and not item.active:
        yield "look", "item", f"{row.item} is no longer sold."


def _sets(row: table.Row, facts: Facts) -> _Told:
    if not (row.sets_floor or row.sets_price):
        yield "wrong", "", "The row sets nothing: give a floor, or a price."
    if row.price is not None and row.price_off_list_pct is not None:
        yield "wrong", "price", "Give the price as an amount or as percent off list, not both."
    for name in ("floor_price", "price"):
        amount = getattr(row, name)
        if amount is not None and not 0 < amount < LARGEST:
            yield "wrong", name, "An amount is more than nothing."
    below, off, over = row.floor_below_list_pct, row.price_off_list_pct, row.floor_over_cost_pct
    if below is not None and not 0 <= below < table.HUNDRED:
        yield "wrong", "floor_below_list_pct", "Percent below list is from 0 to below 100."
    if off is not None and not 0 < off < table.HUNDRED:
        yield "wrong", "price_off_list_pct", "Percent off list is more than 0 and below 100."
    if over is not None and not 0 <= over <= MOST_OVER_COST:
        yield "wrong", "floor_over_cost_pct", f"Percent over cost is from 0 to {MOST_OVER_COST}."
    if row.has_amount and not row.unit:
        yield "wrong", "unit", "Say per which unit the amount is."
    if row.has_amount and not row.currency:
        yield "wrong", "currency", f"Say in which currency, such as {facts.currency}."


def _range(row: table.Row, facts: Facts) -> _Told:
    low, high = row.quantity_from, row.quantity_below
    if (low is not None and low < 0) or (high is not None and high <= 0):
        yield "wrong", "quantity_from", "A quantity is not below zero."
    if low is not None and high is not None and high <= low:
        yield "wrong", "quantity_below", f"No quantity is from {plain(low)} on and below {plain(high)}."
    if row.valid_from and row.valid_to and row.valid_to < row.valid_from:
        yield "wrong", "valid_to", "It ends before it begins."
    elif row.valid_to and row.valid_to < facts.today:
        yield "look", "valid_to", f"It ended on {day(row.valid_to)}."


def _currency(row: table.Row, facts: Facts) -> _Told:
    if not row.has_amount or not row.currency:
        return
    customer, group = facts.customers.get(row.customer), facts.groups.get(row.customer_group)
    if customer and customer.currency != row.currency:
        yield "wrong", "currency", f"{customer.name} pays in {customer.currency}, not in {row.currency}."
    elif not customer and group and row.currency not in group:
        prices = ", ".join(sorted(group))
        yield "wrong", "currency", f"The prices of {row.customer_group} are in {prices}."
    elif row.currency not in facts.currencies | {facts.currency}:
        yield "wrong", "currency", f"No customer pays in {row.currency}."


def _units(row: table.Row, facts: Facts) -> _Told:
    item, category = facts.items.get(row.item), facts.categories.get(row.category)
    for name in ("unit", "quantity_unit"):
        unit = getattr(row, name)
        if not unit:
            continue
        if item:
            if unit not in item.units:
                yield "wrong", name, f"{row.item} is sold in {', '.join(item.units)}, not in {unit}."
            continue
        known = category or facts.categories.get("")
        sold = known.units.get(unit, 0) if known else 0
        if known and not sold:
            yield "wrong", name, f"Nothing that the row fits is sold in {unit}."
        elif known and sold < known.items:
            then = "are asked about" if name == "unit" else "are left alone by it"
            yield (
                "look",
                name,
                f"{known.items - sold} of {known.items} items are not sold in {unit}; they {then}.",
            )


def _cost(row: table.Row, facts: Facts) -> _Told:
    if row.floor_over_cost_pct is None:
        return
    item, category = facts.items.get(row.item), facts.categories.get(row.category)
    if item:
        if not item.cost:
            told = f"ERP gives no cost for {row.item}: each of its orders is asked about."
            yield "look", "floor_over_cost_pct", told
        return
    known = category or facts.categories.get("")
    if known and known.without_cost:
        told = f"{known.without_cost} of {known.items} items have no cost in ERP: they are asked about."
        yield "look", "floor_over_cost_pct", told


def _against_list(row: table.Row, facts: Facts) -> _Told:
    """A floor above a list price that holds for the row: such orders are always asked about."""
    item, customer = facts.items.get(row.item), facts.customers.get(row.customer)
    if item is None or not row.sets_floor or row.sets_price:
        return
    group = customer.group if customer else row.customer_group
    lowest = covering.lowest_price(row, item.units, facts.prices.get(row.item, ()), group)
    if lowest is None:
        return
    for name, floor in _floors(row, item, lowest, facts):
        if floor > lowest.per_base:
            told = (
                f"The floor {lowest.currency} {plain(table.rounded(floor))} per {item.base_unit} is above the"
                f" list price {plain(lowest.per_base)} of {lowest.group}: such orders are always asked about."
            )
            yield "look", name, told


def _floors(
    row: table.Row, item: Item, price: covering.ListPrice, facts: Facts
) -> Iterator[tuple[str, Decimal]]:
    """Floors of a row per base unit in the currency of a list price."""
    if row.floor_price is not None and row.unit in item.units and row.currency == price.currency:
        yield "floor_price", row.floor_price / item.units[row.unit]
    if row.floor_over_cost_pct is not None and item.cost and price.currency == facts.currency:
        yield "floor_over_cost_pct", item.cost * (table.HUNDRED + row.floor_over_cost_pct) / table.HUNDRED


def _against_itself(row: table.Row, facts: Facts) -> _Told:
    del facts
    off, below = row.price_off_list_pct, row.floor_below_list_pct
    low = row.price is not None and row.floor_price is not None and row.price < row.floor_price
    if low or (off is not None and below is not None and off > below):
        yield "look", "price", "The price is below the row's own floor: each such order is asked about."


def _never_hit(rows: Sequence[table.Row], facts: Facts) -> Iterator[Problem]:
    groups = {code: customer.group for code, customer in facts.customers.items()}
    categories = {sku: item.category for sku, item in facts.items.items()}
    units = {sku: item.units for sku, item in facts.items.items()}
    for place, above in covering.shadowed(rows, groups, categories, units):
        named = " and ".join(str(one) for one in above[:5]) + (" and others" if len(above) > 5 else "")
        told = f"It can never hit: row {named} above takes all its orders. Move it up, or delete it."
        yield Problem(place, "stop", "", told)
