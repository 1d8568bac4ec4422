"""Reading questions to customers: what went out, what came back, what could be asked."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from obeya.lib import clock
from obeya.orders import models, questions
from obeya.orders.asking import choosing, putting, words
from obeya.outbox import queries as outbox


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of an order. `asked_by` is a user id, None where Obeya asked by itself.

    `answer` is the label of the choice that was taken, `said` what the customer wrote or tapped;
    `late_said` what they said after it was closed.
    """

    id: uuid.UUID
    text: str
    choices: tuple[str, ...]
    state: str
    asked_by: int | None
    asked_at: datetime
    until: datetime
    closed_at: datetime | None
    answer: str
    said: str
    late_said: str
    late_at: datetime | None
    message: outbox.MessageView | None


@dataclass(frozen=True, slots=True)
class Preview:
    """A question that could go out: who gets it, in which language, the words, what can be answered.

    `how` is the sentence below the choices; `text` may have `most` characters.
    """

    doubt: uuid.UUID
    text: str
    choices: tuple[tuple[str, str], ...]
    """Label and detail of each."""
    how: str
    language: str
    to: str
    most: int = words.MOST_TEXT


def list_asked(order_id: uuid.UUID) -> list[Asked]:
    """The questions of an order, the latest first."""
    rows = list(models.QuestionRow.objects.filter(order=order_id).order_by("-asked_at"))
    if not rows:
        return []
    sent = {one.id: one for one in outbox.list_messages(subject=f"order:{order_id}")}
    return [
        Asked(
            id=row.id,
            text=row.text,
            choices=tuple(label for _, label, *_ in row.choices),
            state=row.state,
            asked_by=row.asked_by_id,
            asked_at=row.asked_at,
            until=row.until,
            closed_at=row.closed_at,
            answer=questions.label_of(row),
            said=row.said,
            late_said=row.late_said,
            late_at=row.late_at,
            message=sent.get(row.message),
        )
        for row in rows
    ]


def preview(order_id: uuid.UUID) -> tuple[list[Preview], str]:
    """What the desk can ask the customer of a waiting order with answers to tap; else why it cannot."""
    row = models.OrderRow.objects.select_related("customer").get(pk=order_id)
    if row.state != "waiting":
        return [], ""
    standing = putting.standing_of(row)
    if why := choosing.why_not(standing, clock.now()) or standing.channel_problem:
        return [], why
    found = [putting.ready(row, doubt) for doubt in putting.open_doubts(row)]
    return [
        Preview(
            doubt=one.doubt.request_id,
            text=one.text,
            choices=tuple(one.labels),
            how=words.how(one.language, row.channel, len(one.choices)),
            language=one.language,
            to=row.sender,
        )
        for one in found
        if one is not None
    ], ""
