"""What a confirmed order says about its words: each mention that surely stands for one of its lines.

A lesson is used unasked the next time, so that a doubtful one is worse than none: nothing is taught of a
mention that could be meant for two lines, holds the quantity of another line, or fits another item better.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from obeya.orders.reading import aligning, catalogue, grammar, matching, quantities, tokens, types
from obeya.orders.reading import lines as order_lines

_NEAR = 0.5  # from this cover on, an item is one that a mention could mean
_OWN = 0.85  # from this cover on, a mention names an item by itself
_LIKE = 0.05  # items that a mention fits within so much are fitted alike
_SHARED = (quantities.EACH, quantities.RANGE, quantities.SUM)


class Teaching:
    """Finds lessons in the cut of a message for one company."""

    def __init__(self, items: catalogue.Catalogue, matcher: matching.Matcher) -> None:
        """Share the indexes."""
        self._items = items
        self._matcher = matcher

    def aliases(
        self,
        found: Sequence[tokens.Token],
        cut: grammar.Cut,
        lines: Sequence[types.PastLine],
        customer: str,
        names: Iterable[str],
    ) -> list[types.Alias]:
        """The words of a cut text that stood for the confirmed lines; `names` are of people and places.

        First the mentions as they were read, then, in what is left of the text, words nothing was known of:
        they stand where the quantity of a line stands that nothing was taught of.
        """
        out: list[types.Alias] = []
        told: list[grammar.Draft] = []
        before: grammar.Draft | None = None
        for draft in order_lines.share_quantities(cut.drafts):
            line = self._meant(draft, lines)
            if line is not None:
                told.append(draft)
                spoken = before if before and _on_one_line(found, before, draft) else None
                if alias := self._as_read(draft, line, customer, spoken):
                    out.append(alias)
            before = draft
        skus = {self._meant_sku(draft, lines) for draft in told}
        untold = [line for line in lines if line.sku not in skus]
        rest = _without(found, told)
        for pair in aligning.align(rest, untold, names, self._items.fit):
            if self._is_sure(pair, rest, untold, lines, customer):
                uom = pair.line.uom if pair.unit_word is None else None
                out.append(
                    types.Alias(customer, _key(pair.terms), pair.line.sku, uom, ok=1, source="confirmed")
                )
        return out

    def _meant_sku(self, draft: grammar.Draft, lines: Sequence[types.PastLine]) -> str | None:
        line = self._meant(draft, lines)
        return line.sku if line else None

    def _meant(self, draft: grammar.Draft, lines: Sequence[types.PastLine]) -> types.PastLine | None:
        """The one confirmed line that a mention as it was cut can stand for."""
        if draft.value is None or "second quantity" in draft.flags:
            return None
        same = [line for line in lines if line.qty == draft.value]
        if draft.code:
            return next((line for line in same if line.sku == draft.code), None)
        near = {self._items.items[f.number].sku for f in draft.match.fits if f.cover >= _NEAR}
        best = draft.match.best
        unknown = len(same) == 1 and (best is None or best.cover < _OWN)
        fitting = [line for line in same if line.sku in near] or (same if unknown else [])
        if len({line.sku for line in fitting}) != 1 or self._holds(draft.own_terms, fitting[0], lines):
            return None
        return fitting[0]

    def _holds(
        self, terms: Sequence[catalogue.Term], line: types.PastLine, lines: Sequence[types.PastLine]
    ) -> bool:
        """Whether a mention holds a number that is another line's quantity and no size of this item."""
        number = self._items.index.get(line.sku)
        others = {other.qty for other in lines if other is not line}
        return number is None or any(
            term.value in others and float(self._matcher.support(term, None)[number]) < _NEAR
            for term in terms
            if term.is_size
        )

    def _as_read(
        self, draft: grammar.Draft, line: types.PastLine, customer: str, before: grammar.Draft | None
    ) -> types.Alias | None:
        """What a mention teaches; one that leans on what was said before it teaches with those words."""
        terms = draft.terms if "context" in draft.flags else draft.own_terms
        if draft.code or not grammar.has_head(draft.own_terms):
            return None
        if before is not None and terms == draft.own_terms and self._leans(draft, before):
            terms = (*(t for t in grammar.head_of(before) if not t.is_size and t not in terms), *terms)
        uom = line.uom if draft.unit is None else None
        return types.Alias(customer, _key(terms), line.sku, uom, ok=1, source="confirmed")

    def _leans(self, draft: grammar.Draft, before: grammar.Draft) -> bool:
        """Whether a mention alone could be of several kinds of goods, one of them just spoken of."""
        best, spoken = draft.match.best, before.match.best
        if best is None or spoken is None:
            return False
        items = self._items.items
        kinds = {items[f.number].category for f in draft.match.fits if f.cover >= best.cover - _LIKE}
        return len(kinds) > 1 and items[spoken.number].category in kinds

    def _is_sure(
        self,
        pair: aligning.Aligned,
        found: Sequence[tokens.Token],
        untold: Sequence[types.PastLine],
        lines: Sequence[types.PastLine],
        customer: str,
    ) -> bool:
        """Whether words that stand beside a line's quantity can only be that line's."""
        places = [t for t in found if t.kind == tokens.NUM and t.value == pair.line.qty]
        if any(t.form in _SHARED for t in places):
            return False
        if sum(line.qty == pair.line.qty for line in untold) > len(places) or not grammar.has_head(
            pair.terms
        ):
            return False
        if self._holds(pair.terms, pair.line, lines):
            return False
        best = self._matcher.match(pair.terms, customer).best
        own = best is not None and best.cover >= _OWN and self._items.items[best.number].sku
        return not own or own == pair.line.sku or own not in {line.sku for line in lines}


def _key(terms: Sequence[catalogue.Term]) -> str:
    return " ".join(f"{t.key.lstrip('#')}{t.unit}" for t in terms)


def _on_one_line(found: Sequence[tokens.Token], before: grammar.Draft, draft: grammar.Draft) -> bool:
    return not any(t.kind == tokens.BREAK for t in found[before.end : draft.start])


def _without(found: Sequence[tokens.Token], told: Iterable[grammar.Draft]) -> list[tokens.Token]:
    """The tokens with a break for each mention that is understood, so that nothing is taught across it."""
    inside = {at for draft in told for at in range(draft.start, draft.end)}
    return list(_broken(found, inside))


def _broken(found: Sequence[tokens.Token], inside: set[int]) -> Iterator[tokens.Token]:
    for at, token in enumerate(found):
        if at not in inside:
            yield token
        elif at - 1 not in inside:
            yield replace(token, kind=tokens.BREAK, text="\n", value=None)
