"""The writers of questions to customers: the desk asks, the customer answers, the time runs out."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from obeya.decisions import outsiders
from obeya.decisions import queries as decision_queries
from obeya.journal.events import Event, Origin
from obeya.lib import clock
from obeya.orders import actions, answering, checking, doubting, models, rules, telling
from obeya.orders.asking import choosing, closing, events, matching, putting, words
from obeya.people import queries as people

MOST_SAID = 2_000
MOST_SHOWN = 200
REMEMBERED = timedelta(hours=24)
"""So long after a question was closed a typed answer without a reference still belongs to it."""
SAME_AGAIN = "The customer says that it is the same order again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back. `token` is that of a tapped choice, `message` ours that is answered, where it says so.

    `alone`: nothing but the answer was written. `trusted`: the sender is surely who it seems to be.
    """

    site: str
    channel: str
    sender: str
    said: str
    token: str = ""
    message: uuid.UUID | None = None
    alone: bool = True
    trusted: bool = True


def ask(
    *,
    order_id: uuid.UUID,
    doubt_id: uuid.UUID,
    text: str,
    choices: Sequence[str],
    access: people.Access,
    origin: Origin,
) -> None:
    """Put a doubt to the customer because the desk says so, with its own words.

    `choices` are the labels that were shown: where others would go out by now, nothing does.
    Raises checking.CannotChangeOrder with words for the person.
    """
    with transaction.atomic():
        row = checking.locked(order_id)
        if not access.may(actions.DESK, row.site_id):
            raise checking.CannotChangeOrder("Only the order desk of this site can do this.")
        doubt = row.doubts.filter(pk=doubt_id, settled_at__isnull=True).select_related("line__item").first()
        asked = putting.ready(row, doubt) if doubt else None
        if asked is None:
            raise checking.CannotChangeOrder("This is not for the customer to settle, or it is settled.")
        standing = putting.standing_of(row)
        if why := choosing.why_not(standing, clock.now()) or standing.channel_problem:
            raise checking.CannotChangeOrder(why)
        if [label for label, _ in asked.labels] != list(choices):
            raise checking.CannotChangeOrder("What can be answered has changed. Look at it again.")
        row.auto = False
        row.save(update_fields=["auto"])
        try:
            changed = replace(asked, text=words.plain_lines(text))
            putting.put(row, changed, origin=telling.origin_of(row, origin), by=access.user_id)
        except putting.CannotAsk as error:
            raise checking.CannotChangeOrder(str(error)) from error


def hear(*, answer: Answer, origin: Origin) -> uuid.UUID | None:
    """The customer may have answered a question of ours: the order it was about, None where they have not.

    A tap, or a reply to the question, is an answer whatever it says; other words only where they fit the
    question that is with this sender, or speak to it without being a message of their own.
    """
    with transaction.atomic():
        return _heard(answer, origin)


def _heard(answer: Answer, origin: Origin) -> uuid.UUID | None:
    known = _named(answer)
    if known is not None:
        _answered(known.id, answer, origin)
        return known.order_id
    if answer.token or answer.message or not answer.alone or not answer.trusted:
        return None
    meant = _meant(answer)
    for question in meant:
        _answered(question.id, answer, origin, alone=len(meant) == 1)
    return meant[0].order_id if meant else None


def _named(answer: Answer) -> models.QuestionRow | None:
    """The question that the answer names, where it comes from whom was asked."""
    rows = models.QuestionRow.objects.filter(order__site=answer.site, channel=answer.channel)
    told = putting.of_token(answer.token)
    if told is not None:
        rows = rows.filter(pk=told[0])
    elif answer.message is not None:
        rows = rows.filter(message=answer.message)
    else:
        return None
    return rows.filter(address=putting.address_of(answer.sender)).first()


def _meant(answer: Answer) -> list[models.QuestionRow]:
    """The questions with this sender that typed words speak to; several only where they fit several.

    Where a counter-offer waits for this sender too, bare words may be for that: then none.
    """
    address = putting.address_of(answer.sender)
    rows = models.QuestionRow.objects.filter(order__site=answer.site, channel=answer.channel, address=address)
    counters = models.DoubtRow.objects.filter(
        order__sender=answer.sender, kind="counter", settled_at__isnull=True
    )
    if counters.exists():
        return []
    found = list(rows.filter(state="asked").order_by("-asked_at")[:10])
    if not found:
        since = clock.now() - REMEMBERED
        last = rows.filter(closed_at__gte=since).order_by("-closed_at").first()
        return [last] if last and _understood(last, answer).kind == "takes" else []
    told = {question.id: _understood(question, answer).kind for question in found}
    return [one for one in found if told[one.id] == "takes"] or [
        one for one in found if told[one.id] != "another"
    ]


