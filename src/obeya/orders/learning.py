"""What is learned from fixes and from orders that were booked."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F

from obeya.lib import clock
from obeya.orders import models
from obeya.orders.reading import types


def learn_fix(row: models.OrderRow, line: models.LineRow, *, before: str) -> None:
    """A person said what a customer's words mean: usable at once for that customer."""
    if not line.words or line.item is None:
        return
    alias, _ = models.AliasRow.objects.get_or_create(
        site=row.site,
        customer=row.customer,
        words=line.words.lower(),
        item=line.item,
        defaults={"source": "fix", "last_at": clock.now()},
    )
    alias.ok, alias.uom, alias.last_at = alias.ok + 1, line.uom or alias.uom, clock.now()
    alias.save()
    if before and before != line.item.sku:
        wrong = models.AliasRow.objects.filter(
            site=row.site_id, customer=row.customer_id, words=line.words.lower(), item__sku=before
        )
        wrong.update(bad=F("bad") + 1, last_at=clock.now())


def keep_order(row: models.OrderRow) -> None:
    """A booked order becomes history; its text teaches words unless it changed or repeated another."""
    assert row.customer is not None
    lines = row.lines.select_related("item").filter(dropped=False)
    models.PastOrderRow.objects.get_or_create(
        site_id=row.site_id,
        order_no=row.number,
        defaults={
            "customer": row.customer.code,
            "ordered_at": row.sent_at,
            "channel": row.channel,
            "message": row.text if row.intent == "order" else None,
            "lines": [
                {
                    "sku": line.item.sku,
                    "qty": str(line.quantity),
                    "uom": line.uom,
                    "unit_price": str(line.unit_price),
                }
                for line in lines
                if line.item
            ],
        },
    )


def add_past_orders(site: str, orders: Iterable[types.PastOrder]) -> int:
    """Store past orders; those already known stay as they are. Returns how many are new."""
    before = models.PastOrderRow.objects.filter(site=site).count()
    models.PastOrderRow.objects.bulk_create(
        [
            models.PastOrderRow(
                site_id=site,
                order_no=order.order_no,
                customer=order.customer,
                ordered_at=order.ordered_at,
                channel=order.channel,
                message=order.message,
                lines=[
                    {
                        "sku": line.sku,
                        "qty": str(line.qty),
                        "uom": line.uom,
                        "unit_price": None if line.unit_price is None else str(line.unit_price),
                    }
                    for line in order.lines
                ],
            )
            for order in orders
        ],
        ignore_conflicts=True,
        batch_size=1_000,
    )
    return models.PastOrderRow.objects.filter(site=site).count() - before
