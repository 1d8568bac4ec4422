"""What the lessons' orders and aliases say, counted once so that reading only looks things up."""

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from obeya.orders.reading import (
    aligning,
    catalogue,
    goods,
    letters,
    numbers,
    preparing,
    quantities,
    references,
    tokens,
    types,
    words,
)
from obeya.orders.reading.lessons import Lessons

_COMMON = frozenset(words.UNITS) | words.OPERATIONS | words.REST | words.FILLER
NAME = aligning.NAME
CODE = "code:"
"""Before the key of an alias that is a code of the buyer's system, no word: `electronic` reads these."""
_FEW = 2  # purchases that make no habit yet
_PREFIXES = ("وال", "بال", "فال", "لل", "ال", "و", "ب", "ل")


@dataclass(slots=True)
class Habit:
    """How one customer buys one item: how often, when last, in which units and quantities."""

    count: int = 0
    last_at: datetime | None = None
    uoms: Counter[str] = field(default_factory=Counter)
    bare_uoms: Counter[str] = field(default_factory=Counter)
    quantities: list[tuple[Decimal, str]] = field(default_factory=list)


def phrase(terms: Iterable[catalogue.Term]) -> str:
    """The alias key of a mention: its terms in a fixed order, each once."""
    return " ".join(sorted({term.key for term in terms}))


