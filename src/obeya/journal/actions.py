"""The only writers of the journal: append events (with their reactions' jobs), seal them in order."""

from __future__ import annotations

import itertools
import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from obeya.journal import events, reactions, rules
from obeya.lib import canonical, clock, ids, prepared

SEAL_LOCK = 0x0BEA_5EA1
"""Key of the advisory lock that keeps sealing single."""
MOST_AT_ONCE = 500
"""Events in one statement: PostgreSQL takes at most 65,535 parameters."""


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


_NAMES = (
    "id",
    "type",
    "version",
    "site",
    "subject",
    "occurred_at",
    "recorded_at",
    "source",
    "actor",
    "correlation",
    "causation",
    "signal",
)
_COLUMNS = (*_NAMES, "data", "digest")


def _row(event: events.Event) -> tuple[str | None, ...]:
    """The event as texts in the order of `_COLUMNS`: the very texts that the digest is taken of."""
    told = event.attributes()
    return (
        *(None if told[name] is None else str(told[name]) for name in _NAMES),
        canonical.text(event.data),
        "\\x" + canonical.digest(told),
    )


def _jobs_of(event: events.Event) -> list[dict[str, canonical.Json]]:
    keys = {"subject": event.subject, "correlation": str(event.correlation), "none": ""}
    return [
        {
            "queue": reaction.queue,
            "task": reaction.task,
            "priority": reaction.priority,
            "lock": reaction.lock_for(keys[reaction.lock]),
            "event_id": str(event.id),
        }
        for reaction in reactions.of(event.type)
    ]


_APPEND = sql.SQL(
    "WITH added AS (INSERT INTO journal_event ({columns}) VALUES {rows} RETURNING pos, id)"
    " INSERT INTO journal_pending (pos, event_id, jobs)"
    " SELECT pos, id, {jobs} FROM added"
)
_JOBS_OF_ONE = sql.SQL("{}::text")
_JOBS_OF_MANY = sql.SQL("{}::json ->> id::text")


def _parameter(number: int) -> sql.SQL:
    return sql.SQL(f"${number + 1}")


@cache
def _statement(count: int) -> tuple[bytes, bytes]:
    """Name and text of one statement for `count` events: all or nothing even outside a transaction."""
    width = len(_COLUMNS)
    rows = [
        sql.SQL("({})").format(sql.SQL(", ").join(map(_parameter, range(row * width, (row + 1) * width))))
        for row in range(count)
    ]
    jobs = (_JOBS_OF_ONE if count == 1 else _JOBS_OF_MANY).format(_parameter(count * width))
    columns = sql.SQL(", ").join(map(sql.Identifier, _COLUMNS))
    text = _APPEND.format(columns=columns, rows=sql.SQL(", ").join(rows), jobs=jobs)
    return b"journal_append_%d" % count, text.as_bytes()


def append(*drafts: Draft) -> tuple[events.Event, ...]:
    """Append events, in order, each with the jobs of its reactions: all or nothing, in one statement.

    Inside a transaction it joins it; outside it is one of its own. The jobs wait in `journal_pending`
    until `seal` hands them to the workers, in the order of the journal.
    """
    now = clock.now()
    appended = tuple(_to_event(draft, now) for draft in drafts)
    if len(appended) <= MOST_AT_ONCE:
        _insert(appended)
        return appended
    with transaction.atomic():
        for start in range(0, len(appended), MOST_AT_ONCE):
            _insert(appended[start : start + MOST_AT_ONCE])
    return appended


def _insert(appended: tuple[events.Event, ...]) -> None:
    if not appended:
        return
    jobs = {str(event.id): found for event in appended if (found := _jobs_of(event))}
    values = [value for event in appended for value in _row(event)]
    told: object = jobs if len(appended) > 1 else next(iter(jobs.values()), None)
    values.append(json.dumps(told) if told else None)
    prepared.execute(*_statement(len(appended)), values)


