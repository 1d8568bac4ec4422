"""The only writers of people: sites, shifts, persons, functions, tokens."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from obeya.journal import actions as journal
from obeya.journal.events import Origin
from obeya.lib import clock, contacts
from obeya.people import events, models, queries, rules

_SITE_CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,31}")
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,62}")
TOKEN_PREFIX = "obeya_"  # noqa: S105 - a mark to recognise leaked tokens by, not a secret
TOUCH_EVERY = timedelta(minutes=1)
LONGEST_ABSENCE = timedelta(days=366)


class CannotCreateSite(Exception):
    """The site is not well described, or its code is taken."""


class CannotCreateShift(Exception):
    """The shift is not well described, or its name is taken at this site."""


class CannotCreateUser(Exception):
    """The person is not well described, or the name or number is taken."""


class CannotChangePassword(Exception):
    """The new password is too weak; the text says why."""


class CannotGrant(Exception):
    """The person, site or shift does not fit."""


class CannotMarkAbsent(Exception):
    """The time, or the substitute, does not fit; the text says why."""


class CannotCreateToken(Exception):
    """Only an active person can have a token, and it needs a name."""


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made. `secret` is shown once and kept nowhere."""

    id: int
    secret: str


def _tell(payload: object, origin: Origin, subject: str, site: str = rules.COMPANY) -> None:
    journal.append(journal.Draft(payload=payload, site=site, subject=subject, origin=origin))


def _user(user_id: int) -> models.User:
    user = models.User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise queries.NoSuchUser(f"There is no person with the number {user_id}.")
    return user


def _known_days(days: Sequence[str]) -> list[str]:
    return [day for day in rules.WEEKDAYS if day in {name.strip().lower()[:3] for name in days}]


@transaction.atomic
def create_site(
    *,
    code: str,
    name: str,
    country: str,
    timezone: str,
    currency: str,
    week: Sequence[str],
    origin: Origin,
    language: str = "en",
) -> queries.Site:
    """Add a site. `week` holds its working days ("mon"...). Raises CannotCreateSite."""
    if not _SITE_CODE.fullmatch(code):
        raise CannotCreateSite("A site's code has 1 to 32 capital letters, digits, - and _.")
    if not (re.fullmatch("[A-Z]{2}", country) and re.fullmatch("[A-Z]{3}", currency)):
        raise CannotCreateSite("Country is two capital letters (IN), currency three (INR).")
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise CannotCreateSite(
            f"{timezone[:60]!r} is not a time zone; an example is Asia/Kolkata."
        ) from error
    row, created = models.Site.objects.get_or_create(
        code=code,
        defaults={
            "name": name.strip() or code,
            "country": country,
            "timezone": timezone,
            "currency": currency,
            "week": _known_days(week),
            "language": language,
        },
    )
    if not created:
        raise CannotCreateSite(f"The site {code} exists already.")
    _tell(events.SiteCreated(code, timezone, currency), origin, f"site:{code}", code)
    return queries.get_site(row.code)


@transaction.atomic
def create_shift(
    *, site: str, name: str, starts: time, ends: time, days: Sequence[str], origin: Origin
) -> int:
    """Add a shift, hours by the site's clock; returns its id. Raises CannotCreateShift, NoSuchSite."""
    queries.get_site(site)
    known = _known_days(days)
    if not name.strip() or not known:
        raise CannotCreateShift("A shift has a name and at least one day (mon, tue, ...).")
    row, created = models.Shift.objects.get_or_create(
        site_id=site, name=name.strip(), defaults={"starts": starts, "ends": ends, "days": known}
    )
    if not created:
        raise CannotCreateShift(f"The shift {name.strip()} exists already at {site}.")
    payload = events.ShiftCreated(row.name, starts.isoformat(), ends.isoformat(), tuple(known))
    _tell(payload, origin, f"shift:{row.id}", site)
    return row.id


def _phone(text: str) -> str | None:
    if not text.strip():
        return None
    try:
        number = contacts.phone(text)
    except contacts.NotAContact as error:
        raise CannotCreateUser(f"{error}.") from error
    if number.startswith("0"):
        raise CannotCreateUser("Write the phone number with + and its country code.")
    return number


def _refuse_taken(username: str, number: str | None) -> None:
    taken = models.User.objects.filter(Q(username=username) | Q(phone=number, phone__isnull=False)).first()
    if taken is not None:
        what = f"user name {username}" if taken.username == username else f"phone number of {taken.username}"
        raise CannotCreateUser(f"The {what} is taken.")


@transaction.atomic
def create_user(
    *,
    username: str,
    display_name: str,
    origin: Origin,
    password: str | None = None,
    email: str = "",
    phone: str = "",
    language: str = "en",
) -> queries.Person:
    """Add a person who may do nothing yet; without a password only the company's log-in lets them in.

    Raises CannotCreateUser, CannotChangePassword.
    """
    name = username.strip().lower()
    if not _USERNAME.fullmatch(name):
        raise CannotCreateUser("A user name has 1 to 63 small letters, digits and . _ - @.")
    number = _phone(phone)
    _refuse_taken(name, number)
    user = models.User(
        username=name,
        display_name=display_name.strip()[:200] or name,
        email=email.strip().lower(),
        phone=number,
        language=language,
    )
    _set_password(user, password)
    user.save()
    _tell(events.UserCreated(user.id, name), origin, f"user:{name}")
    return queries.get_user(user.id)


def _set_password(user: models.User, password: str | None) -> None:
    if password is None:
        user.set_unusable_password()
        return
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        raise CannotChangePassword(" ".join(error.messages)) from error
    user.set_password(password)


