"""What other rules would have made of orders that were booked: pure.

A line is judged at the price it was booked at; one that was booked at the price of the rules in force is
judged at its new price.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from obeya.orders.pricing import table
from obeya.orders.pricing.wording import plain

MOST_LINES, MOST_GROUPS, MOST_REASONS = 200, 50, 20
"""What a dry run tells in detail."""
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Booked:
    """One line as it was booked, at `price` per `uom`, and what two tables of rules say of it."""

    order: str
    order_id: str
    customer: str
    customer_name: str
    item: str
    item_name: str
    quantity: Decimal
    uom: str
    currency: str
    price: Decimal
    before: table.Priced
    after: table.Priced


@dataclass(frozen=True, slots=True)
class Compared:
    """What changes for a line. `asked` and `freed`: below the floor now, or not any more.

    `moved` is by how much its value changes with its price; `short` what it lies below the new floor.
    """

    line: Booked
    judged_at: Decimal
    asked: bool
    freed: bool
    moved: Decimal
    short: Decimal

    @property
    def changes(self) -> bool:
        """True where anything is different."""
        return self.asked or self.freed or bool(self.moved)

    @property
    def weight(self) -> Decimal:
        """By which the biggest differences come first."""
        return max(abs(self.moved), self.short if self.asked else NOTHING)


def compare(line: Booked) -> Compared:
    """What the rules after would change for a line."""
    at_rule = line.before.price is not None and abs(line.price - line.before.price) < table.PLACE
    judged_at = line.after.price if at_rule and line.after.price is not None else line.price
    below = line.after.floor is not None and judged_at < line.after.floor
    was_below = line.before.floor is not None and line.price < line.before.floor
    moved = NOTHING
    if line.before.price is not None and line.after.price is not None:
        moved = (line.after.price - line.before.price) * line.quantity
    short = (line.after.floor - judged_at) * line.quantity if below and line.after.floor else NOTHING
    return Compared(line, judged_at, below and not was_below, was_below and not below, moved, short)


@dataclass(slots=True)
class _Sum:
    name: str = ""
    lines: int = 0
    asked: int = 0
    freed: int = 0
    moved: Decimal = NOTHING
    short: Decimal = NOTHING

    def add(self, one: Compared, name: str) -> None:
        """Count a line."""
        self.name, self.lines = name, self.lines + 1
        self.asked, self.freed = self.asked + one.asked, self.freed + one.freed
        self.moved += one.moved
        self.short += one.short if one.asked else NOTHING


@dataclass(slots=True)
class Report:
    """A dry run as it grows: `add` what was compared, `leave_out` what could not be, then `told`."""

    orders: set[str] = field(default_factory=set)
    lines: int = 0
    repriced: int = 0
    changed: list[Compared] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    sums: dict[str, defaultdict[tuple[str, str], _Sum]] = field(
        default_factory=lambda: {kind: defaultdict(_Sum) for kind in ("currency", "customer", "item")}
    )

    def add(self, line: Booked) -> None:
        """Judge one line."""
        self.orders.add(line.order)
        unknown = line.after.unknown
        if unknown:
            self.leave_out(line.order, f"It would be asked about: {unknown}.")
            return
        self.lines += 1
        one = compare(line)
        if not one.changes:
            return
        self.repriced += bool(one.moved)
        self.changed.append(one)
        self.sums["currency"][line.currency, ""].add(one, "")
        self.sums["customer"][line.customer, line.currency].add(one, line.customer_name)
        self.sums["item"][line.item, line.currency].add(one, line.item_name)
        if len(self.changed) > 4 * MOST_LINES:
            self.changed = self._biggest()

    def leave_out(self, order: str, why: str) -> None:
        """A line that cannot be judged, and why."""
        self.orders.add(order)
        self.reasons[why] += 1
        self.examples.setdefault(why, order)

    def _biggest(self) -> list[Compared]:
        ordered = sorted(self.changed, key=lambda one: (-one.weight, one.line.order, one.line.item))
        return ordered[:MOST_LINES]

    def told(self) -> dict[str, Any]:
        """All of it as JSON; amounts as text."""
        total = [part for _, part in self.sums["currency"].items()]
        return {
            "orders": len(self.orders),
            "lines": self.lines,
            "asked": sum(part.asked for part in total),
            "freed": sum(part.freed for part in total),
            "repriced": self.repriced,
            "left_out": self.reasons.total(),
            "reasons": [
                [why, count, self.examples[why]] for why, count in self.reasons.most_common(MOST_REASONS)
            ],
            "totals": _sums(self.sums["currency"], first=True),
            "customers": _sums(self.sums["customer"]),
            "items": _sums(self.sums["item"]),
            "biggest": [_line(one) for one in self._biggest()],
        }


def _sums(parts: dict[tuple[str, str], _Sum], *, first: bool = False) -> list[dict[str, Any]]:
    def weight(part: tuple[tuple[str, str], _Sum]) -> tuple[Decimal, str]:
        return -max(abs(part[1].moved), part[1].short), part[0][0]

    return [
        {
            "code": "" if first else code,
            "currency": code if first else currency,
            "name": one.name,
            "lines": one.lines,
            "asked": one.asked,
            "freed": one.freed,
            "moved": _money(one.moved),
            "short": _money(one.short),
        }
        for (code, currency), one in sorted(parts.items(), key=weight)[:MOST_GROUPS]
    ]


def _line(one: Compared) -> dict[str, Any]:
    line = one.line
    return {
        "order": line.order,
        "order_id": line.order_id,
        "customer": line.customer,
        "customer_name": line.customer_name,
        "item": line.item,
        "item_name": line.item_name,
        "quantity": plain(line.quantity),
        "uom": line.uom,
        "currency": line.currency,
        "booked": plain(line.price),
        "price_before": _maybe(line.before.price),
        "price_after": _maybe(line.after.price),
        "floor_before": _maybe(line.before.floor),
        "floor_after": _maybe(line.after.floor),
        "rows": _rows(line.after),
        "asked": one.asked,
        "freed": one.freed,
        "moved": _money(one.moved),
        "short": _money(one.short),
    }


def _rows(priced: table.Priced) -> Sequence[int]:
    return sorted({place for place in (priced.price_row, priced.floor_row) if place is not None})


def _maybe(value: Decimal | None) -> str:
    return "" if value is None else plain(value)


def _money(value: Decimal) -> str:
    return f"{value:.2f}"


def report_of(lines: Iterable[Booked]) -> dict[str, Any]:
    """The report of some lines at once."""
    report = Report()
    for line in lines:
        report.add(line)
    return report.told()
