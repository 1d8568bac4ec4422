"""Words of a catalogue that choose between items otherwise alike: colours, scents, kinds of washer.

Found in the catalogue itself, whatever the trade: where descriptions differ in one word only, these
words choose, and where nearly every item with the rest of the words has one of them, they name nothing alone.
"""

from collections import defaultdict
from collections.abc import Sequence

_CLOSED = 0.85
"""From this share on, of the items that hold the rest of the words, the choosing words are all there is."""
_MOST = 40
"""Words that choose from more alternatives than this name things ("elbow", "tee")."""


class Choices:
    """Which words of the items' descriptions choose, and between what."""

    def __init__(self, items: Sequence[frozenset[str]], sizes: Sequence[frozenset[str]]) -> None:
        """Compare the descriptions: the words and the sizes of each item, in the catalogue's order."""
        self._items = items
        places = _places(items, sizes)
        self._against: dict[str, set[str]] = defaultdict(set)
        for words in places.values():
            if 2 <= len(words) <= _MOST:
                for word in words:
                    self._against[word] |= words - {word}
        closed = _closed({rest for rest, _ in places}, places, items)
        self._describing = frozenset(closed)

    def describes(self, word: str) -> bool:
        """Whether a catalogue word only says which of several like things: it leans on what was named."""
        return word in self._describing

    def excludes(self, word: str, number: int) -> bool:
        """Whether an item has another of the words that `word` is chosen from, and not `word` itself."""
        own = self._items[number]
        return word not in own and not own.isdisjoint(self._against.get(word, ()))

    def rivals(self, word: str) -> frozenset[str]:
        """The words from which a catalogue word is chosen."""
        return frozenset(self._against.get(word, ()))


_Place = tuple[frozenset[str], frozenset[str]]


def _places(items: Sequence[frozenset[str]], sizes: Sequence[frozenset[str]]) -> dict[_Place, set[str]]:
    """For each description with one word left out, and its sizes: the words that stand there."""
    places: dict[_Place, set[str]] = defaultdict(set)
    for words, size in zip(items, sizes, strict=True):
        for word in words:
            places[words - {word}, size].add(word)
    return {place: words for place, words in places.items() if len(words) > 1}


def _closed(
    rests: set[frozenset[str]], places: dict[_Place, set[str]], items: Sequence[frozenset[str]]
) -> set[str]:
    words_at: dict[frozenset[str], set[str]] = defaultdict(set)
    for (rest, _), words in places.items():
        words_at[rest] |= words
    out: set[str] = set()
    for rest in rests:
        if len(words_at[rest]) > _MOST:
            continue
        members = [words for words in items if rest < words]
        with_choice = sum(1 for words in members if words & words_at[rest])
        if members and with_choice >= _CLOSED * len(members):
            out |= words_at[rest]
    return out
