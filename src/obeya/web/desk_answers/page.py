"""What customers are told by itself, and from where suppliers write."""

from dataclasses import dataclass, field
from datetime import datetime

from obeya.web import shown


@dataclass(frozen=True, slots=True)
class Supplier:
    """An address of a supplier; `remove_url` is "" for those who may not take it off."""

    name: str
    contact: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class AnswersPage:
    """How the site is set: the choices, the bound, and the suppliers' addresses."""

    now: datetime
    prices: tuple[shown.Choice, ...]
    stock: tuple[shown.Choice, ...]
    greetings: tuple[shown.Choice, ...]
    most_an_hour: str
    may_set: bool
    suppliers: tuple[Supplier, ...]
    may_list: bool
    typed: shown.Typed = field(default_factory=shown.Typed)
    screen: str = "orders"
