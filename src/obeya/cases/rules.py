"""Routing and completion: pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from obeya.people import rules as people

SEEN_BY = tuple(function for function in people.Function if function is not people.Function.DRIVER)
"""The functions that may see exceptions: their pages, and what a search finds of them."""


_WITHDRAWERS = frozenset({people.Function.QUALITY, people.Function.PLANT_MANAGER})


def may_withdraw(access: people.Access, *, site: str, opened_by: int | None) -> bool:
    """True for quality and the plant manager of the site, and for who raised it and still works there."""
    held = access.functions(site)
    raised = access.user_id is not None and access.user_id == opened_by
    return bool(held) and (raised or not _WITHDRAWERS.isdisjoint(held))


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the routing table: who is asked what about which exception, and by when.

    `kind` and `severity` (1 worst to 5, 0 = any) choose the row; a row for the severity itself wins over
    one for any severity. `required` answers must be in before the case resolves.
    """

    kind: str
    severity: int
    function: str
    question: str
    options: tuple[tuple[str, str], ...]
    window_s: int
    required: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What one function decided."""

    function: str
    option: str
    rationale: str


def choose_routes(table: Iterable[Route], kind: str, severity: int) -> list[Route]:
    """The rows for a case: per function the row for its severity, else the one for any severity."""
    chosen: dict[str, Route] = {}
    for route in table:
        if route.kind != kind or route.severity not in (0, severity):
            continue
        known = chosen.get(route.function)
        if known is None or known.severity == 0:
            chosen[route.function] = route
    return list(chosen.values())


def missing(required: Iterable[str], answers: Mapping[str, Answer]) -> list[str]:
    """Required functions that have not answered."""
    return [function for function in required if function not in answers]


@dataclass(frozen=True, slots=True)
class Lay:
    """Where a lot lay at the moment of a hold, in the base unit: `held` in the hold location already."""

    held: Decimal
    elsewhere: tuple[tuple[str, Decimal], ...]


def places_back(held: Decimal, lays: Sequence[Lay], default: str) -> tuple[tuple[str, Decimal], ...]:
    """Where `held` goes when it is released: each quantity to the place where it lay before its hold.

    `lays` are what is known of this hold and of earlier ones, the latest first: what the latest did not
    find in the hold location came there since, from its places; the rest came at an earlier hold. What
    nobody saw elsewhere goes where most of the others go, else to `default` ("" for nowhere).
    """
    found: dict[str, Decimal] = {}
    left = held
    for lay in lays:
        came = max(Decimal(0), left - lay.held)
        for place, quantity in lay.elsewhere:
            part = min(quantity, came)
            if part > 0:
                found[place] = found.get(place, Decimal(0)) + part
                came, left = came - part, left - part
    rest = max(found, key=lambda place: found[place]) if found else default
    if left > 0 and rest:
        found[rest] = found.get(rest, Decimal(0)) + left
    return tuple(found.items())