class Memory:
    """Counts over the lessons for one catalogue."""

    def __init__(self, company: types.Company, items: catalogue.Catalogue, lessons: Lessons) -> None:
        """Align every kept text and count; linear in the history."""
        self._items = items
        self.customers = {customer.code: customer for customer in company.customers}
        self.habits: dict[str, dict[int, Habit]] = defaultdict(dict)
        self.popularity: Counter[int] = Counter()
        self.aliases: dict[tuple[str | None, str], Counter[int]] = defaultdict(Counter)
        self.words: dict[tuple[str | None, str], Counter[int]] = defaultdict(Counter)
        self.profiles: dict[tuple[str | None, int], Counter[str]] = defaultdict(Counter)
        self.phrases: dict[tuple[str | None, int], Counter[frozenset[str]]] = defaultdict(Counter)
        self.named: dict[str | None, Counter[int]] = defaultdict(Counter)
        self.orders: dict[str, list[types.PastOrder]] = defaultdict(list)
        self.category_uoms: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self.vocabulary: set[str] = set()
        self._seller = frozenset(tokens.WORDS.findall(letters.fold(company.name).text)) - frozenset(items.idf)
        self._seller_sounds = frozenset(
            s
            for w in tokens.WORDS.findall(letters.fold(company.name).text)
            if len(s := letters.sound(w)) >= 3
        )
        articles = frozenset(("el", "al", "il")) if "ar" in company.languages else frozenset()
        self.articles = articles
        self.known_names = {
            code: frozenset(w for w in names_of(customer) if w not in items.idf) | articles
            for code, customer in self.customers.items()
        }
        pairs: list[tuple[tuple[str, ...], int]] = []
        self.tokenizer = tokens.Tokenizer(self.knows, items.code)
        self.references = references.References(items, lessons.past_orders)
        for order in lessons.past_orders:
            pairs.extend(self._learn(order))
        for alias in lessons.aliases:
            self._learn_alias(alias)
        self.translations = translate(pairs, items)
        self._spoken = catalogue.WordIndex(self.vocabulary)

    def knows(self, word: str) -> bool:
        """Whether catalogue, lexicon or history uses this folded word."""
        return word in self.vocabulary or self._items.knows(word)

    def cut_words(self, text: str) -> list[tokens.Token]:
        """The tokens of a text with number words joined."""
        return self.prepared(self.tokenizer.tokens(letters.fold(text)))

    def prepared(self, found: list[tokens.Token]) -> list[tokens.Token]:
        """Raw tokens with number words joined and Arabic prefixes taken off."""
        joined = tokens.join_number_words([self.bare(token) for token in found])
        for number, token in itertools.pairwise(joined):
            code = (
                words.UNITS.get(token.text, "") if token.kind == tokens.WORD and len(token.text) == 1 else ""
            )
            sized = number.value is not None and self._items.has_size(number.value, code)
            if code and number.kind == tokens.NUM and not sized:
                token.form = "letter"
        for one, other in itertools.pairwise(joined):
            if (one.text, other.text.removesuffix("s")) in self._items.pairs or (
                (one.text, other.text) in self._items.pairs
            ):
                for token in (one, other):
                    token.form = token.form or NAME * (token.kind == tokens.WORD and len(token.text) > 2)
        return tokens.drop_articles(tokens.drop_verbs(joined))

    def expected(self, customer: str | None, number: int, keys: Iterable[str]) -> float | None:
        """How much of what a customer usually says for an item is said: 1 all, 0 nothing, None unknown."""
        profile = self.profiles.get((customer, number)) if customer else None
        if not profile:
            return None
        said = set(keys)
        total = sum(profile.values())
        return sum(count for key, count in profile.items() if key in said) / total

    def shares(self, customer: str | None, number: int) -> dict[str, float]:
        """Per term the share of a customer's mentions of an item that held it."""
        profile = self.profiles.get((customer, number)) if customer else None
        named = self.named[customer][number] if customer else 0
        return {key: count / named for key, count in profile.items()} if profile and named else {}

    def sets_apart(self, customer: str | None, other: int, best: int, said: Iterable[str]) -> bool:
        """Whether a customer has one word for an item that is unsaid here and not said for another item."""
        known = self._said_of(customer, best, said)
        return any(share >= 0.8 and key not in known for key, share in self.shares(customer, other).items())

    def always_told(self, customer: str | None, other: int, best: int, said: Iterable[str]) -> bool:
        """Whether a customer always says something for an item, in whatever words, that is unsaid here.

        "9w" is the cool white bulb to who says "9w warm" or "9w yellow" for the other one.
        """
        phrases = self.phrases.get((customer, other))
        if not phrases:
            return False
        known = self._said_of(customer, best, said)
        told = sum(count for keys, count in phrases.items() if keys - known)
        return told >= 0.9 * sum(phrases.values())

    def left_out(self, customer: str | None, number: int, said: Iterable[str]) -> set[str]:
        """Words a customer said each time for an item bought once or twice, for no other, and not here."""
        habit = self.habits.get(customer or "", {}).get(number)
        if habit is None or habit.count > _FEW:
            return set()
        always = {key for key, share in self.shares(customer, number).items() if share >= 0.9}
        return {
            key for key in always.difference(said) if sum(self.words[customer, key].values()) <= habit.count
        }

    def _said_of(self, customer: str | None, number: int, said: Iterable[str]) -> set[str]:
        return set(said) | {key for key, share in self.shares(customer, number).items() if share >= 0.3}

    def says(self, customer: str | None, number: int, said: Iterable[str]) -> bool:
        """Whether a customer has named an item by exactly these terms."""
        return frozenset(said) in self.phrases.get((customer, number), ())

    def is_seller(self, word: str) -> bool:
        """Whether a word is the company's own name, also in another script."""
        return word in self._seller or (not word.isascii() and letters.sound(word) in self._seller_sounds)

    def said_for(self, owner: str | None, key: str) -> dict[int, float]:
        """Per item the share of its mentions (by a customer, or by all: None) that hold a term."""
        found = self.words.get((owner, key))
        if not found:
            return {}
        named = self.named[owner]
        return {number: count / max(count, named[number]) for number, count in found.items()}

    def cousins(self, word: str) -> tuple[tuple[str, float], ...]:
        """Words of the history that look or sound like one it never held (another spelling or script)."""
        if word in self.vocabulary or len(word) < 3:
            return ()
        return tuple((other, likeness) for other, likeness in self._spoken.similar(word) if likeness >= 0.8)[
            :4
        ]

    def bare(self, token: tokens.Token) -> tokens.Token:
        """An Arabic word without the article or "and" before it, where only the rest is known."""
        word = token.text
        if (
            token.kind != tokens.WORD
            or word.isascii()
            or len(word) < 4
            or self.knows(word)
            or word in _COMMON
        ):
            return token
        if numbers.value(word) is not None:
            return token
        for prefix in _PREFIXES:
            rest = word[len(prefix) :]
            if word.startswith(prefix) and len(rest) >= 2 and (self.knows(rest) or rest in _COMMON):
                token.text = rest
                token.form = "and" if prefix[0] == "و" else token.form
                return token
        return token

    def _learn(self, order: types.PastOrder) -> list[tuple[tuple[str, ...], int]]:
        customer = order.customer
        self.orders[customer].append(order)
        for line in order.lines:
            number = self._items.index.get(line.sku)
            if number is None:
                continue
            habit = self.habits[customer].setdefault(number, Habit())
            habit.count += 1
            habit.last_at = max(habit.last_at or order.ordered_at, order.ordered_at)
            habit.uoms[line.uom] += 1
            habit.quantities.append((line.qty, line.uom))
            self.popularity[number] += 1
            self.category_uoms[customer, self._items.items[number].category][line.uom] += 1
        if not order.message:
            return []
        pairs = []
        said = self.references.without(self.cut_words(order.message), order.message, customer)
        said = quantities.join(preparing.colour_sets(said, self._items.idf.__contains__))
        for found in aligning.align(said, order.lines, self.known_names.get(customer, ()), self._items.fit):
            number = self._items.index.get(found.line.sku)
            if number is None:
                continue
            own = tuple(t for t in found.terms if t.is_size or number not in self._items.excluded(t.key))
            if not own:
                continue
            self._count(customer, number, own)
            if found.unit_word is None:
                self.habits[customer][number].bare_uoms[found.line.uom] += 1
            pairs.append((tuple(t.key for t in own if not t.is_size), number))
        return pairs

    def _count(
        self, customer: str | None, number: int, terms: Sequence[catalogue.Term], times: int = 1
    ) -> None:
        key = phrase(terms)
        for owner in dict.fromkeys((customer, None)):
            self.named[owner][number] += times
            if owner is not None:
                self.phrases[owner, number][frozenset(term.key for term in terms)] += times
            for key_of in {term.key for term in terms}:
                self.profiles[owner, number][key_of] += times
            if _names_itself(terms):
                self.aliases[owner, key][number] += times
            for term in terms:
                self.words[owner, term.key][number] += times
        self.vocabulary.update(t.key for t in terms if not t.is_size and len(t.key) > 1)

    def _learn_alias(self, alias: types.Alias) -> None:
        number = self._items.index.get(alias.sku)
        worth = alias.ok - 2 * alias.bad
        if number is None or worth <= 0 or alias.key.startswith(CODE):
            return
        terms = aligning.content_terms(self.cut_words(alias.key)) or (catalogue.Term(alias.key),)
        self._count(alias.customer, number, terms, worth)
        if alias.uom and alias.customer:
            habit = self.habits[alias.customer].setdefault(number, Habit())
            habit.bare_uoms[alias.uom] += worth

    def bought(self, customer: str | None, number: int) -> float:
        """0..1: how much of a habit an item is for a customer."""
        habit = self.habits.get(customer or "", {}).get(number)
        return 0.0 if habit is None or not habit.count else min(1.0, 0.55 + 0.15 * math.log2(habit.count))


