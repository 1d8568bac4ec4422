"""How sure a reading must be to be booked unasked: what was found decides, pure.

A group is a channel and a script of one site; all of a site together are its pool. Each group stands on
a step of a ladder of thresholds. An error found takes it up at once; it comes down one step at a time,
after enough right ones, and only as far as its bound is certified.

The bound is a limit that may be looked at after every order (docs/decisions, "thresholds that tighten").
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

STEPS = (0.9, 0.95, 0.97, 0.98)
"""From which score of the reader on an order is booked unasked, step by step; 0.9 is the reader's own."""
ALL = len(STEPS)
"""Above the last step a person confirms every order."""
BOUND = 0.02
"""At most this share of what a group books by itself may be wrong."""
POOLED_BOUND = 0.01
"""What all groups of a site together must hold where a group borrows from them: it is stricter."""
SURE = 0.95
LOOSEN_AFTER, LOOSEN_BLIND = 40, 10
"""So many right ones since the last change, so many of them by blind audit, bring a group one step down."""
LOOSEN_DAYS = timedelta(days=7)
SUSPECT_SHARE = 0.25
"""Of the orders of a group that stands above the lowest step at least this share is audited."""
_LESS = ((0.0, 0.5), (0.125, 1 / 6), (0.25, 1 / 6), (0.5, 1 / 6))
_MORE = ((2.0, 1 / 3), (4.0, 1 / 3), (8.0, 1 / 3))


@dataclass(frozen=True, slots=True)
class Count:
    """Of `looked` orders that somebody compared with their message, `wrong` were wrong."""

    looked: int = 0
    wrong: int = 0


Evidence = Sequence[Count]
"""For each step of the ladder what was found among readings with at least its score."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a group stands: its step, since when, and what was found right since the last change."""

    level: int = 0
    since: datetime | None = None
    right: int = 0
    blind: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """One order that somebody compared with its message. `again`: a person had called it right before."""

    score: float
    wrong: bool
    blind: bool
    at: datetime
    again: bool = False


def at_most(wrong: int, looked: int, *, sure: float = SURE) -> float:
    """The share of wrong ones that is not exceeded, 0 to 1, as sure as `sure`, however often one looks.

    For a share p and a constant c < 1 the product of c over wrong ones and (1 - cp) / (1 - p) over right
    ones is a supermartingale where the true share is p or more, so a mixture of them passes
    1 / (1 - sure) at any time with at most the probability 1 - sure (Ville 1939; Wald 1945). The limit
    is the p at which it does; the product grows with p, so it is found by halving.
    """
    if wrong >= looked:
        return 1.0
    low, high = wrong / looked, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        if _against(_LESS, wrong, looked, middle) < -math.log1p(-sure):
            low = middle
        else:
            high = middle
    return high


def exceeds(found: Count, bound: float) -> float:
    """The evidence that more than `bound` are wrong: 1 is none, 20 is reached by one good group in twenty."""
    return math.exp(min(700.0, _against(_MORE, found.wrong, found.looked, bound)))


def _against(mixture: Sequence[tuple[float, float]], wrong: int, looked: int, share: float) -> float:
    """The logarithm of the mixture of likelihood ratios of c * share against share."""
    terms = []
    for times, weight in mixture:
        if times == 0.0 and wrong:
            continue
        told = wrong * math.log(times) if wrong else 0.0
        right = math.log1p(-times * share) - math.log1p(-min(share, 1 - 1e-12))
        terms.append(math.log(weight) + told + (looked - wrong) * right)
    most = max(terms)
    return most + math.log(sum(math.exp(term - most) for term in terms))


def holds(found: Count, bound: float) -> bool:
    """Whether it is certified that at most `bound` are wrong."""
    if found.wrong >= found.looked * bound:
        return False
    return _against(_LESS, found.wrong, found.looked, bound) >= -math.log1p(-SURE)


def floor(own: Evidence, pool: Evidence) -> int:
    """The lowest step that may be stood on: its bound is certified, by the group or by its site.

    A group may lean on its site where the site holds the stricter bound there and what was found in the
    group does not speak against its own. A group in which nothing was found wrong may stand on the lowest.
    """
    if own[0].wrong == 0:
        return 0
    for level, (mine, all_) in enumerate(zip(own, pool, strict=True)):
        if holds(mine, BOUND) or (holds(all_, POOLED_BOUND) and exceeds(mine, BOUND) <= 1):
            return level
    return ALL


def pool_floor(pool: Evidence) -> int:
    """The lowest step on which a whole site may stand: it holds the stricter bound by itself."""
    if pool[0].wrong == 0:
        return 0
    return next((level for level, found in enumerate(pool) if holds(found, POOLED_BOUND)), ALL)


def after(standing: Standing, found: Found, own: Evidence, *, lowest: int, bound: float = BOUND) -> Standing:
    """Where a group stands after one more order was compared; `own` and `lowest` count it already."""
    if found.wrong:
        return Standing(_tightened(standing.level, found.score, own[0], bound), found.at)
    told = replace(
        standing, right=standing.right + (not found.again), blind=standing.blind + bool(found.blind)
    )
    return _loosened(told, found.at, lowest)


def _tightened(level: int, score: float, found: Count, bound: float) -> int:
    """One step, or two where one would not have held the order; to the top where the bound is broken."""
    if exceeds(found, bound) >= 1 / (1 - SURE):
        return ALL
    stopped = next((step for step, least in enumerate(STEPS) if score < least), ALL)
    return min(ALL, level + 2, max(level + 1, stopped))


def _loosened(standing: Standing, at: datetime, lowest: int) -> Standing:
    ripe = standing.right >= LOOSEN_AFTER and standing.blind >= LOOSEN_BLIND
    rested = standing.since is None or at - standing.since >= LOOSEN_DAYS
    if standing.level > lowest and ripe and rested:
        return Standing(standing.level - 1, at)
    return standing


@dataclass(frozen=True, slots=True)
class Threshold:
    """What a group must show today: the score, and whether that comes from its site's standing.

    `at_most` is the share of wrong ones certified at this step, by the group's own orders or, where
    `pooled`, by those of the whole site. 1 means that nothing is certified.
    """

    level: int
    borrowed: bool
    at_most: float
    pooled: bool
    proven: bool

    @property
    def score(self) -> float:
        """The score from which on an order is booked unasked; more than any where a person confirms all."""
        return STEPS[self.level] if self.level < ALL else math.inf


def threshold(own_level: int, pool_level: int, own: Evidence, pool: Evidence) -> Threshold:
    """The threshold of a group: its own where the group is certified by itself, else the stricter of both."""
    alone = holds(own[0], BOUND)
    level = own_level if alone else max(own_level, pool_level)
    if level == ALL:
        return Threshold(ALL, level > own_level, 0.0, False, True)
    mine, all_ = _limit(own[level]), _limit(pool[level])
    pooled = not alone and all_ < mine
    least = all_ if pooled else mine
    proven = least <= (POOLED_BOUND if pooled else BOUND)
    return Threshold(level, level > own_level, least, pooled, proven)


def _limit(found: Count) -> float:
    return at_most(found.wrong, found.looked)


def audit_share(level: int, share: float) -> float:
    """Which share of a group's orders is audited: more where it is under suspicion."""
    return max(share, SUSPECT_SHARE) if level else share
