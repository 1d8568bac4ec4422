"""From the words of a mention to items: how well each fits, and whether one can be told from the rest."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from obeya.orders.reading import catalogue, goods, memory, words

_TOP = 16
_TEMPERATURE = 0.055
_KIN = 0.12  # what an item gains that the customer buys in another colour
_UNDERSTOOD = 0.9  # from here on, a word's meaning is known and need not be guessed from what it goes with
_SAID = 0.95
_EXPLAINED = 0.5
"""From this support on, a word beside a code is one of the item's own."""


@dataclass(frozen=True, slots=True)
class Fit:
    """One item for a mention. `cover` 0..1 is the share of the mention it explains; `score` adds habit."""

    number: int
    score: float
    cover: float
    share: float
    alias: bool
    bought: float
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """The ranked items for a mention; `weight` is how much there was to explain, `gain` how much it was."""

    terms: tuple[catalogue.Term, ...]
    fits: tuple[Fit, ...]
    weight: float
    gain: float

    @property
    def best(self) -> Fit | None:
        """The first item, or None."""
        return self.fits[0] if self.fits else None


class Matcher:
    """Matches mentions for one company; remembers what it has worked out."""

    def __init__(self, items: catalogue.Catalogue, learned: memory.Memory) -> None:
        """Share the index and the memory."""
        self._items = items
        self._learned = learned
        self._cache: dict[tuple[tuple[catalogue.Term, ...], str | None], Match] = {}
        self._popular = np.zeros(len(items.items))
        for number, count in learned.popularity.items():
            self._popular[number] = min(1.0, 0.4 + 0.1 * math.log2(1 + count))
        self._supports: dict[tuple[catalogue.Term, str | None], NDArray[np.float64]] = {}
        self._spoken: dict[str, frozenset[str]] = {}
        self._habit: dict[str | None, NDArray[np.float64]] = {}
        self._kin: dict[str | None, NDArray[np.float64]] = {}
        self._inactive = np.array([0.0 if item.active else 1.0 for item in items.items])

    def match(self, terms: Sequence[catalogue.Term], customer: str | None) -> Match:
        """Rank the items for these terms as this customer would mean them."""
        key = (tuple(terms), customer)
        found = self._cache.get(key)
        if found is None:
            found = self._cache[key] = self._match(key[0], customer)
            if len(self._cache) > 20_000:
                self._cache.clear()
        return found

    def habit(self, customer: str | None) -> NDArray[np.float64]:
        """Per item 0..1: the customer's habit of buying it."""
        if customer not in self._habit:
            vector = np.zeros(len(self._items.items))
            for number in self._learned.habits.get(customer or "", {}):
                vector[number] = self._learned.bought(customer, number)
            self._habit[customer] = vector
        return self._habit[customer]

    def kin(self, customer: str | None) -> NDArray[np.float64]:
        """Per item 0..1: the customer's habit of buying it in another colour or size."""
        if customer not in self._kin:
            habit = self.habit(customer)
            vector = np.zeros(len(habit))
            for number in np.flatnonzero(habit):
                for other, near in self._items.kin(int(number)):
                    vector[other] = max(vector[other], near * habit[number])
            self._kin[customer] = vector
        return self._kin[customer]

    def support(self, term: catalogue.Term, customer: str | None) -> NDArray[np.float64]:
        """Per item 0..1: how well a term fits, from names, meanings, sizes and everything learned."""
        found = self._supports.get((term, customer))
        if found is None:
            found = self._support(term, customer)
            if len(self._supports) >= 1_000:
                self._supports.clear()
            self._supports[term, customer] = found
        return found

    def names(self, word: str, customer: str | None) -> bool:
        """Whether a word is part of an item's name, in the catalogue or as this customer says it."""
        return float(self.support(catalogue.Term(word), customer).max(initial=0.0)) >= 0.85

    def gain(self, terms: Sequence[catalogue.Term], customer: str | None, number: int) -> float:
        """How much of these terms an item explains: above 0 more than it leaves open."""
        return sum(self.weight(t) * (float(self.support(t, customer)[number]) - 0.5) for t in terms)

    def foreign(
        self, terms: Sequence[catalogue.Term], customer: str | None, number: int
    ) -> list[catalogue.Term]:
        """Of the words beside an item's code, those that the item does not explain."""
        own = self._items.items[number].sku
        return [
            t
            for t in terms
            if self._items.code(t.key) != own and float(self.support(t, customer)[number]) < _EXPLAINED
        ]

    def _support(self, term: catalogue.Term, customer: str | None) -> NDArray[np.float64]:
        vector = np.zeros(len(self._items.items))
        numbers, values = self._items.support(term)
        vector[numbers] = values
        learned = self._learned
        understood = float(values.max(initial=0.0)) >= _UNDERSTOOD
        if not term.is_size and term.key not in self._items.idf and not understood:
            for word, share in learned.translations.get(term.key, {}).items():
                numbers, values = self._items.support(catalogue.Term(word))
                sure = values >= 0.99
                vector[numbers[sure]] = np.maximum(vector[numbers[sure]], 0.85 * share)
        ceiling = 0.8 if term.is_size else 0.88
        for number, share in learned.said_for(None, term.key).items():
            vector[number] = max(vector[number], ceiling * min(1.0, share / 0.3))
        if customer:
            for number, share in learned.said_for(customer, term.key).items():
                vector[number] = max(vector[number], 0.98 * min(1.0, share / 0.25))
        for cousin, likeness in () if term.is_size else learned.cousins(term.key):
            for owner, most in ((None, 0.88), (customer, 0.98)):
                for number, share in learned.said_for(owner, cousin).items():
                    vector[number] = max(
                        vector[number], most * min(1.0, likeness + 0.08) * min(1.0, share / 0.3)
                    )
        if not term.is_size:
            vector[list(self._items.excluded(term.key))] = 0.0
        return vector

    def weight(self, term: catalogue.Term) -> float:
        """How much it matters that a term is explained."""
        if term.is_size:
            return 1.1
        if len(term.key) <= 1:
            return 0.6
        return 0.7 if term.key in words.SMALL or term.key in words.LARGE else 1.0

    def _match(self, terms: tuple[catalogue.Term, ...], customer: str | None) -> Match:
        count = len(self._items.items)
        if not terms or not count:
            return Match(terms, (), 0.0, 0.0)
        weights = [self.weight(term) for term in terms]
        supports = [self.support(term, customer) for term in terms]
        total = sum(weights)
        supports = self._relative(terms, weights, _once(terms, supports), customer)
        cover = sum((w * s for w, s in zip(weights, supports, strict=True)), np.zeros(count)) / total
        habit = self.habit(customer)
        rough = cover + 0.12 * habit + 0.02 * self._popular
        size = min(40, count)
        top = np.argpartition(-rough, size - 1)[:size]
        key = memory.phrase(terms)
        own = self._learned.aliases.get((customer, key)) if customer else None
        company = self._learned.aliases.get((None, key))
        named = set(own or ()) | set(company or ())
        candidates = {int(n) for n in top if rough[n] > 0.25} | named
        fullest = max((float(cover[n]) for n in candidates), default=0.0)
        fits = [
            self._fit(n, terms, supports, float(cover[n]), habit, own, company, fullest, customer)
            for n in candidates
        ]
        fits.sort(key=lambda fit: (-fit.score, fit.number))
        fits = _with_shares(fits[:_TOP])
        best = fits[0].number if fits else -1
        gain = (
            sum(w * (float(s[best]) - 0.5) for w, s in zip(weights, supports, strict=True)) if fits else 0.0
        )
        return Match(terms, tuple(fits), total, gain)

    def _relative(
        self,
        terms: Sequence[catalogue.Term],
        weights: Sequence[float],
        supports: list[NDArray[np.float64]],
        customer: str | None,
    ) -> list[NDArray[np.float64]]:
        """Let "small" and "large" mean the smallest and largest of what the other words fit equally."""
        at = [n for n, t in enumerate(terms) if t.key in words.SMALL or t.key in words.LARGE]
        others = [w * s for n, (w, s) in enumerate(zip(weights, supports, strict=True)) if n not in at]
        if not at or not others:
            return supports
        cover = sum(others, np.zeros(len(self._items.items)))
        members = [int(n) for n in np.flatnonzero(cover >= cover.max() - 0.15)]
        habit = self.habit(customer)
        own = [n for n in members if habit[n] > 0]
        kinds = {self._items.items[n].category for n in own}
        members = [n for n in members if not kinds or self._items.items[n].category in kinds]
        sized = [
            (min(s for _, s in self._items.words[n].measured), n)
            for n in (own if len(own) > 1 else members)
            if self._items.words[n].measured
        ]
        sizes = sorted({size for size, _ in sized})
        if len(sizes) < 2 or len(sized) > 12:
            return supports
        for n in at:
            vector = supports[n].copy()
            said = self._learned.said_for(customer, terms[n].key) if customer else {}
            for size, number in sized:
                rank = sizes.index(size) / (len(sizes) - 1)
                fit = 0.9 * (1 - rank if terms[n].key in words.SMALL else rank)
                vector[number] = max(fit, 0.98 * min(1.0, said.get(number, 0.0) / 0.25))
            supports[n] = vector
        return supports

    def _fit(
        self,
        number: int,
        terms: Sequence[catalogue.Term],
        supports: Sequence[NDArray[np.float64]],
        cover: float,
        habit: NDArray[np.float64],
        own: dict[int, int] | None,
        company: dict[int, int] | None,
        fullest: float,
        customer: str | None,
    ) -> Fit:
        missing = tuple(t.key for t, s in zip(terms, supports, strict=True) if s[number] < 0.5)
        bought = float(habit[number])
        said = own or (company if bought else None)
        if said and said.get(number, 0) > sum(said.values()) / 2 and (own or said[number] > 1):
            missing, cover = (), max(cover, _SAID)  # just so it was said before
        gap = max(0.0, fullest - cover - 0.05)
        trust = 1.0 if gap == 0 else max(0.0, 0.5 - 3 * gap)
        score = (
            cover
            + 0.22 * trust * bought
            + _KIN * trust * float(self.kin(customer)[number]) * (bought == 0)
            + 0.03 * float(self._popular[number])
            - 0.03 * float(self._inactive[number])
        )
        alias = False
        if own and number in own:
            share = own[number] / sum(own.values())
            score += 0.25 * share + 0.1 * (1 - 0.5 ** own[number])
            alias = True
        elif company and number in company:
            share = company[number] / sum(company.values())
            score += 0.1 * share
            alias = share > 0.5 and company[number] >= 2
        score += 0.16 * self._mentioned(number, terms)
        usual = self._learned.expected(customer, number, (t.key for t in terms)) if bought else None
        score += 0.12 * usual if usual is not None else 0.0
        return Fit(number, score, cover, 0.0, alias, bought, missing)

    def _mentioned(self, number: int, terms: Sequence[catalogue.Term]) -> float:
        """The share of an item's own telling words that the mention says (rare words tell more)."""
        spoken = [self._says(term.key) for term in terms if not term.is_size]
        said = 0.0
        total = 0.0
        for word in self._items.words[number].words:
            weight = self._items.idf.get(word, 1.0)
            total += weight
            if any(word in one for one in spoken):
                said += weight
        return said / total if total else 0.0

    def _says(self, key: str) -> frozenset[str]:
        """The catalogue's words that a word says: itself, alike ones, and those of the same meaning."""
        found = self._spoken.get(key)
        if found is None:
            if len(self._spoken) > 20_000:
                self._spoken.clear()
            alike = (word for word, _ in self._items.similar(key))
            meant = (word for group in goods.groups(key) for word in self._items.meaning(group))
            translated = self._learned.translations.get(key, {})
            found = self._spoken[key] = frozenset((key, *alike, *meant, *translated))
        return found


def _once(
    terms: Sequence[catalogue.Term], supports: Sequence[NDArray[np.float64]]
) -> list[NDArray[np.float64]]:
    """A size said twice is explained once: the second "1" of "1 ltr gum ek" names nothing."""
    seen: set[str] = set()
    out = []
    for term, vector in zip(terms, supports, strict=True):
        repeated = term.is_size and term.key in seen
        out.append(np.zeros_like(vector) if repeated else vector)
        if term.is_size:
            seen.add(term.key)
    return out


def _with_shares(fits: list[Fit]) -> list[Fit]:
    if not fits:
        return []
    top = fits[0].score
    raw = [math.exp((fit.score - top) / _TEMPERATURE) for fit in fits]
    total = sum(raw)
    return [
        Fit(f.number, f.score, f.cover, r / total, f.alias, f.bought, f.missing)
        for f, r in zip(fits, raw, strict=True)
    ]
