"""A message taken apart where it is more than one thing: what orders, what asks, what complains: pure.

Sentence by sentence; a sentence that is not clearly one thing counts as part of the order, so that the
order's own gates judge it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from obeya.orders.enquiries import asking, cues
from obeya.orders.reading import intents, letters

GREETING, GOODS, STATUS, COMPLAINT, PAYMENT, OTHER = (
    "greeting", "goods", "status", "complaint", "payment", "other",
)  # fmt: skip
ASIDE = frozenset({GOODS, STATUS, COMPLAINT, PAYMENT})
"""What can stand beside an order and be dealt with by itself."""
_ENDS = re.compile(r"[?!\n؟।۔]+|\.(?=\s|$)|;(?=\s)")
MOST = 60
"""Sentences that are looked at one by one; a longer message is one thing."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text that is one kind of thing."""

    start: int
    end: int
    kind: str
    text: str


def take_apart(text: str) -> tuple[Piece, ...]:
    """The pieces of a text in their order; neighbours of one kind are one piece."""
    sentences = list(_sentences(text))
    if len(sentences) > MOST:
        return (Piece(0, len(text), OTHER, text),)
    pieces: list[Piece] = []
    listing = False
    for start, end in sentences:
        said = text[start:end]
        kind = _kind(said)
        if listing and kind == OTHER and not intents.cues(letters.fold(said).text).ordering:
            kind = GOODS
        listing = kind == GOODS and (listing or said.rstrip().endswith(":"))
        before = pieces[-1] if pieces else None
        if before is not None and before.kind == kind:
            pieces[-1] = Piece(before.start, end, kind, text[before.start : end])
        else:
            pieces.append(Piece(start, end, kind, said))
    return tuple(pieces)


def aside(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """What can be dealt with by itself."""
    return tuple(piece for piece in pieces if piece.kind in ASIDE)


def blank(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text without some stretches, everything else in its place."""
    left = list(text)
    for start, end in spans:
        left[start:end] = [char if char == "\n" else " " for char in left[start:end]]
    return "".join(left)


def _sentences(text: str) -> Iterable[tuple[int, int]]:
    at = 0
    for end in [*(hit.end() for hit in _ENDS.finditer(text)), len(text)]:
        if any(char.isalnum() for char in text[at:end]):
            yield at, end
            at = end


def _kind(sentence: str) -> str:
    found = intents.cues(letters.fold(sentence).text)
    if cues.is_greeting(sentence) or cues.is_filler(sentence):
        return GREETING
    if found.cancel or found.repeat or found.insists:
        return OTHER
    asked = asking.read(sentence)
    if asked is not None and not found.complaint and not found.payment:
        return GOODS
    if cues.is_complaint(sentence):
        return COMPLAINT
    if found.ordering or found.complaint:
        return OTHER
    if found.payment and not asking.kinds_of(sentence):
        return PAYMENT
    if found.status and not found.payment and not found.price and not found.stock:
        return STATUS
    return OTHER
