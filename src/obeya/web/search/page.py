"""One box over everything that memory holds: exceptions with their decisions, orders with their words."""

from dataclasses import dataclass
from datetime import datetime

from obeya.web import shown


@dataclass(frozen=True, slots=True)
class Hit:
    """One result; title and text carry the words that matched."""

    url: str
    title: tuple[shown.TextPart, ...]
    text: tuple[shown.TextPart, ...] = ()
    at: datetime | None = None
    badge: shown.Badge | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The results of one kind. `more` leads to the rest of them."""

    title: str
    icon: str
    hits: tuple[Hit, ...]
    total: int
    more: shown.Link | None = None


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What was asked and what was found. `query` is "" before the first search."""

    now: datetime
    query: str
    groups: tuple[Group, ...] = ()
    kinds: tuple[shown.Tab, ...] = ()
    total: int = 0
    took_ms: int = 0
    screen: str = "search"
