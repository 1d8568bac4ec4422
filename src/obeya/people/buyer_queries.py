"""Reading buyers: who stands behind a link, a session, a token or an address, and who has access."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Max, Q
from django.db.models.functions import Coalesce

from obeya.lib import clock, contacts
from obeya.people import buyers, models

Kind = Literal["invitation", "session", "token"]
MOST_SHARING = 5
"""So many buyers of one address get a link when it is asked for: one person may buy for several customers."""
SHORTEST_TYPED = 8
"""Digits of a number typed without its country code."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """Somebody at a customer (a code) who may use its portal. `id` is no user's number."""

    id: int
    site: str
    customer: str
    name: str
    email: str = ""
    phone: str = ""

    @property
    def actor(self) -> str:
        """Who acts, for the journal."""
        return f"buyer:{self.id}"


@dataclass(frozen=True, slots=True)
class Holder:
    """A living key and its buyer."""

    key_id: int
    buyer: Buyer


@dataclass(frozen=True, slots=True)
class Standing:
    """A buyer in the desk's list. `invited_until` None: no link is open; `seen_at` None: never came in."""

    buyer: Buyer
    invited_at: datetime
    invited_until: datetime | None
    seen_at: datetime | None
    tokens: tuple[str, ...]
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Portal:
    """What the buyers of a site see beside the items."""

    shows_prices: bool = False
    shows_stock: bool = False


def portal_of(site: str) -> Portal:
    """How a site's portal is set."""
    row = models.PortalRow.objects.filter(pk=site).first()
    return Portal(row.shows_prices, row.shows_stock) if row else Portal()


def find_holder(secret: str, kind: Kind) -> Holder | None:
    """Whose living key of this kind the secret is; None for any other text."""
    if not 0 < len(secret) <= buyers.LONGEST_SECRET:
        return None
    row = (
        models.BuyerKey.objects.select_related("buyer")
        .filter(digest=buyers.digest_of(secret), kind=kind, ended_at__isnull=True)
        .filter(expires_at__gt=clock.now(), buyer__revoked_at__isnull=True)
        .first()
    )
    return Holder(row.id, _buyer(row.buyer)) if row else None


def find_buyer(buyer_id: int) -> Buyer | None:
    """The buyer with this number, with access or not."""
    row = models.Buyer.objects.filter(pk=buyer_id).first()
    return _buyer(row) if row else None


def find_with_access(buyer_id: int) -> Buyer | None:
    """The buyer with this number, as long as they have access."""
    row = models.Buyer.objects.filter(pk=buyer_id, revoked_at__isnull=True).first()
    return _buyer(row) if row else None


def find_reached(contact: str) -> tuple[Buyer, ...]:
    """The buyers with access who are reached at a mail address or phone number, as a person typed it."""
    rows = models.Buyer.objects.filter(revoked_at__isnull=True).order_by("pk")
    try:
        if "@" in contact:
            found = rows.filter(email=contacts.email(contact))
        else:
            typed = contacts.phone(contact)
            bare = typed.lstrip("0")
            exact = Q(phone=bare)
            found = rows.filter(exact | Q(phone__endswith=bare) if len(bare) >= SHORTEST_TYPED else exact)
    except contacts.NotAContact:
        return ()
    return tuple(_buyer(row) for row in found[:MOST_SHARING])


def list_buyers(sites: Sequence[str], *, customer: str = "", limit: int = 200) -> tuple[Standing, ...]:
    """Buyers of some sites, of one customer where it is named: those with access first, newest first."""
    now = clock.now()
    rows = models.Buyer.objects.filter(site__in=sites)
    if customer:
        rows = rows.filter(customer=customer)
    rows = rows.order_by("revoked_at", "-invited_at")
    told = [*rows.filter(revoked_at__isnull=True)[:limit], *rows.filter(revoked_at__isnull=False)[:limit]]
    ids = [row.id for row in told[:limit]]
    keys = models.BuyerKey.objects.filter(buyer__in=ids)
    living = keys.filter(ended_at__isnull=True, expires_at__gt=now)
    until = dict(living.filter(kind="invitation").values_list("buyer_id", "expires_at"))
    used = keys.filter(Q(kind="session") | Q(kind="token", last_used_at__isnull=False))
    last = used.values("buyer_id").annotate(at=Max(Coalesce("last_used_at", "created_at")))
    seen = {one["buyer_id"]: one["at"] for one in last}
    tokens = list(living.filter(kind="token").order_by("pk").values_list("buyer_id", "name"))
    return tuple(
        Standing(
            buyer=_buyer(row),
            invited_at=row.invited_at,
            invited_until=until.get(row.id),
            seen_at=seen.get(row.id),
            tokens=tuple(name for buyer_id, name in tokens if buyer_id == row.id),
            revoked_at=row.revoked_at,
        )
        for row in told[:limit]
    )


def _buyer(row: models.Buyer) -> Buyer:
    return Buyer(row.id, row.site_id, row.customer, row.name, row.email, row.phone)
