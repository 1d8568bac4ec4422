"""Changes that name no item: by the number of a line, or by the quantity that stands ("8 instead of 5")."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from obeya.orders.reading import letters, lines, quantities, tokens

_N = r"(\d+(?:\.\d+)?)"
_LINE = r"(?:line|item|row|sr|sl|s)\.? ?(?:no\.? ?|number ?|# ?)?"
_TAKE_OFF = re.compile(
    rf"\b(?:cancel|remove|delete|drop|skip|omit|scratch|strike|hata\w*|nikal\w*)"
    rf" (?:the |out )*{_LINE}(\d{{1,3}})\b"
    rf"|\b{_LINE}(\d{{1,3}}) (?:cancel|hata|nikal|remove|delete)\w*"
)
_SET = re.compile(
    rf"\b(?:change|make|set|revise|amend|increase|reduce|update|correct)(?: qty| quantity)?(?: of| for| on)?"
    rf" (?:the )?{_LINE}(\d{{1,3}})(?: qty| quantity)? (?:to|as|=) ?{_N} ?([a-z]+)?"
    rf"|\b{_LINE}(\d{{1,3}})(?: qty| quantity)? (?:to|should be|as|becomes) ?{_N} ?([a-z]+)?"
)
_NEW_FIRST = re.compile(
    rf"\b{_N} ?([^\W\d]+)? ?(?:instead of|in place of|rather than|not|بدل|بدال|مو|مش) {_N}\b"
)
_OLD_FIRST = re.compile(
    rf"\b{_N} ?(?:[^\W\d]+ )?(?:ki jagah|ke badle|की जगह|کی جگہ|ne badle) {_N} ?([^\W\d]+)?"
)


def _folded(rule: re.Pattern[str]) -> re.Pattern[str]:
    return re.compile(re.sub(r"[^\x00-\x7f]+", lambda m: letters.fold(m[0]).text, rule.pattern))


_NEW_FIRST, _OLD_FIRST = _folded(_NEW_FIRST), _folded(_OLD_FIRST)


@dataclass(frozen=True, slots=True)
class Change:
    """A standing line (its place in the order) and its new quantity; None takes it off."""

    place: int
    qty: Decimal | None
    unit: str
    start: int
    end: int


def find(text: str, base: Sequence[lines.Line], *, by_quantity: bool) -> list[Change]:
    """What a folded text changes of the lines that stand, without naming their items.

    `by_quantity`: also a quantity put in the place of one that just one line has.
    """
    out = []
    for match in _TAKE_OFF.finditer(text):
        out.append(Change(int(match[1] or match[2]) - 1, None, "", *match.span()))
    for match in _SET.finditer(text):
        place, qty, unit = match.group(1, 2, 3) if match[1] else match.group(4, 5, 6)
        out.append(Change(int(place) - 1, Decimal(qty), unit or "", *match.span()))
    if by_quantity and not out:
        out.extend(_by_quantity(text, base))
    known = all(0 <= change.place < len(base) and base[change.place].number is not None for change in out)
    return out if known else []


def _by_quantity(text: str, base: Sequence[lines.Line]) -> list[Change]:
    for rule, new, unit, old in ((_NEW_FIRST, 1, 2, 3), (_OLD_FIRST, 2, 3, 1)):
        for match in rule.finditer(text):
            meant = [n for n, line in enumerate(base) if line.qty == Decimal(match[old])]
            if len(meant) == 1:
                return [Change(meant[0], Decimal(match[new]), match[unit] or "", *match.span())]
    return []


def apply(
    base: Sequence[lines.Line],
    changes: Sequence[Change],
    found: Sequence[tokens.Token],
    folded: letters.Folded,
    units: quantities.UnitWords,
) -> list[lines.Line]:
    """The lines with the changes made; what was said for them is taken from the text."""
    out: list[lines.Line | None] = list(base)
    for change in changes:
        start, end = folded.span(change.start, change.end)
        for token in found:
            if start <= token.start < end:
                token.role = "used"
        line = base[change.place]
        if change.qty is None:
            out[change.place] = None
            continue
        word = tokens.Token(tokens.WORD, change.unit, 0, 0)
        said = units.code(word) if change.unit else None
        if said is not None and said != units.code(tokens.Token(tokens.WORD, line.uom or "", 0, 0)):
            line.doubt("ambiguous_unit", f"The change is in {change.unit}, the line is not.")
        line.qty = change.qty
        line.flags.add("changed")
    return [line for line in out if line is not None]
