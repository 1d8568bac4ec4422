"""`obeya users`: people, their functions and their tokens."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from django.db import transaction

from obeya.config import answers
from obeya.journal.events import Origin
from obeya.lib import clock, contacts
from obeya.people import actions, queries

_ERRORS = (
    actions.CannotCreateUser,
    actions.CannotChangePassword,
    actions.CannotGrant,
    actions.CannotMarkAbsent,
    actions.CannotCreateToken,
    queries.NoSuchSite,
    queries.NoSuchUser,
)

MOST_PASSWORD = 4_096
"""Characters read of a password file."""


def _origin() -> Origin:
    return Origin.fresh(source="cli", actor="system")


def create(args: argparse.Namespace) -> None:
    """Create a person, with functions at a site where they are given."""
    functions = [_function(text) for text in args.function]
    if functions and not args.site:
        raise answers.Mistake(f"Say at which site: --site {_site_hint()}")
    if args.site:
        _site(args.site)
    _refuse_no_contacts(args.email, args.phone)
    password = None if args.no_password else _password(from_stdin=args.password_stdin)
    origin = _origin()
    try:
        with transaction.atomic():
            person = actions.create_user(
                username=args.username,
                display_name=args.name or args.username,
                password=password,
                email=args.email,
                phone=args.phone,
                language=args.language,
                origin=origin,
            )
            for function in functions:
                actions.grant(user_id=person.id, site=args.site, function=function, origin=origin)
    except _ERRORS as error:
        raise answers.Mistake(str(error)) from error
    print(f"{person.username} is created" + (f" and works at {args.site}." if functions else "."))


def show(_args: argparse.Namespace) -> None:
    """List everybody: user name, name, functions by site."""
    sites = [site.code for site in queries.list_sites()]
    functions: dict[int, list[str]] = {}
    found: dict[int, queries.Person] = {}
    for site in sites:
        for function in queries.Function:
            for person in queries.list_people(site, function):
                found[person.id] = person
                functions.setdefault(person.id, []).append(f"{site}:{function.value}")
    for person in sorted(found.values(), key=lambda one: one.username):
        print(f"{person.username:<16} {person.display_name:<26} {', '.join(functions[person.id])}")
    for one in queries.list_absences(clock.now()):
        who = f"{one.substitute.username} stands in" if one.substitute else "nobody stands in"
        span = f"{one.starts_at:%Y-%m-%d %H:%M} - {one.ends_at:%Y-%m-%d %H:%M} UTC"
        print(f"{one.person.username} is absent {span}; {who}")
    if not found:
        print("Nobody holds a function yet: `obeya users create NAME --site CODE --function it`.")


def grant(args: argparse.Namespace) -> None:
    """Give a person a function at a site, in a shift or always."""
    person, function, site = _person(args.username), _function(args.function), _site(args.site)
    shift = _shift(site, args.shift) if args.shift else None
    try:
        actions.grant(user_id=person.id, site=site, function=function, shift_id=shift, origin=_origin())
    except _ERRORS as error:
        raise answers.Mistake(str(error)) from error
    print(f"{person.username} is {function.label} at {site}.")


def absent(args: argparse.Namespace) -> None:
    """Mark a person absent, from the first moment of a day to the last of another by the site's clock."""
    person = _person(args.username)
    substitute = _person(args.substitute) if args.substitute else None
    sites = queries.list_sites_of(person)
    tz = sites[0].tz if sites else UTC
    try:
        actions.mark_absent(
            user_id=person.id,
            starts_at=datetime.combine(args.first, time(), tz),
            ends_at=datetime.combine(args.last + timedelta(days=1), time(), tz),
            substitute_id=substitute.id if substitute else None,
            origin=_origin(),
        )
    except _ERRORS as error:
        raise answers.Mistake(str(error)) from error
    who = f"{substitute.username} stands in" if substitute else "nobody stands in"
    print(f"{person.username} is absent from {args.first} to {args.last}; {who}.")


def back(args: argparse.Namespace) -> None:
    """A person is back: absences end now, planned ones are dropped."""
    person = _person(args.username)
    ended = actions.end_absence(user_id=person.id, origin=_origin())
    print(f"{person.username} is back." if ended else f"{person.username} was not marked absent.")


def token(args: argparse.Namespace) -> None:
    """Make an API token and show it once."""
    person = _person(args.username)
    expires = clock.now() + timedelta(days=args.days) if args.days else None
    try:
        made = actions.create_token(user_id=person.id, name=args.name, expires_at=expires, origin=_origin())
    except _ERRORS as error:
        raise answers.Mistake(str(error)) from error
    print(made.secret)
    print("Keep it: it is not shown again.", file=sys.stderr)