def _understood(question: models.QuestionRow, answer: Answer) -> matching.Understood:
    offered = [matching.Offered(*choice) for choice in question.choices]
    told = putting.of_token(answer.token)
    if told is not None:
        number = told[1]
        return (
            matching.Understood("takes", offered[number].code)
            if number < len(offered)
            else matching.Understood("nothing")
        )
    return matching.understand(offered, answer.said)


def _answered(question_id: uuid.UUID, answer: Answer, origin: Origin, *, alone: bool = True) -> None:
    """Settle the doubt by the answer, leave it to the desk, or keep what came too late."""
    held = models.QuestionRow.objects.only("order").get(pk=question_id)
    orders = models.OrderRow.objects.select_for_update(of=("self",)).select_related("customer")
    row = orders.get(pk=held.order_id)
    question = models.QuestionRow.objects.select_for_update().get(pk=question_id)
    by = telling.origin_of(row, origin)
    doubt = question.doubt_id and doubting.open_doubt(question.doubt_id)
    understood = _understood(question, answer)
    takes = understood.kind == "takes" and understood.code != choosing.NONE
    if row.state != "waiting" or not doubt:
        _too_late(row, question, understood.code, answer, by)
    elif not (
        takes
        and alone
        and answer.alone
        and answer.trusted
        and _settle(row, question, doubt, understood.code, answer, by)
    ):
        _unclear(row, question, answer, by)


def _settle(
    row: models.OrderRow,
    question: models.QuestionRow,
    doubt: models.DoubtRow,
    code: str,
    answer: Answer,
    origin: Origin,
) -> bool:
    """Carry out what the customer chose, and judge the order again; False where it cannot be any more."""
    option, values = choosing.set_by(code)
    request = decision_queries.get_request(doubt.request_id)
    if not _is_possible(doubt, {one.code for one in request.options}, option, values):
        return False
    decided = outsiders.take_answer(
        request_id=request.id,
        option=option,
        who=_who(row, answer),
        said=answer.said[:MOST_SAID],
        values=dict(values),
        origin=origin,
    )
    closing.close(question, "answered", said=answer.said[:MOST_SAID], option=code)
    doubting.settle(doubt)
    label = label_of(question)
    told = events.CustomerAnswered(row.id, row.number, question.id, code, label, answer.said[:MOST_SAID])
    telling.tell(row, told, origin.after(decided))
    if option == "refuse":
        _tell_customer(row, question, "once", origin)
        actions.take_back(order_id=row.id, origin=origin, why=SAME_AGAIN)
        return True
    if doubt.line is not None:
        answering.change_line(row, doubt.line, option, values, None, origin)
    else:
        answering.change_header(row, option, values)
    checking.check(row, origin)
    if not models.QuestionRow.objects.filter(order=row, state="asked").exists():
        closing.back_to_desk(row.id, "The customer answered; this is left.", origin)
    return True


def _is_possible(doubt: models.DoubtRow, offered: set[str], option: str, values: dict[str, str]) -> bool:
    """Whether the choice can still be carried out: offered by the request, its item sold, its unit known."""
    amount = Decimal(values["quantity"]) if "quantity" in values else None
    given = answering.Given(option=option, quantity=amount, uom=values.get("uom", ""))
    try:
        answering.chosen(doubt, offered, given)
    except answering.IncompleteAnswer:
        return False
    return True


def _who(row: models.OrderRow, answer: Answer) -> str:
    name = row.customer.name if row.customer else row.sender_name
    return ", ".join(part for part in (name, answer.sender) if part)


def label_of(question: models.QuestionRow) -> str:
    """What the choice that was taken says; "" where none was."""
    return next((label for code, label, *_ in question.choices if code == question.option), "")


