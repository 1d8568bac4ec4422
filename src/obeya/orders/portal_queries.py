"""A customer's own orders, as their buyers may see them: nothing of how the desk thinks about them."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from django.db.models import Prefetch, Q, QuerySet

from obeya.catalog import answers, offers
from obeya.decisions import queries as decisions
from obeya.orders import actions, answering, buying, models, queries, rules
from obeya.outbox import queries as outbox

MOST_SAID = 20

Delivery = Literal["", "open", "part", "done"]
"""How much of an order ERP shows as delivered; "" where it shows nothing of it."""


@dataclass(frozen=True, slots=True)
class Mine:
    """One order in a customer's list. `state` is the order's; `number` is ours, `erp_number` ERP's."""

    id: uuid.UUID
    number: str
    erp_number: str
    state: str
    received_at: datetime
    po_number: str
    lines: int
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class MyLine:
    """One line; `still_open` in `uom` and `due_on` as ERP shows them, None where it shows nothing."""

    position: int
    sku: str
    name: str
    words: str
    quantity: Decimal | None
    uom: str
    unit_price: Decimal | None
    amount: Decimal | None
    still_open: Decimal | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Topic:
    """What the desk looks at: of a line (from 1), or of the order (None). `kind` as in `rules.Doubt`.

    `choices` are answers that the buyer can give: codes with their labels.
    """

    line: int | None
    kind: str
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """A change or a cancellation that a buyer asked for; `state` is that of its question at the desk."""

    wish: str
    said: str
    state: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """What our desk wrote to the buyer about an order that came through the portal."""

    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MyOrder:
    """One order of a customer."""

    id: uuid.UUID
    number: str
    erp_number: str
    state: str
    channel: str
    sender_name: str
    received_at: datetime
    booked_at: datetime | None
    po_number: str
    ship_to: str
    requested_on: date | None
    lines: tuple[MyLine, ...]
    topics: tuple[Topic, ...]
    wishes: tuple[Wish, ...]
    said: tuple[Said, ...]
    delivery: Delivery
    delivery_as_of: datetime | None
    total: Decimal | None
    currency: str
    taken_back: bool


def _of(customer: answers.Customer) -> QuerySet[models.OrderRow]:
    return models.OrderRow.objects.filter(site=customer.site, customer=customer.id)


def _orders(customer: answers.Customer) -> QuerySet[models.OrderRow]:
    """Messages of a customer that are orders, and whatever came through the portal to become one."""
    rows = _of(customer).exclude(intent=rules.CHANGE_REQUEST)
    return rows.exclude(queries.NO_ORDER & ~Q(channel=buying.CHANNEL))


def list_mine(customer: answers.Customer, *, limit: int = 50, offset: int = 0) -> tuple[Mine, ...]:
    """A customer's orders, the newest first."""
    kept = Prefetch("lines", models.LineRow.objects.filter(dropped=False))
    rows = list(_orders(customer).prefetch_related(kept).order_by("-received_at")[offset : offset + limit])
    in_erp = offers.order_lines(customer, {row.erp_number for row in rows})
    return tuple(
        Mine(
            id=row.id,
            number=row.number,
            erp_number=row.erp_number,
            state=row.state,
            received_at=row.received_at,
            po_number=row.po_number,
            lines=len(row.lines.all()),
            delivery=_delivery(in_erp.get(row.erp_number, ())),
        )
        for row in rows
    )


