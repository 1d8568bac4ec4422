"""Whether an order may be booked: price it, judge it, ask what is in doubt, confirm where nothing is."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence

from django.db import connection

from obeya.catalog import queries as catalog
from obeya.catalog import readers
from obeya.journal.events import Origin
from obeya.lib import clock, live
from obeya.orders import (
    booking,
    conflicts,
    countering,
    doubting,
    drafting,
    events,
    gate,
    models,
    rules,
    telling,
)
from obeya.orders.asking import putting
from obeya.outbox import actions as outbox
from obeya.outbox import ports


class CannotChangeOrder(Exception):
    """The order cannot be changed like this; the text says why, for the person at the desk."""


def locked(order_id: uuid.UUID) -> models.OrderRow:
    """The order, locked, as long as it waits. Raises CannotChangeOrder."""
    row = models.OrderRow.objects.select_for_update(of=("self",)).select_related("customer").get(pk=order_id)
    if row.state != "waiting":
        raise CannotChangeOrder(f"{row.number} is {row.state} already.")
    return row


def check(row: models.OrderRow, origin: Origin) -> None:
    """Price the lines, find what is in doubt, ask for it; confirm where nothing is."""
    lines = list(row.lines.select_related("item").filter(dropped=False))
    if row.customer_id:
        _lock_credit(row.customer_id)
    drafting.price_lines(row, lines, clock.now().date())
    conflicts.doubt_lines(row, lines)
    items = catalog.items_by_id([line.item_id for line in lines if line.item_id])
    ruled = [drafting.to_rule(line, items.get(line.item_id or 0)) for line in lines]
    offers = countering.told_of(row, lines, origin)
    for index, line in enumerate(lines):
        waiting, came_to = offers.get(line.pk, ("", ""))
        ruled[index] = dataclasses.replace(ruled[index], offered=waiting, offer_came_to=came_to)
    for line, rule in zip(lines, ruled, strict=True):
        line.unit_price = rules.price_of(rule)
    models.LineRow.objects.bulk_update(lines, drafting.PRICED)
    doubts = rules.doubts_of(_header(row), ruled)
    row.total = rules.total_of(ruled)
    if not doubts and (held := gate.hold(row, origin)):
        doubts = [held]
    doubting.renew(row, lines, doubts, origin)
    if not doubts:
        _confirm(row, lines, origin)
    else:
        putting.consider(row, origin)
    row.save()
    telling.remember(row)
    live.publish(f"orders:{row.id}:{row.site_id}")


def _lock_credit(customer_id: int) -> None:
    """One order of a customer is judged at a time, so that two cannot both use the last of the credit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('orders.credit:' || %s, 0))", [str(customer_id)]
        )


def _header(row: models.OrderRow) -> rules.Header:
    credit = None
    if row.customer is not None:
        told = catalog.credit_of(row.site_id, row.customer.code)
        exposure = told.exposure + drafting.pending_value(row.customer.id, row.id, as_of=told.as_of)
        credit = rules.Credit(told.limit, exposure, told.currency, told.enforced == "hard")
    return rules.Header(
        intent=row.intent,
        customer_known=row.customer is not None,
        auto=row.reading["auto"] or any(_is_of_a_line(*doubt) for doubt in row.reading["doubts"]),
        accepted=row.as_read_accepted,
        reasons=tuple(doubt[2] for doubt in row.reading["doubts"] if not _is_of_a_line(*doubt)),
        credit=credit,
        credit_accepted=row.credit_accepted,
    )


def _is_of_a_line(code: str, line: int | None, _text: str) -> bool:
    return line is not None and rules.is_of_a_line(code)


def _confirm(row: models.OrderRow, lines: Sequence[models.LineRow], origin: Origin) -> None:
    assert row.customer is not None
    assert row.total is not None
    row.state, row.confirmed_at = "confirmed", clock.now()
    told = events.OrderConfirmed(
        row.id,
        row.number,
        row.customer.code,
        row.currency,
        row.total,
        row.auto,
        tuple(booking.confirmed_line(line) for line in lines),
    )
    confirmed = telling.tell(row, told, origin)
    connector = readers.serving(row.site_id)
    if not connector:
        telling.tell(row, events.OrderNotPosted(row.id, row.number), origin.after(confirmed))
    else:
        outbox.queue_posting(
            key=outbox.key_of(confirmed.id, ports.CommandKind.SALES_ORDER),
            connector=connector,
            site=row.site_id,
            document=f"order:{row.id}",
            subject=f"order:{row.id}",
            payload=booking.payload(row, lines),
            origin=origin.after(confirmed),
        )
