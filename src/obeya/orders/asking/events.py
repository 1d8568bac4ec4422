"""What is told of questions to customers."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from obeya.journal import events


@events.register("orders.customer_asked")
@dataclass(frozen=True, slots=True)
class CustomerAsked:
    """A doubt was put to the customer with answers to tap; `by_itself`: no person had it asked."""

    order: uuid.UUID
    number: str
    question: uuid.UUID
    kind: str
    text: str
    choices: tuple[str, ...]
    language: str
    until: datetime
    by_itself: bool


@events.register("orders.customer_answered")
@dataclass(frozen=True, slots=True)
class CustomerAnswered:
    """The customer's answer settled the doubt: `choice` as it was offered, `said` as they wrote or tapped."""

    order: uuid.UUID
    number: str
    question: uuid.UUID
    option: str
    choice: str
    said: str


@events.register("orders.answer_unclear")
@dataclass(frozen=True, slots=True)
class AnswerUnclear:
    """What the customer said fits none of the answers, or says that none is right: the desk decides."""

    order: uuid.UUID
    number: str
    question: uuid.UUID
    said: str


@events.register("orders.answer_too_late")
@dataclass(frozen=True, slots=True)
class AnswerTooLate:
    """The customer answered what was settled already; it is kept, and nothing was changed by it."""

    order: uuid.UUID
    number: str
    question: uuid.UUID
    said: str


@events.register("orders.question_expired")
@dataclass(frozen=True, slots=True)
class QuestionExpired:
    """The customer did not answer in time: the desk decides."""

    order: uuid.UUID
    number: str
    question: uuid.UUID


@events.register("orders.question_undelivered")
@dataclass(frozen=True, slots=True)
class QuestionUndelivered:
    """The question did not reach the customer, for the reason `why`: the desk decides."""

    order: uuid.UUID
    number: str
    question: uuid.UUID
    why: str
