"""Orders made from other orders: amendments of what stands in the thread, and "same as last time but ..."."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from obeya.orders.reading import catalogue, grammar, letters, lines, matching, tokens, types, units, words

_CLAUSE = frozenset(",;.")
_FIT = 0.6


@dataclass(frozen=True, slots=True)
class Outcome:
    """The resulting lines, how many operations were understood, and doubts about the whole."""

    lines: tuple[lines.Line, ...]
    applied: int
    doubts: tuple[tuple[str, str], ...]


_WANTING = frozenset(
    letters.fold(w).text
    for w in [
        "required",
        "reqd",
        "needed",
        "need",
        "wanted",
        "want",
        "joitu",
        "joita",
        "joito",
        "joiti",
        "joie",
        "joiye",
        "chahiye",
        "chahie",
        "chaiye",
        "चाहिए",
        "જોઈતું",
        "જોઈતી",
        "જોઈતો",
        "જોઈએ",
        "چاہیے",
        "lagbe",
    ]
)
_NOT = words.NEG_NEW_SECOND | frozenset(("not", "no", "dont", "mat", "मत", "مت", "na"))


def mark_operations(found: Sequence[tokens.Token], is_item_word: Callable[[str], bool]) -> None:
    """Give operation words the role "op" so that they name no item; "not required" takes off."""
    for one, other in itertools.pairwise(found):
        wanted = (one.text in _NOT and other.text in _WANTING) or (
            one.text in _WANTING and other.text in _NOT
        )
        if not one.role and not other.role and wanted:
            for token in (one, other):
                token.text, token.role = "remove", "op"
    for token in found:
        if token.role or token.kind != tokens.WORD or is_item_word(token.text):
            continue
        if token.text in words.OPERATIONS or token.text in words.CORRECTING or token.text in words.TIMES:
            token.role = "op"


def past_order(
    orders: Sequence[types.PastOrder], before: datetime, on: Sequence[date]
) -> types.PastOrder | None:
    """The customer's latest order before a moment, or the one of a named day (None if there is none)."""
    earlier = [o for o in orders if o.ordered_at < before]
    if on:
        same_day = [o for o in earlier if o.ordered_at.date() in on]
        return same_day[-1] if same_day else None
    return max(earlier, key=lambda o: o.ordered_at, default=None)


