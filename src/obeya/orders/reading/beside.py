"""What stands beside the item of a line and belongs to no part of it: never passed over in silence."""

from collections.abc import Iterator

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
