"""What is learned from fixes and from orders that were booked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import F

from obeya.catalog import queries as catalog
from obeya.lib import clock
from obeya.orders import conflicts, forms, knowledge, models
from obeya.orders.reading import types


def learn_fix(row: models.OrderRow, line: models.LineRow, *, before: str) -> None:
    """A person said what a customer's words mean: usable at once for that customer.

    Where the words stood for another item, a person must settle it in the alias library first.
    """
    if not line.words or line.item is None:
        return
    known = conflicts.same_words(row.site_id, row.customer_id, line.words)
    trusted = [alias for alias in known if conflicts.is_trusted(alias)]
    alias, _ = models.AliasRow.objects.get_or_create(
        site=row.site,
        customer=row.customer,
        words=line.words.lower(),
        item=line.item,
        uom=line.uom,
        defaults={"source": "fix", "last_at": clock.now()},
    )
    alias.ok, alias.source, alias.last_at = alias.ok + 1, "fix", clock.now()
    alias.save()
    again = [other.pk for other in known if other.item_id == line.item_id]
    models.AliasRow.objects.filter(pk__in=again).update(retired_at=None)
    if before and before != line.item.sku:
        wrong = models.AliasRow.objects.filter(
            site=row.site_id, customer=row.customer_id, words=line.words.lower(), item__sku=before
        )
        wrong.update(bad=F("bad") + 1, last_at=clock.now())
    conflicts.quarantine(row, alias, trusted, by=line.fixed_by_id)


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
        text=_own_words(row, list(lines)),
        subject=row.subject or None,
    )
    learn_confirmed(
        row.site_id, message, past, row.number, is_change=row.intent != "order", seen=not row.auto
    )


def _own_words(row: models.OrderRow, lines: Iterable[models.LineRow]) -> str:
    """The message without what a form wrote in the catalogue's own words: that teaches nothing."""
    plain = {
        line.text
        for line in lines
        if line.item and line.words == forms.label_of(line.item.sku, line.item.description)
    }
    return "\n".join(part for part in row.text.split("\n") if part not in plain)


def learn_confirmed(
    site: str,
    message: types.Message,
    lines: tuple[types.PastLine, ...],
    order_no: str,
    *,
    is_change: bool,
    seen: bool = False,
) -> None:
    """Keep a confirmed order as habit, and what its message's words meant as aliases of the customer.

    With `seen` a person looked at it: its words are known to the next reader, like a fix.
    """
    reader = knowledge.reader_of(site)
    after = reader.confirmed(message, lines, order_no, is_change=is_change)
    add_past_orders(site, [after.past_orders[-1]])
    known = set(reader.lessons.aliases)
    before = {_phrase(alias): alias for alias in known}
    _keep_aliases(
        site,
        [(alias, before.get(_phrase(alias))) for alias in after.aliases if alias not in known],
        source="confirmed" if seen else knowledge.UNSEEN,
    )


def _phrase(alias: types.Alias) -> tuple[str | None, str, str, str | None]:
    return alias.customer, alias.key, alias.sku, alias.uom


_KEEP = """
INSERT INTO orders_alias AS a (site_id, customer_id, words, item_id, uom, ok, bad, source, last_at)
SELECT %(site)s, t.customer, t.words, t.item, t.uom, t.ok, t.bad, %(source)s, %(now)s
FROM unnest(%(customers)s::bigint[], %(words)s::text[], %(items)s::bigint[], %(uoms)s::text[],
 %(ok)s::int[], %(bad)s::int[]) AS t (customer, words, item, uom, ok, bad)
ON CONFLICT ON CONSTRAINT orders_alias_once DO UPDATE SET ok = a.ok + excluded.ok, bad = a.bad + excluded.bad,
 source = CASE WHEN excluded.source = %(unseen)s THEN a.source ELSE excluded.source END,
 last_at = CASE WHEN excluded.source = %(unseen)s THEN a.last_at ELSE excluded.last_at END
"""
"""Counts are added where they are kept: several workers learn at once, each from what it knows."""


def _keep_aliases(
    site: str, aliases: Iterable[tuple[types.Alias, types.Alias | None]], *, source: str
) -> None:
    """Add to the counts of alias records what an order taught: each as it is now, and as it was known."""
    told = list(aliases)
    items = catalog.items_by_sku(site, {alias.sku for alias, _ in told})
    customers = {customer.code: customer.id for customer in catalog.list_customers(site)}
    usable = [
        (alias, before)
        for alias, before in told
        if alias.sku in items and (not alias.customer or alias.customer in customers)
    ]
    if not usable:
        return
    values: dict[str, Any] = {
        "site": site,
        "source": source,
        "unseen": knowledge.UNSEEN,
        "now": clock.now(),
        "customers": [customers[alias.customer] if alias.customer else None for alias, _ in usable],
        "words": [alias.key for alias, _ in usable],
        "items": [items[alias.sku].id for alias, _ in usable],
        "uoms": [alias.uom or "" for alias, _ in usable],
        "ok": [alias.ok - (before.ok if before else 0) for alias, before in usable],
        "bad": [alias.bad - (before.bad if before else 0) for alias, before in usable],
    }
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, values)


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
