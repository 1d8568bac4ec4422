"""How sure a reading is and whether it may be booked unasked. Hard gates first, then a calibrated score."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from obeya.orders.reading import lines as order_lines
from obeya.orders.reading import types

# Doubts that no score overrides.
HARD = frozenset(
    (
        "ambiguous_item", "unknown_item", "ambiguous_quantity", "ambiguous_unit", "discontinued_item", "unknown_customer",
        "illegible", "contradiction", "unread_number", "unread", "unread_item", "unreadable_attachment", "open_change",
        "date", "ship_to", "unusual_quantity", "no_lines", "price", "free_goods", "table", "rival", "question",
    )
)  # fmt: skip
_REVIEW = {
    "unread": "unknown_item", "unread_item": "unknown_item", "unread_number": "ambiguous_quantity",
    "unreadable_attachment": "illegible", "open_change": "contradiction", "date": "contradiction",
    "unusual_quantity": "ambiguous_quantity", "free_goods": "ambiguous_quantity", "table": "contradiction",
    "rival": "ambiguous_quantity", "no_lines": "unknown_item", "price": "contradiction", "ship_to": "contradiction",
    "question": "contradiction",
}  # fmt: skip
_ORDER = (
    "unknown_customer", "illegible", "contradiction", "discontinued_item", "unknown_item", "ambiguous_item",
    "ambiguous_unit", "ambiguous_quantity",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the whole message adds to its lines: unread words, how the intent was found, the kind of reading."""

    unread_words: int = 0
    intent_confidence: float = 1.0
    kind: str = "plain"


def review_code(codes: Sequence[str]) -> str | None:
    """The README's review code for the gravest of some doubts."""
    named = {_REVIEW.get(code, code) for code in codes}
    return next((code for code in _ORDER if code in named), None)


def line_odds(line: order_lines.Line) -> float:
    """The log-odds that one line is right, before calibration."""
    if line.number is None or line.qty is None:
        return -2.0
    odds = 5.0
    draft = line.draft
    if draft is not None and not draft.code and draft.match.best is not None:
        best = draft.match.best
        odds -= 6.0 * max(0.0, 0.97 - best.cover)
        odds -= 2.5 * max(0.0, 0.95 - best.share)
        odds += 0.5 if best.alias else -0.8
        odds += 0.4 if best.bought else -1.2
    for code, _ in line.doubts:
        odds -= 4.5 if code in ("ambiguous_item", "unknown_item", "ambiguous_quantity", "contradiction") else 2.5
    odds -= 1.0 if "context" in line.flags else 0.0
    odds -= 1.2 if "implied" in line.flags else 0.0
    return odds


def probability(lines: Sequence[order_lines.Line], evidence: Evidence, codes: Sequence[str]) -> float:
    """The probability that intent and lines are exactly right."""
    if not lines:
        return 0.05
    log_right = sum(-math.log1p(math.exp(-line_odds(line))) for line in lines)
    own = {code for line in lines for code in line.codes}
    log_right -= 0.25 * len([c for c in codes if c not in own])
    log_right -= 0.05 * evidence.unread_words
    log_right -= {"plain": 0.02, "table": 0.02, "repeat": 0.1, "change": 0.25}.get(evidence.kind, 0.1)
    return max(0.01, min(0.99, math.exp(log_right) * evidence.intent_confidence**0.5))


def auto(codes: Sequence[str], confidence: float, threshold: float, intent: str) -> bool:
    """Whether a reading may be booked with no human."""
    return intent in types.ORDER_INTENTS and not (set(codes) & HARD) and confidence >= threshold
