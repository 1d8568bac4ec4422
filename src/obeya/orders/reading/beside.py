"""What stands beside the item of a line and belongs to no part of it: never passed over in silence."""

import re
from collections.abc import Callable, Iterator

from obeya.orders.reading import catalogue, grammar, matching


def doubts(
    draft: grammar.Draft,
    number: int | None,
    customer: str | None,
    matcher: matching.Matcher,
    items: catalogue.Catalogue,
) -> Iterator[tuple[str, str]]:
    """(code, text) for what is said of item `number` beside its code: no quantity or two, numbers, goods.

    A code alone says which item it is; without it the whole mention does, and is weighed elsewhere.
    """
    if number is None:
        return
    if "second quantity" in draft.flags:
        yield "unread_number", "Two quantities are said, for one item."
    if "implied" in draft.flags:
        yield "ambiguous_quantity", "A unit without a quantity."
    for term in matcher.foreign(draft.own_terms, customer, number):
        if term.is_size:
            yield "unread_number", f"The number {term.key.lstrip('#')} is not of that item."
        elif items.knows(term.key):
            yield "unread", f"{term.key} is not of that item."


_HEADED = re.compile(r"(?m)^[ *-]*([^\W\d]+(?: [^\W\d]+){0,2}) ?: ?(?=\S[^\n]*\d)")


def several_buyers(text: str, known: Callable[[str], bool]) -> bool:
    """Whether lines of a folded text are headed by names, "Ramesh: ...": orders of several people or places.

    `known` says whether a word is the language's or the catalogue's own, and so no name.
    """
    heads = {
        m[1]
        for m in _HEADED.finditer(text)
        if len(m[1]) > 2 and not any(known(word) for word in m[1].split())
    }
    return len(heads) > 1
