"""Champion and challenger: constants fitted on older messages, compared on newer ones, pure.

The challenger is promoted only if it is better over all and worse in no group. The tests and the least
numbers are stated here, once, and told with every verdict.
"""

from __future__ import annotations

import hashlib
import itertools
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from obeya.orders.reading import deciding

LEAST_FIT, LEAST_REPLAY, LEAST_CUSTOMERS = 60, 40, 5
"""Fewer messages to learn from, to compare on, or customers: nothing is learned, and that is said."""
LEAST_GROUP = 20
"""Smaller groups are judged together."""
HELD_OUT = 3
"""One customer in so many is kept out of the fit: the replay shows how it does for customers unknown."""
SURE = 0.05
"""The challenger's smaller error may be chance with at most this probability."""
LEAST_GAIN = 0.001
"""The error must fall by at least so much: less is not worth a change."""
KEPT = 0.9
"""Of the right orders that the champion books unasked the challenger must book at least so many."""
_FACTOR_WEIGHT, _GRADE_WEIGHT = 10.0, 40.0
"""As many imagined messages stand for the champion's constants."""
_FLIPS = 2_000
REST, EVERYBODY, NEW = "the small groups together", "all together", "customers it was not fitted on"


@dataclass(frozen=True, slots=True)
class Case:
    """One message with known lines, as it was read: its score before any doubt, its doubts, right or not.

    `groups` are the names of the groups it belongs to.
    """

    customer: str
    groups: tuple[str, ...]
    intent: str
    score: float
    codes: tuple[str, ...]
    right: bool

    def confidence(self, calibration: deciding.Calibration) -> float:
        """What is told of it by a calibration."""
        return deciding.graded(deciding.discounted(self.score, self.codes, calibration), calibration)

    def auto(self, calibration: deciding.Calibration, threshold: float) -> bool:
        """Whether it is booked unasked by a calibration."""
        return deciding.auto(self.codes, self.confidence(calibration), threshold, self.intent)


@dataclass(frozen=True, slots=True)
class Count:
    """Of `cases` messages of a group so many are booked unasked, and so many of these are wrong."""

    cases: int = 0
    auto: int = 0
    wrong: int = 0

    def plus(self, auto: bool, right: bool) -> Count:
        """With one more message."""
        return Count(self.cases + 1, self.auto + auto, self.wrong + (auto and not right))


