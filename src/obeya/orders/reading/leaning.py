"""What a mention leans on: "square" and "M" mean the kind of thing that was named before them."""

from collections.abc import Sequence

from obeya.orders.reading import catalogue


def only_describes(own: Sequence[catalogue.Term], items: catalogue.Catalogue) -> bool:
    """Whether a mention only says which of several like things: "square", "M", "apple"."""
    return all(items.describes(t.key) for t in own if not t.is_size)


def spoken_of(
    head: Sequence[catalogue.Term], own: Sequence[catalogue.Term], items: catalogue.Catalogue
) -> tuple[catalogue.Term, ...]:
    """Of what was named before, what still holds beside the words said now."""
    rivals = {
        rival
        for term in own
        if not term.is_size
        for word in items.named(term.key)
        for rival in items.choices.rivals(word)
    }
    return tuple(
        t
        for t in head
        if t not in own and (_carries(t, own, head) if t.is_size else rivals.isdisjoint(items.named(t.key)))
    )


def _carries(size: catalogue.Term, own: Sequence[catalogue.Term], head: Sequence[catalogue.Term]) -> bool:
    """Whether an earlier size still holds: a new length leaves the bore, a new bore not."""
    sizes = [t for t in own if t.is_size]
    measures = {t.unit for t in sizes if t.unit}
    if not sizes:
        return True
    if not measures or size.unit in measures:
        return False
    replaced = any(t.is_size and t.unit in measures for t in head)
    return replaced or bool(size.unit)
