"""Waiting for you: every open decision request of your functions, the next one due first."""

from dataclasses import dataclass
from datetime import datetime

from obeya.web import shown
from obeya.web.decision_request import page as decision_request


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One open request in a list. `claimed_by` is a name; `escalated`: it has climbed at least one step.

    `badge` stands in place of the time left once the request is answered.
    """

    id: str
    url: str
    kind: shown.Badge
    question: str
    about: str
    function_name: str
    window: shown.Window
    facts: tuple[shown.Fact, ...] = ()
    claimed_by: str = ""
    claimed_by_you: bool = False
    escalated: bool = False
    chosen: bool = False
    badge: shown.Badge | None = None


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """The list and, beside it, the request that is chosen."""

    now: datetime
    tabs: tuple[shown.Tab, ...]
    requests: tuple[RequestRow, ...]
    chosen: decision_request.RequestDetail | None = None
    next_elsewhere: str = ""
    screen: str = "waiting"