@dataclass(frozen=True, slots=True)
class Group:
    """One group under both."""

    name: str
    champion: Count
    challenger: Count

    @property
    def loses(self) -> bool:
        """Whether a larger share of what is booked unasked is wrong under the challenger."""
        return self.challenger.wrong * self.champion.auto > self.champion.wrong * self.challenger.auto or (
            self.challenger.wrong > self.champion.wrong
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a comparison says: `code` too_little, nothing_new, loses, books_less, not_better or promoted."""

    code: str
    why: str
    groups: tuple[Group, ...] = ()
    champion_error: float = 0.0
    challenger_error: float = 0.0
    chance: float = 1.0

    @property
    def promoted(self) -> bool:
        """Whether the challenger takes over."""
        return self.code == "promoted"


def is_held_out(customer: str) -> bool:
    """Whether a customer is kept out of the fit: its code decides, so that it is the same every night."""
    return hashlib.sha256(f"orders.replay:{customer}".encode()).digest()[0] % HELD_OUT == 0


def fit(cases: Sequence[Case], champion: deciding.Calibration) -> deciding.Calibration:
    """The constants that these messages suggest, drawn towards the champion's where they are few."""
    factors = {
        code: _factor(factor, [case for case in cases if code in case.codes], champion)
        for code, factor in champion.factors.items()
    }
    fitted = replace(champion, factors=factors)
    return replace(fitted, grades=_grades(cases, fitted))


def _factor(factor: float, cases: Sequence[Case], champion: deciding.Calibration) -> float:
    """The share that is right in spite of a doubt, moved as far as right ones surprised the champion."""
    expected = sum(case.confidence(champion) for case in cases)
    right = sum(case.right for case in cases)
    times = (right + _FACTOR_WEIGHT) / (expected + _FACTOR_WEIGHT)
    return round(min(0.95, max(0.02, factor * min(2.0, max(0.5, times)))), 3)


def _grades(cases: Sequence[Case], fitted: deciding.Calibration) -> tuple[tuple[float, float], ...]:
    scores = [(deciding.discounted(case.score, case.codes, fitted), case.right) for case in cases]
    edges = [low for low, _ in fitted.grades]
    told, least = [], 0.0
    for (low, share), above in zip(fitted.grades, [*edges[1:], 2.0], strict=True):
        inside = [right for score, right in scores if low <= score < above]
        learned = (share * _GRADE_WEIGHT + sum(inside)) / (_GRADE_WEIGHT + len(inside))
        least = round(min(0.99, max(least, learned)), 4)
        told.append((low, least))
    return tuple(told)


def compare(
    cases: Sequence[Case],
    *,
    fitted_on: int,
    customers: int,
    champion: deciding.Calibration,
    challenger: deciding.Calibration,
    threshold: float,
) -> Verdict:
    """Whether the challenger takes over, and why or why not in words."""
    if short := too_little(fitted_on, len(cases), customers):
        return Verdict("too_little", short)
    if challenger == champion:
        return Verdict("nothing_new", "What was confirmed says what is known already.")
    groups = grouped(
        (
            case.groups,
            (case.auto(champion, threshold), case.right),
            (case.auto(challenger, threshold), case.right),
        )
        for case in cases
    )
    errors = [sum(_error(case, one) for case in cases) / len(cases) for one in (champion, challenger)]
    verdict = Verdict("promoted", "", groups, errors[0], errors[1], _chance(cases, champion, challenger))
    return _judged(verdict)


def too_little(fitted_on: int, replayed: int, customers: int) -> str:
    """What is missing to learn from, in words; "" where there is enough."""
    if fitted_on >= LEAST_FIT and replayed >= LEAST_REPLAY and customers >= LEAST_CUSTOMERS:
        return ""
    return (
        f"There is too little to learn from: {fitted_on} older messages (at least {LEAST_FIT} are needed) and"
        f" {replayed} newer ones ({LEAST_REPLAY}) of {customers} customers ({LEAST_CUSTOMERS})."
    )


def _judged(told: Verdict) -> Verdict:
    losing = next((group for group in told.groups if group.loses), None)
    if losing is not None:
        before, after = losing.champion, losing.challenger
        why = (
            f"{losing.name}: {after.wrong} of {after.auto} booked by itself would be wrong instead of"
            f" {before.wrong} of {before.auto}."
        )
        return replace(told, code="loses", why=why)
    everybody = next(group for group in told.groups if group.name == EVERYBODY)
    before, after = everybody.champion, everybody.challenger
    if after.auto - after.wrong < KEPT * (before.auto - before.wrong):
        why = f"It would book {after.auto} by itself instead of {before.auto}: a person must want that."
        return replace(told, code="books_less", why=why)
    gain = told.champion_error - told.challenger_error
    if 0 < gain < LEAST_GAIN:
        why = f"The error would fall by {gain:.5f}, too little to matter (at least {LEAST_GAIN} is asked)."
        return replace(told, code="not_better", why=why)
    if gain <= 0 or told.chance > SURE:
        why = (
            f"It is not better beyond chance: error {told.challenger_error:.4f} instead of"
            f" {told.champion_error:.4f} (chance {told.chance:.2f}, at most {SURE:.2f} is asked)."
        )
        return replace(told, code="not_better", why=why)
    why = (
        f"No group loses, and the error is {told.challenger_error:.4f} instead of {told.champion_error:.4f}"
        f" (chance {told.chance:.3f})."
    )
    return replace(told, why=why)


Outcome = tuple[bool, bool]
"""One message under champion or challenger: is it booked unasked, and is it right?"""


def grouped(outcomes: Iterable[tuple[Sequence[str], Outcome, Outcome]]) -> tuple[Group, ...]:
    """The counts of each group that is large enough, of the others together, and of all.

    Each message: its groups, its outcome under the champion, under the challenger.
    """
    found: dict[str, tuple[Count, Count]] = defaultdict(lambda: (Count(), Count()))
    told = list(outcomes)
    sizes: Mapping[str, int] = _sizes(told)
    for groups, first, second in told:
        named = {name if sizes[name] >= LEAST_GROUP else REST for name in groups} | {EVERYBODY}
        for name in named:
            one, other = found[name]
            found[name] = (one.plus(*first), other.plus(*second))
    order = sorted(found, key=lambda name: (name != EVERYBODY, name == REST, name))
    return tuple(Group(name, *found[name]) for name in order)


def _sizes(outcomes: Sequence[tuple[Sequence[str], Outcome, Outcome]]) -> dict[str, int]:
    sizes: dict[str, int] = defaultdict(int)
    for groups, *_ in outcomes:
        for name in groups:
            sizes[name] += 1
    return sizes


def _error(case: Case, calibration: deciding.Calibration) -> float:
    """The squared distance of the confidence from what turned out (Brier)."""
    return (case.confidence(calibration) - case.right) ** 2


def _chance(cases: Sequence[Case], champion: deciding.Calibration, challenger: deciding.Calibration) -> float:
    """How probable so great a gain is by chance: the signs of each customer's gain are flipped.

    One-sided paired randomisation test (Fisher 1935) over customers, whose messages are no independent
    ones; every combination up to eleven customers, else as many drawn ones by a fixed seed.
    """
    gains: dict[str, float] = defaultdict(float)
    for case in cases:
        gains[case.customer] += _error(case, champion) - _error(case, challenger)
    told = [gains[customer] for customer in sorted(gains)]
    seen = sum(told)
    reached = [
        sum(sign * gain for sign, gain in zip(row, told, strict=True)) >= seen - 1e-12
        for row in _signs(len(told))
    ]
    return sum(reached) / len(reached)


def _signs(count: int) -> list[Sequence[int]]:
    if count <= 11:
        return list(itertools.product((1, -1), repeat=count))
    chance = random.Random(20261125)  # noqa: S311  # a draw for a test that anybody can repeat, no secret
    drawn = [[chance.choice((1, -1)) for _ in range(count)] for _ in range(_FLIPS)]
    return [[1] * count, *drawn]


LEAST_CONTRADICTED = 2


@dataclass(frozen=True, slots=True)
class Word:
    """What the replay says of an alias: in how many messages its item was right, and in how many not."""

    alias: int
    right: int
    wrong: int

    @property
    def bad(self) -> bool:
        """Whether messages contradict it more often than they confirm it, and more than once."""
        return self.wrong >= LEAST_CONTRADICTED and self.wrong > self.right


def without(groups: Sequence[Group], right: tuple[int, int]) -> str:
    """Why words may not be set aside, "" where they may: no group may lose, and no message be read worse.

    `right` are how many messages were read right with them and without.
    """
    losing = next((group for group in groups if group.loses), None)
    if losing is not None:
        return f"{losing.name} would lose."
    if right[1] < right[0]:
        return f"{right[1]} messages would be read right instead of {right[0]}."
    return ""
