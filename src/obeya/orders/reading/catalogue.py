"""The company's items as an index: words, meanings, sizes and codes to items, without scanning the list."""

import functools
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import JaroWinkler

from obeya.orders.reading import choices, goods, letters, tokens, types, words

Sparse = tuple[NDArray[np.int64], NDArray[np.float64]]
# Dimension and factor of measuring units: sizes are compared in one unit of each dimension.
_DIMENSIONS: dict[str, tuple[str, Decimal]] = {
    "mm": ("mm", Decimal(1)),
    "cm": ("mm", Decimal(10)),
    "in": ("in", Decimal(1)),
    "m": ("m", Decimal(1)),
    "ft": ("m", Decimal("0.3048")),
    "kg": ("kg", Decimal(1)),
    "g": ("kg", Decimal("0.001")),
    "l": ("l", Decimal(1)),
    "ml": ("l", Decimal("0.001")),
    "sqmm": ("sqmm", Decimal(1)),
    "w": ("w", Decimal(1)),
    "a": ("a", Decimal(1)),
    "v": ("v", Decimal(1)),
    "lb": ("kg", Decimal("0.4536")),
    "oz": ("oz", Decimal(1)),
}
# Nominal bores as the trade says them (inch -> mm), a weak hint where a catalogue names only one of the two.
_NOMINAL: dict[str, tuple[int, ...]] = {
    "0.5": (15, 20),
    "0.75": (20, 25),
    "1": (25,),
    "1.25": (32,),
    "1.5": (40,),
    "2": (50, 63),
    "2.5": (63, 75),
    "3": (75, 90),
    "4": (110, 100),
    "6": (160, 150),
}
EMPTY: Sparse = (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float64))


@dataclass(frozen=True, slots=True)
class Term:
    """One word or size of a mention. `key` is the folded word, or "#" and the number; `unit` its measure."""

    key: str
    value: Decimal | None = None
    unit: str = ""

    @property
    def is_size(self) -> bool:
        """Whether this is a number, not a word."""
        return self.value is not None


def plain(value: Decimal) -> str:
    """A number without trailing zeros: 0.50 -> 0.5, 200 -> 200."""
    return format(value.normalize(), "f")


def number_key(value: Decimal) -> str:
    """The term key of a number."""
    return "#" + plain(value)


def measure(value: Decimal, unit: str) -> tuple[str, float] | None:
    """(dimension, value in its unit) of a size, or None where the unit measures nothing."""
    found = _DIMENSIONS.get(unit)
    return (found[0], round(float(value * found[1]), 5)) if found else None


def code_key(text: str) -> str:
    """A code without its separators: C-BV-20, c bv 20 and CBV20 are one."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


@dataclass(slots=True)
class ItemWords:
    """What one item's description says: its words, sizes (raw and measured) and pack counts."""

    words: tuple[str, ...]
    raw: frozenset[str]
    measured: frozenset[tuple[str, float]]
    packs: frozenset[str] = field(default_factory=frozenset)


def terms_of(found: Sequence[tokens.Token]) -> list[Term]:
    """Terms of a run of tokens: words, codes and numbers with the measure that follows them."""
    out: list[Term] = []
    index = 0
    while index < len(found):
        token = found[index]
        if token.text == "s" and not token.spaced and index and found[index - 1].kind == tokens.NUM:
            index += 1  # "the #12s"
            continue
        if token.kind == tokens.NUM and token.value is not None:
            unit, skip = measure_after(found, index)
            out.append(Term(number_key(token.value), token.value, unit))
            index += 1 + skip
            continue
        code = words.UNITS.get(token.text, "") if token.kind == tokens.WORD else ""
        if (
            code in ("kg", "l", "in")
            and len(token.text) > 2
            and (index == 0 or found[index - 1].kind != tokens.NUM)
        ):
            out.append(Term("#1", Decimal(1), code))
        elif token.kind in (tokens.WORD, tokens.CODE):
            out.append(Term(token.text))
        index += 1
    return out


