"""What decisions tell."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from obeya.journal import events


@events.register("decisions.request_opened")
@dataclass(frozen=True, slots=True)
class RequestOpened:
    """A function was asked."""

    request: uuid.UUID
    kind: str
    function: str
    question: str
    due_at: datetime


@events.register("decisions.request_claimed")
@dataclass(frozen=True, slots=True)
class RequestClaimed:
    """A person took the request in hand."""

    request: uuid.UUID
    person: int


@events.register("decisions.request_released")
@dataclass(frozen=True, slots=True)
class RequestReleased:
    """The request is in nobody's hand again."""

    request: uuid.UUID


@events.register("decisions.request_delegated")
@dataclass(frozen=True, slots=True)
class RequestDelegated:
    """A person handed the request to another."""

    request: uuid.UUID
    to: int
    note: str


@events.register("decisions.request_escalated")
@dataclass(frozen=True, slots=True)
class RequestEscalated:
    """Nobody answered in time; `to` was told. `number` counts from 1."""

    request: uuid.UUID
    number: int
    to: str
    due_at: datetime
    reminder: bool


@events.register("decisions.request_decided")
@dataclass(frozen=True, slots=True)
class RequestDecided:
    """The answer."""

    request: uuid.UUID
    kind: str
    function: str
    option: str
    rationale: str


@events.register("decisions.request_withdrawn")
@dataclass(frozen=True, slots=True)
class RequestWithdrawn:
    """The question is no longer asked."""

    request: uuid.UUID
    reason: str


@events.register("decisions.request_held")
@dataclass(frozen=True, slots=True)
class RequestHeld:
    """Somebody outside is asked: until `until` the request's clock stands still."""

    request: uuid.UUID
    until: datetime
    why: str


@events.register("decisions.hold_ended")
@dataclass(frozen=True, slots=True)
class HoldEnded:
    """The request's clock runs again, with its whole window."""

    request: uuid.UUID
    due_at: datetime
    why: str


@events.register("decisions.outcome_recorded")
@dataclass(frozen=True, slots=True)
class OutcomeRecorded:
    """What became of a decision."""

    request: uuid.UUID
    worked: bool | None
    text: str
