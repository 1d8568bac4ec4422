"""Prove the chain: recompute every digest and every link, say where the first fault is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.db import connection

from obeya.journal import events, rules

_COLUMNS = (
    "s.position, s.site, s.sequence, s.event_id, s.hash, e.id, e.type, e.version, e.site, e.subject,"
    " e.occurred_at, e.recorded_at, e.source, e.actor, e.correlation, e.causation, e.signal, e.data, e.digest"
)


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

    A missing tail (the newest events and their seals removed together) shows only against a head that
    was noted elsewhere; that is why the heads are part of the report.
    """
    heads: dict[str, rules.Head] = {}
    faults: dict[str, Fault] = {}
    proved = 0
    position = 0
    for row in _rows():
        position += 1
        site, sequence = row[1], row[2]
        if site in faults:
            continue
        fault = _check(row, heads.get(site, rules.EMPTY), position)
        if fault:
            faults[site] = fault
            continue
        heads[site] = rules.Head(sequence, bytes(row[4]))
        proved += 1
    outside = _outside()
    unsealed = outside.pop("waiting", 0)
    found = [
        *faults.values(),
        *(Fault(site, 0, "-", f"{n} events stand outside the chain") for site, n in outside.items()),
    ]
    return Report(proved, unsealed, tuple(found), heads)


def _rows() -> Iterator[tuple[Any, ...]]:
    """Seals with their events in order, streamed through a cursor of the server."""
    connection.ensure_connection()
    assert connection.connection is not None
    raw: psycopg.Connection[Any] = connection.connection
    with raw.transaction(), raw.cursor(name="journal_verify") as cursor:
        cursor.itersize = 5_000
        yield from cursor.execute(
            f"SELECT {_COLUMNS} FROM journal_seal s LEFT JOIN journal_event e ON e.id = s.event_id"  # noqa: S608  # constant text
            " ORDER BY s.position"
        )


def _check(row: tuple[Any, ...], head: rules.Head, expected_position: int) -> Fault | None:
    position, site, sequence, event_id, hash_ = row[:5]

    def fault(text: str) -> Fault:
        return Fault(site, sequence, str(event_id), text)

    if sequence != head.sequence + 1:
        return fault(f"the chain jumps from {head.sequence} to {sequence}: links are missing")
    if row[5] is None:
        return fault("the event is gone")
    data = json.loads(row[17]) if isinstance(row[17], str) else row[17]
    values: list[Any] = [*row[5:17], data]
    event = events.Event(*values)
    if event.site != site:
        return fault(f"the event says it is of site {event.site}")
    if event.digest() != bytes(row[18]):
        return fault("the content does not match its digest: it was changed after it was written")
    if rules.link(head, site, bytes(row[18])) != bytes(hash_):
        return fault("the link does not match: the digest or the chain was changed")
    if position < expected_position:
        return fault("two events share a place in the order")
    return None


def _outside() -> dict[str, int]:
    """Events without a seal: those that wait (key "waiting") and, per site, those that should have one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT CASE WHEN u.event_id IS NULL THEN e.site ELSE 'waiting' END, count(*)"
            " FROM journal_event e LEFT JOIN journal_seal s ON s.event_id = e.id"
            " LEFT JOIN journal_pending u ON u.event_id = e.id WHERE s.event_id IS NULL GROUP BY 1"
        )
        return dict(cursor.fetchall())