def find_mine(customer: answers.Customer, order_id: uuid.UUID | str) -> MyOrder | None:
    """One order of a customer; None where it is not theirs."""
    rows = models.LineRow.objects.filter(dropped=False).select_related("item")
    row = _orders(customer).filter(pk=order_id).prefetch_related(Prefetch("lines", rows)).first()
    if row is None:
        return None
    in_erp = offers.order_lines(customer, {row.erp_number}).get(row.erp_number, ())
    return MyOrder(
        id=row.id,
        number=row.number,
        erp_number=row.erp_number,
        state=row.state,
        channel=row.channel,
        sender_name=row.sender_name,
        received_at=row.received_at,
        booked_at=row.booked_at,
        po_number=row.po_number,
        ship_to=row.ship_to,
        requested_on=row.requested_on,
        lines=tuple(_line(line, in_erp) for line in row.lines.all()),
        topics=_topics(row),
        wishes=_wishes(customer, row),
        said=_said(row),
        delivery=_delivery(in_erp),
        delivery_as_of=min((line.as_of for line in in_erp), default=None),
        total=row.total if row.state in ("confirmed", "booked") else None,
        currency=row.currency,
        taken_back=row.refusal == actions.TAKEN_BACK,
    )


def _delivery(lines: Sequence[offers.OrderLine]) -> Delivery:
    """What has gone, over the lines that are not cancelled."""
    standing = [line for line in lines if line.state != "cancelled"]
    if not standing:
        return ""
    if not any(line.state == "open" and line.open_quantity > 0 for line in standing):
        return "done"
    return "part" if any(_still_open(line) < line.quantity for line in standing) else "open"


def _still_open(line: offers.OrderLine) -> Decimal:
    return line.open_quantity if line.state == "open" else Decimal(0)


def _line(row: models.LineRow, in_erp: Sequence[offers.OrderLine]) -> MyLine:
    """A line with what ERP says of it, where just one line there is of the same item and unit."""
    sku = row.item.sku if row.item else ""
    same = [one for one in in_erp if one.sku == sku and one.uom == row.uom and one.state != "cancelled"]
    known = same[0] if len(same) == 1 else None
    return MyLine(
        position=row.position + 1,
        sku=sku,
        name=row.item.description if row.item else "",
        words=row.text,
        quantity=row.quantity,
        uom=row.uom,
        unit_price=row.unit_price,
        amount=row.quantity * row.unit_price if row.quantity and row.unit_price else None,
        still_open=_still_open(known) if known else None,
        due_on=known.due_on if known and _still_open(known) else None,
    )


def _topics(row: models.OrderRow) -> tuple[Topic, ...]:
    if row.state != "waiting":
        return ()
    doubts = row.doubts.filter(settled_at__isnull=True).select_related("line").order_by("line__position")
    asked = [(doubt, _choices(doubt)) for doubt in doubts]
    told = Counter(code for _, choices in asked for code, _ in choices)
    return tuple(
        Topic(
            doubt.line.position + 1 if doubt.line else None,
            doubt.kind,
            tuple((code, label) for code, label in choices if told[code] == 1),  # two lines: not told apart
        )
        for doubt, choices in asked
    )


def _choices(doubt: models.DoubtRow) -> tuple[tuple[str, str], ...]:
    """What the buyer may choose: which item or unit is meant, never a price or a credit."""
    if doubt.line is None or doubt.kind not in ("item", "quantity", "unit"):
        return ()
    options = decisions.get_request(doubt.request_id).options
    return tuple(
        (option.code, option.label) for option in options if option.code.startswith(answering.BY_THE_CUSTOMER)
    )


def _wishes(customer: answers.Customer, row: models.OrderRow) -> tuple[Wish, ...]:
    subjects = {text.format(number=row.number): wish for wish, text in buying.SUBJECTS.items()}
    rows = _of(customer).filter(intent=rules.CHANGE_REQUEST, subject__in=subjects).order_by("received_at")
    return tuple(Wish(subjects[one.subject], one.text, one.state, one.received_at) for one in rows)


def _said(row: models.OrderRow) -> tuple[Said, ...]:
    """What was written about it, but for the confirmation: the order itself shows that."""
    if row.channel != buying.CHANNEL:
        return ()
    written = outbox.list_replies([f"order:{row.id}"], limit=MOST_SAID)
    asked = [one for one in written if not one.key.endswith(":confirmed")]
    return tuple(Said(one.body, one.created_at) for one in reversed(asked))
