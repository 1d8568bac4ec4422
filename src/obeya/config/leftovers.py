"""Background tasks that ended without success: what clears itself is cleared, the rest waits for a person.

A worker deletes what succeeded. What failed stays as a row. Where the same work is planned again anyway
(reading ERP every minute, sending what is due) the row is of use for a day, to see that it happened. A
reaction to an event comes only once: it is kept, `obeya doctor` names it, and IT runs it again or forgets it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import procrastinate
from django.db import connection, transaction
from procrastinate.contrib.django import app

KEPT = timedelta(days=1)
MOST_AT_ONCE = 1_000
PLANNED_AGAIN = (
    "catalog.sync",
    "catalog.sync_all",
    "outbox.deliver",
    "outbox.send",
    "inbox.understand",
)
"""Tasks whose work somebody else brings on: the next minute, the ticker's look at what is due or stuck."""


class CannotSettleTask(Exception):
    """There is no failed task with this number; or another one waits already to do the same."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A failed task of which nobody will take care but a person; `event_id` is "" where it hears none."""

    number: int
    task: str
    event_id: str
    attempts: int
    failed_at: datetime | None


def clean(now: datetime) -> int:
    """Delete what ended longer than `KEPT` before `now` and needs nobody; returns how many, at most 1,000."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE id IN (SELECT j.id FROM procrastinate_jobs j"
            " WHERE (j.status IN ('succeeded', 'cancelled', 'aborted')"
            " OR (j.status = 'failed' AND j.task_name = ANY(%s)))"
            " AND NOT EXISTS (SELECT FROM procrastinate_events e WHERE e.job_id = j.id AND e.at > %s)"
            " ORDER BY j.id LIMIT %s)",
            [list(PLANNED_AGAIN), now - KEPT, MOST_AT_ONCE],
        )
        return int(cursor.rowcount)


def list_failed(limit: int = 100) -> list[Failed]:
    """The failed tasks that need a person, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT j.id, j.task_name, coalesce(j.args ->> 'event_id', ''), j.attempts,"
            " (SELECT max(e.at) FROM procrastinate_events e WHERE e.job_id = j.id)"
            " FROM procrastinate_jobs j WHERE j.status = 'failed' AND NOT j.task_name = ANY(%s)"
            " ORDER BY j.id DESC LIMIT %s",
            [list(PLANNED_AGAIN), limit],
        )
        return [Failed(*row) for row in cursor.fetchall()]


def count_failed_again() -> int:
    """How many tasks failed of those that are planned again by themselves."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed' AND task_name = ANY(%s)",
            [list(PLANNED_AGAIN)],
        )
        return int(cursor.fetchone()[0])


def retry(number: int, now: datetime) -> None:
    """Have a failed task run again; harmless where it had done its work. Raises CannotSettleTask."""
    _refuse_other(number)
    try:
        with transaction.atomic():
            app.job_manager.retry_job_by_id(job_id=number, retry_at=now)
    except procrastinate.exceptions.UniqueViolation as error:
        raise CannotSettleTask(f"Another task waits already to do the same as {number}.") from error


def forget(number: int) -> None:
    """Delete a failed task: a person has settled what it was for. Raises CannotSettleTask."""
    _refuse_other(number)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s AND status = 'failed'", [number])


def _refuse_other(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [number])
        row = cursor.fetchone()
    if row is None or row[0] != "failed":
        raise CannotSettleTask(f"There is no failed task {number}.")
