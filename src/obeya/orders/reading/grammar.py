"""Cuts text into order lines: the cut, the quantity and the item are chosen together, best total wins."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from obeya.orders.reading import (
    aligning,
    catalogue,
    edges,
    goods,
    leaning,
    matching,
    numbers,
    quantities,
    tokens,
    weighing,
    words,
)

_LONGEST = 16
_MOST_NUMBERS = 8  # no mention of one thing holds more: sizes, quantity, check
_SKIP_WORD = 0.3
_SKIP_KNOWN = 0.9
_SKIP_NUMBER = 0.9
_WORSE = 0.2  # what was said before is left out where a mention is so much better explained alone
_HARD = frozenset(",;|")
_LIKE = 0.9
"""How much of what was named before an item must have, for a word like "square" to mean its kind."""


@dataclass(slots=True)
class Draft:
    """One line as cut from the text; tokens are indexed in the text's token list."""

    start: int
    end: int
    terms: tuple[catalogue.Term, ...]
    own_terms: tuple[catalogue.Term, ...]
    value: Decimal | None
    unit: str | None
    match: matching.Match
    worth: float
    qty_at: tuple[int, ...] = ()
    extra: tuple[tuple[Decimal, str], ...] = ()
    form: str = ""
    flags: set[str] = field(default_factory=set)
    code: str | None = None
    rival: float = -9.0
    siblings: tuple["Draft", ...] = ()
    check: tuple[Decimal, str] | None = None
    unit_text: str = ""


@dataclass(frozen=True, slots=True)
class _State:
    """The best way to read a block up to a place."""

    worth: float
    drafts: tuple[Draft, ...]
    skipped: tuple[int, ...]
    head: tuple[catalogue.Term, ...]
    standing: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Cut:
    """What a text was cut into: lines and the tokens nothing was made of."""

    drafts: tuple[Draft, ...]
    skipped: tuple[int, ...]


