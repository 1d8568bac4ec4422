"""From cut drafts to order lines: shared quantities, headings, item and unit decided, doubts named."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from obeya.orders.reading import (
    beside,
    catalogue,
    goods,
    grammar,
    matching,
    memory,
    rivals,
    talk,
    tokens,
    units,
    words,
)

_CLEAR = 0.80
_MARGIN = 0.1
_RIVAL = 0.15
_FAR = 14
_BESIDE = 2
_NEW_COVER = 0.88
_LOOSE = (
    ("range", "A range is no quantity."),
    ("dotted", "A point that could part thousands."),
    ("vague", "The quantity is only about what is wanted."),
)
_WEAK_COVER = 0.62
_SURE_COVER = 0.85


@dataclass(slots=True)
class Line:
    """A line being decided; `number` is the item's place in the catalogue."""

    number: int | None
    qty: Decimal | None
    uom: str | None
    draft: grammar.Draft | None
    doubts: list[tuple[str, str]] = field(default_factory=list)
    candidates: tuple[matching.Fit, ...] = ()
    why: str = ""
    source: str = "text"
    flags: set[str] = field(default_factory=set)
    corrected_by: list[grammar.Draft] = field(default_factory=list)

    def doubt(self, code: str, text: str) -> None:
        """Note a reason to ask."""
        self.doubts.append((code, text))

    @property
    def codes(self) -> set[str]:
        """The codes of the doubts."""
        return {code for code, _ in self.doubts}


