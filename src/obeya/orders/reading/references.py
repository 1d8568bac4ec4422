"""A customer's own order reference: letters and a running number (AB-1204, AB/25/1204) that name no goods.

What tells a reference from an item's code or a size, strongest first: the same customer's past texts carry
the prefix with other numbers; it stands after a cue ("po", "ref": see `marks`); it stands where references
stand, in capitals, and its letters mean nothing to the catalogue.
"""

import bisect
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal

from obeya.orders.reading import catalogue, letters, marks, tokens, types, words

_SHAPE = re.compile(r"(?<![\w/.-])([a-z]{1,6})(?:[-/][a-z0-9]{1,6}){0,3}?[-/](\d{2,8})(?![\w/-]|[.,]\d)")
_LOOSE = re.compile(r"(?<![\w/.-])([a-z]{2,6}) ?(\d{3,8})(?![\w/-]|[.,]\d)")
_CLAUSE = re.compile(r"[\n.,;:!|]")
_QUANTITY = re.compile(r"[ \t]*(?:[-=x*][ \t]*)?\d+(?:\.\d+)?[ \t]*([^\W\d_]*)")
# Letters before a number that name a standard, a grade, a size, a month or a line: never a reference.
_NEVER = frozenset(
    re.findall(
        r"\w+",
        """is iso iec en din astm ansi asa bs jis ul api sae aisi ral awg swg sdr sch pn dn nb od id ip fe ss
    ms gi ci di al cu pp pe hd ld pvc cpvc upvc hdpe ldpe pet class cl gr grade size sz no nos num qty model
    type rs inr aed omr usd hsn sac gst jan feb mar apr may jun jul aug sep sept oct nov dec page line
    item row lot batch unit plot shop gate block floor phase sector""",
    )
)
_MIN_DIGITS = {"-": 3, "/": 2}
_REACH = 200  # characters looked at on either side
_SHORT = 3  # letters: an abbreviation of the lexicon may be a prefix all the same


class References:
    """Knows the references of one company's customers."""

    def __init__(self, items: catalogue.Catalogue, orders: Iterable[types.PastOrder]) -> None:
        """Learn each customer's prefixes from kept texts: numbers that no booked line explains."""
        self._items = items
        self._codes = sorted(items.codes)
        self._starts = frozenset(m[0] for sku in items.index if (m := re.match("[a-z]+", sku.lower())))
        self._known: dict[str, dict[str, Counter[int]]] = defaultdict(lambda: defaultdict(Counter))
        for order in orders:
            if order.message:
                self._learn(order, letters.fold(order.message).text)

    def find(self, folded: letters.Folded, source: str, customer: str | None) -> list[marks.Mark]:
        """The references in a text; `source` is the text before folding, which shows the capitals."""
        text = folded.text
        learned = [m for m in self._candidates(text) if self._is_learned(m, customer)]
        spans = [(m.start(), m.end()) for m in learned]
        loose = [
            m
            for m in _LOOSE.finditer(text)
            if self._is_learned(m, customer) and not any(s < m.end() and m.start() < e for s, e in spans)
        ]
        placed = [
            m
            for m in self._candidates(text)
            if m not in learned and self._stands_alone(text, m) and _in_capitals(folded, source, m)
        ]
        if len({m.group() for m in placed}) > 1:
            placed = []
        found = sorted((*learned, *loose, *placed), key=lambda m: (m in placed, m.start()))
        return [marks.Mark(m.start(), m.end(), "po", "customer's reference") for m in found]

    def number(self, text: str, customer: str | None) -> str | None:
        """The reference a text carries as it was written, the surest first, or None."""
        folded = letters.fold(text)
        found = self.find(folded, text, customer)
        return text[slice(*folded.span(found[0].start, found[0].end))] if found else None

    def without(self, found: Iterable[tokens.Token], text: str, customer: str) -> list[tokens.Token]:
        """The tokens of a text with its references as commas, so that they name nothing."""
        folded = letters.fold(text)
        spans = [folded.span(m.start, m.end) for m in self.find(folded, text, customer)]
        out: list[tokens.Token] = []
        for token in found:
            if any(start <= token.start < end for start, end in spans):
                if not out or out[-1].text != ",":
                    out.append(tokens.Token(tokens.MARK, ",", token.start, token.end))
                continue
            out.append(token)
        return out

    def _learn(self, order: types.PastOrder, text: str) -> None:
        quantities = {line.qty for line in order.lines}
        numbers = [n for line in order.lines if (n := self._items.index.get(line.sku)) is not None]
        sizes = {raw for n in numbers for raw in self._items.words[n].raw | self._items.words[n].packs}
        for match in self._candidates(text):
            value = Decimal(match[2])
            if value not in quantities and catalogue.number_key(value) not in sizes:
                self._known[order.customer][match[1]][len(match[2])] += 1

    def _candidates(self, text: str) -> list[re.Match[str]]:
        return [m for m in _SHAPE.finditer(text) if self._could_be(m)]

    def _could_be(self, match: re.Match[str]) -> bool:
        prefix, key = match[1], catalogue.code_key(match.group())
        at = bisect.bisect_left(self._codes, key)
        begins_a_code = at < len(self._codes) and self._codes[at].startswith(key)
        if prefix in _NEVER or prefix in words.UNITS or begins_a_code:
            return False
        return prefix not in self._items.idf and (len(prefix) <= _SHORT or not self._items.knows(prefix))

    def _is_learned(self, match: re.Match[str], customer: str | None) -> bool:
        lengths = self._known[customer].get(match[1]) if customer in self._known else None
        return bool(lengths) and any(abs(len(match[2]) - n) <= 1 for n in lengths or ())

    def _stands_alone(self, text: str, match: re.Match[str]) -> bool:
        """Whether it stands where a reference does: first, before a colon, alone, after the last unit."""
        before = text[max(0, match.start() - _REACH) : match.start()]
        after = text[match.end() : match.end() + _REACH]
        least = _MIN_DIGITS[text[match.start(2) - 1]]
        if match[1] in self._starts or len(match[2]) < least or _is_counted(after):
            return False
        ends = re.match(r"\s*(?:$|[\n,.;])", after) is not None
        clause = _CLAUSE.split(before)[-1]
        if not _says_nothing(clause):
            last = re.search(r"(\w+)\s*$", before)
            return bool(re.match(r"\s*(?:$|\n)", after)) and last is not None and last[1] in words.UNITS
        first = match.start() <= _REACH and _says_nothing(before)
        return first or ends or re.match(r"\s*(?::| - )", after) is not None


def _is_counted(after: str) -> bool:
    """Whether a quantity follows, bare or in a unit of packing: then the code before it is goods."""
    number = _QUANTITY.match(after)
    if number is None:
        return False
    return not number[1] or words.UNITS.get(number[1]) not in (None, *words.MEASURES)


def _says_nothing(text: str) -> bool:
    """Whether there is nothing but greetings and other fillers in a folded text."""
    return all(word in words.FILLER for word in tokens.WORDS.findall(text))


def _in_capitals(folded: letters.Folded, source: str, match: re.Match[str]) -> bool:
    start, end = folded.span(match.start(), match.end())
    return source[start:end].isupper()
