"""Windows, ladders and who may answer: pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Step:
    """One rung: `after_s` seconds after the request is due (negative: before), tell function `to`."""

    after_s: int
    to: str


@dataclass(frozen=True, slots=True)
class Ladder:
    """The rungs in order of time, and every how many seconds the last one repeats for ever."""

    steps: tuple[Step, ...]
    repeat_s: int = 900


@dataclass(frozen=True, slots=True)
class Option:
    """One possible answer. `needs_rationale` asks for the reason in words."""

    code: str
    label: str
    needs_rationale: bool = True
    tone: str = "plain"
    hint: str = ""


class BadLadder(ValueError):
    """A ladder needs at least one step, in order of time, and repeats after at least a minute."""


class BadAnswer(ValueError):
    """The answer is not one of the options, or its reason is missing."""


def check_ladder(ladder: Ladder) -> None:
    """Raises BadLadder."""
    times = [step.after_s for step in ladder.steps]
    if not times or times != sorted(times) or ladder.repeat_s < 60:
        raise BadLadder(BadLadder.__doc__)


def default_ladder(function: str, *, window_s: int) -> Ladder:
    """Remind the function at half its window; at its end tell production, then the plant manager."""
    lead = "plant_manager" if function in ("production", "plant_manager") else "production"
    steps = [Step(-window_s // 2, function), Step(0, lead)]
    if lead != "plant_manager":
        steps.append(Step(max(300, window_s // 2), "plant_manager"))
    return Ladder(tuple(steps))


def step_number(ladder: Ladder, number: int) -> Step:
    """The rung of the `number`-th escalation (from 1): after the last one, the last one again."""
    return ladder.steps[min(number, len(ladder.steps)) - 1]


def moment_of(ladder: Ladder, due_at: datetime, number: int) -> datetime:
    """When the `number`-th escalation (from 1) is due."""
    extra = max(0, number - len(ladder.steps)) * ladder.repeat_s
    return due_at + timedelta(seconds=step_number(ladder, number).after_s + extra)


def next_rung(ladder: Ladder, due_at: datetime, number: int, absent: Collection[str]) -> int:
    """The rung to climb to instead of the `number`-th: functions of which nobody is there are passed over.

    A reminder stays what it is, and the last rung is never passed over: somebody has to be told.
    """
    while (
        number < len(ladder.steps)
        and ladder.steps[number - 1].to in absent
        and moment_of(ladder, due_at, number) >= due_at
    ):
        number += 1
    return number


def pause(ladder: Ladder) -> timedelta:
    """How long a sweeper that comes late waits before it climbs on: the next rung gets a fair chance."""
    return timedelta(seconds=min(ladder.repeat_s, 300))


def first_moment(ladder: Ladder, opened_at: datetime, due_at: datetime) -> tuple[int, datetime]:
    """Number and moment of the first escalation that lies after `opened_at`: past reminders are skipped."""
    number = 1
    while moment_of(ladder, due_at, number) <= opened_at < due_at:
        number += 1
    return number, moment_of(ladder, due_at, number)


def check_answer(options: Sequence[Option], code: str, rationale: str) -> Option:
    """The chosen option. Raises BadAnswer with words for the person who answered."""
    chosen = next((option for option in options if option.code == code), None)
    if chosen is None:
        raise BadAnswer("Choose one of the answers that this question offers.")
    if chosen.needs_rationale and len(rationale.strip()) < 3:
        raise BadAnswer(f"Say why: “{chosen.label}” needs a reason, so that it helps the next time.")
    return chosen


def may_answer(*, user: int, held: Collection[str], asked: Collection[str], delegated_to: int | None) -> bool:
    """True for holders of an asked function (the ladder adds functions) and for the person delegated to."""
    return user == delegated_to or not set(held).isdisjoint(asked)
