"""Where a text may be cut: lines, sentences, and sizes that hold together."""

from collections.abc import Sequence
from dataclasses import replace

from obeya.orders.reading import tokens, words

_SHORTENED = 4  # letters of the longest unit that is written with a dot: "ctns.", "pcs."


def joins_sizes(found: Sequence[tokens.Token], at: int) -> bool:
    """Whether a mark makes one size of two numbers: 3/8-16, 20x15, 1/2 x 2."""
    token, before, after = found[at], found[at - 1], found[at + 1]
    if before.kind != tokens.NUM or after.kind != tokens.NUM or before.role or after.role:
        return False
    if token.text in ("x", "*"):
        return at + 2 < len(found) and found[at + 2].kind != tokens.BREAK
    return token.text == "-" and not token.spaced and not after.spaced


def full_stop(found: Sequence[tokens.Token], at: int) -> bool:
    """Whether a dot ends a sentence: not after an abbreviation, not a leader."""
    if found[at].text != "." or found[at].kind != tokens.MARK or at == 0:
        return False
    before = found[at - 1]
    short = len(before.text) <= 3 or (before.text in words.UNITS and len(before.text) <= _SHORTENED)
    return not (before.kind == tokens.WORD and short)


def unjoined(token: tokens.Token) -> tokens.Token:
    """An Arabic word with a leading "and" (وفرض) without it."""
    if token.kind == tokens.WORD and token.text.startswith("و") and len(token.text) > 3:
        return replace(token, text=token.text[1:])
    return token


def blocks(found: Sequence[tokens.Token]) -> list[tuple[int, int]]:
    """Where each line of a text begins and ends."""
    out = []
    low = 0
    for at, token in enumerate(found):
        if token.kind == tokens.BREAK:
            if at > low:
                out.append((low, at))
            low = at + 1
    if low < len(found):
        out.append((low, len(found)))
    return out
