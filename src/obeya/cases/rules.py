"""Routing and completion: pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


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
