"""The sweeper: whatever is due climbs its ladder. One pass is one transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from obeya.decisions import events, models, queries, rules
from obeya.journal import actions as journal
from obeya.lib import live
from obeya.outbox import actions as outbox
from obeya.people import queries as persons
from obeya.people import rules as people

BATCH = 500


def sweep(now: datetime, *, limit: int = BATCH) -> int:
    """Escalate what is due at `now`, at most `limit` requests; returns how many.

    Rows that another sweeper or a decision holds are skipped: they are taken in the next pass, if they
    are still open then. Row, event and notification are one transaction.
    """
    with transaction.atomic():
        due = list(
            models.RequestRow.objects.select_for_update(skip_locked=True)
            .filter(state="open", next_at__lte=now)
            .order_by("next_at")[:limit]
        )
        if not due:
            return 0
        empty = persons.unattended(now)
        climbed = [_climb(row, now, empty) for row in due]
        models.EscalationRow.objects.bulk_create(climbed)
        models.RequestRow.objects.bulk_update(due, ["asked", "escalations", "next_at"])
        journal.append(*(_draft(row, step) for row, step in zip(due, climbed, strict=True)))
        outbox.send_messages([_notice(row, step) for row, step in zip(due, climbed, strict=True)])
        live.publish(*(f"requests:{row.id}:{row.site_id}" for row in due))
    return len(due)


def sweep_all(now: datetime) -> int:
    """Pass after pass until nothing is due at `now`."""
    total = 0
    while climbed := sweep(now):
        total += climbed
        if climbed < BATCH:
            break
    return total


def _climb(row: models.RequestRow, now: datetime, empty: Collection[tuple[str, str]]) -> models.EscalationRow:
    """Take the next rung; once the request is overdue, not one of a function that is all absent."""
    ladder = queries.to_ladder(row.ladder)
    absent = [function for site, function in empty if site == row.site_id]
    number = rules.next_rung(ladder, row.due_at, row.escalations + 1, absent)
    step = rules.step_number(ladder, number)
    assert row.next_at is not None
    escalated = models.EscalationRow(
        request=row, number=number, to=step.to, due_at=row.next_at, escalated_at=now
    )
    if step.to not in row.asked:
        row.asked = [*row.asked, step.to]
    row.escalations = number
    row.next_at = rules.moment_of(ladder, row.due_at, number + 1)
    if row.next_at <= now:  # the process was down for long: do not fire a burst, go on from now
        row.next_at = now + rules.pause(ladder)
    return escalated


def _is_reminder(row: models.RequestRow, step: models.EscalationRow) -> bool:
    return step.due_at < row.due_at


def _draft(row: models.RequestRow, step: models.EscalationRow) -> journal.Draft:
    return journal.Draft(
        payload=events.RequestEscalated(row.id, step.number, step.to, step.due_at, _is_reminder(row, step)),
        site=row.site_id,
        subject=row.subject,
        origin=queries.origin_of(row, source="sweeper", actor="system"),
        occurred_at=step.escalated_at,
    )


def _notice(row: models.RequestRow, step: models.EscalationRow) -> outbox.MessageDraft:
    waits = "Reminder" if _is_reminder(row, step) else "Nobody has decided"
    return outbox.MessageDraft(
        key=f"escalation:{row.id}:{step.number}",
        site=row.site_id,
        channel="inapp",
        to=people.Function(step.to),
        title=f"{waits}: {row.title}",
        body=row.question,
        data={"url": f"/requests/{row.id}"},
        subject=row.subject,
        origin=queries.origin_of(row, source="sweeper", actor="system"),
    )
