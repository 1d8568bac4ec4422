"""Home by function: what waits for you, what is live now, what just happened."""

from dataclasses import dataclass
from datetime import datetime

from obeya.web import shown
from obeya.web.waiting import page as waiting


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure of now. `hint` says what it counts; a tile with a url leads to what is behind it."""

    label: str
    value: shown.Shown
    hint: str = ""
    tone: shown.Tone = "plain"
    url: str = ""


@dataclass(frozen=True, slots=True)
class LiveRow:
    """One thing that moves: an order, an exception, a posting."""

    key: str
    title: str
    text: str
    url: str
    icon: str
    at: datetime
    badge: shown.Badge | None = None


@dataclass(frozen=True, slots=True)
class LivePanel:
    """A titled list of live things; `empty` says what an empty list means."""

    title: str
    rows: tuple[LiveRow, ...]
    empty: str
    more: shown.Link | None = None


@dataclass(frozen=True, slots=True)
class HomePage:
    """What one function sees first. `waiting_total` counts beyond the few requests shown."""

    now: datetime
    greeting: str
    function_name: str
    requests: tuple[waiting.RequestRow, ...]
    waiting_total: int
    tiles: tuple[Tile, ...]
    panels: tuple[LivePanel, ...]
    topics: str
    screen: str = "home"