def measure_after(found: Sequence[tokens.Token], index: int) -> tuple[str, int]:
    """The measuring unit right after a number token, and how many tokens it takes ("" and 0 for none)."""
    if index + 1 >= len(found):
        return "", 0
    after = found[index + 1]
    if after.kind == tokens.MARK and after.text == '"' and not after.spaced:
        return "in", 1
    if after.kind == tokens.WORD:
        code = words.UNITS.get(after.text, "")
        square = after.text in ("sq", "square") and index + 2 < len(found)
        if square and found[index + 2].text == "mm":
            return "sqmm", 2
        if code == "sqmm" or after.text == "sq":
            return "sqmm", 1
        if code in words.MEASURES and after.form != "letter":
            return code, 1
    return "", 0


_LETTERED = {"s": "small", "m": "medium", "l": "large"}
_TOLD = 3
"""Consonants of a word in Arabic script from which on it can be a foreign word written by its sound."""
_ROUGHLY = 0.84


class WordIndex:
    """Words findable by look and sound across scripts."""

    def __init__(self, known: Iterable[str]) -> None:
        """Index folded words by their letters and their consonants."""
        self._known = frozenset(known)
        self._grams: dict[str, list[str]] = defaultdict(list)
        self._sounds: dict[str, list[str]] = defaultdict(list)
        self._rough: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._known):
            self._sounds[letters.sound(word)].append(word)
            if word.isascii():
                self._rough[letters.rough_sound(word)].append(word)
            for gram in letters.trigrams(letters.roman(word)):
                self._grams[gram].append(word)
        self._found: dict[str, tuple[tuple[str, float], ...]] = {}

    def similar(self, word: str) -> tuple[tuple[str, float], ...]:
        """Known words that look or sound like a folded word, with a similarity 0..1, best first."""
        cached = self._found.get(word)
        if cached is None:
            if len(self._found) > 50_000:
                self._found.clear()
            cached = self._found[word] = self._find(word)
        return cached

    def _find(self, word: str) -> tuple[tuple[str, float], ...]:
        if word in self._known:
            return ((word, 1.0),)
        plain_word = letters.roman(word)
        if not plain_word:
            return ()
        acronym = letters.acronym(word)
        if acronym and acronym in self._known:
            return ((acronym, 0.97),)
        found: dict[str, float] = {}
        hits: Counter[str] = Counter()
        for gram in letters.trigrams(plain_word):
            hits.update(self._grams.get(gram, ()))
        for other, _ in hits.most_common(25):
            found[other] = _likeness(plain_word, letters.roman(other))
        skeleton = letters.sound(word)
        if len(skeleton) >= 2:
            for other in self._sounds.get(skeleton, ())[:50]:
                likeness = _likeness(plain_word, letters.roman(other))
                bonus = 0.86 if len(skeleton) >= 3 else 0.78
                found[other] = max(found.get(other, 0.0), likeness, bonus if likeness > 0.5 else 0.0)
        rough = letters.rough_sound(word) if letters.is_arabic(word) else ""
        for other in self._rough.get(rough, ())[:50] if len(rough) >= _TOLD else ():
            found[other] = max(found.get(other, 0.0), _ROUGHLY)
        best = sorted(((o, s) for o, s in found.items() if s >= 0.72), key=lambda pair: -pair[1])
        return tuple(best[:8])


