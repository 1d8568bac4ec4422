"""Learning from exported chats and mail: the words of the messages that past orders were made from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef

from obeya.journal import actions as journal
from obeya.journal.events import Origin
from obeya.orders import conflicts, events, knowledge, learning, models, pairing
from obeya.orders.reading import types
from obeya.people import queries as people

SOURCE = "export"
READ = ""
"""The message of an order whose words were learned from an export: the text itself is not kept."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What a run came to, in messages, orders (`paired`: of them `known_before`) and words.

    `contradicted` words mean another item elsewhere and were left out.
    """

    messages: int
    paired: int
    known_before: int
    unsure: int
    followed_by_none: int
    words: int
    contradicted: int


def learn(
    *, site: str, messages: Iterable[pairing.Message], origin: Origin, dry_run: bool = False
) -> Learned:
    """Pair messages with past orders and learn the words of each pair, once; tells the journal if new."""
    zone = people.get_site(site).tz
    with transaction.atomic():
        rows = {row.order_no: row for row in _past_orders(site)}
        orders = (
            pairing.Order(
                row.order_no,
                row.customer,
                row.ordered_at.astimezone(zone),
                frozenset(Decimal(line["qty"]) for line in row.lines),
            )
            for row in rows.values()
        )
        found = pairing.pair(messages, tuple(orders))
        new = {no: one for no, one in found.paired.items() if rows[no].message is None}
        words, contradicted = _learn_words(site, [(rows[no], one) for no, one in new.items()])
        models.PastOrderRow.objects.filter(site=site, order_no__in=list(new)).update(message=READ)
        if new:
            told = events.LearnedFromExport(len(new), words, contradicted, found.unsure)
            journal.append(journal.Draft(payload=told, site=site, subject=f"site:{site}", origin=origin))
        transaction.set_rollback(dry_run)
    if not dry_run:
        knowledge.relearn(site)
    return Learned(
        messages=found.messages,
        paired=len(found.paired),
        known_before=len(found.paired) - len(new),
        unsure=found.unsure,
        followed_by_none=found.followed_by_none,
        words=words,
        contradicted=contradicted,
    )


def _past_orders(site: str) -> Iterator[models.PastOrderRow]:
    """Those that were not ours: what an order of the desk taught is known already."""
    ours = models.OrderRow.objects.filter(site=OuterRef("site"), number=OuterRef("order_no"))
    rows = models.PastOrderRow.objects.filter(~Exists(ours), site=site)
    return rows.order_by("ordered_at", "order_no").iterator(chunk_size=2_000)


def _learn_words(site: str, pairs: list[tuple[models.PastOrderRow, pairing.Message]]) -> tuple[int, int]:
    """Keep what the words meant; returns how many phrases are kept and how many contradict others."""
    if not pairs:
        return 0, 0
    taught = _taught(site, pairs)
    meant = _meanings(site)
    for alias in taught:
        meant[alias.customer or "", conflicts.key_of(alias.key)].add(alias.sku)
    clear = [one for one in taught if len(meant[one.customer or "", conflicts.key_of(one.key)]) == 1]
    learning.keep_aliases(site, [(alias, None) for alias in clear], source=SOURCE)
    return len(clear), len(taught) - len(clear)


def _taught(site: str, pairs: list[tuple[models.PastOrderRow, pairing.Message]]) -> list[types.Alias]:
    """The phrases of all pairs with how often each was confirmed in them."""
    reader, counts = knowledge.reader_of(site), Counter[types.Alias]()
    before = {_bare(alias): alias.ok for alias in reader.lessons.aliases}
    known = set(reader.lessons.aliases)
    for row, one in pairs:
        message = types.Message(row.order_no, one.channel, row.customer, one.sent_at, one.text)
        for alias in reader.confirmed(message, _lines(row), row.order_no).aliases:
            if alias not in known:
                counts[_bare(alias)] += alias.ok - before.get(_bare(alias), 0)
    return [replace(alias, ok=count) for alias, count in counts.items() if count > 0]


def _bare(alias: types.Alias) -> types.Alias:
    return replace(alias, ok=0, bad=0, source=SOURCE)


def _lines(row: models.PastOrderRow) -> tuple[types.PastLine, ...]:
    return tuple(types.PastLine(line["sku"], Decimal(line["qty"]), line["uom"], None) for line in row.lines)


def _meanings(site: str) -> defaultdict[tuple[str, str], set[str]]:
    """The items that words already stand for, retired ones included: a person said so."""
    rows = models.AliasRow.objects.filter(site=site).values_list("customer__code", "words", "item__sku")
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for code, words, sku in rows:
        found[code or "", conflicts.key_of(words)].add(sku)
    return found
