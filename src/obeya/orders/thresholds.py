"""The writers of thresholds: what somebody found in an order moves its group, and its site, at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from obeya.journal import actions as journal
from obeya.journal import events as journal_events
from obeya.journal.events import Origin
from obeya.lib import clock, live
from obeya.orders import models, threshold_queries, threshold_words
from obeya.orders import thresholds_rules as rules
from obeya.orders.threshold_queries import POOL, Key
from obeya.outbox import actions as outbox
from obeya.people import queries as people

TOLD = (people.Function.ORDER_DESK, people.Function.PLANT_MANAGER)
"""Who hears at once that a threshold changed: those who see more orders now, and who leads them."""


@journal_events.register("orders.threshold_changed")
@dataclass(frozen=True, slots=True)
class ThresholdChanged:
    """A group ("*": all orders of the site) is looked at more or less closely from now on.

    `before` and `level` are steps from 0 (the reader's own limit) to 4 (a person confirms all); `wrong` of
    `looked` orders compared with their message were wrong.
    """

    channel: str
    script: str
    before: int
    level: int
    looked: int
    wrong: int
    why: str


def note(row: models.SureRow, *, wrong: bool, blind: bool, what: str, origin: Origin) -> None:
    """Somebody compared an order with its message, in a blind audit or at the desk.

    What was found wrong stays wrong; an audit's word counts more than the desk's. Runs in the caller's
    transaction.
    """
    if row.wrong or (row.wrong is False and not wrong and (row.blind or not blind)):
        return
    again, now = row.wrong is False, clock.now()
    row.looked_at, row.wrong, row.blind, row.what = now, wrong, blind, what[:1_000]
    row.save(update_fields=["looked_at", "wrong", "blind", "what"])
    found = rules.Found(row.score, wrong, blind, now, again=again)
    with transaction.atomic():
        standing = _locked(row.site_id, (row.channel, row.script))
        pool = threshold_queries.evidence(row.site_id, POOL, now=now)
        own = threshold_queries.evidence(row.site_id, (row.channel, row.script), now=now)
        _move(standing[POOL], found, pool, rules.pool_floor(pool), rules.POOLED_BOUND, origin)
        key = (row.channel, row.script)
        _move(standing[key], found, own, rules.floor(own, pool), rules.BOUND, origin)


def _locked(site: str, key: Key) -> dict[Key, models.ThresholdRow]:
    """The rows of a site and a group, locked, the site's first: results of a site come one after another."""
    rows = {}
    for channel, script in (POOL, key):
        models.ThresholdRow.objects.get_or_create(site_id=site, channel=channel, script=script)
        locked = models.ThresholdRow.objects.select_for_update()
        rows[channel, script] = locked.get(site=site, channel=channel, script=script)
    return rows


def _move(
    row: models.ThresholdRow,
    found: rules.Found,
    evidence: rules.Evidence,
    lowest: int,
    bound: float,
    origin: Origin,
) -> None:
    before = rules.Standing(row.level, row.since, row.right, row.blind)
    after = rules.after(before, found, evidence, lowest=lowest, bound=bound)
    row.level, row.since, row.right, row.blind = after.level, after.since, after.right, after.blind
    if found.wrong:
        row.why = threshold_words.tightened(evidence[0])
    elif after.level != before.level:
        row.why = threshold_words.loosened(evidence[0]) if after.level else ""
    row.save()
    if after.level != before.level:
        _tell(row, before.level, evidence[0], found.at, origin)


def _tell(row: models.ThresholdRow, before: int, count: rules.Count, at: datetime, origin: Origin) -> None:
    site, why = row.site_id, row.why or threshold_words.loosened(count)
    told = ThresholdChanged(row.channel, row.script, before, row.level, count.looked, count.wrong, why)
    (event,) = journal.append(journal.Draft(payload=told, site=site, subject=f"site:{site}", origin=origin))
    zone = people.get_site(site).tz
    which = threshold_words.orders_of(row.channel, row.script)
    begins = f"{which[0].upper()}{which[1:]} are"
    tighter = row.level > before
    title = f"{begins} checked {'more' if tighter else 'less'} closely now"
    if row.level:
        body = threshold_words.held(row.channel, row.script, row.level, at, why, zone)
    else:
        body = f"{begins} booked by themselves again wherever nothing is in doubt: {why}"
    outbox.send_messages(
        [
            outbox.MessageDraft(
                key=f"threshold:{event.id}:{function}",
                site=site,
                channel="inapp",
                to=function,
                title=title,
                body=body,
                data={"url": "/orders/accuracy#groups"},
                subject=f"site:{site}",
                origin=origin.after(event),
            )
            for function in TOLD
        ]
    )
    live.publish(f"orders::{site}")