def _cursor() -> psycopg.Cursor[Any]:
    """A cursor that binds on the server and can prepare; Django's own binds on the client."""
    wrapper = connections[DEFAULT_DB_ALIAS]
    wrapper.ensure_connection()
    wrapper.validate_no_broken_transaction()
    assert wrapper.connection is not None
    return psycopg.Cursor(wrapper.connection)


_COPY = sql.SQL("COPY journal_event ({}) FROM STDIN").format(
    sql.SQL(", ").join(map(sql.Identifier, _COLUMNS))
)


def append_many(drafts: Iterable[Draft], *, batch: int = 5_000) -> int:
    """Append a great many events without calling any reaction (imports, large worlds); returns how many."""
    total = 0
    for some in _batches(drafts, batch):
        rows = [_row(_to_event(draft, draft.occurred_at or clock.now())) for draft in some]
        with transaction.atomic():
            with _cursor().copy(_COPY) as copy:
                for row in rows:
                    copy.write_row(row)
            _cursor().execute(
                "INSERT INTO journal_pending (pos, event_id) SELECT pos, id FROM journal_event"
                " WHERE id = ANY(%s) ORDER BY pos",
                [[row[0] for row in rows]],
            )
        total += len(rows)
    return total


def _batches(drafts: Iterable[Draft], size: int) -> Iterator[tuple[Draft, ...]]:
    source = iter(drafts)
    while some := tuple(itertools.islice(source, size)):
        yield some


def seal(*, limit: int = 1_000) -> int:
    """Give committed events their place in order and chain, and hand their jobs to the workers.

    Returns how many were sealed. Only one sealer works at a time; a second one finds the lock taken and
    returns 0. Everything it does is one transaction: a crash leaves the events waiting as they were.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEAL_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(
            "WITH gone AS (DELETE FROM journal_pending WHERE pos IN"
            " (SELECT pos FROM journal_pending ORDER BY pos LIMIT %s) RETURNING pos, event_id, jobs)"
            " SELECT e.id, e.site, e.digest, gone.jobs FROM gone JOIN journal_event e ON e.id = event_id"
            " ORDER BY gone.pos",
            [limit],
        )
        waiting = cursor.fetchall()
        if not waiting:
            return 0
        _write_seals(cursor, [(id_, site, bytes(digest)) for id_, site, digest, _ in waiting])
        _hand_over(cursor, [job for row in waiting if row[3] for job in json.loads(row[3])])
    return len(waiting)


def _write_seals(cursor: CursorWrapper, waiting: list[tuple[uuid.UUID, str, bytes]]) -> None:
    cursor.execute("SELECT coalesce(max(position), 0) FROM journal_seal")
    position = cursor.fetchone()[0]
    cursor.execute(
        "SELECT h.* FROM unnest(%s::text[]) AS s (site), LATERAL (SELECT site, sequence, hash"
        " FROM journal_seal WHERE site = s.site ORDER BY sequence DESC LIMIT 1) AS h",
        [sorted({site for _, site, _ in waiting})],
    )
    heads = {site: rules.Head(sequence, bytes(hash_)) for site, sequence, hash_ in cursor.fetchall()}
    with cursor.copy("COPY journal_seal (position, site, sequence, event_id, hash) FROM STDIN") as copy:
        for row in rules.chain(waiting, heads, position):
            copy.write_row((row.position, row.site, row.sequence, row.event_id, row.hash))


def _hand_over(cursor: CursorWrapper, jobs: list[dict[str, canonical.Json]]) -> None:
    """Give jobs to the workers' queue, in order."""
    if jobs:
        cursor.execute(
            "SELECT procrastinate_defer_jobs_v1(ARRAY(SELECT ROW(j.queue, j.task, j.priority, j.lock, NULL,"
            " jsonb_build_object('event_id', j.event_id), NULL)::procrastinate_job_to_defer_v1"
            " FROM json_to_recordset(%s) AS j"
            " (queue text, task text, priority int, lock text, event_id text)))",
            [json.dumps(jobs)],
        )


def seal_all() -> int:
    """Seal until nothing waits; returns how many were sealed."""
    total = 0
    while sealed := seal():
        total += sealed
    return total