def _unclear(row: models.OrderRow, question: models.QuestionRow, answer: Answer, origin: Origin) -> None:
    """The answer settles nothing: the desk has what they said, and the customer knows that somebody looks."""
    first = question.state == "asked"
    said = answer.said.strip()[:MOST_SAID]
    if first:
        closing.close(question, "unclear", said=said)
    else:
        question.late_said, question.late_at = said, clock.now()
        question.save(update_fields=["late_said", "late_at"])
    told = events.AnswerUnclear(row.id, row.number, question.id, said)
    telling.tell(row, told, origin)
    shown = words.plain(said, MOST_SHOWN)
    closing.back_to_desk(row.id, f"The customer answered: “{shown}”. Please decide.", origin)
    _tell_customer(row, question, "noted", origin)


def _too_late(
    row: models.OrderRow, question: models.QuestionRow, code: str, answer: Answer, origin: Origin
) -> None:
    """Keep what they said, change nothing, and tell them how it was settled."""
    if code and code == question.option:
        return  # the same once more
    question.late_said, question.late_at = answer.said.strip()[:MOST_SAID], clock.now()
    question.save(update_fields=["late_said", "late_at"])
    telling.tell(row, events.AnswerTooLate(row.id, row.number, question.id, question.late_said), origin)
    if row.state in ("refused", "answered"):
        _tell_customer(row, question, "late_closed", origin)
    else:
        _tell_customer(row, question, "late", origin, what=_settled_as(row, question))


def _settled_as(row: models.OrderRow, question: models.QuestionRow) -> str:
    doubt = models.DoubtRow.objects.filter(pk=question.doubt_id).select_related("line__item").first()
    line = doubt.line if doubt else None
    if line is not None and line.dropped:
        return words.SENTENCES[question.language]["drop"]
    if line is None or line.item is None:
        return row.erp_number or row.number
    much = f"{rules.plain(line.quantity)} {line.uom} " if line.quantity is not None else ""
    return words.plain(f"{much}{line.item.description}", MOST_SHOWN)


def _tell_customer(
    row: models.OrderRow, question: models.QuestionRow, name: str, origin: Origin, **values: str
) -> None:
    """Write one sentence to the customer; each only once about a question."""
    telling.write_to_customer(
        row,
        f"question:{question.id}:{name}",
        words.sentence(question.language, "title", number=row.erp_number or row.number),
        words.sentence(question.language, name, **values),
        origin,
    )


def expire(now: datetime, *, limit: int = 100) -> int:
    """Give back to the desk what no customer answered by `now`; returns how many questions.

    An order that somebody works on at this moment is looked at the next time.
    """
    due = models.QuestionRow.objects.filter(state="asked", until__lte=now).order_by("until")
    return sum(_expire(*pair, now) for pair in due.values_list("id", "order")[:limit])


def _expire(question_id: uuid.UUID, order_id: uuid.UUID, now: datetime) -> int:
    with transaction.atomic():
        row = models.OrderRow.objects.select_for_update(skip_locked=True).filter(pk=order_id).first()
        rows = models.QuestionRow.objects.select_for_update().filter(pk=question_id, state="asked")
        question = rows.filter(until__lte=now).first() if row else None
        if row is None or question is None:
            return 0
        closing.close(question, "expired")
        by = replace(telling.origin_of(row), source="sweeper", actor="system")
        telling.tell(row, events.QuestionExpired(row.id, row.number, question.id), by)
        closing.back_to_desk(row.id, "The customer was asked and did not answer in time.", by)
    return 1


def hear_undelivered(*, event: Event) -> None:
    """A message did not get through; where it was a question, the desk decides."""
    message = uuid.UUID(str(event.data["message_id"]))
    found = models.QuestionRow.objects.filter(message=message).values_list("id", "order").first()
    if found is None:
        return
    with transaction.atomic():
        row = models.OrderRow.objects.select_for_update(of=("self",)).get(pk=found[1])
        rows = models.QuestionRow.objects.select_for_update()
        question = rows.filter(pk=found[0], state="asked").first()
        if question is None:
            return
        why = str(event.data["text"])[:MOST_SAID]
        closing.close(question, "undelivered")
        by = telling.origin_of(row, event.origin)
        telling.tell(row, events.QuestionUndelivered(row.id, row.number, question.id, why), by)
        closing.back_to_desk(row.id, f"The question did not reach the customer: {why}"[:500], by)
