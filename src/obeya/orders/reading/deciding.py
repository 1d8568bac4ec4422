"""How sure a reading is and whether it may be booked unasked. Hard gates first, then a calibrated score.

A score is a product of factors, one for each doubt and for each weak sign, so that a person can read it. What
is told is the share of right readings among those with such a score: four grades, because the readings with
doubts are too few to tell more apart. Grades fitted on all companies but one hold for that one (README).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from obeya.orders.reading import lines as order_lines
from obeya.orders.reading import types

# Doubts that no score overrides, and the share of readings that are right in spite of them.
FACTORS = {
    "date": 0.85,
    "unread": 0.8,
    "unread_item": 0.65,
    "table": 0.6,
    "ship_to": 0.85,
    "ambiguous_unit": 0.45,
    "unread_number": 0.4,
    "ambiguous_item": 0.4,
    "ambiguous_quantity": 0.3,
    "unknown_item": 0.4,
    "rival": 0.5,
    "free_goods": 0.3,
    "unusual_quantity": 0.2,
    "price": 0.5,
    "open_change": 0.1,
    "contradiction": 0.08,
    "discontinued_item": 0.05,
    "unknown_customer": 0.03,
    "illegible": 0.05,
    "unreadable_attachment": 0.05,
    "no_lines": 0.05,
    "question": 0.3,
    "new_item": 0.7,
    "condition": 0.3,
    "recognised": 0.6,
}
HARD = frozenset(FACTORS)
_REVIEW = {
    "unread": "unknown_item",
    "unread_item": "unknown_item",
    "unread_number": "ambiguous_quantity",
    "unreadable_attachment": "illegible",
    "open_change": "contradiction",
    "date": "contradiction",
    "unusual_quantity": "ambiguous_quantity",
    "free_goods": "ambiguous_quantity",
    "table": "contradiction",
    "rival": "ambiguous_quantity",
    "no_lines": "unknown_item",
    "price": "contradiction",
    "ship_to": "contradiction",
    "question": "contradiction",
    "new_item": "ambiguous_item",
    "condition": "contradiction",
    "recognised": "illegible",
}
_ORDER = (
    "unknown_customer",
    "illegible",
    "contradiction",
    "discontinued_item",
    "unknown_item",
    "ambiguous_item",
    "ambiguous_unit",
    "ambiguous_quantity",
)
_BASE = 0.995
_KIND = {"plain": 1.0, "table": 0.995, "repeat": 0.99, "change": 0.97}


@dataclass(frozen=True, slots=True)
class Calibration:
    """What turns doubts into a score, and a score into the confidence that is told.

    `factors` are the shares of readings that are right in spite of a doubt, `unknown` that of any other
    doubt, `repeated` of each doubt that is there more than once. `grades` say from which score on which
    share was right; within one the share rises by `slope`. Scores stay between `least` and `most`.
    """

    factors: Mapping[str, float]
    grades: tuple[tuple[float, float], ...]
    slope: float = 0.05
    repeated: float = 0.8
    unknown: float = 0.5
    least: float = 0.01
    most: float = 0.99


TODAY = Calibration(FACTORS, ((0.0, 0.08), (0.12, 0.28), (0.35, 0.54), (0.9, 0.985)))
"""The shares of 485 order readings of five companies: what holds where a site has not learned its own."""
BARE = Calibration({}, ((0.0, 0.0),), slope=1.0, repeated=1.0, unknown=1.0, least=0.0, most=1.0)
"""Tells the score before any doubt is counted: to try other calibrations without reading again."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the whole message adds to its lines: unread words, the intent, the kind of reading."""

    unread_words: int = 0
    intent_confidence: float = 1.0
    kind: str = "plain"


def review_code(codes: Sequence[str]) -> str | None:
    """The README's review code for the gravest of some doubts."""
    named = {_REVIEW.get(code, code) for code in codes}
    return next((code for code in _ORDER if code in named), None)


def line_chance(line: order_lines.Line) -> float:
    """The chance that one line is right, before its doubts are counted."""
    if line.number is None or line.qty is None:
        return 0.1
    chance = 0.998
    draft = line.draft
    if draft is not None and not draft.code and draft.match.best is not None:
        best = next((f for f in draft.match.fits if f.number == line.number), draft.match.best)
        chance *= 1 - 0.1 * max(0.0, 0.95 - best.cover)
        chance *= 1 - 0.03 * max(0.0, 0.9 - best.share)
        chance *= 1.0 if best.alias or best.bought else 0.99
    if line.flags & {"context", "implied", "far", "corrected"}:
        chance *= 0.99
    return chance


def line_confidence(line: order_lines.Line) -> float:
    """The chance that one line is right, its doubts counted."""
    chance = line_chance(line)
    for code in line.codes:
        chance *= FACTORS.get(code, 0.5)
    return chance


def probability(
    lines: Sequence[order_lines.Line],
    evidence: Evidence,
    codes: Sequence[str],
    calibration: Calibration = TODAY,
) -> float:
    """The probability that intent and lines are exactly right."""
    return graded(score(lines, evidence, codes, calibration), calibration)


def graded(score: float, calibration: Calibration = TODAY) -> float:
    """The share of right readings among those of such a score; higher scores stay a little above."""
    low, share = max(grade for grade in calibration.grades if grade[0] <= score)
    return round(share + calibration.slope * (score - low), 4)


def score_of(confidence: float, calibration: Calibration = TODAY) -> float:
    """The score that is told as `confidence`: `graded` the other way, as exactly as it is told."""
    grades = [grade for grade in calibration.grades if grade[1] <= confidence + 1e-9]
    low, share = max(grades, default=calibration.grades[0])
    found = round(low + (confidence - share) / calibration.slope, 4)
    return min(calibration.most, max(calibration.least, found))


def score(
    lines: Sequence[order_lines.Line],
    evidence: Evidence,
    codes: Sequence[str],
    calibration: Calibration = TODAY,
) -> float:
    """How little there is to doubt, 0..1: it ranks readings and is no probability yet."""
    chance = _BASE * _KIND.get(evidence.kind, 0.97)
    for line in lines:
        chance *= line_chance(line) ** 0.5
    if not lines:
        chance *= 0.1
    chance *= 1 - 0.03 * (1 - evidence.intent_confidence)
    chance *= 1 - 0.002 * min(10, evidence.unread_words)
    return discounted(chance, codes, calibration)


def discounted(chance: float, codes: Sequence[str], calibration: Calibration = TODAY) -> float:
    """A score before its doubts, with each doubt counted."""
    for code in sorted(set(codes)):
        chance *= calibration.factors.get(code, calibration.unknown)
    chance *= calibration.repeated ** min(3, len(codes) - len(set(codes)))
    return max(calibration.least, min(calibration.most, chance))


def auto(codes: Sequence[str], confidence: float, threshold: float, intent: str) -> bool:
    """Whether a reading may be booked with no human."""
    return intent in types.ORDER_INTENTS and not (set(codes) & HARD) and confidence >= threshold
