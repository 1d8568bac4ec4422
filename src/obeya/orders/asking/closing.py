"""A question that is with the customer ends: answered, or for the desk again."""

from __future__ import annotations

import uuid

from obeya.decisions import outsiders
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.orders import models

COMMERCIAL = ("price", "counter", "credit")
"""Kinds of doubts that are not the order desk's: their clocks run on."""


def close(question: models.QuestionRow, state: str, *, said: str = "", option: str = "") -> None:
    """Write down how it ended."""
    question.state, question.closed_at = state, clock.now()
    question.said, question.option = said or question.said, option
    question.save(update_fields=["state", "closed_at", "said", "option"])


def withdraw(doubt: models.DoubtRow) -> None:
    """A doubt is settled otherwise: what the customer was asked about it is not asked any more."""
    for question in models.QuestionRow.objects.filter(doubt=doubt, state="asked"):
        close(question, "withdrawn")


def desk_requests(order_id: uuid.UUID) -> list[uuid.UUID]:
    """The open requests of an order that the order desk answers."""
    rows = models.DoubtRow.objects.filter(order=order_id, settled_at__isnull=True)
    return list(rows.exclude(kind__in=COMMERCIAL).values_list("request_id", flat=True))


def back_to_desk(order_id: uuid.UUID, why: str, origin: Origin) -> None:
    """The desk's clocks run again; `why` is what the desk reads beside what is doubtful."""
    outsiders.end_hold(request_ids=desk_requests(order_id), why=why, origin=origin)
