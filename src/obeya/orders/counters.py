"""What becomes of an order as its counter-offers are made, answered, or lapse."""

from __future__ import annotations

import uuid

from django.db import transaction

from obeya.decisions import actions as decisions
from obeya.decisions import queries as decision_queries
from obeya.inbox import queries as inbox
from obeya.journal.events import Event, Origin
from obeya.lib import clock
from obeya.orders import checking, counter_models, counter_words, countering, doubting, models
from obeya.outbox import queries as messages

AT_ONCE = 200
"""So many lapsed offers are closed in one sweep; the rest in the next."""


def carry_out(
    row: models.OrderRow,
    line: models.LineRow,
    request: decision_queries.Request,
    origin: Origin,
) -> None:
    """What a person decided: a counter-offer goes out, or they tell what the customer said to one."""
    assert request.decision is not None
    decision = request.decision
    if decision.option == "counter":
        countering.offer(row, line, request, origin)
    elif (made := countering.find_open(line.pk)) is not None:
        countering.settle(
            row,
            made,
            yes=decision.option == "accepted",
            words=decision.rationale,
            origin=origin,
            person=decision.decided_by,
        )


def hear_reply(*, order_id: uuid.UUID, words: str, choice: str, origin: Origin) -> bool:
    """The customer replied to a message about the order: by a button, or in words; False: it is no answer.

    The channel has checked that this is who was asked, or who wrote the order. Words without a plain yes
    or no are kept with the offer and then read like any message.
    """
    tapped = counter_words.tapped(choice)
    if tapped is None and (choice or not words.strip()):
        return False  # a tap on an answer to something else
    made = countering.find(tapped[0]) if tapped else _only_open(order_id)
    if made is None or made.order_id != order_id or made.order.channel != origin.source:
        return False
    if _was_heard(made, origin):
        return True
    yes = tapped[1] if tapped else counter_words.answer_in(words)
    return _take(made, yes, words, origin)


def hear_message(
    *, signal: inbox.Signal, channel: str, sender: str, text: str
) -> counter_models.CounterOfferRow | None:
    """The offer that a message answers with nothing but a yes or a no; None: it is read like any message.

    Only an address that was asked answers, and only where one offer of the channel waits for it.
    """
    rows = counter_models.CounterOfferRow.objects.select_related("line").filter(
        order__site=signal.site, order__channel=channel, sent_to__iexact=sender.strip(), sent=True
    )
    yes = counter_words.answer_in(text)
    if yes is None:
        return None
    for made in rows.filter(heard__contains=[{"signal": str(signal.id)}])[:1]:
        return made
    waiting = list(rows.filter(state="open")[:2])
    if len(waiting) != 1 or not _take(waiting[0], yes, text, signal.origin):
        return None
    return waiting[0]


def _only_open(order_id: uuid.UUID) -> counter_models.CounterOfferRow | None:
    rows = counter_models.CounterOfferRow.objects.select_related("line")
    found = list(rows.filter(order=order_id, state="open")[:2])
    return found[0] if len(found) == 1 else None


def _was_heard(made: counter_models.CounterOfferRow, origin: Origin) -> bool:
    return any(one["signal"] and one["signal"] == str(origin.signal) for one in made.heard)


def _locked(made: counter_models.CounterOfferRow) -> models.OrderRow:
    rows = models.OrderRow.objects.select_for_update(of=("self",)).select_related("customer")
    order = rows.get(pk=made.order_id)
    made.refresh_from_db()
    return order


def _take(made: counter_models.CounterOfferRow, yes: bool | None, words: str, origin: Origin) -> bool:
    """Act on an answer: settle the offer and go on with the order. False where somebody must read the words.

    A late answer is kept, and shown to whoever decides where the order still waits.
    """
    with transaction.atomic():
        order = _locked(made)
        by = Origin(origin.source, origin.actor, order.correlation, origin.causation, origin.signal)
        if yes is None:
            countering.note_unclear(made, words, by)
            return False
        if made.state != "open":
            countering.note_late(order, made, words, by)
            if order.state == "waiting":
                checking.check(order, by)
            return order.state == "waiting"
        event = countering.settle(order, made, yes=yes, words=words, origin=by)
        _settle_doubt(order, made, "The customer answered.", by)
        checking.check(order, by.after(event))
    return True


def _settle_doubt(
    order: models.OrderRow, made: counter_models.CounterOfferRow, why: str, origin: Origin
) -> None:
    doubts = order.doubts.filter(kind="counter", line=made.line_id, settled_at__isnull=True)
    for doubt in doubts:
        doubting.settle(doubt)
        decisions.withdraw(request_id=doubt.request_id, reason=why, origin=origin)


def expire() -> int:
    """Close the offers whose time is over: each goes back to commercial. Returns how many."""
    due = counter_models.CounterOfferRow.objects.filter(state="open", due_at__lte=clock.now())
    return sum(_lapse(made) for made in due.order_by("due_at", "id")[:AT_ONCE])


def hear_failed(*, event: Event) -> None:
    """The message of an offer did not reach the customer: it goes back to commercial at once."""
    subject = str(event.data["subject"])
    if not subject.startswith("order:"):
        return
    order_id = uuid.UUID(subject.removeprefix("order:"))
    rows = counter_models.CounterOfferRow.objects.select_related("line")
    for made in rows.filter(order=order_id, state="open"):
        message = messages.find_message(countering.message_key(order_id, made.id))
        if message is not None and message.state == "failed":
            _lapse(made, undelivered=message.error)


def _lapse(made: counter_models.CounterOfferRow, *, undelivered: str = "") -> int:
    with transaction.atomic():
        order = _locked(made)
        if made.state != "open":
            return 0
        origin = Origin("orders.counters", "system", order.correlation, None, order.signal)
        countering.let_lapse(order, made, origin, undelivered=undelivered)
        _settle_doubt(order, made, "The counter-offer lapsed.", origin)
        if order.state == "waiting":
            checking.check(order, origin)
    return 1
