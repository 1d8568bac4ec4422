"""From a message to rows: read it, keep what was read, price the lines."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q

from obeya.catalog import answers
from obeya.catalog import queries as catalog
from obeya.inbox import queries as inbox
from obeya.lib import clock, ids
from obeya.orders import agreements, converting, knowledge, models, repeats, rules, unread
from obeya.orders.enquiries import parting
from obeya.orders.pricing import applying as pricing
from obeya.orders.reading import typed, types
from obeya.orders.reading.reader import Reader
from obeya.people import queries as people

MAX_TEXT = 65_536
"""Characters of a message that are read."""
PRICED = (
    *("list_price", "floor", "asked_price", "price_text", "unit_price"),
    *("erp_price", "price_rule", "floor_unknown"),
)
"""Columns of a line that pricing writes."""
SAYS_SO = 0.8
"""From this confidence on, the words themselves say that an order is changed or cancelled."""
THREAD = timedelta(hours=36)
"""How far back earlier messages of the sender belong to the same conversation."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as a channel hands it over."""

    channel: str
    sender: str
    sender_name: str
    text: str
    sent_at: datetime
    subject: str = ""
    reply_to: str = ""
    attachments: tuple[types.Attachment, ...] = ()
    customer: str = ""
    habits: str = ""
    reading: types.Reading | None = None
    """What it says, where it came as lines and leaves nothing to read."""
    aside: tuple[tuple[int, int], ...] = ()
    """Stretches of the text that are no part of the order: questions, complaints, payment notes."""


def storable(text: str) -> str:
    """The text as PostgreSQL can hold it, each letter in its place: what it cannot hold becomes U+FFFD.

    Longer than `MAX_TEXT` is cut here; the signal keeps all of it.
    """
    return "".join(
        "\ufffd" if char == "\0" or "\ud800" <= char <= "\udfff" else char for char in text[:MAX_TEXT]
    )


def draft(signal: inbox.Signal, arrived: Arrived) -> models.OrderRow:
    """Read a message and store the order it may become, with its lines as read; nothing is judged yet."""
    customer = _customer_of(signal.site, arrived)
    reading = _read_all(signal.site, str(signal.id), customer.code if customer else None, arrived)
    row = _store(signal, arrived, customer, reading)
    _store_lines(row, reading)
    _note_repeat(row)
    return row


def read_ahead(signal: inbox.Signal, arrived: Arrived) -> tuple[Reader, types.Reading] | None:
    """What the reader makes of a message of a known customer, nothing stored; None for anybody else."""
    customer = _customer_of(signal.site, arrived)
    if customer is None:
        return None
    reading = _read_all(signal.site, str(signal.id), customer.code, arrived)
    return knowledge.reader_of(signal.site), reading


def customer_code(site: str, arrived: Arrived) -> str | None:
    """The code of the customer who wrote, where that is one."""
    found = _customer_of(site, arrived)
    return found.code if found else None


def _customer_of(site: str, arrived: Arrived) -> answers.Customer | None:
    if arrived.customer:
        return catalog.find_customer(site, arrived.customer)
    found = writing_from(site, arrived.sender)
    return found[0] if len(found) == 1 else None


def redraft(row: models.OrderRow, arrived: Arrived) -> None:
    """Read the message of a waiting order anew: in its new words, or with files that came late.

    The lines are those of the new reading; what was accepted of the old one counts no more.
    """
    code = row.customer.code if row.customer else None
    reading = _read_all(row.site_id, str(row.signal), code, arrived)
    row.lines.all().delete()
    row.text, row.intent, row.reading = arrived.text, reading.intent, _kept(reading)
    row.confidence, row.requested_on = _share(reading.confidence), reading.requested_date
    row.po_number, row.ship_to = (reading.po_number or "")[:200], (reading.ship_to or "")[:200]
    row.as_read_accepted = row.credit_accepted = False
    row.save()
    _store_lines(row, reading)
    _note_repeat(row)


def _note_repeat(row: models.OrderRow) -> None:
    if again := repeats.find_repeat(row):
        row.reading["doubts"].append(["repeat", None, again])
        row.save(update_fields=["reading"])


def read_text(site: str, customer: str, text: str) -> types.Reading:
    """What the reader makes of a known customer's words by themselves; nothing is stored."""
    arrived = Arrived("portal", "", "", storable(text), clock.now())
    return _read_all(site, "", customer, arrived)


