"""The only writers of the order desk: take a message, settle doubts, confirm, refuse, learn."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from obeya.decisions import actions as decisions
from obeya.decisions import outsiders
from obeya.decisions import queries as decision_queries
from obeya.inbox import interpreters
from obeya.inbox import queries as inbox
from obeya.journal.events import Event, Origin
from obeya.lib import clock, live
from obeya.orders import (
    answering,
    attaching,
    checking,
    counters,
    doubting,
    drafting,
    events,
    gate,
    learning,
    listening,
    models,
    queries,
    second_reader,
    seconding,
    telling,
)
from obeya.orders.enquiries import dealing, replying
from obeya.orders.reading import types
from obeya.people import queries as people

DESK = (people.Function.ORDER_DESK,)


TAKEN_BACK = "The customer took the message back."


CannotChangeOrder = checking.CannotChangeOrder


def take_message(
    *,
    signal: inbox.Signal,
    channel: str,
    sender: str,
    sender_name: str,
    text: str,
    sent_at: datetime,
    subject: str = "",
    reply_to: str = "",
    attachments: Sequence[types.Attachment] = (),
    files: Sequence[inbox.File] | None = None,
    customer: str = "",
    habits: str = "",
    reading: types.Reading | None = None,
) -> interpreters.Outcome:
    """Read a message and book it, or open a doubt for each thing that is not sure. Once per signal.

    `files` are the stored files that say something, those of the signal where it is None: they are
    converted here. `attachments` is what a channel knows by itself, in words or as unreadable.
    `customer` is a code that a person vouches for; else it is found by the sender. `habits` is the
    channel whose way of writing the text follows, where it is not `channel`. `reading` is what a message says
    that came as lines and leaves nothing to read: every check of an order holds for it all the same.
    """
    known = models.OrderRow.objects.filter(signal=signal.id).first()
    if known is not None and (known.state != "waiting" or not signal.attempts):
        return interpreters.Understood(f"order:{known.id}")
    if known is None and not attachments and not (signal.files if files is None else files):
        offer = counters.hear_message(signal=signal, channel=channel, sender=sender, text=text)
        if offer is not None:
            return interpreters.Understood(f"order:{offer.order_id}")
    taken = signal.files if files is None else files
    heard = listening.hear(site=signal.site, sender=sender, customer=customer, files=taken)
    arrived = drafting.Arrived(
        channel=channel,
        sender=sender,
        sender_name=drafting.storable(sender_name),
        text=drafting.storable("\n".join(part for part in (text, *heard.texts) if part)),
        sent_at=sent_at,
        subject=drafting.storable(subject),
        reply_to=reply_to,
        attachments=(*attachments, *heard.notes, *attaching.of_signal(signal.id, heard.rest)),
        customer=customer,
        habits=habits,
        reading=reading,
    )
    opinion = second_reader.opinion_of(signal, arrived) if known is None and reading is None else None
    with transaction.atomic():
        if known is not None:
            _reread(checking.locked(known.id), arrived, "It was read again.", signal.origin)
            return interpreters.Understood(f"order:{known.id}")
        row = dealing.drafted(signal, arrived)
        if opinion is not None:
            seconding.weigh(row, opinion)
        read = telling.tell(row, telling.read_event(row), telling.origin_of(row))
        if not dealing.deal(row, arrived, telling.origin_of(row).after(read)):
            checking.check(row, telling.origin_of(row).after(read))
    return interpreters.Understood(f"order:{row.id}")


def _reread(row: models.OrderRow, arrived: drafting.Arrived, why: str, by: Origin) -> None:
    """What is in doubt now is asked anew: the lines it was about are gone."""
    origin = telling.origin_of(row, by)
    for doubt in row.doubts.filter(settled_at__isnull=True):
        doubting.settle(doubt)
        decisions.withdraw(request_id=doubt.request_id, reason="The message was read anew.", origin=origin)
    gate.forget(row)
    drafting.redraft(row, arrived)
    told = events.MessageReread(
        row.id,
        row.number,
        why,
        row.intent,
        row.lines.count(),
        row.confidence,
        bool(row.reading["auto"]),
    )
    checking.check(row, origin.after(telling.tell(row, told, origin)))


def change_message(
    *,
    order_id: uuid.UUID,
    text: str,
    origin: Origin,
    attachments: Sequence[types.Attachment] = (),
    files: Sequence[inbox.File] = (),
) -> None:
    """The sender wrote the message of a waiting order anew: the order becomes what it says now.

    `attachments` and `files` are those of the message, as `take_message` takes them. The raw messages stay
    as they came. Raises CannotChangeOrder where the order does not wait any more: then a person must say
    what becomes of it.
    """
    with transaction.atomic():
        row = checking.locked(order_id)
        arrived = drafting.Arrived(
            channel=row.channel,
            sender=row.sender,
            sender_name=row.sender_name,
            text=drafting.storable(text),
            sent_at=row.sent_at,
            subject=row.subject,
            reply_to=row.reply_to,
            attachments=(*attachments, *attaching.of_signal(origin.signal, files)),
        )
        _reread(row, arrived, "The sender changed the message.", origin)


def hear_customer(*, order_id: uuid.UUID, words: str, choice: str, origin: Origin) -> bool:
    """The customer answered a question about a waiting order: settle the doubt that the answer fits.

    `choice` is the option's code where a button was tapped. Only what a line means is settled on the
    customer's word, never a price, a credit or who the customer is. False where nothing fits: the answer
    is then read like any message. A counter-offer is taken or declined by whoever it was made to.
    """
    if counters.hear_reply(order_id=order_id, words=words, choice=choice, origin=origin):
        return True
    with transaction.atomic():
        try:
            row = checking.locked(order_id)
        except CannotChangeOrder:
            return False
        asked = row.doubts.filter(settled_at__isnull=True, line__isnull=False).select_related("line")
        fitting = answering.fitting(list(asked), words, choice)
        if fitting is None:
            return False
        doubt, option = fitting
        assert doubt.line is not None
        origin = telling.origin_of(row, origin)
        doubting.settle(doubt)
        outsiders.take_answer(
            request_id=doubt.request_id,
            option=option,
            who=", ".join(part for part in (row.customer and row.customer.name, row.sender) if part),
            said=words,
            origin=origin,
        )
        answering.change_line(row, doubt.line, option, {}, None, origin)
        checking.check(row, origin)
    return True


def take_back(*, order_id: uuid.UUID, origin: Origin, why: str = TAKEN_BACK) -> None:
    """The sender wants no more of the message of a waiting order: it is closed. Raises CannotChangeOrder."""
    with transaction.atomic():
        row = checking.locked(order_id)
        _refuse(row, why, "", telling.origin_of(row, origin))


def answer_doubt(
    *,
    request_id: uuid.UUID,
    access: people.Access,
    origin: Origin,
    option: str = "",
    sku: str = "",
    quantity: Decimal | None = None,
    uom: str = "",
    customer: str = "",
    price: Decimal | None = None,
    currency: str = "",
    note: str = "",
    rationale: str = "",
    constraints: Sequence[str] = (),
) -> None:
    """Settle a doubt with one tap, and go on with the order in the same transaction.

    Give an `option` of the request, or the item (`sku`), or quantity and unit, or the customer (code),
    or the `price` per unit of a counter-offer with a `note` to the customer.
    Raises CannotChangeOrder with words for the person, also where the answer leaves open what it sets.
    """
    doubt = doubting.open_doubt(request_id)
    if doubt is None:
        raise CannotChangeOrder("This is settled already.")
    given = answering.Given(option=option, sku=sku, quantity=quantity, uom=uom, customer=customer)
    given = dataclasses.replace(given, price=price, currency=currency, note=note)
    offered = {choice.code for choice in decision_queries.get_request(request_id).options}
    with transaction.atomic():
        row = checking.locked(doubt.order_id)
        try:
            decided = decisions.decide(
                request_id=request_id,
                access=access,
                option=answering.chosen(doubt, offered, given, rationale),
                rationale=rationale,
                constraints=constraints,
                values=given.values,
                origin=origin,
            )
        except (decisions.CannotAnswer, answering.IncompleteAnswer) as error:
            raise CannotChangeOrder(str(error)) from error
        _carry_out(row, decision_queries.get_request(request_id), decided)


def hear_decision(*, event: Event) -> None:
    """A request about an order was decided on another screen: carry it out, once."""
    request = decision_queries.get_request(uuid.UUID(str(event.data["request"])))
    doubt = doubting.open_doubt(request.id)
    if doubt is None:
        return
    with transaction.atomic():
        try:
            row = checking.locked(doubt.order_id)
        except CannotChangeOrder:
            return
        _carry_out(row, request, event)


def _carry_out(row: models.OrderRow, request: decision_queries.Request, decided: Event) -> None:
    """Change the order as decided, then check it again."""
    doubt = doubting.open_doubt(request.id)
    assert request.decision is not None
    if doubt is None:
        return
    row.auto = False
    origin = telling.origin_of(row, decided.origin)
    option, values = request.decision.option, request.decision.values
    if doubt.line is not None and option in answering.OFFERS:
        counters.carry_out(row, doubt.line, request, origin)
    doubting.settle(doubt)
    if option == "refuse":
        _refuse(row, request.decision.rationale, "", origin)
    elif replying.closes(option):
        replying.carry_out(row, request, origin)
        _close(row, "answered", events.MessageAnswered(row.id, row.number), origin)
    else:
        if doubt.line is not None and option in answering.PRICES:
            answering.agree_price(row, doubt.line, option, request)
        elif doubt.line is not None and option not in answering.OFFERS:
            answering.change_line(row, doubt.line, option, values, request.decision.decided_by, origin)
        elif option.startswith(doubting.POINT_OUT):
            gate.point_out(row, int(option.removeprefix(doubting.POINT_OUT)), origin)
        elif doubt.line is None:
            answering.change_header(row, option, values)
        checking.check(row, origin)


def confirm(*, order_id: uuid.UUID, access: people.Access, origin: Origin) -> None:
    """Accept the reading as a whole and book it. Raises CannotChangeOrder while a doubt is open."""
    with transaction.atomic():
        row = checking.locked(order_id)
        _require_desk(row, access)
        row.auto, row.as_read_accepted, row.confirmed_by_id = False, True, access.user_id
        checking.check(row, telling.origin_of(row, origin))
        if row.state == "waiting":
            first = row.doubts.filter(settled_at__isnull=True).first()
            raise CannotChangeOrder(first.reason if first else "Something is still open.")


def _require_desk(row: models.OrderRow, access: people.Access) -> None:
    if not access.may(DESK, row.site_id):
        raise CannotChangeOrder("Only the order desk of this site can do this.")


def ask_customer(*, order_id: uuid.UUID, text: str, access: people.Access, origin: Origin) -> None:
    """Send the customer a question in the channel they wrote in. Raises CannotChangeOrder."""
    with transaction.atomic():
        row = checking.locked(order_id)
        _require_desk(row, access)
        if not text.strip():
            raise CannotChangeOrder("Write what you want to ask.")
        row.auto = False
        row.save(update_fields=["auto"])
        key = f"order:{row.id}:ask:{clock.now().isoformat()}"
        if not telling.write_to_customer(
            row, key, f"About your order {row.number}", text.strip(), telling.origin_of(row, origin)
        ):
            raise CannotChangeOrder("This channel cannot be answered from here.")
        live.publish(f"orders:{row.id}:{row.site_id}")


def refuse(*, order_id: uuid.UUID, reason: str, note: str, access: people.Access, origin: Origin) -> None:
    """Refuse the order for a reason. Raises CannotChangeOrder."""
    with transaction.atomic():
        row = checking.locked(order_id)
        _require_desk(row, access)
        if not reason.strip():
            raise CannotChangeOrder("Choose why it is refused.")
        _refuse(row, reason, note, telling.origin_of(row, origin))


def _refuse(row: models.OrderRow, reason: str, note: str, origin: Origin) -> None:
    row.auto = False
    row.refusal = f"{reason.strip()} {note.strip()}".strip()[:2000]
    _close(row, "refused", events.OrderRefused(row.id, row.number, reason.strip(), note.strip()), origin)


def _close(row: models.OrderRow, state: str, told: object, origin: Origin) -> None:
    row.state, row.closed_at = state, clock.now()
    row.save()
    for doubt in row.doubts.filter(settled_at__isnull=True):
        doubting.settle(doubt)
        decisions.withdraw(request_id=doubt.request_id, reason="The order is closed.", origin=origin)
    telling.tell(row, told, origin)
    telling.remember(row)


def hear_posting(*, event: Event) -> None:
    """The order is in ERP: tell the customer and learn from it; or it was given up."""
    subject = str(event.data["subject"])
    if not subject.startswith("order:"):
        return
    with transaction.atomic():
        rows = models.OrderRow.objects.select_for_update(of=("self",)).select_related("customer")
        row = rows.get(pk=subject.removeprefix("order:"))
        if row.state != "confirmed":
            return
        if event.type == "outbox.posting_cancelled":
            _refuse(
                row, "Not posted to ERP.", str(event.data["reason"]), telling.origin_of(row, event.origin)
            )
            return
        _book(row, event)


def _book(row: models.OrderRow, event: Event) -> None:
    refs = event.data["erp_refs"]
    assert row.customer is not None
    row.state, row.booked_at = "booked", clock.now()
    row.erp_number = str(refs.get("number", "")) if isinstance(refs, dict) else ""
    row.save()
    booked = telling.tell(
        row,
        events.OrderBooked(row.id, row.number, row.customer.code, row.erp_number),
        telling.origin_of(row, event.origin),
    )
    learning.keep_order(row)
    text = queries.confirmation_text(row.id)
    telling.write_to_customer(
        row, f"order:{row.id}:confirmed", f"Order {row.erp_number}", text, booked.origin
    )
    telling.remember(row)


def add_past_orders(*, site: str, orders: Iterable[types.PastOrder]) -> int:
    """Take confirmed orders of the past to learn from; the same number is taken once. Returns how many."""
    return learning.add_past_orders(site, orders)


def learn_confirmed(
    *,
    site: str,
    message: types.Message,
    lines: tuple[types.PastLine, ...],
    order_no: str,
    is_change: bool = False,
) -> None:
    """Learn from an order that was confirmed elsewhere, with the message it came from."""
    with transaction.atomic():
        learning.learn_confirmed(site, message, lines, order_no, is_change=is_change)