class Settler:
    """Decides item, quantity and unit of drafts for one company."""

    def __init__(
        self,
        items: catalogue.Catalogue,
        learned: memory.Memory,
        matcher: matching.Matcher,
        all_units: units.Units,
    ) -> None:
        """Share the indexes."""
        self._items = items
        self._learned = learned
        self._matcher = matcher
        self._units = all_units
        self._rivals = rivals.Rivals(items, learned, matcher)

    def settle(
        self, found: Sequence[tokens.Token], cut: grammar.Cut, customer: str | None, default_unit: str | None
    ) -> list[Line]:
        """All lines of a text, in order; drafts that are only a heading or chat are left out."""
        shared = share_quantities(cut.drafts)
        _attach(found, cut, shared)
        _mark_vague(found, shared)
        _correct(found, shared)
        out: list[Line] = []
        unit: str | None = default_unit
        heading: str | None = None
        before: grammar.Draft | None = None
        for at, draft in enumerate(shared):
            if "implied" in draft.flags and at + 1 < len(shared) and talk.is_open(draft):
                draft.value = None
            if draft.value is None and not draft.code:
                if talk.is_alone(found, draft) and self._is_heading(draft, shared[at + 1 :]):
                    heading = draft.unit
                    talk.set_aside(found, draft)
                elif draft.unit is not None and not talk.asks(found, draft):
                    line = self._line(draft, customer, None, before)
                    line.doubt("ambiguous_quantity", "A unit without a quantity.")
                    out.append(line)
                elif self._names_item(draft) and not talk.asks(found, draft):
                    line = self._line(draft, customer, None, before)
                    line.doubt("ambiguous_quantity", "An item without a quantity.")
                    out.append(line)
                continue
            if talk.is_chat(found, draft):
                continue
            if talk.is_priced(found, draft):
                talk.set_aside(found, draft)
                continue
            if talk.is_remark(found, draft):
                talk.set_aside(found, draft)
                continue
            line = self._line(draft, customer, unit, before, heading or default_unit)
            out.append(line)
            before = draft
            if draft.unit and draft.unit not in ("pcs",):
                unit = draft.unit
        _count_lines(found, out)
        return _merged(out)

    def _is_heading(self, draft: grammar.Draft, following: Sequence[grammar.Draft]) -> bool:
        return bool(following) and (draft.unit is not None or not grammar.has_head(draft.own_terms))

    def _names_item(self, draft: grammar.Draft) -> bool:
        best = draft.match.best
        return (
            best is not None
            and best.cover >= _SURE_COVER
            and draft.worth > -0.4
            and grammar.has_head(draft.own_terms)
        )

    def _line(
        self,
        draft: grammar.Draft,
        customer: str | None,
        context: str | None,
        before: grammar.Draft | None,
        heading: str | None = None,
    ) -> Line:
        number = self._items.index.get(draft.code) if draft.code else None
        line = Line(number, None, None, draft, candidates=draft.match.fits[:5], flags=set(draft.flags))
        line.doubts += beside.doubts(draft, number, customer, self._matcher, self._items)
        if number is None:
            self._choose(line, draft, before, customer)
        else:
            line.why = "code"
        if line.number is not None:
            self._check_active(line)
            self._quantity(line, draft, customer, context, heading)
            if "sized" in draft.flags:
                line.doubt("rival", "It could be the size of another item, not the quantity.")
        return line

    def _choose(
        self, line: Line, draft: grammar.Draft, before: grammar.Draft | None, customer: str | None
    ) -> None:
        best = draft.match.best
        if best is None:
            line.doubt("unknown_item", "No item of the catalogue fits.")
            return
        best = self._by_unit(draft, best, customer)
        line.number = best.number
        line.why = "alias" if best.alias else "words"
        own = {t.key for t in draft.own_terms}
        missing = [k for k in best.missing if k in own or "ditto" not in draft.flags]
        if best.cover < _WEAK_COVER or (missing and not best.alias):
            strong = [k for k in missing if not k.startswith("#")] or missing
            code = "unknown_item" if best.cover < _WEAK_COVER else "unread"
            line.doubt(code, "Not understood: " + ", ".join(k.lstrip("#") for k in strong))
        if self._is_bare(line, draft, best, before, customer):
            line.doubt("ambiguous_item", "Only how it is, not what it is.")
        if self._is_guess(best, draft, customer):
            line.doubt("new_item", "Never ordered before, and named in no word of the catalogue.")
        self._tell_apart(line, draft, before, customer)

    def _is_bare(
        self,
        line: Line,
        draft: grammar.Draft,
        best: matching.Fit,
        before: grammar.Draft | None,
        customer: str | None,
    ) -> bool:
        """Whether only a colour or the like is said, and not of what was spoken of just before."""
        said = [t.key for t in draft.own_terms]
        spoken = before.match.best if before is not None else None
        items = self._items.items
        return (
            spoken is not None
            and items[spoken.number].category != items[best.number].category
            and "context" not in line.flags
            and any(t.key in goods.ATTRIBUTE_WORDS for t in draft.own_terms)
            and all(t.is_size or t.key in goods.ATTRIBUTE_WORDS for t in draft.own_terms)
            and not self._learned.says(customer, best.number, said)
        )

    def _is_guess(self, best: matching.Fit, draft: grammar.Draft, customer: str | None) -> bool:
        """Whether a known customer's item is new to them and known only through the lexicon or likeness."""
        if best.bought or best.alias or len(self._learned.habits.get(customer or "", {})) < 4:
            return False
        names = {t.key for t in draft.terms if not t.is_size}
        if any(f.bought and f.missing and not names & set(f.missing) for f in draft.match.fits):
            sizes = [t for t in draft.terms if t.is_size]
            if any(self._is_nickname(t, customer) for t in sizes):
                return True
        own = self._items.words[best.number].words
        if any(t.key in own or t.key.removesuffix("s") in own for t in draft.terms if not t.is_size):
            return False
        special = any(set(own) < set(self._items.words[f.number].words) for f in draft.match.fits)
        meant = all(self._is_known(t, best.number) for t in draft.terms if not t.is_size)
        return special or not meant or best.cover < _NEW_COVER

    def _is_known(self, term: catalogue.Term, number: int) -> bool:
        """Whether a word's meaning is known: from the language, or because others say it of that item."""
        said = goods.groups(term.key) or term.key in goods.COLOUR_LETTERS or term.key in goods.COMPOUNDS
        return bool(said) or float(self._matcher.support(term, None)[number]) >= _SURE_COVER

    def _is_nickname(self, size: catalogue.Term, customer: str | None) -> bool:
        """Whether a customer calls something by a number that is not in its name ("adhi" for 2.5 inch)."""
        literal = set(self._items.support(size)[0].tolist())
        return bool(set(self._learned.words.get((customer, size.key), ())) - literal)

    def _by_unit(self, draft: grammar.Draft, best: matching.Fit, customer: str | None) -> matching.Fit:
        """The best fit that is sold in the unit said, where fits are close."""
        if draft.unit is None or draft.value is None or self._sold(best.number, draft):
            return best
        for fit in draft.match.fits[1:]:
            slack = 0.15 if fit.bought and not best.bought else 0.05
            if (
                fit.score > best.score - 0.2 - slack
                and fit.cover >= best.cover - slack
                and self._sold(fit.number, draft)
            ):
                return fit
        return self._by_pack(draft, best, customer)

    def _by_pack(self, draft: grammar.Draft, best: matching.Fit, customer: str | None) -> matching.Fit:
        """For a weight that several packs divide: the pack of the kind this customer buys."""
        if draft.unit not in words.MEASURES or best.bought:
            return best
        near = [
            f for f in draft.match.fits if f.score > best.score - _MARGIN and f.cover >= best.cover - 0.05
        ]
        usual = self._units.usual(customer, self._items.items[best.number].category)
        fitting = [f for f in near if self._items.items[f.number].base_uom == usual]
        return fitting[0] if len(fitting) == 1 else best

    def _sold(self, number: int, draft: grammar.Draft) -> bool:
        """Whether an item is sold in the unit said (a weight that only divides into packs does not count)."""
        found = self._units.resolve(number, draft.value or Decimal(1), draft.unit, None)
        return found.doubt is None and found.why != "measured"

    def _tell_apart(
        self, line: Line, draft: grammar.Draft, before: grammar.Draft | None, customer: str | None
    ) -> None:
        fits = draft.match.fits
        best = next(f for f in fits if f.number == line.number)
        if draft.unit is not None and draft.value is not None and self._sold(best.number, draft):
            fits = tuple(f for f in fits if f is best or self._sold(f.number, draft))
        fits = (best, *(f for f in fits if f is not best))
        rivals = [
            best,
            *(f for f in fits[1:] if self._rivals.could_be(f, best, draft, customer)),
        ]
        if (
            draft.unit in words.MEASURES
            and self._by_pack(draft, fits[0], customer) is best
            and len(rivals) > 1
        ):
            rivals = [
                f
                for f in rivals
                if self._items.items[f.number].base_uom == self._items.items[best.number].base_uom
            ]
        if len(rivals) < 2:
            return
        if before is not None and len(rivals) > 1:
            chosen = self._by_context(rivals, draft, before)
            if chosen is not None:
                line.number = chosen.number
                line.flags.add("context")
                return
        names = ", ".join(self._items.items[f.number].sku for f in rivals[:4])
        line.doubt("ambiguous_item", f"Several items fit: {names}")

    def _by_context(
        self, rivals: Sequence[matching.Fit], draft: grammar.Draft, before: grammar.Draft
    ) -> matching.Fit | None:
        """The rival that what was said just before (a brand, a material) singles out."""
        spoken = [t for t in before.terms if not t.is_size and t not in draft.terms]
        spoken_of = before.match.best
        if spoken_of is not None and 0 <= draft.start - before.end <= _BESIDE:
            kind = self._items.items[spoken_of.number].category
            alike = [f for f in rivals if self._items.items[f.number].category == kind]
            if len(alike) == 1:
                return alike[0]
        best: matching.Fit | None = None
        top = second = 0.0
        for fit in rivals:
            worth = sum(float(self._matcher.support(t, None)[fit.number]) for t in spoken)
            if worth > top:
                best, top, second = fit, worth, top
            else:
                second = max(second, worth)
        return best if best is not None and top - second >= 0.4 else None

    def _check_active(self, line: Line) -> None:
        item = self._items.items[line.number or 0]
        if not item.active:
            line.doubt(
                "discontinued_item",
                f"{item.sku} is discontinued; substitute: {item.substitute_sku or 'none'}",
            )

    def _quantity(
        self, line: Line, draft: grammar.Draft, customer: str | None, context: str | None, heading: str | None
    ) -> None:
        if draft.value is None or line.number is None:
            return
        found = self._units.resolve(line.number, draft.value, draft.unit, customer, context, heading)
        if found.doubt == "ambiguous_unit" and (general := words.UNITS.get(draft.unit_text)) not in (
            None,
            draft.unit,
        ):
            other = self._units.resolve(line.number, draft.value, general, customer)
            found = other if other.doubt is None else found
        if draft.value is not None and draft.rival > draft.worth - _RIVAL and not draft.code:
            line.doubt("rival", "Another number could be the quantity.")
        line.qty, line.uom = found.qty, found.uom
        line.flags.add(f"unit:{found.why}")
        if found.doubt:
            line.doubt(found.doubt, f"The unit is not certain ({found.why}).")
        loose = next((text for flag, text in _LOOSE if flag in draft.flags), None)
        if loose is not None:
            line.doubt("ambiguous_quantity", loose)
        elif draft.unit is None and draft.value != draft.value.to_integral_value():
            line.doubt("ambiguous_quantity", "A part of something, in no unit.")
        for more, unit in draft.extra:
            added = self._units.resolve(line.number, more, unit, customer)
            line.qty = self._sum(line.number, line.qty, line.uom, added)
            if added.doubt:
                line.doubt(added.doubt, "The second unit is not certain.")
        if draft.extra:
            line.uom = self._items.items[line.number].base_uom if line.flags & {"summed"} else line.uom
        if draft.check is not None:
            self._compare(line, draft.check)
        self._sum_check(line, customer)

    def _compare(self, line: Line, check: tuple[Decimal, str]) -> None:
        """The quantity said twice must be one quantity."""
        factors = self._items.items[line.number or 0].units
        other = self._units.resolve(line.number or 0, check[0], check[1], None)
        one = (line.qty or Decimal(0)) * factors.get(line.uom or "", Decimal(1))
        two = other.qty * factors.get(other.uom, Decimal(1))
        if other.doubt is not None or one != two:
            line.doubt("contradiction", f"The quantity is said twice and differs: {check[0]} {check[1]}.")

    def _sum(self, number: int, qty: Decimal, uom: str, added: units.Resolved) -> Decimal:
        factors = self._items.items[number].units
        one, two = factors.get(uom, Decimal(1)), factors.get(added.uom, Decimal(1))
        return qty + added.qty * two / one

    def _sum_check(self, line: Line, customer: str | None) -> None:
        if line.number is None or line.qty is None or line.uom is None:
            return
        item = self._items.items[line.number]
        base = line.qty * item.units.get(line.uom, Decimal(1))
        if base != base.to_integral_value() and item.base_uom not in ("kg", "l", "m", "ltr", "mtr"):
            line.doubt("ambiguous_quantity", "Not a whole number of pieces.")
        if self._units.unusual(line.number, line.qty, line.uom, customer):
            line.doubt("unusual_quantity", "Far from what this customer usually orders.")


