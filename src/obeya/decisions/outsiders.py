"""Requests whose answer somebody outside may give: hold their clock meanwhile, take the answer."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from obeya.decisions import actions, events, models, queries, rules
from obeya.journal import actions as journal
from obeya.journal.events import Event, Origin
from obeya.lib import canonical, clock, live

MOST_WORDS = 8_000


def hold(*, request_ids: Sequence[uuid.UUID], until: datetime, why: str, origin: Origin) -> None:
    """Let the clocks of open requests stand still until a moment; then each has its whole window.

    A person may decide before. The moments of the ladder are moved now, so nothing has to happen at
    `until` for the escalations to go on. Closed requests stay as they are.
    """
    now = clock.now()
    if until <= now:
        raise ValueError("a hold ends after now")
    with transaction.atomic():
        for row in _open_rows(request_ids):
            _run_from(row, until, why)
            _tell(row, events.RequestHeld(row.id, until, why[:500]), origin)


def end_hold(*, request_ids: Sequence[uuid.UUID], why: str, origin: Origin) -> None:
    """Have the clocks of held requests run from now on; a hold that has ended keeps its moments.

    `why` is what people then read beside the question.
    """
    now = clock.now()
    with transaction.atomic():
        for row in _open_rows(request_ids):
            if row.held_until is None:
                continue
            _run_from(row, min(now, row.held_until), why)
            _tell(row, events.HoldEnded(row.id, row.due_at, why[:500]), origin)


def _open_rows(request_ids: Sequence[uuid.UUID]) -> list[models.RequestRow]:
    """The open ones, locked, in one order for everybody."""
    rows = models.RequestRow.objects.select_for_update().filter(pk__in=request_ids, state="open")
    return list(rows.order_by("pk"))


def _run_from(row: models.RequestRow, moment: datetime, note: str) -> None:
    """Give the request its whole window from `moment` on; rungs that were climbed stay climbed."""
    window = row.due_at - (row.held_until or row.opened_at)
    ladder = queries.to_ladder(row.ladder)
    row.held_until, row.hold_note = moment, note[:500]
    row.due_at = moment + window
    number, row.next_at = rules.first_moment(ladder, moment, row.due_at)
    if row.escalations > row.skipped:
        row.next_at = max(row.next_at, rules.moment_of(ladder, row.due_at, row.escalations + 1))
    else:
        row.escalations = row.skipped = number - 1
    row.save(update_fields=["held_until", "hold_note", "due_at", "next_at", "escalations", "skipped"])


def take_answer(
    *,
    request_id: uuid.UUID,
    option: str,
    who: str,
    said: str,
    origin: Origin,
    values: Mapping[str, canonical.Json] | None = None,
) -> Event:
    """Decide an open request by the word of somebody outside, named in `who` ("Krushnai, +91 ...").

    `said` are the words, as they came. The caller answers for it that this somebody may say so.
    Raises actions.CannotAnswer where the request is closed or does not offer the option.
    """
    with transaction.atomic():
        row = models.RequestRow.objects.select_for_update().filter(pk=request_id).first()
        if row is None or row.state != "open":
            raise actions.CannotAnswer("Somebody has decided this already; the page shows the answer.")
        if option not in {stored["code"] for stored in row.options}:
            raise actions.CannotAnswer("Choose one of the answers that this question offers.")
        now = clock.now()
        row.state, row.closed_at, row.next_at = "decided", now, None
        row.save(update_fields=["state", "closed_at", "next_at"])
        told = events.RequestDecided(row.id, row.kind, row.function, option, said[:MOST_WORDS])
        event = _tell(row, told, origin)
        models.DecisionRow.objects.create(
            request=row,
            option=option,
            rationale=said[:MOST_WORDS],
            values=dict(values or {}),
            outsider=who[:300],
            decided_at=now,
            event=event.id,
        )
    return event


def _tell(row: models.RequestRow, payload: object, origin: Origin) -> Event:
    where = queries.origin_of(row, source=origin.source, actor=origin.actor)
    (event,) = journal.append(
        journal.Draft(payload=payload, site=row.site_id, subject=row.subject, origin=where)
    )
    live.publish(f"requests:{row.id}:{row.site_id}")
    return event
