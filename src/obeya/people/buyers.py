"""Buyers: people of a customer who use its portal. They hold no function: no screen of the plant knows them.

A buyer belongs to one customer of one site and is reached by e-mail or phone. A link lets in once and
expires; opening it makes a session. Sessions and tokens are secrets of which only the digest is kept, and
each ends with the buyer's access.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from obeya.journal import actions as journal
from obeya.journal.events import Origin
from obeya.lib import clock, contacts
from obeya.people import events, models

INVITATION_LASTS = timedelta(days=3)
LINK_LASTS = timedelta(minutes=30)
"""Of a link that the buyer asked for."""
SESSION_LASTS = timedelta(days=60)
"""Since its last use."""
TOKEN_LASTS = timedelta(days=365)
TOKEN_PREFIX = "obeyabuyer_"  # noqa: S105 - a mark to recognise leaked tokens by, not a secret
TOUCH_EVERY = timedelta(hours=1)
LONGEST_NAME = 100
LONGEST_SECRET = 200
MOST_BUYERS = 50
"""Of one customer."""
MOST_INVITED = 20
"""Links for one customer within `INVITED_WITHIN`."""
MOST_LINKS = 5
"""Links that one buyer gets within `INVITED_WITHIN`, however often they are asked for."""
INVITED_WITHIN = timedelta(hours=1)
MOST_TOKENS = 10
"""Living tokens of one buyer."""


class CannotInvite(Exception):
    """The buyer cannot be invited; the text says why."""


class CannotOpen(Exception):
    """The link is not, or no longer, good."""


class CannotGiveToken(Exception):
    """Only a buyer with access can have a token, and it needs a name."""


class NoSuchBuyer(LookupError):
    """There is no buyer with this number."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made. `secret` is shown once and kept nowhere."""

    buyer_id: int
    secret: str
    expires_at: datetime


def digest_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


