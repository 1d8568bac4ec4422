"""What is told of counter-offers."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from obeya.journal import events


@events.register("orders.counter_sent")
@dataclass(frozen=True, slots=True)
class CounterSent:
    """A price per `uom` was put to the customer instead of the one they asked for.

    `told_by_obeya` is false where their channel cannot be answered: a person tells them.
    """

    order: uuid.UUID
    number: str
    offer: uuid.UUID
    line: int
    sku: str
    quantity: Decimal
    uom: str
    price: Decimal
    asked_price: Decimal | None
    currency: str
    until: datetime
    told_by_obeya: bool


@events.register("orders.counter_accepted")
@dataclass(frozen=True, slots=True)
class CounterAccepted:
    """The customer took the counter-offer: its price is agreed."""

    order: uuid.UUID
    number: str
    offer: uuid.UUID
    price: Decimal
    words: str


@events.register("orders.counter_declined")
@dataclass(frozen=True, slots=True)
class CounterDeclined:
    """The customer did not take the counter-offer: commercial decides again."""

    order: uuid.UUID
    number: str
    offer: uuid.UUID
    price: Decimal
    words: str


@events.register("orders.counter_unanswered")
@dataclass(frozen=True, slots=True)
class CounterUnanswered:
    """The counter-offer's time went by without a yes or a no: commercial decides again."""

    order: uuid.UUID
    number: str
    offer: uuid.UUID
    price: Decimal


@events.register("orders.counter_withdrawn")
@dataclass(frozen=True, slots=True)
class CounterWithdrawn:
    """The counter-offer holds no more: its line or its order went another way."""

    order: uuid.UUID
    number: str
    offer: uuid.UUID
    price: Decimal


@events.register("orders.counter_answered_late")
@dataclass(frozen=True, slots=True)
class CounterAnsweredLate:
    """The customer answered a counter-offer that was closed already; it is kept and changes nothing."""

    order: uuid.UUID
    number: str
    offer: uuid.UUID
    words: str
