"""The exception's page: who has what, and its whole story from the first signal to the last posting."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from obeya.web import shown

EntryKind = Literal["signal", "event", "request", "escalation", "decision", "posting", "message"]


@dataclass(frozen=True, slots=True)
class StoryEntry:
    """One thing in the story. `after` is the time since the one before, in words; `detail` opens."""

    id: str
    kind: EntryKind
    title: str
    at: datetime
    by: str = ""
    text: str = ""
    after: str = ""
    badge: shown.Badge | None = None
    facts: tuple[shown.Fact, ...] = ()
    quote: str = ""
    detail: str = ""
    link: shown.Link | None = None
    tone: shown.Tone = "plain"


@dataclass(frozen=True, slots=True)
class Part:
    """What one function has to do about the exception: the open window, or the decision it made.

    `tells_outcome`: nobody has said what came of it, and the viewer can.
    """

    function_name: str
    icon: str
    question: str
    badge: shown.Badge
    url: str = ""
    who: str = ""
    window: shown.Window | None = None
    decided: str = ""
    rationale: str = ""
    yours: bool = False
    outcome: str = ""
    tells_outcome: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """A file that came with the message; a picture is shown."""

    name: str
    url: str
    is_picture: bool


@dataclass(frozen=True, slots=True)
class CaseHead:
    """The exception in a few words."""

    id: str
    number: str
    kind: shown.Badge
    title: str
    badge: shown.Badge
    opened_at: datetime
    severity: shown.Badge | None = None
    closed_at: datetime | None = None
    outcome: str = ""
    took: str = ""


@dataclass(frozen=True, slots=True)
class CasePage:
    """The exception with everything that belongs to it, in the order in which it happened.

    `live` names what the page listens to: the exception itself and each of its requests.
    """

    now: datetime
    head: CaseHead
    facts: tuple[shown.Fact, ...]
    parts: tuple[Part, ...]
    story: tuple[StoryEntry, ...]
    affected: tuple[shown.Table, ...] = ()
    postings: tuple[shown.Fact, ...] = ()
    files: tuple[File, ...] = ()
    live: str = ""
    may_withdraw: bool = False
    typed: shown.Typed = field(default_factory=shown.Typed)
    screen: str = "cases"


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One exception in the list; `waits_for` names the functions that have not answered."""

    id: str
    number: str
    url: str
    kind: shown.Badge
    title: str
    badge: shown.Badge
    opened_at: datetime
    waits_for: str = ""
    window: shown.Window | None = None
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class CaseListPage:
    """Exceptions, open ones first."""

    now: datetime
    tabs: tuple[shown.Tab, ...]
    cases: tuple[CaseRow, ...]
    screen: str = "cases"