def _read_all(site: str, message_id: str, customer: str | None, arrived: Arrived) -> types.Reading:
    if arrived.reading is not None:
        return arrived.reading
    message = types.Message(
        id=message_id,
        channel=arrived.habits or arrived.channel,
        customer=customer,
        sent_at=arrived.sent_at.astimezone(people.get_site(site).tz),
        text=typed.without(parting.blank(arrived.text, arrived.aside)),
        subject=arrived.subject or None,
        attachments=(*arrived.attachments, *converting.typed_orders(arrived.text)),
    )
    reader = knowledge.reader_of(site)
    units = {uom: uom for item in reader.company.items for uom in item.units}
    reading = _read(reader, message, _thread(site, arrived))
    return unread.as_lines(arrived.text, reading, units | dict(reader.company.uom_words))


def _read(reader: Reader, message: types.Message, thread: tuple[types.Turn, ...]) -> types.Reading:
    """A message after others of the same sender changes their order only where its words say so.

    Words like "and" or "more" say so of a change, and begin many a new order too: a message that is a
    complete order by itself, of other items than before, is a new one. `repeats` asks about the rest.
    """
    alone = reader.read(message)
    if not thread:
        return alone
    together = reader.read(dataclasses.replace(message, thread=thread))
    changes = together.intent in ("order_change", "cancel") and together.intent_confidence >= SAYS_SO
    if not changes or (alone.auto and _is_apart(alone, together)):
        return alone
    return together


def _is_apart(alone: types.Reading, together: types.Reading) -> bool:
    """True where the order that stands keeps all its lines beside the new ones: nothing in common."""
    new = {line.sku for line in alone.lines}
    standing = [line.sku for line in together.lines if line.source == "thread"]
    return bool(new) and new.isdisjoint(standing)


def writing_from(site: str, sender: str) -> tuple[answers.Customer, ...]:
    """The customers for whom a number or an address writes; an unknown address by its company's domain."""
    if "@" in sender:
        exact = catalog.find_customers_by_contact(site, "email", sender)
        return exact or catalog.find_customers_by_domain(site, sender)
    return catalog.find_customers_by_contact(site, "phone", sender)


def _thread(site: str, arrived: Arrived) -> tuple[types.Turn, ...]:
    earlier = models.OrderRow.objects.filter(
        site=site,
        sender=arrived.sender,
        sent_at__gte=arrived.sent_at - THREAD,
        sent_at__lt=arrived.sent_at,
    )
    return tuple(types.Turn("customer", row.sent_at, row.text) for row in earlier.order_by("sent_at"))


def next_number(year: int) -> str:
    """The next order number of ours ("OB-2026-000042")."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('orders_number')")
        return f"OB-{year}-{cursor.fetchone()[0]:06d}"


def _store(
    signal: inbox.Signal, arrived: Arrived, customer: answers.Customer | None, reading: types.Reading
) -> models.OrderRow:
    now = clock.now()
    return models.OrderRow.objects.create(
        id=ids.new_id(),
        number=next_number(now.year),
        site_id=signal.site,
        signal=signal.id,
        channel=arrived.channel,
        sender=arrived.sender,
        sender_name=arrived.sender_name[:200],
        subject=arrived.subject[:500],
        text=arrived.text,
        reply_to=arrived.reply_to,
        sent_at=arrived.sent_at,
        received_at=signal.received_at,
        customer_id=customer.id if customer else None,
        intent=reading.intent,
        reading=_kept(reading),
        confidence=_share(reading.confidence),
        requested_on=reading.requested_date,
        po_number=(reading.po_number or "")[:200],
        ship_to=(reading.ship_to or "")[:200],
        currency=customer.currency if customer else "",
        source=signal.source,
        actor=f"customer:{customer.code}" if customer else f"sender:{arrived.sender}",
        correlation=signal.correlation,
    )


def _share(value: float) -> Decimal:
    return Decimal(str(round(min(1.0, max(0.0, value)), 4)))


def _kept(reading: types.Reading) -> dict[str, Any]:
    """The parts of a reading that the screen shows again."""
    return {
        "spans": [[span.start, span.end, span.role, span.line] for span in reading.spans],
        "doubts": [[doubt.code, doubt.line, doubt.text] for doubt in reading.doubts],
        "review": reading.review,
        "candidates": list(reading.candidates),
        "auto": reading.auto,
    }


def _store_lines(row: models.OrderRow, reading: types.Reading) -> None:
    items = catalog.items_by_sku(row.site_id, {line.sku for line in reading.lines if line.sku})
    asked = {price.sku: price for price in reading.asked_prices}
    models.LineRow.objects.bulk_create(
        _line(row, line, items.get(line.sku or ""), asked.get(line.sku or "")) for line in reading.lines
    )


def _line(
    row: models.OrderRow,
    line: types.ReadLine,
    item: answers.Item | None,
    asked: types.AskedPrice | None,
) -> models.LineRow:
    words = row.text[slice(*line.item_span)] if line.item_span else line.text
    return models.LineRow(
        order=row,
        position=line.position,
        text=line.text,
        words=words.strip()[:300],
        item_id=item.id if item else None,
        quantity=line.qty,
        uom=line.uom or (item.base_uom if item and len(item.units) == 1 else ""),
        confidence=_share(line.confidence),
        candidates=[[c.sku, round(c.score, 4), c.why] for c in line.candidates[:8]],
        read_doubts=list(line.doubts),
        asked_price=_asked_price(line, item, asked),
    )


def _asked_price(
    line: types.ReadLine, item: answers.Item | None, asked: types.AskedPrice | None
) -> Decimal | None:
    """The price asked for, per the line's unit; a discount is worked out once the list price is known."""
    if asked is None or asked.unit_price is None or item is None:
        return None
    mine, theirs = item.units.get(line.uom or ""), item.units.get(asked.uom or line.uom or "")
    if mine is None or theirs is None:
        return asked.unit_price
    return asked.unit_price * mine / theirs


