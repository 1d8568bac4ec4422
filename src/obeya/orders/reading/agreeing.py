"""Whether an electronic order agrees with itself and with what is known: total, place, buyer, words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from rapidfuzz import fuzz

from obeya.orders.reading import letters, marks, types, workbench
from obeya.orders.reading import lines as order_lines

NEAR = Decimal("0.05")
"""How far amounts may be apart: senders round."""
AMENDS = re.compile(
    r"\bcancel|\binstead\b|\brevis(?:e|ed|ion)\b|\bamend|\bdelet|\bhold\b|\bsubstitut|\bincreas|\breduc|\bignore\b"
    r"|\bexcept\b|\bnot (?:to be )?(?:required|needed|supplied|shipped)"
    r"|\b(?:do not|don.?t) (?:ship|send|supply)"
    r"|\bcorrection\b|\btypo\b|\bshould be\b|\bwrong\b|\bchange[ds]?\b|\bmake it\b|\bskip\b|\bquote only\b"
    r"|\bfree of charge\b|\bsample\b|\bduplicate\b|\btest order\b"
)
"""Words in a note, or beside an order, that may change it (folded text)."""


def place_in(texts: Sequence[str], customer: types.Customer) -> str | None:
    """The customer's place that some texts name, by one of them alone, else by all."""
    folded = [letters.fold(text).text for text in texts]
    for own in customer.ship_to:
        if letters.fold(own).text in folded:
            return own
    found = marks.place(" ".join(folded), customer)
    return found[0] if found else None


def is_named(customer: types.Customer, texts: Sequence[str]) -> bool:
    """Whether one of some texts is a customer's name."""
    names = [letters.fold(n).text for n in (customer.name, *customer.alternative_names) if n]
    return any(
        fuzz.token_sort_ratio(name, letters.fold(text).text) >= 88
        for name in names
        for text in texts
        if any(c.isalpha() for c in text)
    )


def name_others(work: workbench.Work, orders: Sequence[types.ElectronicOrder]) -> None:
    """Say that a file holds more than the one order that is shown."""
    first = orders[0]
    if all(o.number == first.number and o.lines == first.lines and o.kind == first.kind for o in orders[1:]):
        work.doubt("contradiction", f"It holds order {first.number} {len(orders)} times.")
        return
    rest = ", ".join(o.number or "without a number" for o in orders[1:6])
    work.doubt(
        "contradiction",
        f"It holds {len(orders)} orders. Only {first.number or 'the first'} is shown; the others are {rest}.",
    )


def name_twice(found: Sequence[order_lines.Line]) -> None:
    """Doubt an item that stands on two lines in one unit."""
    seen: set[tuple[int, str | None]] = set()
    for line in found:
        if line.number is None:
            continue
        if (line.number, line.uom) in seen:
            line.doubt("contradiction", "The same item twice.")
        seen.add((line.number, line.uom))


def check_total(work: workbench.Work, order: types.ElectronicOrder) -> None:
    """The stated total must be what the lines make, with or without what is charged beside them."""
    kept = [line for line in order.lines if line.action != "cancel"]
    if order.total is None or not kept or (order.kind == "change" and not order.complete):
        return
    worth = [_worth(line) for line in kept]
    known = [value for value in worth if value is not None]
    if len(known) < len(worth):
        return
    total = sum(known, Decimal(0))
    unscaled = sum(
        ((n.price or 0) * (n.qty or 0) if n.amount is None else n.amount for n in kept), Decimal(0)
    )
    near = max(NEAR, abs(order.total) / 500)
    if all(abs(t - order.total) > near for t in (total, total + order.charges, unscaled)):
        work.doubt("table", f"The total says {order.total}, the lines make {total.normalize():f}.")


def _worth(line: types.ElectronicLine) -> Decimal | None:
    if line.amount is not None:
        return line.amount
    if line.price is None or line.qty is None or (line.price_units and line.price_units != line.units):
        return None
    return line.price * line.qty / line.price_per + line.charges
