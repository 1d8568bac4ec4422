"""Reading the journal."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import structlog
from django.db import connection

from obeya.journal import events, models


class NoSuchEvent(LookupError):
    """There is no event with this id."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """An event with its place in the order."""

    position: int
    sequence: int
    hash: bytes
    event: events.Event


def get_event(event_id: uuid.UUID | str) -> events.Event:
    """The event with this id. Raises NoSuchEvent."""
    row = models.EventRow.objects.filter(pk=event_id).first()
    if row is None:
        raise NoSuchEvent(str(event_id))
    if structlog.contextvars.get_contextvars().get("event_id") == str(event_id):  # the job is about this one
        structlog.contextvars.bind_contextvars(correlation=str(row.correlation), site=row.site)
    return row.to_event()


def list_story(correlation: uuid.UUID) -> list[events.Event]:
    """Every event of one story, oldest first."""
    rows = models.EventRow.objects.filter(correlation=correlation).order_by("pos")
    return [row.to_event() for row in rows]


def list_about(subject: str, *, types: Sequence[str] = (), limit: int = 500) -> list[events.Event]:
    """Events about one subject ("lot:L-2041"), oldest first, at most `limit`."""
    rows = models.EventRow.objects.filter(subject=subject)
    if types:
        rows = rows.filter(type__in=types)
    return [row.to_event() for row in rows.order_by("pos")[:limit]]


def list_recent(
    *, sites: Sequence[str], types: Sequence[str] = (), before: int | None = None, limit: int = 100
) -> list[Sealed]:
    """The latest sealed events of some sites, newest first, at most `limit` (1 to 1,000).

    `before` is a position: give the last one's to turn the page.
    """
    rows = models.SealRow.objects.filter(site__in=sites).select_related("event").order_by("-position")
    if types:
        rows = rows.filter(event__type__in=types)
    if before is not None:
        rows = rows.filter(position__lt=before)
    return [_sealed(row) for row in rows[: max(1, min(limit, 1_000))]]


def _sealed(row: models.SealRow) -> Sealed:
    return Sealed(row.position, row.sequence, bytes(row.hash), row.event.to_event())


def tail(*, after: int = 0, limit: int = 1_000) -> list[Sealed]:
    """Sealed events after position `after`, in the only order a reader may trust: gapless, causes first."""
    rows = (
        models.SealRow.objects.filter(position__gt=after).select_related("event").order_by("position")[:limit]
    )
    return [_sealed(row) for row in rows]


def walk(*, batch: int = 2_000) -> Iterator[Sealed]:
    """All sealed events from the first to the last, in batches."""
    after = 0
    while page := tail(after=after, limit=batch):
        yield from page
        after = page[-1].position


def count_unsealed() -> int:
    """How many events still wait for their place (and their jobs for a worker)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM journal_pending")
        return int(cursor.fetchone()[0])


def count_jobs() -> dict[tuple[str, str], int]:
    """How many jobs wait for a worker ("todo") or are being done ("doing"), by queue and state."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT queue_name, status::text, count(*) FROM procrastinate_jobs"
            " WHERE status IN ('todo', 'doing') GROUP BY queue_name, status"
        )
        return {(queue, status): int(count) for queue, status, count in cursor.fetchall()}
