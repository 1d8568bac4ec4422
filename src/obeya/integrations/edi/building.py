"""An electronic order while its segments are read, and the small readings all standards share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from obeya.orders.reading import types

MOST_LINES = 2_000
LONGEST = 300
"""Characters of a code, a name or a description that are kept."""
_AMOUNT = re.compile(r"[+-]?\d{1,15}(?:\.\d{0,9})?|[+-]?\.\d{1,9}")


def number(text: str, decimal: str = ".") -> Decimal | None:
    """A number as the standards write it (digits, one decimal mark), or None."""
    said = text.strip()
    if decimal != ".":
        said = said.replace(decimal, ".")
    if not _AMOUNT.fullmatch(said):
        return None
    try:
        return Decimal(said)
    except InvalidOperation:
        return None


def day(text: str) -> date | None:
    """A day written CCYYMMDD or YYMMDD (more digits are a time), or with dashes; None where it is no day."""
    digits = text.strip().replace("-", "")
    if not digits.isascii() or not digits[:8].isdigit():
        return None
    if len(digits) == 6:
        digits = "20" + digits
    if len(digits) < 8:
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


@dataclass(slots=True)
class Line:
    """A line being read."""

    number: str
    seller_codes: list[str] = field(default_factory=list)
    buyer_codes: list[str] = field(default_factory=list)
    gtins: list[str] = field(default_factory=list)
    description: list[str] = field(default_factory=list)
    qty: Decimal | None = None
    unit_code: str = ""
    units: tuple[str, ...] = ()
    price: Decimal | None = None
    price_per: Decimal = Decimal(1)
    price_units: tuple[str, ...] = ()
    amount: Decimal | None = None
    charges: Decimal = Decimal(0)
    days: set[date] = field(default_factory=set)
    scheduled: list[Decimal] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    action: str = "add"
    problems: list[str] = field(default_factory=list)

    def done(self) -> types.ElectronicLine:
        """The finished line; what contradicts itself is a problem."""
        problems = list(self.problems)
        if len(self.days) > 1:
            problems.append("It names several delivery dates.")
        if self.scheduled and self.qty is not None and sum(self.scheduled) != self.qty:
            problems.append("Its deliveries do not add up to its quantity.")
        if len(set(self.places)) > 1:
            problems.append("It goes to several places.")
        return types.ElectronicLine(
            number=self.number[:40],
            seller_codes=_kept(self.seller_codes),
            buyer_codes=_kept(self.buyer_codes),
            gtins=_kept(self.gtins),
            description=" ".join(d for d in self.description if d)[:LONGEST],
            qty=self.qty,
            units=self.units,
            unit_code=self.unit_code[:12],
            price=self.price,
            price_per=self.price_per if self.price_per > 0 else Decimal(1),
            price_units=self.price_units,
            amount=self.amount,
            charges=self.charges,
            requested_on=next(iter(self.days)) if len(self.days) == 1 else None,
            ship_to=self.places[0][:LONGEST] if self.places else "",
            action=self.action,
            problems=tuple(problems),
        )


@dataclass(slots=True)
class Order:
    """An order being read."""

    name: str
    standard: str
    kind: str = "order"
    number: str = ""
    lines: list[Line] = field(default_factory=list)
    complete: bool = True
    control: str = ""
    ordered_on: date | None = None
    days: dict[str, date] = field(default_factory=dict)
    places: list[str] = field(default_factory=list)
    buyers: list[str] = field(default_factory=list)
    currency: str = ""
    total: Decimal | None = None
    charges: Decimal = Decimal(0)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    counted: bool = False

    def done(self, preferred: Iterable[str] = ()) -> types.ElectronicOrder:
        """The finished order; `preferred` are the kinds of dates that can be the wish, likeliest first."""
        problems = list(self.problems)
        if len(self.lines) > MOST_LINES:
            problems.append(f"It has {len(self.lines):,} lines; {MOST_LINES:,} are read.")
        if not self.number:
            problems.append("It has no order number.")
        return types.ElectronicOrder(
            name=self.name,
            standard=self.standard,
            kind=self.kind,
            number=self.number[:LONGEST],
            lines=tuple(line.done() for line in self.lines[:MOST_LINES]),
            complete=self.complete,
            control=self.control[:LONGEST],
            ordered_on=self.ordered_on,
            requested_on=next((self.days[kind] for kind in preferred if kind in self.days), None),
            places=_kept(self.places),
            buyers=_kept(self.buyers),
            currency=self.currency[:3].upper(),
            total=self.total,
            charges=self.charges,
            notes=tuple(note[:2_000] for note in self.notes if note.strip())[:50],
            problems=tuple(dict.fromkeys(problems)),
        )


def _kept(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(t.strip()[:LONGEST] for t in texts if t.strip()))[:20]
