"""How much a way to read a run of tokens is worth, and what is remarkable about it."""

import itertools
from collections.abc import Sequence

from obeya.orders.reading import catalogue, matching, numbers, quantities, tokens, words

CHUNK_COST = 0.35
SIZED = 0.8
"""What it costs to read "4 litre" as a quantity where the catalogue has it as a size."""
_CODE = 2.0
_AGAIN = 0.6  # a word said twice speaks for two lines
_FOREIGN_NUMBER = 0.95
_FOREIGN_WORD = 0.35
"""A little more than the grammar's cost of passing over the same token."""
_ALL_OF = words.EACH | frozenset(("all", "badhi", "badhu", "sab", "saare"))


def worth(
    run: Sequence[tokens.Token],
    option: quantities.Option,
    match: matching.Match,
    gain: float,
    standing: frozenset[int],
) -> float:
    """How much a reading of a run is worth: what it explains, its quantity's plausibility, habit."""
    worth = gain + option.worth - CHUNK_COST
    if "each" not in option.form:
        joined = (t for i, t in enumerate(run[1:-1], 1) if i not in option.taken)
        worth -= 0.3 * sum(1 for t in joined if t.text in words.CONJ and not t.role)
    said = [term.key for term in match.terms if not term.is_size]
    worth -= _AGAIN * (len(said) - len(set(said)))
    cover = match.best.cover if match.best else 0.0
    if option.form in ("implied", "risky") and option.unit is None and cover < 0.85:
        worth -= 0.6
    if option.form == "implied" and cover < 0.85:
        worth -= 0.6
    if match.best is not None:
        worth += 0.25 * match.best.bought + (0.3 if match.best.alias else 0.0)
        worth += 0.3 if match.best.number in standing and match.best.cover > 0.7 else 0.0
    if any(t.text in _ALL_OF for t in run) and (option.form == "implied" or option.unit in words.MEASURES):
        worth -= 1.2
    return worth


def coded(run: Sequence[tokens.Token], option: quantities.Option, foreign: Sequence[catalogue.Term]) -> float:
    """How much a run that holds an item's code is worth: what else it names speaks for another line."""
    joined = sum(1 for t in run[1:-1] if t.text in words.CONJ and not t.role)
    strange = sum(_FOREIGN_NUMBER if term.is_size else _FOREIGN_WORD for term in foreign)
    strange += _FOREIGN_NUMBER * has_second_quantity(run, option)
    return _CODE + option.worth - CHUNK_COST - 0.3 * joined - strange


def has_second_quantity(run: Sequence[tokens.Token], option: quantities.Option) -> bool:
    """Whether a number with a unit of packing stands in a run that takes another one for its quantity."""
    return any(
        token.kind == tokens.NUM
        and not token.role
        and at not in option.taken
        and after.kind == tokens.WORD
        and words.UNITS.get(after.text, "") not in ("", *words.MEASURES)
        for at, (token, after) in enumerate(itertools.pairwise(run))
    )


def flags(
    run: Sequence[tokens.Token], option: quantities.Option, each: bool, ditto: bool, leaning: bool
) -> set[str]:
    """What is remarkable about a draft: shared quantity, range, ditto, free goods, taken back."""
    flags = set()
    if has_second_quantity(run, option):
        flags.add("second quantity")
    if each or option.form == quantities.EACH:
        flags.add("each")
    if option.form == quantities.RANGE:
        flags.add("range")
    if option.form == "implied":
        flags.add("implied")
    if option.form == quantities.DOTTED and option.unit not in words.MEASURES:
        flags.add("dotted")
    if ditto:
        flags.add("ditto")
    if leaning:
        flags.add("context")
    if any(t.text in words.FREE for t in run):
        flags.add("free")
    if any(t.text in words.REMOVE and t.role == "op" for t in run):
        flags.add("remove")
    return flags


def is_risky(run: Sequence[tokens.Token], option: quantities.Option) -> bool:
    """Whether the quantity is an everyday word that may be no number ("do", "so")."""
    return option.value is not None and any(
        t.text in numbers.RISKY and t.form == "word" for i, t in enumerate(run) if i in option.taken
    )


def is_size(option: quantities.Option, match: matching.Match, items: catalogue.Catalogue) -> bool:
    """Whether what is read as a weight or volume is the size of another item that fits as well.

    Where one of the items that fit is sold loose by that measure it is a quantity.
    """
    unit, best = option.unit, match.best
    if best is None or option.value is None or unit is None or unit not in words.MEASURES:
        return False
    near = {fit.number for fit in match.fits if fit.cover >= best.cover - 0.05}
    sized = items.of_size(option.value, unit)
    loose = any(unit in items.items[number].units for number in near)
    return not loose and best.number not in sized and not sized.isdisjoint(near)
