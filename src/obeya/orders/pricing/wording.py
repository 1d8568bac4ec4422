"""A rule in a sentence: pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from obeya.orders.pricing import table


@dataclass(frozen=True, slots=True)
class Names:
    """What people call the customers and items that rules name by code."""

    customers: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[str, str] = field(default_factory=dict)


def sentence(row: table.Row, names: Names | None = None) -> str:
    """A rule as one would say it: "Gulf Mart: at least 12 % over cost on Cleaners, from 10 ctn"."""
    known = names or Names()
    return f"{_who(row, known)}: {sets(row)} on {_what(row, known)}{_limits(row)}"


def sets(row: table.Row) -> str:
    """What a rule sets, without for whom."""
    said = []
    if row.price is not None:
        said.append(f"pays {_amount(row.price, row)}")
    if row.price_off_list_pct is not None:
        said.append(f"pays {plain(row.price_off_list_pct)} % less than list")
    if row.floor_price is not None:
        said.append(f"at least {_amount(row.floor_price, row)}")
    if row.floor_below_list_pct is not None:
        percent = plain(row.floor_below_list_pct)
        said.append(f"at most {percent} % below list" if percent != "0" else "not below list")
    if row.floor_over_cost_pct is not None:
        percent = plain(row.floor_over_cost_pct)
        said.append(f"at least {percent} % over cost" if percent != "0" else "at least the cost")
    return ", ".join(said) or "nothing"


def _who(row: table.Row, names: Names) -> str:
    if row.customer:
        return names.customers.get(row.customer, row.customer)
    return f"Customers of {row.customer_group}" if row.customer_group else "Everybody"


def _what(row: table.Row, names: Names) -> str:
    if row.item:
        name = names.items.get(row.item, "")
        return f"{row.item} {name}".strip()
    return row.category or "everything"


def _limits(row: table.Row) -> str:
    unit = f" {row.quantity_unit}" if row.quantity_unit else " base units"
    said = []
    if row.quantity_from is not None:
        said.append(f"from {plain(row.quantity_from)}{unit}")
    if row.quantity_below is not None:
        said.append(f"below {plain(row.quantity_below)}{unit}")
    if row.valid_from is not None:
        said.append(f"from {day(row.valid_from)}")
    if row.valid_to is not None:
        said.append(f"until {day(row.valid_to)}")
    return "".join(f", {part}" for part in said)


def _amount(value: Decimal, row: table.Row) -> str:
    return f"{row.currency} {plain(value)} per {row.unit}"


def day(value: date) -> str:
    """A day as people write it, such as 3 March 2026."""
    months = "January February March April May June July August September October November December"
    return f"{value.day} {months.split()[value.month - 1]} {value.year}"


def plain(value: Decimal) -> str:
    """A number without needless zeros."""
    return f"{value.normalize():f}"
