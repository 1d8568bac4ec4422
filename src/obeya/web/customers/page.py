"""The customers' screens."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from obeya.web import shown


@dataclass(frozen=True, slots=True)
class Row:
    """One customer in the list."""

    code: str
    name: str
    city: str
    url: str


@dataclass(frozen=True, slots=True)
class CustomersPage:
    """The list; `portal` is how the site's portal is set, `may_set` whether this person may set it."""

    now: datetime
    query: str
    rows: tuple[Row, ...]
    shows_prices: bool
    shows_stock: bool
    may_set: bool
    screen: str = "customers"


@dataclass(frozen=True, slots=True)
class Buyer:
    """Somebody of the customer who may use the portal, or might once."""

    id: int
    name: str
    reached: str
    badge: shown.Badge
    invited_at: datetime
    seen_at: datetime | None
    tokens: tuple[str, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """One customer. `token` is a secret just made: shown now, and never again."""

    now: datetime
    id: int
    code: str
    name: str
    active: bool
    facts: tuple[shown.Fact, ...]
    buyers: tuple[Buyer, ...]
    usual: tuple[shown.Fact, ...]
    orders_url: str
    may_invite: bool
    typed: shown.Typed = field(default_factory=shown.Typed)
    token: str = ""
    token_name: str = ""
    screen: str = "customers"
