"""The customer beside an order: what was said, and what they usually buy."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from django.db.models import QuerySet

from obeya.catalog import queries as catalog
from obeya.orders import models, queries
from obeya.outbox import queries as outbox

SHOWN_ORDERS = 8
LOOKED_BACK = 40
"""So many past orders say what is usual."""
USUAL = 6


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the conversation. `ours` went out; `note` says how far it is, with its tone."""

    at: datetime
    ours: bool
    text: str
    order: uuid.UUID
    number: str
    state: str
    channel: str
    unposted: bool = False
    note: str = ""
    tone: Literal["plain", "info", "good", "warn", "bad"] = "plain"


@dataclass(frozen=True, slots=True)
class Usual:
    """An item the customer has bought: in how many of `of` past orders, how much as a rule, and when last."""

    sku: str
    name: str
    times: int
    of: int
    quantity: Decimal
    uom: str
    last_at: datetime


def conversation(order: queries.Order) -> tuple[Said, ...]:
    """The last messages of the order's customer and our replies, in time order; this order's among them.

    A sender who is not known yet is taken by the address alone.
    """
    near = _of_customer(order).defer("reading").order_by("-received_at", "-pk")
    rows = {row.pk: row for row in near[:SHOWN_ORDERS]}
    if order.id not in rows:
        rows |= {row.pk: row for row in models.OrderRow.objects.filter(pk=order.id)}
    listed = {row.id: row for row in queries.rows_of(rows.values())}
    said = [_theirs(listed[key], row) for key, row in rows.items()]
    subjects = {f"order:{key}": key for key in rows}
    for message in outbox.list_replies(list(subjects)):
        said.append(_ours(listed[subjects[message.subject]], message))
    return tuple(sorted(said, key=lambda one: (one.at, one.ours)))


def _of_customer(order: queries.Order) -> QuerySet[models.OrderRow]:
    mine = models.OrderRow.objects.filter(site=order.site)
    if order.customer_code:
        return mine.filter(customer__code=order.customer_code)
    return mine.filter(sender=order.sender)


def _theirs(listed: queries.Row, row: models.OrderRow) -> Said:
    return Said(
        at=row.received_at,
        ours=False,
        text=listed.text,
        order=listed.id,
        number=listed.number,
        state=listed.state,
        channel=listed.channel,
        unposted=listed.unposted,
    )


def _ours(listed: queries.Row, message: outbox.MessageView) -> Said:
    return Said(
        at=message.created_at,
        ours=True,
        text=message.body[:300],
        order=listed.id,
        number=listed.number,
        state=listed.state,
        channel=message.channel,
        note=message.state_text,
        tone=message.tone,
    )


def usual_items(order: queries.Order) -> tuple[Usual, ...]:
    """What the order's customer bought most often in the last past orders; nothing for one not known."""
    return usual_of(order.site, order.customer_code) if order.customer_code else ()


def usual_of(site: str, customer: str, *, most: int = USUAL) -> tuple[Usual, ...]:
    """What a customer (a code) bought most often in the last past orders, at most `most` items."""
    past = models.PastOrderRow.objects.filter(site=site, customer=customer)
    found = list(past.order_by("-ordered_at", "-order_no")[:LOOKED_BACK])
    bought: dict[str, Counter[tuple[Decimal, str]]] = defaultdict(Counter)
    last: dict[str, datetime] = {}
    for row in found:
        for sku, much in {line["sku"]: (Decimal(line["qty"]), line["uom"]) for line in row.lines}.items():
            bought[sku][much] += 1
            last.setdefault(sku, row.ordered_at)
    often = sorted(bought, key=lambda sku: (-bought[sku].total(), sku))[:most]
    items = catalog.items_by_sku(site, often)
    told = []
    for sku in often:
        (quantity, uom), _ = bought[sku].most_common(1)[0]
        name = items[sku].description if sku in items else ""
        told.append(Usual(sku, name, bought[sku].total(), len(found), quantity, uom, last[sku]))
    return tuple(told)
