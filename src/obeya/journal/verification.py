"""Prove the chain: recompute every digest and every link, say where the first fault is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.db import connection
from psycopg import sql

from obeya.journal import rules
from obeya.lib import canonical

_MOMENT = sql.SQL(
    "CASE WHEN {0} >= '0001-01-01 00:00:00+00'"
    " THEN to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"+00:00\"') ELSE {0}::text END"
)
"""As `events.utc_text`. A moment before our era has no such text, and would otherwise pass for one of it."""
_READ = sql.SQL(
    "COPY (SELECT s.position, s.site, s.sequence, s.event_id::text, s.hash, e.digest, json_build_object("
    "'id', e.id, 'type', e.type, 'version', e.version, 'site', e.site, 'subject', e.subject,"
    " 'occurred_at', {occurred_at}, 'recorded_at', {recorded_at}, 'source', e.source, 'actor', e.actor,"
    " 'correlation', e.correlation, 'causation', e.causation, 'signal', e.signal, 'data', e.data)::text"
    " FROM journal_seal s LEFT JOIN journal_event e ON e.id = s.event_id ORDER BY s.position)"
    " TO STDOUT (FORMAT BINARY)"
).format(
    occurred_at=_MOMENT.format(sql.SQL("e.occurred_at")), recorded_at=_MOMENT.format(sql.SQL("e.recorded_at"))
)
_TYPES = ("int8", "text", "int8", "text", "bytea", "bytea", "bytea")
"""The event itself is taken as bytes: what was damaged need not be text any more."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where: the site's chain, its sequence number and the event."""

    site: str
    sequence: int
    event_id: str
    text: str

    def __str__(self) -> str:
        return f"site {self.site}, event {self.sequence} ({self.event_id}): {self.text}"


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome: how many events were proved, the faults (the first of each chain), the chains' heads."""

    proved: int
    unsealed: int
    faults: tuple[Fault, ...]
    heads: dict[str, rules.Head] = field(default_factory=dict)

    @property
    def sound(self) -> bool:
        """True where nothing is wrong."""
        return not self.faults


def verify() -> Report:
    """Walk all chains from their first link. An event is proved if its bytes give the digest, and the
    digest with the link before it gives the hash. Events never sealed and not waiting are faults too.

    A missing tail (the newest events of all sites and their seals removed together) shows only against
    a head that was noted elsewhere; that is why the heads are part of the report.
    """
    heads: dict[str, rules.Head] = {}
    faults: dict[str, Fault] = {}
    gaps: list[Fault] = []
    proved = before = 0
    for row in _rows():
        position, site, sequence, event_id = row[:4]
        if position != before + 1 and not gaps:
            text = f"the order of all sites jumps from {before} to {position}: places are missing"
            gaps.append(Fault(site, sequence, event_id, text))
        before = position
        if site in faults:
            continue
        wrong = _what_is_wrong(row, heads.get(site, rules.EMPTY))
        if wrong:
            faults[site] = Fault(site, sequence, event_id, wrong)
            continue
        heads[site] = rules.Head(sequence, row[4])
        proved += 1
    outside = _outside()
    unsealed = outside.pop("waiting", 0)
    found = [
        *faults.values(),
        *gaps,
        *(Fault(site, 0, "-", f"{n} events stand outside the chain") for site, n in outside.items()),
    ]
    return Report(proved, unsealed, tuple(found), heads)


def _rows() -> Iterator[tuple[Any, ...]]:
    """Seals with their events in order. COPY streams: the server reads on while a row is proved here."""
    connection.ensure_connection()
    assert connection.connection is not None
    raw: psycopg.Connection[Any] = connection.connection
    with raw.transaction(), raw.cursor() as cursor:
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")  # one reads faster than is proved
        with cursor.copy(_READ) as copy:
            copy.set_types(_TYPES)
            yield from copy.rows()


def _what_is_wrong(row: tuple[Any, ...], head: rules.Head) -> str:
    """What is wrong with one link and its event; empty where both are proved."""
    _, site, sequence, _, hash_, digest, stored = row
    if sequence != head.sequence + 1:
        return f"the chain jumps from {head.sequence} to {sequence}: links are missing"
    if digest is None:
        return "the event is gone"
    try:
        event = json.loads(stored)
        found = canonical.digest(event)
    except (ValueError, RecursionError):  # no text, or a number or a nesting that nobody wrote
        return "the content cannot be read: it was changed after it was written"
    if event["site"] != site:
        return f"the event says it is of site {event['site']}"
    if found != digest.hex():
        return "the content does not match its digest: it was changed after it was written"
    if rules.link(head, site, digest) != hash_:
        return "the link does not match: the digest or the chain was changed"
    return ""


def _outside() -> dict[str, int]:
    """Events without a seal: those that wait (key "waiting") and, per site, those that should have one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT CASE WHEN u.event_id IS NULL THEN e.site ELSE 'waiting' END, count(*)"
            " FROM journal_event e LEFT JOIN journal_seal s ON s.event_id = e.id"
            " LEFT JOIN journal_pending u ON u.event_id = e.id WHERE s.event_id IS NULL GROUP BY 1"
        )
        return dict(cursor.fetchall())
