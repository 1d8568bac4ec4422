"""What cases tell."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from obeya.journal import events


@events.register("cases.case_opened")
@dataclass(frozen=True, slots=True)
class CaseOpened:
    """An exception began; `functions` were asked."""

    case: uuid.UUID
    number: str
    kind: str
    severity: int
    about: str
    title: str
    functions: tuple[str, ...]


@events.register("cases.case_resolved")
@dataclass(frozen=True, slots=True)
class CaseResolved:
    """Every required answer is in; `outcome` is what follows, `postings` how many go to ERP."""

    case: uuid.UUID
    kind: str
    about: str
    outcome: str
    text: str
    postings: int


@events.register("cases.case_closed")
@dataclass(frozen=True, slots=True)
class CaseClosed:
    """The exception is over: its outcome is in ERP, or needed nothing there."""

    case: uuid.UUID
    kind: str
    about: str
    outcome: str
    text: str


@events.register("cases.case_withdrawn")
@dataclass(frozen=True, slots=True)
class CaseWithdrawn:
    """The exception was none."""

    case: uuid.UUID
    kind: str
    about: str
    reason: str
