"""`obeya users`: people, their functions and their tokens."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import UTC, datetime, time, timedelta

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
    """Give a person a function at a site."""
    person, function, site = _person(args.username), _function(args.function), _site(args.site)
    try:
        actions.grant(user_id=person.id, site=site, function=function, origin=_origin())
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


def _site_hint() -> str:
    return ", ".join(site.code for site in queries.list_sites()) or "none yet"