def revoke(args: argparse.Namespace) -> None:
    """Take a function from a person; the next thing they press is refused."""
    person, function, site = _person(args.username), _function(args.function), _site(args.site)
    if function not in {held for held in queries.Function if person in queries.list_people(site, held)}:
        raise answers.Mistake(f"{person.username} is not {function.label} at {site}.")
    actions.revoke(user_id=person.id, site=site, function=function, origin=_origin())
    print(f"{person.username} is no longer {function.label} at {site}.")
    if not queries.list_people(site, function):
        print(f"Nobody is {function.label} at {site} now: its questions wait for nobody.", file=sys.stderr)


def deactivate(args: argparse.Namespace) -> None:
    """End a person's log-ins, sessions and tokens at once; what they did stays."""
    person = _person(args.username)
    actions.deactivate_user(user_id=person.id, origin=_origin())
    if not person.active:
        print(f"{person.username} was deactivated before.")
        return
    print(f"{person.username} is deactivated: log-ins, sessions and tokens have ended.")


def password(args: argparse.Namespace) -> None:
    """Give a person a new password; every session of theirs ends."""
    person = _person(args.username)
    if not person.active:
        raise answers.Mistake(f"{person.username} is deactivated and cannot log in.")
    if args.password_file:
        text = _first_line_of(args.password_file)
    else:
        text = _password(from_stdin=args.password_stdin)
    try:
        actions.change_password(user_id=person.id, password=text, origin=_origin())
    except _ERRORS as error:
        raise answers.Mistake(str(error)) from error
    print(f"{person.username} has a new password; their sessions have ended.")


def tokens(args: argparse.Namespace) -> None:
    """List a person's tokens, newest first: name, state, when made and last used."""
    person = _person(args.username)
    found = queries.list_tokens(person)
    for one in found:
        used = f"last used {one.last_used_at:%Y-%m-%d %H:%M}" if one.last_used_at else "never used"
        print(f"{one.name:<26} {_state_of(one):<22} made {one.created_at:%Y-%m-%d}, {used} (UTC)")
    if not found:
        print(f"{person.username} has no tokens.")


def _state_of(one: queries.Token) -> str:
    if one.revoked_at:
        return f"revoked {one.revoked_at:%Y-%m-%d}"
    if one.expires_at is None:
        return "good until revoked"
    return f"{'good until' if one.expires_at > clock.now() else 'expired'} {one.expires_at:%Y-%m-%d}"


def revoke_token(args: argparse.Namespace) -> None:
    """End a person's tokens of this name; programs that use them are refused from now on."""
    person = _person(args.username)
    found = [one for one in queries.list_tokens(person) if one.name == args.name.strip()]
    if not found:
        raise answers.Mistake(
            f"{person.username} has no token {args.name[:40]!r}; "
            f"`obeya users tokens {person.username}` lists them."
        )
    living = [one for one in found if one.revoked_at is None]
    origin = _origin()
    with transaction.atomic():
        for one in living:
            actions.revoke_token(token_id=one.id, origin=origin)
    how_many = f" ({len(living)} of this name)" if len(living) > 1 else ""
    print(f"The token {found[0].name} is revoked{how_many}." if living else "It was revoked before.")


def _first_line_of(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            return file.readline(MOST_PASSWORD).rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise answers.Mistake(f"Cannot read {path}: {error}") from error


def _refuse_no_contacts(email: str, phone: str) -> None:
    try:
        if email:
            contacts.email(email)
        if phone:
            contacts.phone(phone)
    except contacts.NotAContact as error:
        raise answers.Mistake(f"{error}.") from error


def _password(*, from_stdin: bool) -> str:
    if from_stdin or not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("The same again: ") != first:
        raise answers.Mistake("The two passwords differ.")
    return first


def _person(username: str) -> queries.Person:
    found = queries.find_user(username)
    if found is None:
        raise answers.Mistake(f"Nobody is called {username[:40]!r}; `obeya users list` shows everybody.")
    return found


def _function(text: str) -> queries.Function:
    try:
        return queries.Function(text)
    except ValueError:
        known = ", ".join(function.value for function in queries.Function)
        raise answers.Mistake(f"There is no function {text[:40]!r}. There are: {known}.") from None


def _site(code: str) -> str:
    try:
        return queries.get_site(code).code
    except queries.NoSuchSite:
        raise answers.Mistake(f"There is no site {code[:40]!r}. There are: {_site_hint()}.") from None


def _shift(site: str, name: str) -> int:
    found = queries.find_shift(site, name.strip())
    if found is None:
        there = ", ".join(shift.name for shift in queries.list_shifts(site)) or "none yet"
        raise answers.Mistake(f"There is no shift {name[:40]!r} at {site}. There are: {there}.")
    return found.id


def _site_hint() -> str:
    return ", ".join(site.code for site in queries.list_sites()) or "none yet"