def share_quantities(drafts: Sequence[grammar.Draft]) -> list[grammar.Draft]:
    """Give a quantity said for "each" to the lines just before it that have none; unfold lists."""
    flat: list[grammar.Draft] = []
    for draft in drafts:
        flat.extend((*draft.siblings, draft))
    for at, draft in enumerate(flat):
        if "each" not in draft.flags or draft.value is None:
            continue
        for step in (-1, 1):
            near = at + step
            while 0 <= near < len(flat) and flat[near].value is None and not flat[near].unit:
                flat[near].value, flat[near].unit = draft.value, draft.unit
                flat[near].flags.add("each")
                near += step
    return flat


def _attach(found: Sequence[tokens.Token], cut: grammar.Cut, drafts: Sequence[grammar.Draft]) -> None:
    """Give a number left alone to the mention just before it that has none ("til ... 80 bori likh lo")."""
    for at in cut.skipped:
        token = found[at]
        if token.kind != tokens.NUM or token.value is None or token.form not in ("int", "word"):
            continue
        before = [d for d in drafts if d.end <= at]
        if not before or before[-1].value is not None or not before[-1].own_terms:
            continue
        if at - before[-1].end > _FAR:
            continue
        between = found[before[-1].end : at]
        if any(t.kind == tokens.BREAK for t in between) or before[-1].match.best is None:
            continue
        after = found[at + 1] if at + 1 < len(found) else None
        code = words.UNITS.get(after.text) if after is not None and after.kind == tokens.WORD else None
        if code:
            before[-1].value, before[-1].unit = token.value, code
            before[-1].flags.add("far")
            token.role = "used"


