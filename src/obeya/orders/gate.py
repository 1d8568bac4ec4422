"""Between a sure reading and its booking: is it sure enough for its group today?"""

from __future__ import annotations

from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.orders import (
    knowledge,
    models,
    rules,
    scripts,
    telling,
    threshold_queries,
    threshold_words,
    thresholds,
)
from obeya.orders.reading import deciding
from obeya.people import queries as people

WATCHED = "watched"
"""The kind of the doubt: nothing in the reading, only what was found in others of its group."""
POINTED_OUT = ("pointed_item", "ambiguous_quantity")
"""What is doubtful in a line that a person points out."""


def hold(row: models.OrderRow, origin: Origin) -> rules.Doubt | None:
    """What keeps a complete order that was read without a doubt from being booked unasked, if anything.

    Notes the order in its group, so that what is found in it counts there. What a person accepted as
    read passes, and counts as compared where it had been held.
    """
    if not row.reading["auto"] or row.intent != "order":
        return None
    sure = _noted(row)
    if row.as_read_accepted:
        if sure.held_at is not None:
            thresholds.note(sure, wrong=False, blind=False, what="", origin=telling.origin_of(row, origin))
        return None
    asked = threshold_queries.asked_of(row.site_id, (sure.channel, sure.script), now=clock.now())
    if asked is None or sure.score >= asked.threshold.score:
        return None
    if sure.held_at is None:
        sure.held_at = clock.now()
        sure.save(update_fields=["held_at"])
    zone = people.get_site(row.site_id).tz
    words = threshold_words.held(*asked.key, asked.threshold.level, asked.since, asked.why, zone)
    return rules.Doubt(WATCHED, None, words)


def _noted(row: models.OrderRow) -> models.SureRow:
    """The order in its group, with its score as it was read."""
    told = {
        "site_id": row.site_id,
        "channel": row.channel,
        "script": scripts.script_of(row.text),
        "score": deciding.score_of(float(row.confidence), knowledge.calibration_of(row.site_id)),
    }
    sure, _ = models.SureRow.objects.get_or_create(order=row, defaults=told)
    return sure


def forget(row: models.OrderRow) -> None:
    """The message is read anew: its group and score will be those of the new reading, unless compared."""
    models.SureRow.objects.filter(order=row.pk, looked_at__isnull=True).delete()


def point_out(row: models.OrderRow, position: int, origin: Origin) -> None:
    """A person says that a line of a held order was read wrong: it is asked about, and the group hears it."""
    line = row.lines.filter(position=position, dropped=False).first()
    sure = models.SureRow.objects.filter(order=row.pk).first()
    if line is None or sure is None:
        return
    line.read_doubts, line.fixed_by_id = [*POINTED_OUT], None
    line.save(update_fields=["read_doubts", "fixed_by"])
    what = f"line {position + 1}, seen at the desk"
    thresholds.note(sure, wrong=True, blind=False, what=what, origin=telling.origin_of(row, origin))


def hear_audit(audit: models.AuditRow, found: str, origin: Origin) -> None:
    """A blind audit of an order says whether it was right."""
    sure = models.SureRow.objects.filter(order=audit.order_id).first()
    if sure is not None:
        thresholds.note(sure, wrong=bool(audit.wrong), blind=True, what=found, origin=origin)


def is_held_and_accepted(row: models.OrderRow) -> bool:
    """Whether the order only waited for its group, and was booked just as it was read."""
    sure = models.SureRow.objects.filter(order=row.pk, held_at__isnull=False, wrong=False)
    return row.as_read_accepted and sure.exists()
