"""Reading people: who someone is, what they may do where, who is on duty."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from obeya.lib import clock, contacts
from obeya.people import models, rules

Function = rules.Function
Access = rules.Access
Hours = rules.Hours
NOBODY = rules.NOBODY
COMPANY = rules.COMPANY
LABELS = rules.LABELS


class NoSuchUser(LookupError):
    """There is no person with this id or name."""


class NoSuchSite(LookupError):
    """There is no site with this code."""


class Identified(Protocol):
    """Anything with a user's id: request.user (None when nobody is logged in), a Person."""

    @property
    def id(self) -> int | None:
        """The user's id."""
        ...


@dataclass(frozen=True, slots=True)
class Person:
    """A person as other rooms see one. `actor` is how the journal names them."""

    id: int
    username: str
    display_name: str
    email: str
    phone: str
    language: str
    active: bool

    @property
    def actor(self) -> str:
        """The journal's name of the person ("user:asha")."""
        return f"user:{self.username}"


@dataclass(frozen=True, slots=True)
class Site:
    """A site as other rooms see it."""

    code: str
    name: str
    country: str
    timezone: str
    currency: str
    week: tuple[str, ...]
    language: str

    @property
    def tz(self) -> ZoneInfo:
        """The site's clock."""
        return ZoneInfo(self.timezone)


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift of a site; `id` is what grants name."""

    id: int
    site: str
    name: str
    starts: time
    ends: time
    days: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShiftSpan:
    """One working of a shift: from when to when, in UTC."""

    shift: Shift
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Absence:
    """A person is away from `starts_at` until `ends_at`; `substitute` may be None."""

    person: Person
    substitute: Person | None
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Token:
    """A token without its secret."""

    id: int
    name: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """The person for whom a program acts, and through which token."""

    token_id: int
    token_name: str
    person: Person


def _person(user: models.User) -> Person:
    return Person(
        user.id, user.username, user.display_name, user.email, user.phone or "", user.language, user.is_active
    )


def _site(row: models.Site) -> Site:
    return Site(row.code, row.name, row.country, row.timezone, row.currency, tuple(row.week), row.language)


def _shift(row: models.Shift) -> Shift:
    return Shift(row.id, row.site_id, row.name, row.starts, row.ends, tuple(row.days))


def get_user(user_id: int) -> Person:
    """The person with this id, active or not. Raises NoSuchUser."""
    user = models.User.objects.filter(pk=user_id).first()
    if user is None:
        raise NoSuchUser(f"There is no person with the number {user_id}.")
    return _person(user)


def get_users(user_ids: Iterable[int]) -> dict[int, Person]:
    """Persons by id, in one query; unknown ids are left out."""
    return {user.id: _person(user) for user in models.User.objects.filter(pk__in=set(user_ids))}


def find_user(username: str) -> Person | None:
    """The person with this user name in any case, active or not."""
    user = models.User.objects.filter(username=username.strip().lower()).first()
    return _person(user) if user else None


def find_user_by_phone(text: str) -> Person | None:
    """The active person with this international number, however it is written."""
    try:
        number = contacts.phone_forms(text)[0]
    except contacts.NotAContact:
        return None
    user = models.User.objects.filter(phone=number, is_active=True).first()
    return _person(user) if user else None


def get_site(code: str) -> Site:
    """The site with this code. Raises NoSuchSite."""
    row = models.Site.objects.filter(pk=code).first()
    if row is None:
        raise NoSuchSite(f"There is no site {code[:40]!r}.")
    return _site(row)


def list_sites() -> tuple[Site, ...]:
    """Every site, by code."""
    return tuple(_site(row) for row in models.Site.objects.all())


def list_sites_of(user: Identified) -> tuple[Site, ...]:
    """The sites where an active person holds any function, by code."""
    rows = models.Site.objects.filter(memberships__user=user.id, memberships__user__is_active=True)
    return tuple(_site(row) for row in rows.distinct())


def access_of(user: Identified) -> Access:
    """Everything a person may do now, in one query; nothing for the inactive and for nobody.

    Who stands in for somebody absent holds that person's functions too, for as long as it lasts.
    """
    if user.id is None:
        return NOBODY
    held: defaultdict[str, set[Function]] = defaultdict(set)
    stood_in_for = _absences(clock.now()).filter(substitute=user.id, substitute__is_active=True)
    mine = Q(user=user.id) | Q(user__in=stood_in_for.values("user"))
    rows = models.Membership.objects.filter(mine, user__is_active=True)
    for site, function in rows.values_list("site_id", "function"):
        held[site].add(Function(function))
    return Access(user.id, {site: frozenset(functions) for site, functions in held.items()})


def functions_of(user: Identified, site: str) -> frozenset[Function]:
    """The functions an active person holds at a site."""
    return access_of(user).functions(site)


def may(user: Identified, functions: Iterable[Function], site: str) -> bool:
    """True where an active person holds one of `functions` at `site`; use `access_of` to ask often."""
    return access_of(user).may(functions, site)


def _members(site: str, function: Function) -> QuerySet[models.Membership]:
    rows = models.Membership.objects.filter(site=site, function=function, user__is_active=True)
    return rows.select_related("user", "shift").order_by("user__display_name", "user_id")


def list_people(site: str, function: Function) -> tuple[Person, ...]:
    """The active people who hold a function at a site, by name."""
    return tuple(_person(row.user) for row in _members(site, function))


def on_duty(site: str, function: Function, at: datetime) -> tuple[Person, ...]:
    """Who of a function works at the moment `at`; people without a shift always count.

    Who is absent does not; the substitute works the absent person's shift. Raises NoSuchSite.
    """
    tz = get_site(site).tz
    rows = _members(site, function)
    return _present([row for row in rows if row.shift is None or rules.covers(row.shift.hours(), at, tz)], at)


def list_present(site: str, function: Function, at: datetime) -> tuple[Person, ...]:
    """Who of a function is not absent at `at`, in whatever shift, and the substitutes of those who are."""
    return _present(_members(site, function), at)


def _present(members: Iterable[models.Membership], at: datetime) -> tuple[Person, ...]:
    """The members' persons, each absent one replaced by the substitute, if that one is there."""
    away = {row.user_id: row for row in _absences(at).select_related("substitute")}
    found: dict[int, Person] = {}
    for member in members:
        absence = away.get(member.user_id)
        user = absence.substitute if absence else member.user
        if user is not None and user.is_active and user.id not in away:
            found.setdefault(user.id, _person(user))
    return tuple(found.values())


