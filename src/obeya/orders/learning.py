"""What is learned from fixes and from orders that were booked."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F

from obeya.catalog import queries as catalog
from obeya.lib import clock
from obeya.orders import knowledge, models
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
        uom=line.uom,
        defaults={"source": "fix", "last_at": clock.now()},
    )
    alias.ok, alias.last_at = alias.ok + 1, clock.now()
    alias.save()
    if before and before != line.item.sku:
        wrong = models.AliasRow.objects.filter(
            site=row.site_id, customer=row.customer_id, words=line.words.lower(), item__sku=before
        )
        wrong.update(bad=F("bad") + 1, last_at=clock.now())


def keep_order(row: models.OrderRow) -> None:
    """A booked order becomes history, and its words become aliases."""
    assert row.customer is not None
    lines = row.lines.select_related("item").filter(dropped=False)
    past = tuple(
        types.PastLine(line.item.sku, line.quantity, line.uom, line.unit_price)
        for line in lines
        if line.item and line.quantity
    )
    message = types.Message(
        id=row.number,
        channel=row.channel,
        customer=row.customer.code,
        sent_at=row.sent_at,
        text=row.text,
        subject=row.subject or None,
    )
    learn_confirmed(row.site_id, message, past, row.number, is_change=row.intent != "order")


def learn_confirmed(
    site: str,
    message: types.Message,
    lines: tuple[types.PastLine, ...],
    order_no: str,
    *,
    is_change: bool,
) -> None:
    """Keep a confirmed order as habit, and what its message's words meant as aliases of the customer."""
    reader = knowledge.reader_of(site)
    after = reader.confirmed(message, lines, order_no, is_change=is_change)
    add_past_orders(site, [after.past_orders[-1]])
    known = set(reader.library.aliases)
    _keep_aliases(site, [alias for alias in after.aliases if alias not in known])


def _keep_aliases(site: str, aliases: Iterable[types.Alias]) -> None:
    """Write alias records with their new counts."""
    told = list(aliases)
    items = catalog.items_by_sku(site, {alias.sku for alias in told})
    customers = {customer.code: customer.id for customer in catalog.list_customers(site)}
    models.AliasRow.objects.bulk_create(
        [
            models.AliasRow(
                site_id=site,
                customer_id=customers[alias.customer] if alias.customer else None,
                words=alias.key,
                item_id=items[alias.sku].id,
                uom=alias.uom or "",
                ok=alias.ok,
                bad=alias.bad,
                source=alias.source,
                last_at=clock.now(),
            )
            for alias in told
            if alias.sku in items and (not alias.customer or alias.customer in customers)
        ],
        update_conflicts=True,
        unique_fields=["site", "customer", "words", "item", "uom"],
        update_fields=["ok", "bad", "last_at"],
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