def _mark_vague(found: Sequence[tokens.Token], drafts: Sequence[grammar.Draft]) -> None:
    """Lines whose quantity is only said roughly: "about 20", "a couple of kegs or so"."""
    for draft in drafts:
        near = found[max(0, draft.start - 2) : draft.end + 2]
        at = [t.text for t in near if t.kind == tokens.WORD and not t.role]
        if any(word in words.VAGUE for word in at):
            draft.flags.add("vague")


def _correct(found: Sequence[tokens.Token], drafts: Sequence[grammar.Draft]) -> None:
    """Lines that put right what was said just before: "sorry concealed 12", "لا ٣٠"."""
    for draft in drafts:
        at = draft.start
        while at > 0 and found[at - 1].kind != tokens.BREAK and found[at - 1].text not in (",", "."):
            at -= 1
        if any(t.text in words.CORRECTING for t in found[at : draft.end]):
            draft.flags.add("corrects")


def _count_lines(found: Sequence[tokens.Token], lines: Sequence[Line]) -> None:
    """Doubt quantities that may only number the lines: "1 bleach 20 L", "2 jumbo roll"."""
    leading = []
    for line in lines:
        at = line.draft.qty_at[0] if line.draft is not None and line.draft.qty_at else -1
        starts = at >= 0 and (at == 0 or found[at - 1].kind == tokens.BREAK)
        if starts and line.draft is not None and not line.draft.unit_text:
            leading.append((at, line))
    if len(leading) < 2 or len(leading) < len(lines):
        return
    if all(found[i].value == place for place, (i, _) in enumerate(leading, 1)):
        leading[0][1].doubt("ambiguous_quantity", "The numbers may only count the lines.")


def _merged(lines: Iterable[Line]) -> list[Line]:
    """Lines of one item said twice: same words again is a doubt, other units add up."""
    out: list[Line] = []
    seen: dict[int, Line] = {}
    for line in lines:
        first = seen.get(line.number) if line.number is not None else None
        if first is None or line.qty is None or first.qty is None:
            if line.number is not None:
                seen.setdefault(line.number, line)
            out.append(line)
        elif "corrects" in line.flags:
            first.qty, first.uom = line.qty, line.uom
            first.doubts = [
                *first.doubts,
                *(d for d in line.doubts if d[0] in ("ambiguous_unit", "ambiguous_quantity")),
            ]
            first.flags.add("corrected")
            if line.draft is not None:
                first.corrected_by.append(line.draft)
        elif first.uom != line.uom:
            out.append(line)
        else:
            line.doubt("contradiction", "The same item twice.")
            out.append(line)
    return out