def _absences(at: datetime) -> QuerySet[models.Absence]:
    return models.Absence.objects.filter(starts_at__lte=at, ends_at__gt=at)


def unattended(at: datetime) -> frozenset[tuple[str, str]]:
    """Functions, as (site, function), whose every holder is absent at `at` with nobody standing in.

    One small query where nobody is absent.
    """
    away = {row.user_id: row.substitute_id for row in _absences(at)}
    if not away:
        return frozenset()
    alone = {user for user, substitute in away.items() if substitute is None or substitute in away}
    rows = models.Membership.objects.filter(user__is_active=True)
    told = list(rows.values_list("site_id", "function", "user_id"))
    attended = {(site, function) for site, function, user in told if user not in alone}
    return frozenset((site, function) for site, function, _ in told) - attended


def list_absences(since: datetime) -> tuple[Absence, ...]:
    """Absences that last at `since` or come later, the first to begin first."""
    rows = models.Absence.objects.filter(ends_at__gt=since).select_related("user", "substitute")
    return tuple(
        Absence(
            _person(row.user),
            _person(row.substitute) if row.substitute else None,
            row.starts_at,
            row.ends_at,
        )
        for row in rows.order_by("starts_at", "id")
    )


def list_shifts(site: str) -> tuple[Shift, ...]:
    """The shifts of a site, by their start."""
    return tuple(_shift(row) for row in models.Shift.objects.filter(site=site))


def find_shift(site: str, name: str) -> Shift | None:
    """The shift of a site with this name."""
    row = models.Shift.objects.filter(site=site, name=name).first()
    return _shift(row) if row else None


def list_shifts_at(site: str, at: datetime) -> tuple[ShiftSpan, ...]:
    """The shifts that work at the moment `at`, with their span. Raises NoSuchSite."""
    tz = get_site(site).tz
    found = []
    for row in models.Shift.objects.filter(site=site):
        day = rules.shift_day(row.hours(), at, tz)
        if day is not None:
            found.append(ShiftSpan(_shift(row), *rules.span(row.hours(), day, tz)))
    return tuple(found)


def find_by_token(secret: str) -> TokenHolder | None:
    """Whose living token this secret is; None for a wrong, revoked or expired one or a person gone."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    alive = Q(expires_at__isnull=True) | Q(expires_at__gt=clock.now())
    row = (
        models.ApiToken.objects.filter(alive, digest=digest, revoked_at__isnull=True, user__is_active=True)
        .select_related("user")
        .first()
    )
    return TokenHolder(row.id, row.name, _person(row.user)) if row else None


def list_tokens(user: Identified) -> tuple[Token, ...]:
    """A person's tokens, newest first."""
    rows = models.ApiToken.objects.filter(user=user.id).order_by("-created_at")
    return tuple(
        Token(row.id, row.name, row.created_at, row.last_used_at, row.expires_at, row.revoked_at)
        for row in rows
    )