class Grammar:
    """Cuts token lists into drafts for one company."""

    def __init__(
        self, matcher: matching.Matcher, units: quantities.UnitWords, items: catalogue.Catalogue
    ) -> None:
        """Share the matcher and the unit words."""
        self._matcher = matcher
        self._units = units
        self._items = items

    def cut(
        self,
        found: Sequence[tokens.Token],
        customer: str | None,
        ignore: frozenset[str],
        head: tuple[catalogue.Term, ...] = (),
        standing: frozenset[int] = frozenset(),
    ) -> Cut:
        """Cut a whole text; `ignore` are words of people and places, `head` what was spoken of before.

        `standing` are items already ordered, which an amendment most likely means.
        """
        drafts: list[Draft] = []
        skipped: list[int] = []
        for low, high in edges.blocks(found):
            state = self._block(found, low, high, customer, ignore, head, standing)
            drafts.extend(state.drafts)
            skipped.extend(state.skipped)
            head = state.head
        return Cut(tuple(drafts), tuple(skipped))

    def _block(
        self,
        found: Sequence[tokens.Token],
        low: int,
        high: int,
        customer: str | None,
        ignore: frozenset[str],
        head: tuple[catalogue.Term, ...],
        standing: frozenset[int],
    ) -> _State:
        best: dict[int, _State] = {low: _State(0.0, (), (), head, standing)}
        borders = self._borders(found, low, high)
        for at in range(low, high):
            state = best.get(at)
            if state is None:
                continue
            self._offer(best, at + 1, self._skip(found, at, state, ignore))
            if at in borders and self._can_start(found[at]) and not self._belongs_before(found, at):
                for end in self._ends(found, at, high, borders):
                    for draft in self._chunk(found, at, end, customer, ignore, state):
                        self._offer(best, end, _with(state, draft))
        return best[high]

    def _offer(self, best: dict[int, _State], at: int, state: _State) -> None:
        if at not in best or state.worth > best[at].worth + 1e-9:
            best[at] = state

    def _can_start(self, token: tokens.Token) -> bool:
        return (not token.role and token.kind in (tokens.WORD, tokens.NUM, tokens.CODE)) or token.text == '"'

    def _belongs_before(self, found: Sequence[tokens.Token], at: int) -> bool:
        """Whether a token is the unit of the number before it."""
        return (
            at > 0
            and found[at - 1].kind == tokens.NUM
            and self._units.code(found[at]) is not None
            and found[at].text not in ("l", "t", "w", "c", "no")
        )

    def _borders(self, found: Sequence[tokens.Token], low: int, high: int) -> set[int]:
        out = {low, high}
        for at in range(low, high):
            token = found[at]
            soft = token.kind == tokens.WORD and (token.text in words.FILLER or token.text in words.CONJ)
            if token.kind != tokens.WORD or token.role or soft or self._units.code(token):
                out.update((at, at + 1))
            if token.kind == tokens.WORD and (token.form == "and" or edges.unjoined(token) is not token):
                out.add(at)
        for at in range(low + 1, high - 1):
            if edges.joins_sizes(found, at):
                out.difference_update((at, at + 1))
        return out

    def _ends(self, found: Sequence[tokens.Token], at: int, high: int, borders: set[int]) -> list[int]:
        ends = []
        numbered = 0
        for end in range(at + 1, min(high, at + _LONGEST) + 1):
            token = found[end - 1]
            numbered += token.kind == tokens.NUM and not token.role
            if (
                numbered > _MOST_NUMBERS
                or token.role in ("gone", "price")
                or (token.kind == tokens.MARK and token.text in _HARD)
                or edges.full_stop(found, end - 1)
            ):
                break
            if end in borders and token.role in ("", "check") and not self._cuts_number(found, end, high):
                ends.append(end)
        return ends

    def _cuts_number(self, found: Sequence[tokens.Token], end: int, high: int) -> bool:
        """Whether a cut here would part a number from its unit."""
        if end >= high or found[end - 1].kind != tokens.NUM or found[end].role:
            return False
        if (
            end >= 3
            and edges.joins_sizes(found, end - 2)
            and found[end].kind == tokens.WORD
            and found[end - 2].text in ("x", "*")
        ):
            word = found[end]
            if (
                not word.role
                and word.text not in words.CONJ
                and word.text not in words.FILLER
                and not self._units.code(word)
            ):
                return True
        glued_inch = found[end].text == '"' and not found[end].spaced
        return glued_inch or self._belongs_before(found, end)

    def _skip(
        self,
        found: Sequence[tokens.Token],
        at: int,
        state: _State,
        ignore: frozenset[str],
    ) -> _State:
        token = found[at]
        if token.role or token.kind in (tokens.MARK, tokens.BREAK):
            return state
        if token.kind == tokens.NUM:
            risky = token.form == "word" and token.text in numbers.RISKY
            return replace(
                state, worth=state.worth - (0.15 if risky else _SKIP_NUMBER), skipped=(*state.skipped, at)
            )
        if (
            token.text in words.FILLER
            or token.text in words.CONJ
            or token.text in ignore
            or token.text in words.CORRECTING
        ):
            return state
        known = self._items.knows(token.text)
        cost = _SKIP_KNOWN if known else _SKIP_WORD
        return replace(state, worth=state.worth - cost, skipped=(*state.skipped, at))

    def _chunk(
        self,
        found: Sequence[tokens.Token],
        start: int,
        end: int,
        customer: str | None,
        ignore: frozenset[str],
        state: _State,
    ) -> list[Draft]:
        run = [
            edges.unjoined(token) if at == start else token
            for at, token in enumerate(found[start:end], start)
        ]
        best: Draft | None = None
        second = -9.0
        for option in self._options(run, customer):
            if best is not None and option.worth + 3 < best.worth:
                break
            draft = self._draft(run, start, end, option, customer, ignore, state)
            if draft is None:
                continue
            if "each" in draft.flags and option.value is not None:
                draft = self._split(run, draft, option, customer, ignore, state)
            if best is None or draft.worth > best.worth:
                if best is not None and best.value is not None and best.value != draft.value:
                    second = max(second, best.worth)
                best = draft
            elif draft.value is not None and draft.value != best.value:
                second = max(second, draft.worth)
        if best is None:
            return []
        best.rival = second
        return [best]

    def _options(self, run: Sequence[tokens.Token], customer: str | None) -> list[quantities.Option]:
        """The ways to read the quantity of a run, also with a unit word before it as part of the name."""
        found = quantities.options(run, self._units)
        named = [
            option.without_unit()
            for option in found
            if option.at is not None
            and option.unit_at is not None
            and option.unit_at < option.at
            and option.unit != "pcs"
            and self._matcher.names(run[option.unit_at].text, customer)
        ]
        return sorted((*found, *named), key=lambda option: -option.worth) if named else found

    def _draft(
        self,
        run: Sequence[tokens.Token],
        start: int,
        end: int,
        option: quantities.Option,
        customer: str | None,
        ignore: frozenset[str],
        state: _State,
    ) -> Draft | None:
        rest = [
            t for i, t in enumerate(run) if i not in option.taken and not t.role and t.text not in words.EACH
        ]
        each = any(
            t.text in words.EACH and not (i and run[i - 1].kind == tokens.NUM and self._units.is_own(t))
            for i, t in enumerate(run)
        )
        code = next((c for t in rest if t.kind == tokens.CODE and (c := self._items.code(t.text))), None)
        rest = self._without_units(rest, run, option, customer)
        own = aligning.content_terms([t for t in rest if t.text not in words.DITTO], ignore)
        ditto = any(t.text in words.DITTO and t.spaced for t in rest)
        if len(own) > 9 or not (own or ditto or code):
            return None
        if weighing.is_risky(run, option):
            option = replace(option, form=option.form or "risky")
            if option.unit is None and not has_head(own):
                return None
        terms, match, gain = self._best_match(own, customer, state, ditto)
        match = _standing_first(match, state.standing)
        only_sizes = option.value is None and all(t.is_size for t in own)
        if not code and (match.best is None or only_sizes):
            return None
        sized = weighing.is_size(option, match, self._items)
        if code:
            worth = weighing.coded(run, option, self._matcher.foreign(own, customer, self._items.index[code]))
        else:
            worth = weighing.worth(run, option, match, gain, state.standing)
        taken = tuple(start + i for i in sorted(option.taken))
        draft = Draft(
            start,
            end,
            terms,
            own,
            option.value,
            option.unit,
            match,
            worth - weighing.SIZED * sized,
            taken,
            option.extra,
            option.form,
            code=code,
            check=option.check,
            unit_text=option.unit_text,
        )
        draft.flags.update(weighing.flags(run, option, each, ditto, terms != own), ("sized",) * sized)
        return draft

    def _split(
        self,
        run: Sequence[tokens.Token],
        draft: Draft,
        option: quantities.Option,
        customer: str | None,
        ignore: frozenset[str],
        state: _State,
    ) -> Draft:
        """Unfold "1/2 ane 3/4 elbow 10-10" into one draft for each thing named."""
        rest = [
            t for i, t in enumerate(run) if i not in option.taken and not t.role and t.text not in words.EACH
        ]
        parts = self._parts(rest, ignore, customer)
        if len(parts) < 2:
            return draft
        heads = [tuple(t for t in part if not t.is_size) if has_head(part) else () for part in parts]
        drafts = []
        for at, part in enumerate(parts):
            spoken = tuple(t for t in state.head if not t.is_size)
            near = heads[at] or next((h for h in (*heads[at + 1 :], *reversed(heads[:at])) if h), spoken)
            full = part if heads[at] else (*(t for t in near if t not in part), *part)
            match = self._matcher.match(full, customer)
            if match.best is None:
                return draft
            gain = self._matcher.gain(part, customer, match.best.number) + 0.25 * match.best.bought
            worth = gain + (0.3 if match.best.alias else 0.0) - 0.15
            drafts.append(
                Draft(
                    draft.start,
                    draft.end,
                    full,
                    part,
                    option.value,
                    option.unit,
                    match,
                    worth,
                    draft.qty_at,
                    (),
                    option.form,
                    {"each"},
                )
            )
        last = drafts[-1]
        last.siblings = tuple(drafts[:-1])
        last.worth = sum(d.worth for d in drafts) + option.worth
        return last

    def _parts(
        self, rest: Sequence[tokens.Token], ignore: frozenset[str], customer: str | None
    ) -> list[tuple[catalogue.Term, ...]]:
        cuts: list[list[tokens.Token]] = [[]]
        for token in rest:
            if token.text in words.CONJ or (token.kind == tokens.MARK and token.text in ",/&+"):
                cuts.append([])
            else:
                cuts[-1].append(token)
        parts = [terms for cut in cuts if (terms := aligning.content_terms(cut, ignore))]
        if len(parts) != 1:
            return parts
        only = parts[0]
        colours = [t for t in only if t.key in goods.ATTRIBUTE_WORDS or t.key in goods.COLOUR_LETTERS]
        if len(colours) >= 2:
            rest_of = tuple(t for t in only if t not in colours)
            return [(*rest_of, colour) for colour in colours]
        sizes = [t for t in only if t.is_size]
        words_of = tuple(t for t in only if not t.is_size)
        joint = self._matcher.match(only, customer).best
        if len(sizes) >= 2 and (joint is None or joint.cover < 0.9):
            return [(*words_of, size) for size in sizes]
        if not sizes and len(words_of) >= 2:
            singles: list[tuple[catalogue.Term, ...]] = [(t,) for t in words_of]
            bests = [self._matcher.match(s, customer).best for s in singles]
            own = all(b is not None and b.alias and b.bought > 0 for b in bests)
            fitting = all(b is not None and b.cover >= 0.85 for b in bests) and (
                joint is None or joint.cover < 0.75
            )
            if len({b.number for b in bests if b}) == len(bests) and (own or fitting):
                return singles
        return parts

    def _without_units(
        self,
        rest: Sequence[tokens.Token],
        run: Sequence[tokens.Token],
        option: quantities.Option,
        customer: str | None,
    ) -> list[tokens.Token]:
        """Words without bare units; a unit word that is part of the name stays."""
        names = {run[i].start for i in option.named}
        return [
            t
            for t in rest
            if t.start in names
            or not (t.kind == tokens.WORD and self._is_bare_unit(t, option))
            or (
                option.unit is None and self._units.code(t) != "pcs" and self._matcher.names(t.text, customer)
            )
        ]

    def _is_bare_unit(self, token: tokens.Token, option: quantities.Option) -> bool:
        code = self._units.code(token)
        return code is not None and code not in words.MEASURES and (option.unit in (None, code))

    def _best_match(
        self, own: tuple[catalogue.Term, ...], customer: str | None, state: _State, ditto: bool
    ) -> tuple[tuple[catalogue.Term, ...], matching.Match, float]:
        alone = self._matcher.match(own, customer)
        gain = alone.gain
        bare = not has_head(own)
        if state.head and (ditto or bare or leaning.only_describes(own, self._items)):
            head = leaning.spoken_of(state.head, own, self._items)
            both = self._matcher.match((*head, *own), customer)
            if both.best is not None:
                said = self._matcher.gain(own, customer, both.best.number) - 0.05
                exact = alone.best is not None and alone.best.alias and alone.best.bought > 0
                if not (ditto or bare) and both.best.cover < _LIKE:
                    return own, alone, gain
                worse = alone.best is not None and both.best.cover < alone.best.cover - _WORSE
                if ditto or (said >= gain - 0.1 and not exact and not worse):
                    return both.terms, both, max(said, 0.2 if ditto and own else said - 0.2 * ditto)
        return own, alone, gain


