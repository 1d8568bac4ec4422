"""The alias library: what customers' words mean, what speaks for it, and what people change in it."""

from dataclasses import dataclass, field
from datetime import datetime

from obeya.web import shown
from obeya.web.cases.page import StoryEntry


@dataclass(frozen=True, slots=True)
class AliasRow:
    """One alias in the list: `who` is the customer, `means` the item with its unit."""

    id: int
    url: str
    words: str
    who: str
    means: str
    evidence: str
    used_at: datetime
    badge: shown.Badge | None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Rival:
    """One of the items that the same words stand for; `value` is what a tap on it sends."""

    value: str
    code: str
    name: str
    evidence: str


@dataclass(frozen=True, slots=True)
class SeenIn:
    """An order in which the words were seen, what they became there, and whether a person said so."""

    url: str
    number: str
    who: str
    at: datetime
    text: str
    became: str
    badge: shown.Badge | None


@dataclass(frozen=True, slots=True)
class AliasDetail:
    """One alias. `rivals` holds all the items of a conflict, this one first; else it is empty."""

    id: int
    words: str
    who: str
    code: str
    item_name: str
    uom: str
    badge: shown.Badge
    facts: tuple[shown.Fact, ...]
    rivals: tuple[Rival, ...]
    seen: tuple[SeenIn, ...]
    story: tuple[StoryEntry, ...]
    units: tuple[str, ...]
    retired: bool
    may_change: bool
    notice: str = ""
    typed: shown.Typed = field(default_factory=shown.Typed)


@dataclass(frozen=True, slots=True)
class AliasPage:
    """The list with its filters and the chosen alias."""

    now: datetime
    tabs: tuple[shown.Tab, ...]
    query: str
    show: str
    aliases: tuple[AliasRow, ...]
    chosen: AliasDetail | None = None
    screen: str = "orders"
