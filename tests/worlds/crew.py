"""A site with nothing but people."""

from __future__ import annotations

from collections.abc import Mapping

from obeya.journal.events import Origin
from obeya.people import actions
from obeya.people.queries import Function, Person

ORIGIN = Origin.fresh(source="test", actor="system")
SITE = "PUNE"


def create_site(code: str = SITE) -> None:
    """A site in India that works on Mondays."""
    actions.create_site(
        code=code,
        name=code.title(),
        country="IN",
        timezone="Asia/Kolkata",
        currency="INR",
        week=["mon"],
        origin=ORIGIN,
    )


def create(functions: Mapping[str, Function]) -> dict[str, Person]:
    """The site, and people of these user names, each with a function there."""
    create_site()
    named = {}
    for name, function in functions.items():
        named[name] = actions.create_user(username=name, display_name=name.title(), origin=ORIGIN)
        actions.grant(user_id=named[name].id, site=SITE, function=function, origin=ORIGIN)
    return named
