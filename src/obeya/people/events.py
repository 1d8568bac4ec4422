"""What happened to people's places in the company. Names and secrets stay out of the journal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from obeya.journal import events


@events.register("people.site_created")
@dataclass(frozen=True, slots=True)
class SiteCreated:
    """A site was added."""

    site: str
    timezone: str
    currency: str


@events.register("people.shift_created")
@dataclass(frozen=True, slots=True)
class ShiftCreated:
    """A shift was added to a site; hours by the site's clock."""

    shift: str
    starts: str
    ends: str
    days: tuple[str, ...]


@events.register("people.user_created")
@dataclass(frozen=True, slots=True)
class UserCreated:
    """A person can be known to the system from now on."""

    user_id: int
    username: str


@events.register("people.password_changed")
@dataclass(frozen=True, slots=True)
class PasswordChanged:
    """A person's password was replaced."""

    user_id: int


@events.register("people.user_deactivated")
@dataclass(frozen=True, slots=True)
class UserDeactivated:
    """A person can no longer log in; tokens are dead too."""

    user_id: int


@events.register("people.function_granted")
@dataclass(frozen=True, slots=True)
class FunctionGranted:
    """A person holds a function at the event's site, in a shift or ("") always."""

    user_id: int
    function: str
    shift: str


@events.register("people.function_revoked")
@dataclass(frozen=True, slots=True)
class FunctionRevoked:
    """A person no longer holds a function at the event's site."""

    user_id: int
    function: str


@events.register("people.absence_set")
@dataclass(frozen=True, slots=True)
class AbsenceSet:
    """A person is away in this time; the substitute, if there is one, holds the person's functions then."""

    user_id: int
    starts_at: datetime
    ends_at: datetime
    substitute_id: int | None


@events.register("people.absence_ended")
@dataclass(frozen=True, slots=True)
class AbsenceEnded:
    """A person is back, or will not be away after all."""

    user_id: int


@events.register("people.token_created")
@dataclass(frozen=True, slots=True)
class TokenCreated:
    """A program may act for a person until the token is revoked or expires."""

    user_id: int
    token_id: int
    name: str
    expires_at: datetime | None


@events.register("people.token_revoked")
@dataclass(frozen=True, slots=True)
class TokenRevoked:
    """A token no longer works."""

    user_id: int
    token_id: int


@events.register("people.buyer_invited")
@dataclass(frozen=True, slots=True)
class BuyerInvited:
    """Somebody at a customer got a one-time link to its portal, from the desk."""

    buyer_id: int
    customer: str
    expires_at: datetime


@events.register("people.buyer_link_sent")
@dataclass(frozen=True, slots=True)
class BuyerLinkSent:
    """A buyer asked for a one-time link to log in with, and got one."""

    buyer_id: int
    customer: str
    expires_at: datetime


@events.register("people.buyer_came_in")
@dataclass(frozen=True, slots=True)
class BuyerCameIn:
    """The link was opened: it is used up, and a session began."""

    buyer_id: int
    customer: str


@events.register("people.buyer_token_given")
@dataclass(frozen=True, slots=True)
class BuyerTokenGiven:
    """A program may order for a buyer until the token expires or the access is taken away."""

    buyer_id: int
    customer: str
    name: str
    expires_at: datetime


@events.register("people.buyer_revoked")
@dataclass(frozen=True, slots=True)
class BuyerRevoked:
    """A buyer's links, sessions and tokens have ended."""

    buyer_id: int
    customer: str


@events.register("people.portal_set")
@dataclass(frozen=True, slots=True)
class PortalSet:
    """What the buyers of a site see beside the items changed."""

    shows_prices: bool
    shows_stock: bool