class Catalogue:
    """Items indexed by word, meaning, size and code."""

    def __init__(self, items: Sequence[types.Item]) -> None:
        """Index once; `support` then answers how well a term fits each item.

        Items are numbered by SKU, so that equal fits rank alike however the items came in.
        """
        self.items = tuple(_ordered(item) for item in sorted(items, key=lambda item: item.sku))
        self.index = {item.sku: number for number, item in enumerate(self.items)}
        self.codes = {code_key(item.sku): item.sku for item in self.items}
        self._tokenizer = tokens.Tokenizer(self._known, self.code)
        self.pairs: set[tuple[str, str]] = set()
        self._vocabulary: dict[str, dict[int, float]] = defaultdict(dict)
        self._numbers: dict[str, dict[int, float]] = defaultdict(dict)
        self._measured: dict[tuple[str, float], dict[int, float]] = defaultdict(dict)
        self._groups: dict[int, dict[int, float]] = defaultdict(dict)
        self._meaning: dict[int, set[str]] = defaultdict(set)
        self._excluded: dict[str, frozenset[int]] = {}
        self.words: list[ItemWords] = [
            self._read_item(number, item) for number, item in enumerate(self.items)
        ]
        self._families: dict[tuple[frozenset[str], frozenset[str]], list[int]] = defaultdict(list)
        self._series: dict[frozenset[str], list[int]] = defaultdict(list)
        for number in range(len(self.items)):
            self._series[frozenset(self.words[number].words) - goods.ATTRIBUTE_WORDS].append(number)
            if family := self._family(number):
                self._families[family].append(number)
        self.choices = choices.Choices(
            [frozenset(said.words) for said in self.words], [said.raw | said.packs for said in self.words]
        )
        count = max(1, len(self.items))
        self.idf = {w: float(np.log((count + 1) / (len(p) + 0.5))) for w, p in self._vocabulary.items()}
        self._index = WordIndex(self._vocabulary)
        self._support: dict[Term, Sparse] = {}

    def _known(self, word: str) -> bool:
        return word in self._vocabulary or word in goods.GROUPS

    def _family(self, number: int) -> tuple[frozenset[str], frozenset[str]] | None:
        """What an item has in common with the same thing in other colours; None where it has no colour."""
        said = self.words[number]
        colours = {w for w in said.words if w in goods.ATTRIBUTE_WORDS}
        return (frozenset(said.words) - colours, said.raw) if colours else None

    def kin(self, number: int) -> list[tuple[int, float]]:
        """The same thing in other colours (nearness 1) and in other sizes (0.5)."""
        family = self._family(number)
        same = self._families[family] if family else []
        names = frozenset(self.words[number].words) - goods.ATTRIBUTE_WORDS
        return [*((n, 0.5) for n in self._series[names]), *((n, 1.0) for n in same)]

    def has_size(self, value: Decimal, unit: str) -> bool:
        """Whether any item has this measured size."""
        size = measure(value, unit)
        return size is not None and size in self._measured

    def of_size(self, value: Decimal, unit: str) -> frozenset[int]:
        """The items that have this measured size."""
        size = measure(value, unit)
        return frozenset(self._measured.get(size, ())) if size else frozenset()

    def knows(self, word: str) -> bool:
        """Whether the catalogue or the lexicon uses this folded word."""
        return self._known(word) or (word.endswith("s") and self._known(word[:-1]))

    def code(self, text: str) -> str | None:
        """The SKU a text is the code of (separators ignored), or None."""
        key = code_key(text)
        return self.codes.get(key) if len(key) >= 3 else None

    def _read_item(self, number: int, item: types.Item) -> ItemWords:
        found = self._tokenizer.tokens(letters.fold(item.description))
        names: list[str] = []
        raw: set[str] = set()
        measured: set[tuple[str, float]] = set()
        packs: set[str] = set()
        for at, token in enumerate(found):
            if token.kind == tokens.NUM and token.value is not None:
                self._add_size(number, found, at, raw, measured, packs)
            elif token.kind in (tokens.WORD, tokens.CODE) and token.text not in ("x", "and", "of", "the"):
                if (
                    at
                    and found[at - 1].kind == tokens.NUM
                    and token.text in words.UNITS
                    and len(token.text) < 5
                ):
                    continue
                names.append(token.text)
        self.pairs.update(itertools.pairwise(names))
        for word in names:
            self._add_word(number, word, 1.0)
            if word[0] == "m" and word[1:].isdecimal():
                self._measured["mm", float(word[1:])].setdefault(number, 0.9)
                self._numbers[number_key(Decimal(word[1:]))].setdefault(number, 0.7)
        for word in names:
            for part in (*goods.COMPOUNDS.get(word, ()), *goods.INITIALS.get(word, ())):
                self._add_word(number, part, 0.95)
        for word in _plain_words(item.brand):
            self._add_word(number, word, 1.0)
        for word in _plain_words(item.category):
            self._add_word(number, word, 0.6)
        return ItemWords(tuple(dict.fromkeys(names)), frozenset(raw), frozenset(measured), frozenset(packs))

    def _add_size(
        self,
        number: int,
        found: Sequence[tokens.Token],
        at: int,
        raw: set[str],
        measured: set[tuple[str, float]],
        packs: set[str],
    ) -> None:
        value = found[at].value or Decimal(0)
        unit, _ = measure_after(found, at)
        key = number_key(value)
        is_pack = not unit and at + 1 < len(found) and found[at + 1].text == "x"
        if is_pack and at + 2 < len(found) and measure_after(found, at + 2)[0] == unit != "":
            is_pack = False
        weight = 0.7 if is_pack else 1.0
        (packs if is_pack else raw).add(key)
        self._numbers[key][number] = max(weight, self._numbers[key].get(number, 0.0))
        size = measure(value, unit)
        if size:
            measured.add(size)
            self._measured[size][number] = 1.0
            shown = number_key(Decimal(str(size[1])))
            self._numbers[shown].setdefault(number, 0.9)
            if size[0] in ("kg", "l"):
                self._numbers[number_key(Decimal(str(size[1])) * 1000)].setdefault(number, 0.9)

    def _add_word(self, number: int, word: str, weight: float) -> None:
        posting = self._vocabulary[word]
        posting[number] = max(weight, posting.get(number, 0.0))
        for group in goods.groups(word):
            self._meaning[group].add(word)
            self._groups[group][number] = max(weight, self._groups[group].get(number, 0.0))

    def similar(self, word: str) -> tuple[tuple[str, float], ...]:
        """Vocabulary words that look or sound like a folded word, with a similarity 0..1, best first."""
        return self._index.similar(word)

    def meaning(self, group: int) -> frozenset[str]:
        """The catalogue's words of one group of meanings."""
        return frozenset(self._meaning.get(group, ()))

    def named(self, word: str) -> frozenset[str]:
        """The catalogue words that a folded word plainly is: itself, or of the same meaning."""
        if word in self._vocabulary:
            return frozenset((word,))
        found = goods.groups(word) | goods.groups(word.removesuffix("s"))
        meant = frozenset(w for group in found for w in self._meaning.get(group, ()))
        return meant or self._initial(word)

    def _initial(self, word: str) -> frozenset[str]:
        """The size that a single letter stands for where things come in such: the S, M and L of gloves."""
        size = _LETTERED.get(word, "")
        return frozenset((size,)) if self.choices.describes(size) else frozenset()

    def describes(self, word: str) -> bool:
        """Whether a word only tells like things apart, in the language or in this catalogue."""
        if word in goods.ATTRIBUTE_WORDS:
            return True
        said = self.named(word)
        return bool(said) and all(self.choices.describes(w) for w in said)

    def excluded(self, word: str) -> frozenset[int]:
        """The items that a word speaks against: it says one colour (scent, kind) and they have another."""
        if word not in self._excluded:
            said = self.named(word)
            choosing = said if said and all(self.choices.rivals(w) for w in said) else frozenset()
            self._excluded[word] = frozenset(
                number
                for number in range(len(self.items))
                if choosing and all(self.choices.excludes(w, number) for w in choosing)
            )
        return self._excluded[word]

    def support(self, term: Term) -> Sparse:
        """How well a term fits each item: item numbers and 0..1 (from names, meanings and sizes alone)."""
        cached = self._support.get(term)
        if cached is None:
            fits = self._size_support(term) if term.is_size else self._word_support(term.key)
            cached = as_sparse(fits)
            if len(self._support) > 50_000:
                self._support.clear()
            self._support[term] = cached
        return cached

    def fit(self, term: Term, sku: str) -> float:
        """How well a term fits one item, 0..1, from names, meanings and sizes alone."""
        number = self.index.get(sku)
        numbers, values = self.support(term)
        return 0.0 if number is None else float(values[numbers == number].max(initial=0.0))

    def _word_support(self, word: str) -> dict[int, float]:
        fits: dict[int, float] = {}
        for other, likeness in self.similar(word):
            for number, weight in self._vocabulary[other].items():
                fits[number] = max(fits.get(number, 0.0), likeness * weight)
        if word in goods.COMPOUNDS and word not in self._vocabulary:
            parts = [self._word_support(part) for part in goods.COMPOUNDS[word]]
            for number in set().union(*parts):
                fits[number] = max(fits.get(number, 0.0), sum(p.get(number, 0.0) for p in parts) / len(parts))
            return fits
        for group in goods.groups(word):
            for number, weight in self._groups.get(group, {}).items():
                fits[number] = max(fits.get(number, 0.0), 0.95 * weight)
        for meant in self._initial(word):
            for number, weight in self._vocabulary[meant].items():
                fits[number] = max(fits.get(number, 0.0), 0.9 * weight)
        return fits

    def _size_support(self, term: Term) -> dict[int, float]:
        value = term.value or Decimal(0)
        size = measure(value, term.unit) if term.unit else None
        if not size:
            return dict(self._numbers.get(number_key(value), {}))
        fits: dict[int, float] = {}
        dimension, wanted = size
        for (kind, have), posting in self._measured.items():
            if kind == dimension and abs(have - wanted) <= 0.03 * max(have, wanted):
                fits.update(posting)
        if dimension == "mm":
            for number in self._measured.get(("sqmm", wanted), {}):
                fits.setdefault(number, 0.95)
        if dimension == "in":
            for bore in _NOMINAL.get(plain(value), ()):
                for number in self._measured.get(("mm", float(bore)), {}):
                    if not any(kind == "in" for kind, _ in self.words[number].measured):
                        fits.setdefault(number, 0.75)
        if not fits:
            for number, weight in self._numbers.get(number_key(value), {}).items():
                fits.setdefault(number, 0.6 * weight)
        return fits