def _standing_first(match: matching.Match, standing: frozenset[int]) -> matching.Match:
    """Items that stand in the order before others that fit no better."""
    if not standing or match.best is None or match.best.number in standing:
        return match
    near = [f for f in match.fits if f.number in standing and f.cover >= match.best.cover - 0.05]
    if not near:
        return match
    top = near[0]
    fits = (top, *(f for f in match.fits if f is not top))
    return matching.Match(match.terms, fits, match.weight, match.gain)


def has_head(terms: Sequence[catalogue.Term]) -> bool:
    """Whether a mention names a thing, not only sizes, colours and the like."""
    return any(
        not t.is_size and t.key not in goods.ATTRIBUTE_WORDS and (len(t.key) > 2 or goods.groups(t.key))
        for t in terms
    )


def head_of(draft: Draft) -> tuple[catalogue.Term, ...]:
    """The words of a line that a following size-only line leans on."""
    return tuple(t for t in draft.terms if t.is_size or t.key not in goods.ATTRIBUTE_WORDS)


def _merged_head(draft: Draft, before: tuple[catalogue.Term, ...]) -> tuple[catalogue.Term, ...]:
    """What the next mention may lean on: the latest words and the latest sizes."""
    said = head_of(draft)
    names = tuple(t for t in said if not t.is_size) or tuple(t for t in before if not t.is_size)
    sizes = tuple(t for t in said if t.is_size) or (
        () if has_head(draft.own_terms) else tuple(t for t in before if t.is_size)
    )
    return (*names, *sizes)


def _with(state: _State, draft: Draft) -> _State:
    head = _merged_head(draft, state.head)
    return _State(state.worth + draft.worth, (*state.drafts, draft), state.skipped, head, state.standing)
