"""How much went straight through, and how much of that was wrong: in all, by week, channel and customer."""

from dataclasses import dataclass, field
from datetime import date, datetime

from obeya.web import shown


@dataclass(frozen=True, slots=True)
class Row:
    """One week, channel or customer. `share` is the percentage that went straight through."""

    label: str
    received: int
    by_itself: int
    share: int
    by_person: int
    refused: int
    waiting: int
    audited: str
    week_of: date | None = None
    tone: shown.Tone = "plain"


@dataclass(frozen=True, slots=True)
class Part:
    """One table."""

    title: str
    head: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure with its unit, and what it means."""

    label: str
    value: shown.Shown
    hint: str
    tone: shown.Tone = "plain"


@dataclass(frozen=True, slots=True)
class Group:
    """One channel and script: both numbers, what is certified today, and what its orders must show.

    `held` orders waited only because of the group. `threshold` and `why` are words.
    """

    label: str
    by_itself: int
    held: int
    compared: str
    certified: str
    threshold: str
    audited: str
    why: str
    since: datetime | None = None
    tone: shown.Tone = "plain"


@dataclass(frozen=True, slots=True)
class Check:
    """One nightly check of what was learned: its verdict, why, and what it was compared on."""

    at: datetime
    verdict: shown.Badge
    why: str
    compared: str
    words: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Learning:
    """The nightly checks, the newest first; `in_use` says whose constants tell how sure a reading is."""

    in_use: str
    checks: tuple[Check, ...]
    may_go_back: bool


@dataclass(frozen=True, slots=True)
class AccuracyPage:
    """Both numbers over one period. `share` is how many percent of orders are audited now."""

    now: datetime
    periods: tuple[shown.Tab, ...]
    tiles: tuple[Tile, ...]
    parts: tuple[Part, ...]
    groups: tuple[Group, ...]
    learning: Learning
    share: str
    may_set: bool
    typed: shown.Typed = field(default_factory=shown.Typed)
    screen: str = "orders"