def _ordered(item: types.Item) -> types.Item:
    """An item with its units from small to large: whoever lists them, the same text reads the same."""
    return replace(item, units=dict(sorted(item.units.items(), key=lambda unit: (unit[1], unit[0]))))


def as_sparse(fits: dict[int, float]) -> Sparse:
    """A dictionary of item number -> fit as two arrays."""
    if not fits:
        return EMPTY
    return np.fromiter(fits.keys(), np.int64, len(fits)), np.fromiter(fits.values(), np.float64, len(fits))


@functools.lru_cache(maxsize=65536)
def _likeness(one: str, other: str) -> float:
    if len(one) < 3 or len(other) < 3:
        return 1.0 if one == other else 0.0
    score = JaroWinkler.similarity(one, other)
    grams_one, grams_other = letters.trigrams(one), letters.trigrams(other)
    dice = 2 * len(grams_one & grams_other) / (len(grams_one) + len(grams_other))
    if len(one) >= 4 and (other.startswith(one) or one.startswith(other)):
        return max(0.85, float(score))
    blended = 0.65 * float(score) + 0.35 * dice
    return blended if one[0] == other[0] else blended * 0.85


def _plain_words(text: str) -> Iterable[str]:
    return re.findall(r"[^\W\d_]+", letters.fold(text).text)
