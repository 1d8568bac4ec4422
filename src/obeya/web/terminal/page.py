"""The operator's page for a quality hold: scan or tap a lot, say why, hold."""

from dataclasses import dataclass, field
from datetime import datetime

from obeya.web import shown


@dataclass(frozen=True, slots=True)
class LotCard:
    """A lot that can be chosen. `held` lots say so and cannot be held twice."""

    id: str
    number: str
    item_name: str
    item_code: str
    quantity: shown.Quantity
    place: str
    held: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class HoldPage:
    """`hold_id` is made once a page, so that sending twice holds once. `machines` lead to another's page.

    `scanned` is what a scan asked for when it found no lot, in the operator's words to read.
    """

    now: datetime
    hold_id: str
    machine_id: str
    machine_name: str
    machines: tuple[shown.Tab, ...]
    lots: tuple[LotCard, ...]
    reasons: tuple[shown.Choice, ...]
    operator: str
    site_name: str
    back_url: str = ""
    chosen: LotCard | None = None
    scanned: str = ""
    typed: shown.Typed = field(default_factory=shown.Typed)
    screen: str = "terminal"


@dataclass(frozen=True, slots=True)
class HoldPlaced:
    """What the operator sees when the hold stands: what is held, who was asked, what to do with the goods."""

    now: datetime
    lot_number: str
    item_name: str
    quantity: shown.Quantity
    reason: str
    asked: tuple[str, ...]
    placed_at: datetime
    what_now: str
    next_url: str
    case: shown.Link | None = None
    machine_name: str = ""
    operator: str = ""
    site_name: str = ""
    screen: str = "terminal"
