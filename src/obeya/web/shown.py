"""Small values that several screens show: views fill them, templates print them. No models here."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

Tone = Literal["plain", "info", "good", "warn", "bad", "hold"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount with its unit in the users' words, such as 240 pcs."""

    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Money:
    """An amount with its ISO 4217 currency code."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that moved: what it was and what it is, in one unit."""

    was: Quantity
    now: Quantity


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere."""

    label: str
    url: str


Shown = str | int | Decimal | Quantity | Money | Change | datetime | date | Link


@dataclass(frozen=True, slots=True)
class Badge:
    """A state in one or two words; the icon says it too, so colour is never alone."""

    label: str
    tone: Tone = "plain"
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One labelled value; the hint says where it comes from or what it means."""

    label: str
    value: Shown
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """The time in which an answer is expected."""

    opened_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to pick: `value` is sent, `label` is read."""

    value: str
    label: str
    hint: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Tab:
    """One filter above a list."""

    label: str
    url: str
    count: int | None = None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class TextPart:
    """A run of text; `hit` marks what the reader searched for."""

    text: str
    hit: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a table's column; numbers stand at the end of their cell."""

    label: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """The cells of one row, in the order of the columns."""

    cells: tuple[Shown, ...]
    badge: Badge | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A small table; `empty` is what to say when it has no rows."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    empty: str = ""


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field of a form that came back; field "" is the form as a whole."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What a user had typed into a form that came back with errors, so nothing is typed twice."""

    values: dict[str, str] = field(default_factory=dict)
    errors: tuple[FieldError, ...] = ()

    def error_of(self, name: str) -> str:
        """The message for one field, or "" when it is fine."""
        return next((error.message for error in self.errors if error.field == name), "")