def _names_itself(terms: Sequence[catalogue.Term]) -> bool:
    """Whether a mention can be told again without what was said before it: "2.5 red", not "red"."""
    said = [term for term in terms if not term.is_size]
    return bool(said) and (len(said) < len(terms) or any(t.key not in goods.ATTRIBUTE_WORDS for t in said))


def names_of(customer: types.Customer) -> frozenset[str]:
    """Folded words of a customer's own names and places: they name no item."""
    text = " ".join(
        (customer.name, customer.city, customer.contact_name, *customer.ship_to, *customer.alternative_names)
    )
    found = tokens.Tokenizer(lambda _: False, lambda _: None).tokens(letters.fold(text))
    return frozenset(
        t.text for t in found if t.kind == tokens.WORD and len(t.text) > 2 and t.text not in words.UNITS
    )


def translate(
    pairs: Sequence[tuple[tuple[str, ...], int]], items: catalogue.Catalogue
) -> dict[str, dict[str, float]]:
    """How customers' words translate into the catalogue's, 0..1.

    A word stands for a catalogue word where each mostly occurs with the other: the geometric mean of both
    shares, so that "haldi" is turmeric rather than powder, which other words go with as well.
    """
    spoken: Counter[str] = Counter()
    written: Counter[str] = Counter()
    together: dict[str, Counter[str]] = defaultdict(Counter)
    for source, number in pairs:
        said, own = set(source), set(items.words[number].words)
        spoken.update(said)
        written.update(own)
        for word in said:
            together[word].update(own)
    out: dict[str, dict[str, float]] = {}
    for word, counts in together.items():
        strength = {o: math.sqrt(n / spoken[word] * n / written[o]) for o, n in counts.items()}
        top = max(strength.values(), default=0.0)
        if top > 0:
            out[word] = {
                o: (s / top) ** 2 * counts[o] / spoken[word] for o, s in strength.items() if s / top >= 0.5
            }
    return out