@transaction.atomic
def change_password(*, user_id: int, password: str, origin: Origin) -> None:
    """Replace a person's password; other sessions of the person end.

    Raises NoSuchUser, CannotChangePassword.
    """
    user = _user(user_id)
    _set_password(user, password)
    user.save(update_fields=["password"])
    _tell(events.PasswordChanged(user_id), origin, f"user:{user.username}")


@transaction.atomic
def grant(
    *, user_id: int, site: str, function: rules.Function, origin: Origin, shift_id: int | None = None
) -> None:
    """Let a person hold a function at a site, in a shift or always; again with another shift moves them.

    Raises NoSuchUser, NoSuchSite, CannotGrant.
    """
    user = _user(user_id)
    queries.get_site(site)
    if not user.is_active:
        raise CannotGrant(f"{user.display_name} is no longer active.")
    shift = None if shift_id is None else models.Shift.objects.filter(pk=shift_id, site=site).first()
    if shift_id is not None and shift is None:
        raise CannotGrant(f"The shift does not belong to {site}.")
    row, created = models.Membership.objects.select_for_update().get_or_create(
        user=user, site_id=site, function=function.value, defaults={"shift": shift}
    )
    if not created and row.shift_id == shift_id:
        return
    row.shift = shift
    row.save(update_fields=["shift"])
    payload = events.FunctionGranted(user_id, function.value, shift.name if shift else "")
    _tell(payload, origin, f"user:{user.username}", site)


@transaction.atomic
def revoke(*, user_id: int, site: str, function: rules.Function, origin: Origin) -> None:
    """Take a function from a person; harmless when it is not held. Raises NoSuchUser."""
    user = _user(user_id)
    gone, _ = models.Membership.objects.filter(user=user, site=site, function=function.value).delete()
    if gone:
        _tell(events.FunctionRevoked(user_id, function.value), origin, f"user:{user.username}", site)


@transaction.atomic
def deactivate_user(*, user_id: int, origin: Origin) -> None:
    """End a person's log-ins, sessions and tokens; what they did stays. Harmless again. Raises NoSuchUser."""
    user = _user(user_id)
    if not user.is_active:
        return
    user.is_active = False
    user.save(update_fields=["is_active"])
    user.tokens.filter(revoked_at__isnull=True).update(revoked_at=clock.now())
    _tell(events.UserDeactivated(user_id), origin, f"user:{user.username}")


@transaction.atomic
def create_token(*, user_id: int, name: str, origin: Origin, expires_at: datetime | None = None) -> NewToken:
    """Make a secret with which a program acts for a person. Raises NoSuchUser, CannotCreateToken."""
    user = _user(user_id)
    if not user.is_active or not name.strip():
        raise CannotCreateToken("Only an active person can have a token, and it needs a name.")
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    row = models.ApiToken.objects.create(
        user=user,
        name=name.strip()[:100],
        digest=hashlib.sha256(secret.encode()).hexdigest(),
        created_at=clock.now(),
        expires_at=expires_at,
    )
    payload = events.TokenCreated(user_id, row.id, row.name, expires_at)
    _tell(payload, origin, f"user:{user.username}")
    return NewToken(row.id, secret)


@transaction.atomic
def revoke_token(*, token_id: int, origin: Origin) -> None:
    """Kill a token; harmless when it is dead or unknown."""
    row = models.ApiToken.objects.select_for_update().filter(pk=token_id, revoked_at__isnull=True).first()
    if row is None:
        return
    row.revoked_at = clock.now()
    row.save(update_fields=["revoked_at"])
    _tell(events.TokenRevoked(row.user_id, row.id), origin, f"user:{queries.get_user(row.user_id).username}")


def touch_token(*, token_id: int) -> None:
    """Note that a token was used, at most once a minute (no event: nothing was decided)."""
    now = clock.now()
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - TOUCH_EVERY)
    models.ApiToken.objects.filter(stale, pk=token_id).update(last_used_at=now)


@transaction.atomic
def mark_absent(
    *, user_id: int, starts_at: datetime, ends_at: datetime, substitute_id: int | None, origin: Origin
) -> None:
    """A person is away from one moment to another; a substitute holds the person's functions meanwhile.

    Raises NoSuchUser, CannotMarkAbsent.
    """
    user = _user(user_id)
    if not starts_at < ends_at <= starts_at + LONGEST_ABSENCE:
        raise CannotMarkAbsent("An absence ends after it begins, and within a year.")
    overlapping = Q(starts_at__lt=ends_at, ends_at__gt=starts_at)
    if user.absences.filter(overlapping).exists():
        raise CannotMarkAbsent(f"{user.display_name} is marked absent in this time already; end that first.")
    substitute = _user(substitute_id) if substitute_id is not None else None
    if substitute is not None:
        if substitute.pk == user.pk or not substitute.is_active:
            raise CannotMarkAbsent("The substitute is somebody else, who can log in.")
        if substitute.absences.filter(overlapping).exists():
            raise CannotMarkAbsent(f"{substitute.display_name} is absent in this time too; name another.")
    user.absences.create(substitute=substitute, starts_at=starts_at, ends_at=ends_at)
    told = events.AbsenceSet(user.pk, starts_at, ends_at, substitute_id)
    _tell(told, origin, f"user:{user.pk}")


@transaction.atomic
def end_absence(*, user_id: int, origin: Origin) -> int:
    """A person is back now, and not away later as it was planned; returns how many absences ended.

    Raises NoSuchUser.
    """
    user, now = _user(user_id), clock.now()
    deleted, _ = user.absences.filter(starts_at__gte=now).delete()
    ended = user.absences.filter(ends_at__gt=now).update(ends_at=now)
    if deleted + ended:
        _tell(events.AbsenceEnded(user.pk), origin, f"user:{user.pk}")
    return deleted + ended