class Changer:
    """Applies what a text says to lines that already stand."""

    def __init__(self, items: catalogue.Catalogue, matcher: matching.Matcher, all_units: units.Units) -> None:
        """Share the indexes."""
        self._items = items
        self._matcher = matcher
        self._units = all_units

    def copied(self, past: Sequence[types.PastLine], source: str) -> list[lines.Line]:
        """Past lines as lines that can be changed; lines of unknown items carry a doubt."""
        out = []
        for line in past:
            number = self._items.index.get(line.sku)
            made = lines.Line(number, line.qty, line.uom, None, source=source, why=source)
            if number is None:
                made.doubt("unknown_item", f"{line.sku} is no longer in the catalogue.")
            elif not self._items.items[number].active:
                made.doubt("discontinued_item", f"{line.sku} is discontinued.")
            out.append(made)
        return out

    def apply(
        self,
        base: Sequence[lines.Line],
        found: Sequence[tokens.Token],
        cut: grammar.Cut,
        settled: Sequence[lines.Line],
        customer: str | None,
    ) -> Outcome:
        """Apply a cut text to base lines. `settled` are its own lines as a fresh order has them."""
        result = list(base)
        doubts: list[tuple[str, str]] = []
        applied = 0
        fresh = {id(line.draft): line for line in settled}
        previous_end = 0
        drafts = lines.share_quantities(cut.drafts)
        for at, draft in enumerate(drafts):
            following = drafts[at + 1].start if at + 1 < len(drafts) else len(found)
            clause = _clause(found, draft, previous_end, following)
            previous_end = draft.end
            while previous_end < len(found) and found[previous_end].role == "taken":
                previous_end += 1
            done = self._one(result, draft, clause, fresh.get(id(draft)), customer, doubts)
            applied += done
        if not applied:
            doubts.append(("open_change", "What should change was not understood."))
        return Outcome(
            tuple(line for line in result if line.qty is None or line.qty > 0), applied, tuple(doubts)
        )

    def _one(
        self,
        result: list[lines.Line],
        draft: grammar.Draft,
        clause: Sequence[tokens.Token],
        fresh: lines.Line | None,
        customer: str | None,
        doubts: list[tuple[str, str]],
    ) -> int:
        said = {t.text for t in clause if t.kind == tokens.WORD}
        corrected = any(t.role == "taken" and t.kind == tokens.NUM for t in clause)
        removing = bool(said & words.REMOVE) and not corrected
        terms = draft.own_terms
        if removing and draft.value is not None and draft.unit is None:
            terms = (*terms, catalogue.Term(catalogue.number_key(draft.value), draft.value))
        target = self._target(result, draft, terms, customer, doubts, wide=removing)
        if removing:
            if target is None:
                doubts.append(("open_change", "What should be taken off is not in the order."))
                return 0
            if _is_new(target):
                doubts.append(("open_change", "What is taken off was added in the same breath."))
            result.remove(target)
            return 1
        if draft.value is None:
            return self._mention_only(draft, doubts)
        if target is None:
            return self._new(result, fresh, doubts)
        later = [t for t in clause if t.kind == tokens.NUM and not t.role and t.value is not None]
        if draft.value == target.qty and later and later[-1].value != draft.value and draft.qty_at:
            draft.value = later[-1].value
            later[-1].role = "used"
        return self._set(target, draft, said, corrected, customer)

    def _mention_only(self, draft: grammar.Draft, doubts: list[tuple[str, str]]) -> int:
        best = draft.match.best
        if (
            best is not None
            and best.cover > 0.85
            and grammar.has_head(draft.own_terms)
            and draft.worth > -0.3
        ):
            doubts.append(("open_change", "An item is named without saying what should change."))
        return 0

    def _new(
        self,
        result: list[lines.Line],
        fresh: lines.Line | None,
        doubts: list[tuple[str, str]],
    ) -> int:
        if fresh is None or fresh.number is None:
            doubts.append(("open_change", "An item that should change was not found."))
            return 0
        result.append(fresh)
        return 1

    def _set(
        self, target: lines.Line, draft: grammar.Draft, said: set[str], corrected: bool, customer: str | None
    ) -> int:
        number = target.number or 0
        found = self._units.resolve(number, draft.value or Decimal(0), draft.unit or target.uom, customer)
        if found.doubt:
            target.doubt(found.doubt, f"The unit of the change is not certain ({found.why}).")
        factors = self._items.items[number].units
        before = (target.qty or Decimal(0)) * factors.get(target.uom or "", Decimal(1))
        amount = found.qty * factors.get(found.uom, Decimal(1))
        if not corrected and said & words.LESS and not said & {"to"}:
            after = before - amount
        elif (
            not corrected
            and (said & words.MORE or (said & words.ADD and not said & {"to"}))
            and not said & _SETTERS
        ):
            after = before + amount
        else:
            target.qty, target.uom = found.qty, found.uom
            if _is_new(target):
                target.doubt("contradiction", "The same item twice.")
                return 1
            target.doubts = [
                d for d in target.doubts if d[0] not in ("ambiguous_quantity", "unusual_quantity")
            ]
            target.flags.add("changed")
            return 1
        factor = factors.get(target.uom or "", Decimal(1))
        if after <= 0:
            target.doubt("contradiction", "More is taken off than stands in the order.")
        target.qty = after / factor
        target.flags.add("delta")
        return 1

    def _target(
        self,
        result: Sequence[lines.Line],
        draft: grammar.Draft,
        terms: Sequence[catalogue.Term],
        customer: str | None,
        doubts: list[tuple[str, str]],
        *,
        wide: bool,
    ) -> lines.Line | None:
        """The standing line a mention means, or None where it names something new."""
        if draft.code:
            return next(
                (line for line in result if line.number == self._items.index.get(draft.code or "")), None
            )
        scored = [
            (self._fits(terms, customer, line.number), line) for line in result if line.number is not None
        ]
        scored.sort(key=lambda pair: -pair[0])
        if not scored:
            return None
        top, line = scored[0]
        best = draft.match.best
        exact = next((c for _, c in scored if best is not None and c.number == best.number), None)
        if exact is not None and best is not None and best.share > 0.5 and not wide:
            return exact
        if top < _FIT or (best is not None and best.cover > top + 0.12 and not wide):
            return None
        if len(scored) > 1 and scored[1][0] > top - 0.08:
            if exact is not None:
                return exact
            doubts.append(("ambiguous_item", "Several lines of the order could be meant."))
        return line

    def _fits(self, terms: Sequence[catalogue.Term], customer: str | None, number: int | None) -> float:
        total = sum(self._matcher.weight(t) for t in terms)
        if number is None or not total:
            return 0.0
        return (
            sum(self._matcher.weight(t) * float(self._matcher.support(t, customer)[number]) for t in terms)
            / total
        )


def _is_new(line: lines.Line) -> bool:
    """Whether a line comes from the message that is being applied, not from what stood before."""
    return line.draft is not None and line.source == "text"


_SETTERS = frozenset(
    ("make", "set", "only", "total", "final", "kardo", "rakho", "mathram", "خليها", "خلها", "jagah", "badle")
)


def _clause(
    found: Sequence[tokens.Token], draft: grammar.Draft, low: int, high: int
) -> Sequence[tokens.Token]:
    start, end = draft.start, draft.end
    while start > low and not _ends(found[start - 1]):
        start -= 1
    while end < high and not _ends(found[end]):
        end += 1
    return found[start:end]


def _ends(token: tokens.Token) -> bool:
    if token.kind == tokens.WORD and token.text in words.CONJ and not token.role:
        return True
    return token.kind == tokens.BREAK or (token.kind == tokens.MARK and token.text in _CLAUSE)
