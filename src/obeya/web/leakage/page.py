"""List value against booked value over a period, by whom, to whom, for what and why; and the lines behind."""

from dataclasses import dataclass
from datetime import date, datetime

from obeya.web import shown


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure and what it means; `url` leads to the lines behind it."""

    label: str
    value: shown.Shown
    hint: str
    tone: shown.Tone = "plain"
    url: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One decider, customer, item, category or reason. `share` is its percentage of all that was given."""

    label: str
    url: str
    lines: int
    list_value: shown.Money
    booked_value: shown.Money
    discount: shown.Money
    share: int
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Discounts by one thing."""

    title: str
    head: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line that was booked under list or below the floor."""

    number: str
    url: str
    confirmed_at: datetime
    customer: str
    item: str
    quantity: shown.Quantity
    list_price: shown.Money
    price: shown.Money
    discount: shown.Money
    badge: shown.Badge | None
    decided_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines behind one figure; `more` says so where they are cut off."""

    title: str
    rows: tuple[Line, ...]
    close_url: str
    csv_url: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class LeakagePage:
    """The report of one period in one currency."""

    now: datetime
    periods: tuple[shown.Tab, ...]
    currencies: tuple[shown.Tab, ...]
    currency: str
    first: date
    last: date
    problem: str
    empty: bool
    tiles: tuple[Tile, ...]
    offers: tuple[Tile, ...]
    parts: tuple[Part, ...]
    lines: Lines | None
    csv_url: str
    screen: str = "orders"
