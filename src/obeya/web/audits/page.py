"""A blind audit: the message as it came, the order as it was booked, and nothing of how sure Obeya was."""

from dataclasses import dataclass, field
from datetime import datetime

from obeya.web import shown
from obeya.web.order_desk import page as order_desk


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be said of a line or of the order, and whether it was."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it was booked."""

    number: int
    field: str
    code: str
    name: str
    quantity: shown.Quantity | None
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One audit. `answered` says what was found and by whom; "" while it is open."""

    now: datetime
    id: str
    number: str
    message: order_desk.Message
    facts: tuple[shown.Fact, ...]
    lines: tuple[Line, ...]
    whole: tuple[Verdict, ...]
    window: shown.Window | None
    may_answer: bool
    may_not_because: str = ""
    answered: str = ""
    answered_tone: shown.Tone = "good"
    follow_up: shown.Link | None = None
    typed: shown.Typed = field(default_factory=shown.Typed)
    screen: str = "orders"
