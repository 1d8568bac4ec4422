"""An order that looks like one the customer has just placed: asked about before it is booked twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from obeya.orders import models

SAME_BASKET = timedelta(hours=24)
SAME_ITEM = timedelta(hours=4)
SAME = "The same was ordered before"
"""How the reason begins where the whole basket was ordered before."""
Basket = Mapping[int, tuple[Decimal | None, str]]
"""Item id to quantity and unit."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An order placed before."""

    number: str
    sent_at: datetime
    po_number: str
    basket: Basket


def looks_repeated(basket: Basket, po_number: str, sent_at: datetime, earlier: Iterable[Earlier]) -> str:
    """Why an order may be one of the earlier ones again, in words; "" where nothing speaks for it.

    The same purchase order number always does; two different ones never do. Otherwise the same basket
    within a day does, or one of its items within some hours.
    """
    for order in earlier:
        ago = sent_at - order.sent_at
        when = f"{order.number}, {_words(ago)} ago"
        if po_number and po_number == order.po_number:
            return f"The same purchase order number stands on {when}."
        if (po_number and order.po_number) or not basket:
            continue
        if basket == order.basket and ago <= SAME_BASKET:
            return f"{SAME} ({when}). Is it a second order?"
        if ago <= SAME_ITEM and not basket.keys().isdisjoint(order.basket):
            return f"One of the items was ordered just before ({when}). Is it a second order, or a change?"
    return ""


def _words(ago: timedelta) -> str:
    minutes = max(1, int(ago.total_seconds() // 60))
    if minutes < 90:
        return f"{minutes} minute" + ("s" if minutes > 1 else "")
    return f"{round(minutes / 60)} hours"


def find_repeat(row: models.OrderRow) -> str:
    """Why this order may be an earlier one of the same customer again; "" for none."""
    earlier = models.OrderRow.objects.filter(
        site=row.site_id, sent_at__lte=row.sent_at, sent_at__gte=row.sent_at - SAME_BASKET
    ).exclude(pk=row.pk)
    mine = earlier.filter(customer=row.customer_id) if row.customer_id else earlier.filter(sender=row.sender)
    standing = mine.filter(state__in=["waiting", "confirmed", "booked"]).order_by("-sent_at")[:20]
    return looks_repeated(
        _basket(row),
        row.po_number,
        row.sent_at,
        [Earlier(e.number, e.sent_at, e.po_number, _basket(e)) for e in standing.prefetch_related("lines")],
    )


def _basket(row: models.OrderRow) -> Basket:
    return {
        line.item_id: (line.quantity, line.uom)
        for line in row.lines.all()
        if line.item_id is not None and not line.dropped
    }