@transaction.atomic
def invite(
    *, site: str, customer: str, name: str, origin: Origin, email: str = "", phone: str = ""
) -> NewKey:
    """Make a one-time link for somebody at a customer; an earlier link of theirs ends. Raises CannotInvite.

    Who has access under this name gets the new link, and the address given now. The caller has made sure
    that the customer (a code) is one of the site's.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or "\0" in name:
        raise CannotInvite(f"Say who is invited, in at most {LONGEST_NAME} letters.")
    address, number = _reached(email, phone)
    models.Site.objects.select_for_update().get(pk=site)  # one invitation at a time keeps the bounds true
    now = clock.now()
    mine = models.Buyer.objects.filter(site=site, customer=customer)
    if _links_of(mine).count() >= MOST_INVITED:
        raise CannotInvite("This customer got many links just now. Wait an hour, or use one of those.")
    buyer = mine.filter(name=name, revoked_at__isnull=True).first()
    if buyer is None:
        if mine.filter(revoked_at__isnull=True).count() >= MOST_BUYERS:
            raise CannotInvite(
                f"A customer can have {MOST_BUYERS} buyers. Take the access of one away first."
            )
        buyer = models.Buyer(site_id=site, customer=customer, name=name, invited_at=now)
    buyer.email, buyer.phone = address, number
    buyer.save()
    buyer.keys.filter(kind="invitation", ended_at__isnull=True).update(ended_at=now)
    key = _make(buyer, "invitation", "", secrets.token_urlsafe(32), now + INVITATION_LASTS)
    _tell(buyer, events.BuyerInvited(buyer.id, customer, key.expires_at), origin)
    return key


def _reached(email: str, phone: str) -> tuple[str, str]:
    """Mail address and number in their stored form. Raises CannotInvite."""
    try:
        address = contacts.email(email) if email.strip() else ""
    except contacts.NotAContact as error:
        raise CannotInvite("This is not a mail address.") from error
    try:
        number = contacts.phone(phone) if phone.strip() else ""
    except contacts.NotAContact as error:
        raise CannotInvite("This is not a phone number.") from error
    if number.startswith("0"):
        raise CannotInvite("Write the number with its country code, like +91 …")
    if not address and not number:
        raise CannotInvite("Give a mail address or a phone number: the link goes there.")
    return address, number


def _links_of(mine: QuerySet[models.Buyer]) -> QuerySet[models.BuyerKey]:
    since = clock.now() - INVITED_WITHIN
    return models.BuyerKey.objects.filter(buyer__in=mine, kind="invitation", created_at__gt=since)


@transaction.atomic
def give_link(*, buyer_id: int) -> NewKey | None:
    """Make a link for a buyer who asked to log in; None where they have no access or got enough of them.

    Links that are open stay open: whoever asks in a buyer's name closes nothing.
    """
    buyer = models.Buyer.objects.select_for_update().filter(pk=buyer_id, revoked_at__isnull=True).first()
    if buyer is None or _links_of(models.Buyer.objects.filter(pk=buyer_id)).count() >= MOST_LINKS:
        return None
    key = _make(buyer, "invitation", "", secrets.token_urlsafe(32), clock.now() + LINK_LASTS)
    _tell(buyer, events.BuyerLinkSent(buyer.id, buyer.customer, key.expires_at), _own_origin(buyer))
    return key


@transaction.atomic
def open_invitation(*, secret: str) -> NewKey:
    """Use a link: all links of the buyer end, and a session begins.

    Raises CannotOpen, the same whatever is wrong with it.
    """
    now = clock.now()
    row = (
        models.BuyerKey.objects.select_for_update(of=("self",))
        .select_related("buyer")
        .filter(digest=digest_of(secret), kind="invitation", ended_at__isnull=True, expires_at__gt=now)
        .filter(buyer__revoked_at__isnull=True)
        .first()
    )
    if row is None:
        raise CannotOpen("This link is not good, or no longer. Ask for a new one.")
    row.last_used_at = now
    row.save(update_fields=["last_used_at"])
    row.buyer.keys.filter(kind="invitation", ended_at__isnull=True).update(ended_at=now)
    session = _make(row.buyer, "session", "", secrets.token_urlsafe(32), now + SESSION_LASTS)
    _tell(row.buyer, events.BuyerCameIn(row.buyer_id, row.buyer.customer), _own_origin(row.buyer))
    return session


@transaction.atomic
def give_token(*, buyer_id: int, name: str, expires_at: datetime, origin: Origin) -> NewKey:
    """Make a secret with which a program orders for a buyer. Raises NoSuchBuyer, CannotGiveToken."""
    buyer = _locked(buyer_id)
    name = " ".join(name.replace("\0", " ").split())[:LONGEST_NAME]
    if buyer.revoked_at is not None or not name or expires_at <= clock.now():
        raise CannotGiveToken("Only a buyer with access can have a token; it needs a name and time to live.")
    living = buyer.keys.filter(kind="token", ended_at__isnull=True, expires_at__gt=clock.now())
    if living.count() >= MOST_TOKENS:
        raise CannotGiveToken(f"A buyer can have {MOST_TOKENS} tokens. Take the access away and invite anew.")
    key = _make(buyer, "token", name, TOKEN_PREFIX + secrets.token_urlsafe(32), expires_at)
    _tell(buyer, events.BuyerTokenGiven(buyer.id, buyer.customer, name, expires_at), origin)
    return key


@transaction.atomic
def take_away(*, buyer_id: int, origin: Origin) -> None:
    """End a buyer's access: links, sessions and tokens, at once. A second time changes nothing.

    Raises NoSuchBuyer.
    """
    buyer = _locked(buyer_id)
    if buyer.revoked_at is not None:
        return
    buyer.revoked_at = clock.now()
    buyer.save(update_fields=["revoked_at"])
    buyer.keys.filter(ended_at__isnull=True).update(ended_at=buyer.revoked_at)
    _tell(buyer, events.BuyerRevoked(buyer.id, buyer.customer), origin)


@transaction.atomic
def set_portal(*, site: str, shows_prices: bool, shows_stock: bool, origin: Origin) -> None:
    """Say what the buyers of a site see beside the items. The same again changes nothing."""
    row, _ = models.PortalRow.objects.select_for_update().get_or_create(site_id=site)
    if (row.shows_prices, row.shows_stock) == (shows_prices, shows_stock):
        return
    row.shows_prices, row.shows_stock = shows_prices, shows_stock
    row.save()
    told = events.PortalSet(shows_prices, shows_stock)
    journal.append(journal.Draft(payload=told, site=site, subject=f"site:{site}", origin=origin))


def end_session(*, secret: str) -> None:
    """The buyer leaves: this session ends, others go on. Harmless for any other text."""
    living = models.BuyerKey.objects.filter(digest=digest_of(secret), kind="session", ended_at__isnull=True)
    living.update(ended_at=clock.now())


def touch(*, key_id: int) -> None:
    """Note that a key was used, at most once an hour; a session lasts on from then (nothing was decided)."""
    now = clock.now()
    stale = models.BuyerKey.objects.filter(pk=key_id).exclude(last_used_at__gt=now - TOUCH_EVERY)
    stale.filter(kind="session").update(last_used_at=now, expires_at=now + SESSION_LASTS)
    stale.filter(kind="token").update(last_used_at=now)


def _locked(buyer_id: int) -> models.Buyer:
    row = models.Buyer.objects.select_for_update().filter(pk=buyer_id).first()
    if row is None:
        raise NoSuchBuyer(f"There is no buyer {buyer_id}.")
    return row


def _make(buyer: models.Buyer, kind: str, name: str, secret: str, expires_at: datetime) -> NewKey:
    models.BuyerKey.objects.create(
        buyer=buyer,
        kind=kind,
        name=name,
        digest=digest_of(secret),
        created_at=clock.now(),
        expires_at=expires_at,
    )
    return NewKey(buyer.id, secret, expires_at)


def _own_origin(buyer: models.Buyer) -> Origin:
    return Origin.fresh(source="portal", actor=f"buyer:{buyer.id}")


def _tell(buyer: models.Buyer, payload: object, origin: Origin) -> None:
    journal.append(
        journal.Draft(payload=payload, site=buyer.site_id, subject=f"buyer:{buyer.id}", origin=origin)
    )
