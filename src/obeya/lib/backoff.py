"""When a process that died is started again: at once, then ever later, and soon again once it lasted."""

from __future__ import annotations

from dataclasses import dataclass, replace

FIRST_S = 0.2
LONGEST_S = 10.0
LASTED_S = 20.0
"""A process that lived so long did not die of its start."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a process's lives: deaths in a row, start of this life, when the next may begin."""

    deaths: int = 0
    started_at_s: float = 0.0
    next_at_s: float = 0.0


def after_start(standing: Standing, now_s: float) -> Standing:
    """It was started."""
    return replace(standing, started_at_s=now_s)


def after_death(standing: Standing, now_s: float) -> Standing:
    """It died: each death in a row doubles the wait, up to `LONGEST_S`."""
    deaths = 1 if now_s - standing.started_at_s >= LASTED_S else standing.deaths + 1
    wait_s = min(FIRST_S * 2.0 ** min(deaths - 1, 16), LONGEST_S)
    return replace(standing, deaths=deaths, next_at_s=now_s + wait_s)
