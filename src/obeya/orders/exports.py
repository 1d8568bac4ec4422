"""Learning from exported chats and mail: the words of the messages that past orders were made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef

from obeya.journal import actions as journal
from obeya.journal.events import Origin
from obeya.orders import events, knowledge, models, pairing
from obeya.orders.reading import mail
from obeya.people import queries as people


@dataclass(frozen=True, slots=True)
class Learned:
    """What a run came to, in messages and orders (`paired`: of them `known_before`)."""

    messages: int
    paired: int
    known_before: int
    unsure: int
    followed_by_none: int


def learn(
    *, site: str, messages: Iterable[pairing.Message], origin: Origin, dry_run: bool = False
) -> Learned:
    """Pair messages with past orders and keep each pair, once, for the reader; tells the journal if new."""
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
        for number, one in new.items():
            _keep(rows[number], one)
        if new:
            told = events.LearnedFromExport(tuple(new), found.unsure)
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
    )


def _past_orders(site: str) -> Iterator[models.PastOrderRow]:
    """Those that were not ours: what an order of the desk taught is known already."""
    ours = models.OrderRow.objects.filter(site=OuterRef("site"), number=OuterRef("order_no"))
    rows = models.PastOrderRow.objects.filter(~Exists(ours), site=site)
    return rows.order_by("ordered_at", "order_no").iterator(chunk_size=2_000)


def _keep(row: models.PastOrderRow, one: pairing.Message) -> None:
    """The order's message is what the sender wrote; quoted mail and signatures teach nothing."""
    text, _ = mail.own_text(one.text, one.channel)
    row.message = text.strip() or one.text
    row.channel = row.channel or one.channel
    row.save(update_fields=["message", "channel"])