def price_lines(row: models.OrderRow, lines: Sequence[models.LineRow], on: date) -> None:
    """Ask the catalogue and the price rules for price and floor of every complete line; write them down.

    The rules are those that held when the message was received. A price of theirs stands in place of the
    list's; `erp_price` keeps that one.
    """
    if row.customer is None:
        return
    ready = [line for line in lines if line.item and line.quantity and line.uom and not line.dropped]
    wanted = [
        catalog.Wanted(line.item.sku, line.uom, line.quantity)
        for line in ready
        if line.item and line.quantity
    ]
    found = catalog.prices_for(row.site_id, customer=row.customer.code, lines=wanted, on=on)
    judged = pricing.judge(row.site_id, row.customer.code, found, received_at=row.received_at)
    for line, price, (ruled, why) in zip(ready, found, judged, strict=True):
        line.list_price, line.floor = ruled.price, ruled.floor
        line.erp_price, line.price_rule, line.floor_unknown = price.list_price, why, ruled.unknown
        if line.asked_price and line.list_price and line.item and not line.price_decided:
            per = catalog.units_of(row.site_id, line.item.sku).get(line.uom, Decimal(1))
            line.asked_price = rules.likely_price(line.asked_price, line.list_price, per)
        line.price_text = price.problem or price.text
        row.currency = price.currency or row.currency


def to_rule(line: models.LineRow, item: answers.Item | None) -> rules.Line:
    """A line in the terms of the rules."""
    return rules.Line(
        position=line.position,
        sku=item.sku if item else "",
        name=item.description if item else "",
        active=item.active if item else True,
        substitute=item.substitute_sku if item else "",
        units=item.units if item else {},
        quantity=line.quantity,
        uom=line.uom,
        text=line.text,
        read_doubts=tuple(line.read_doubts),
        confidence=line.confidence,
        fixed=line.fixed_by_id is not None or line.customer_said,
        list_price=line.list_price,
        floor=line.floor,
        asked_price=line.asked_price,
        price_problem="" if line.list_price is not None else line.price_text,
        floor_unknown=line.floor_unknown,
        price_rule=line.price_rule,
        currency=line.order.currency,
        agreed=agreements.agreed_of(line),
    )


def pending_value(customer_id: int, besides: uuid.UUID, *, as_of: datetime) -> Decimal:
    """The value of a customer's orders that ERP's exposure, as read at `as_of`, does not count yet.

    These are orders on their way, and those that were booked after it was read.
    """
    on_the_way = Q(state="confirmed") | Q(state="booked", booked_at__gt=as_of)
    rows = models.OrderRow.objects.filter(on_the_way, customer=customer_id).exclude(pk=besides)
    return sum((row.total or Decimal(0) for row in rows.only("total")), Decimal(0))
