"""Words of a customer that fixes gave to different items: none is used until a person settles it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence

from obeya.lib import clock
from obeya.orders import events, models, telling
from obeya.orders.reading import letters, words
from obeya.people import queries as people

SAID_BEFORE = 0.5
"""How likely each item of a conflict is shown to be: a person must choose."""


_PACK_WORDS = sorted(
    (re.escape(word) for word, code in words.UNITS.items() if code not in words.MEASURES), reverse=True
)
_AMOUNT = re.compile(rf"(?<![\w.])\d+(?:[.,]\d+)? ?(?:{'|'.join(_PACK_WORDS)})(?!\w)")
"""How many of what: no part of a name. Kilos and litres may be (a 5 kg bag), so they stay."""


def key_of(text: str) -> str:
    """The same for the same words in another order, spelling of letters, case or amount."""
    folded = " ".join(letters.fold(text).text.split())
    named = _AMOUNT.sub(" ", folded).split() or folded.split()
    bare = {word.strip(".,;:-") for word in named} - {""}
    return " ".join(sorted(bare or set(named)))


def same_words(site: str, customer: int | None, text: str) -> list[models.AliasRow]:
    """Every alias of a customer (None: of the company) for these words, with its item; retired ones too."""
    rows = models.AliasRow.objects.filter(site=site, customer=customer).select_related("item", "customer")
    key = key_of(text)
    return [row for row in rows.order_by("pk") if key_of(row.words) == key]


def quarantine(
    order: models.OrderRow, alias: models.AliasRow, trusted: Sequence[models.AliasRow], *, by: int | None
) -> None:
    """A fix taught `alias` where other items were `trusted` for the same words: none is used silently.

    `by` is the person who fixed it; None: the customer said so.
    """
    rivals = [row for row in trusted if row.item_id != alias.item_id]
    if not rivals:
        return
    found = [alias, *rivals]
    models.AliasRow.objects.filter(pk__in=[row.pk for row in found], conflict_at__isnull=True).update(
        conflict_at=clock.now()
    )
    told = events.AliasConflictFound(
        customer=order.customer.code if order.customer else "",
        words=alias.words,
        skus=tuple(sorted({row.item.sku for row in found})),
    )
    origin = telling.origin_of(order)
    who = people.get_user(by).actor if by is not None else origin.actor
    telling.tell(order, told, dataclasses.replace(origin, actor=who))


def is_trusted(alias: models.AliasRow) -> bool:
    """True where the reader uses it: confirmed more than corrected (as the reader counts), not retired."""
    return alias.retired_at is None and alias.ok > 2 * alias.bad


def doubt_lines(row: models.OrderRow, lines: Iterable[models.LineRow]) -> None:
    """Let a person choose where a line's words are in conflict; the items are offered. Nothing is stored."""
    waiting = [line for line in lines if line.words and line.fixed_by_id is None and not line.customer_said]
    if not waiting:
        return
    disputed = _disputed(row.site_id, row.customer_id)
    for line in waiting:
        skus = disputed.get(key_of(line.words), [])
        if skus:
            line.read_doubts = [*line.read_doubts, "rival"]
            known = {candidate[0] for candidate in line.candidates}
            more = [[sku, SAID_BEFORE, "said before"] for sku in skus if sku not in known]
            line.candidates = [*more, *line.candidates]


def _disputed(site: str, customer: int | None) -> dict[str, list[str]]:
    rows = models.AliasRow.objects.filter(site=site, customer=customer, conflict_at__isnull=False)
    found: dict[str, list[str]] = {}
    for said, sku in rows.order_by("pk").values_list("words", "item__sku"):
        skus = found.setdefault(key_of(said), [])
        if sku not in skus:
            skus.append(sku)
    return found
