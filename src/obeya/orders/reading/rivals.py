"""Whether a mention could as well mean another item than the one that fits best."""

from obeya.orders.reading import catalogue, grammar, matching, memory

_CLEAR = 0.80
_MARGIN = 0.1
_BY_FAR = 4  # times as often as another item is bought


class Rivals:
    """Tells items apart for one company."""

    def __init__(self, items: catalogue.Catalogue, learned: memory.Memory, matcher: matching.Matcher) -> None:
        """Share the indexes."""
        self._items = items
        self._learned = learned
        self._matcher = matcher

    def could_be(
        self, other: matching.Fit, best: matching.Fit, draft: grammar.Draft, customer: str | None
    ) -> bool:
        """Whether a mention could as well mean another item."""
        return (
            (
                _is_near(best, other)
                or self._buys_both(best, other, customer)
                or self._left_open(best, other, draft, customer)
            )
            and not self._lacks(other, best)
            and not self._is_special(other, best, draft, customer)
            and not self._is_never_bought(other, best, customer)
        )

    def _buys_both(self, best: matching.Fit, other: matching.Fit, customer: str | None) -> bool:
        """Whether a customer buys two items that a mention fits equally, neither of them by far more."""
        if best.alias or not best.bought or not other.bought or other.cover < best.cover - 0.02:
            return False
        habits = self._learned.habits.get(customer or "", {})
        return habits[best.number].count < _BY_FAR * habits[other.number].count

    def _left_open(
        self, best: matching.Fit, other: matching.Fit, draft: grammar.Draft, customer: str | None
    ) -> bool:
        """Whether the word is left out that told an item, bought once or twice, from another one."""
        if best.alias or not best.bought or other.cover < best.cover - 0.02:
            return False
        told = self._learned.left_out(customer, best.number, (t.key for t in draft.terms))
        return any(
            float(self._matcher.support(catalogue.Term(key), None)[best.number]) >= _CLEAR
            and float(self._matcher.support(catalogue.Term(key), None)[other.number]) < 0.5
            for key in told
            if not key.startswith("#")
        )

    def _is_never_bought(self, other: matching.Fit, best: matching.Fit, customer: str | None) -> bool:
        """Whether another item is of a kind that this customer never buys and hardly anybody does.

        Such as the grey plate, to who has only ever bought white ones.
        """
        items = self._items
        kind = items.items[best.number].category
        own, others = set(items.words[best.number].words), set(items.words[other.number].words)
        mine, theirs = own - others, others - own
        if other.bought or not mine or not theirs or items.items[other.number].category != kind:
            return False
        counts = [0, 0, 0, 0]
        habits = self._learned.habits.get(customer or "", {})
        for number, everybody in self._learned.popularity.items():
            if items.items[number].category != kind:
                continue
            said = set(items.words[number].words)
            times = habits[number].count if number in habits else 0
            counts[0] += times * (mine <= said)
            counts[1] += times * bool(theirs & said)
            counts[2] += everybody * (mine <= said)
            counts[3] += everybody * bool(theirs & said)
        known = counts[0] > 0 and counts[2] >= _BY_FAR
        return known and counts[1] == 0 and _BY_FAR * counts[3] <= counts[2]

    def _lacks(self, other: matching.Fit, best: matching.Fit) -> bool:
        """Whether another item lacks a size or a catalogue word of the mention that the best one has."""
        return any(
            key.startswith("#") or self._items.idf.get(key, 0.0) > 0.5
            for key in set(other.missing) - set(best.missing)
        )

    def _is_special(
        self, other: matching.Fit, best: matching.Fit, draft: grammar.Draft, customer: str | None
    ) -> bool:
        """Whether another item would have been named with a word that was left out.

        Either the customer always says that word for it and not for the best, or its description is the
        best's with a further word ("reducing").
        """
        said = {t.key for t in draft.terms}
        if not grammar.has_head(draft.terms) and not self._learned.says(customer, best.number, said):
            return False
        learned = self._learned
        if best.bought and learned.sets_apart(customer, other.number, best.number, said):
            return not learned.sets_apart(customer, best.number, other.number, said)
        if (
            best.bought
            and learned.always_told(customer, other.number, best.number, said)
            and not learned.always_told(customer, best.number, other.number, said)
        ):
            return True
        own, wider = set(self._items.words[best.number].words), set(self._items.words[other.number].words)
        return own < wider and not said & (wider - own) and not other.bought


def _is_near(best: matching.Fit, other: matching.Fit) -> bool:
    """Whether another item could as well be meant: what the customer never bought rivals less."""
    margin = _MARGIN
    if best.bought > 0 and other.bought == 0:
        margin = 0.16 if other.cover > best.cover + 0.04 else 0.02
    return other.score > best.score - margin
