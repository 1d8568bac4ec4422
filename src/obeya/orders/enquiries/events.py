"""What is told of questions, complaints and notes, and of what is answered by itself."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from obeya.journal import events


@events.register("orders.question_answered")
@dataclass(frozen=True, slots=True)
class QuestionAnswered:
    """A question about an order of the customer's own was answered by itself, from ERP as read at `as_of`."""

    order: uuid.UUID
    number: str
    about: str
    language: str
    as_of: datetime


@events.register("orders.goods_told")
@dataclass(frozen=True, slots=True)
class GoodsTold:
    """A question about goods was answered by itself: `kinds` (price, stock) of items by their codes.

    `as_of` is the oldest of the moments at which ERP said so.
    """

    order: uuid.UUID
    number: str
    kinds: tuple[str, ...]
    skus: tuple[str, ...]
    language: str
    as_of: datetime


@events.register("orders.greeting_closed")
@dataclass(frozen=True, slots=True)
class GreetingClosed:
    """A message that only greets or thanks was closed; `answered`: with a greeting of ours."""

    order: uuid.UUID
    number: str
    answered: bool


@events.register("orders.exception_reported")
@dataclass(frozen=True, slots=True)
class ExceptionReported:
    """A message became an exception of this kind; `told`: the sender was told that it arrived."""

    order: uuid.UUID
    number: str
    case: uuid.UUID
    case_number: str
    kind: str
    told: bool


@events.register("orders.reply_sent")
@dataclass(frozen=True, slots=True)
class ReplySent:
    """A person sent an answer to a message; `changed`: not word for word as it was suggested."""

    order: uuid.UUID
    number: str
    text: str
    changed: bool


@events.register("orders.answering_set")
@dataclass(frozen=True, slots=True)
class AnsweringSet:
    """What customers of the site are told by itself from now on."""

    before: Mapping[str, str]
    now: Mapping[str, str]
    why: str


@events.register("orders.supplier_added")
@dataclass(frozen=True, slots=True)
class SupplierAdded:
    """Messages from this number, address or domain are a supplier's."""

    name: str
    contact: str


@events.register("orders.supplier_removed")
@dataclass(frozen=True, slots=True)
class SupplierRemoved:
    """Messages from there are a supplier's no more."""

    name: str
    contact: str
