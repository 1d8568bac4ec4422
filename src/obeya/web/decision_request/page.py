"""One decision request: the question, the context its function needs, the options, the window, the answer."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from obeya.web import shown


@dataclass(frozen=True, slots=True)
class Option:
    """One possible answer. `effect` says what happens if it is taken, in one sentence."""

    value: str
    label: str
    effect: str = ""
    tone: shown.Tone = "plain"


@dataclass(frozen=True, slots=True)
class ContextBlock:
    """A part of what this function needs to know: facts, a table, or words, under one heading."""

    title: str
    facts: tuple[shown.Fact, ...] = ()
    table: shown.Table | None = None
    text: str = ""
    notice: str = ""
    notice_tone: shown.Tone = "info"


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """Who is asked next, and when, if nobody answers; `reached` steps have happened."""

    to: str
    at: datetime
    reached: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The decision that was made. `outcome` is filled in later, when it is known how it turned out."""

    option: str
    by: str
    at: datetime
    rationale: str
    constraints: tuple[str, ...] = ()
    outcome: str = ""
    tone: shown.Tone = "good"


@dataclass(frozen=True, slots=True)
class PastCase:
    """A similar case, what was decided then, by whom and why, and what came of it."""

    title: str
    url: str
    decided: str
    why: str
    on: datetime
    by: str = ""
    came: str = ""


@dataclass(frozen=True, slots=True)
class CounterForm:
    """The price of a counter-offer to be typed in, per unit; `limits` says between what it must lie."""

    label: str
    limits: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Another function asked about the same thing, and where it stands."""

    function_name: str
    badge: shown.Badge
    who: str = ""


RequestState = Literal["open", "decided", "withdrawn"]


@dataclass(frozen=True, slots=True)
class RequestDetail:
    """Everything the request's screen shows. `case` leads to the exception or order it belongs to.

    `outcomes` are what the viewer can say came of the decision: none where it is not theirs to say.
    """

    id: str
    url: str
    state: RequestState
    kind: shown.Badge
    question: str
    function_name: str
    window: shown.Window
    case: shown.Link | None
    context: tuple[ContextBlock, ...]
    options: tuple[Option, ...]
    escalation: tuple[EscalationStep, ...] = ()
    asked_too: tuple[Asked, ...] = ()
    similar: tuple[PastCase, ...] = ()
    counter: CounterForm | None = None
    suggested_constraints: tuple[str, ...] = ()
    delegates: tuple[shown.Choice, ...] = ()
    claimed_by: str = ""
    claimed_by_you: bool = False
    claimed_at: datetime | None = None
    may_decide: bool = True
    may_not_because: str = ""
    answer: Answer | None = None
    outcomes: tuple[shown.Choice, ...] = ()
    state_words: str = ""
    needs_rationale: bool = True
    typed: shown.Typed = field(default_factory=shown.Typed)


@dataclass(frozen=True, slots=True)
class RequestPage:
    """The request on a page of its own, as a link in a message opens it."""

    now: datetime
    chosen: RequestDetail
    screen: str = "waiting"
