"""The only writers of the journal: append events (with their reactions' jobs), seal them in order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from obeya.journal import events, reactions, rules
from obeya.lib import canonical, clock, ids

SEAL_LOCK = 0x0BEA_5EA1
"""Key of the advisory lock that keeps sealing single."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An event to be appended: a registered payload, what it is about, and where it comes from."""

    payload: object
    site: str
    subject: str
    origin: events.Origin
    occurred_at: datetime | None = None
    """None means: now."""


def _to_event(draft: Draft, now: datetime) -> events.Event:
    name, version = events.name_of(draft.payload)
    return events.Event(
        id=ids.new_id(),
        type=name,
        version=version,
        site=draft.site,
        subject=draft.subject,
        occurred_at=draft.occurred_at or now,
        recorded_at=now,
        source=draft.origin.source,
        actor=draft.origin.actor,
        correlation=draft.origin.correlation,
        causation=draft.origin.causation,
        signal=draft.origin.signal,
        data=events.encode(draft.payload),
    )


def _row(event: events.Event) -> tuple[str, str]:
    """The event as canonical JSON for the database, digest included, and the digest alone."""
    attributes = event.attributes()
    digest = canonical.digest(attributes)
    attributes["digest"] = digest
    return canonical.text(attributes), digest


def _jobs_of(event: events.Event) -> list[dict[str, canonical.Json]]:
    locks = {"subject": event.subject, "correlation": str(event.correlation), "none": None}
    return [
        {
            "queue": reaction.queue,
            "task": reaction.task,
            "priority": reaction.priority,
            "lock": locks[reaction.lock],
            "args": {"event_id": str(event.id)},
        }
        for reaction in reactions.of(event.type)
    ]


def append(*drafts: Draft) -> tuple[events.Event, ...]:
    """Append events, in order, with one job for each reaction: all or nothing, in one statement.

    Inside a transaction it joins it; outside it is one of its own.
    """
    now = clock.now()
    appended = tuple(_to_event(draft, now) for draft in drafts)
    rows = ",".join(_row(event)[0] for event in appended)
    jobs = [job for event in appended for job in _jobs_of(event)]
    connection.ensure_connection()
    with connection.cursor().cursor as cursor:
        cursor.execute(
            "SELECT journal_append(%s::json, %s::json)", (f"[{rows}]", json.dumps(jobs) if jobs else None)
        )
    return appended


def append_many(drafts: Iterable[Draft], *, batch: int = 5_000) -> int:
    """Append a great many events without calling any reaction (imports, large worlds); returns how many."""
    total = 0
    rows: list[str] = []
    for draft in drafts:
        rows.append(_row(_to_event(draft, draft.occurred_at or clock.now()))[0])
        if len(rows) == batch:
            total += _append_rows(rows)
            rows = []
    return total + _append_rows(rows)


def _append_rows(rows: Sequence[str]) -> int:
    if rows:
        with connection.cursor() as cursor:
            cursor.execute("SELECT journal_append(%s::json, NULL)", [f"[{','.join(rows)}]"])
    return len(rows)


def seal(*, limit: int = 1_000) -> int:
    """Give committed events their place in order and chain; returns how many were sealed.

    Only one sealer works at a time; a second one finds the lock taken and returns 0.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEAL_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(
            "WITH gone AS (DELETE FROM journal_unsealed WHERE pos IN"
            " (SELECT pos FROM journal_unsealed ORDER BY pos LIMIT %s) RETURNING pos)"
            " SELECT e.id, e.site, e.digest FROM gone JOIN journal_event e USING (pos) ORDER BY pos",
            [limit],
        )
        waiting = cursor.fetchall()
        if not waiting:
            return 0
        cursor.execute("SELECT coalesce(max(position), 0) FROM journal_seal")
        position = cursor.fetchone()[0]
        cursor.execute(
            "SELECT DISTINCT ON (site) site, sequence, hash FROM journal_seal"
            " WHERE site = ANY(%s) ORDER BY site, sequence DESC",
            [sorted({site for _, site, _ in waiting})],
        )
        heads = {site: rules.Head(sequence, bytes(hash_)) for site, sequence, hash_ in cursor.fetchall()}
        sealed = rules.chain([(id_, site, bytes(digest)) for id_, site, digest in waiting], heads, position)
        with cursor.copy("COPY journal_seal (position, site, sequence, event_id, hash) FROM STDIN") as copy:
            for row in sealed:
                copy.write_row((row.position, row.site, row.sequence, row.event_id, row.hash))
    return len(sealed)


def seal_all() -> int:
    """Seal until nothing waits; returns how many were sealed."""
    total = 0
    while sealed := seal():
        total += sealed
    return total
