"""Prove the chain: recompute every digest and every link, say where the first fault is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.db import DatabaseError, connection, transaction
from psycopg import errors, sql

from obeya.journal import rules
from obeya.lib import canonical

_MOMENT = sql.SQL(
    "CASE WHEN {0} >= '0001-01-01 00:00:00+00'"
    " THEN to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"+00:00\"') ELSE {0}::text END"
)
"""As `events.utc_text`. A moment before our era has no such text, and would otherwise pass for one of it."""
_READ = (
    sql.SQL(
        "COPY (SELECT s.position, s.site, s.sequence, s.event_id::text, s.hash, e.digest, json_build_object("
        "'id', e.id, 'type', e.type, 'version', e.version, 'site', e.site, 'subject', e.subject,"
        " 'occurred_at', {occurred_at}, 'recorded_at', {recorded_at}, 'source', e.source, 'actor', e.actor,"
        " 'correlation', e.correlation, 'causation', e.causation, 'signal', e.signal, 'data', e.data)::text"
        " FROM journal_seal s LEFT JOIN journal_event e ON e.id = s.event_id {{which}} ORDER BY s.position)"
        " TO STDOUT (FORMAT BINARY)"
    )
    .format(
        occurred_at=_MOMENT.format(sql.SQL("e.occurred_at")),
        recorded_at=_MOMENT.format(sql.SQL("e.recorded_at")),
    )
    .as_string()
)
_SEAL = (
    "COPY (SELECT s.position, s.site, s.sequence, s.event_id::text, s.hash, NULL::bytea, NULL::bytea"
    " FROM journal_seal s {which}) TO STDOUT (FORMAT BINARY)"
)
_BETWEEN = "WHERE s.position > {after:d} AND s.position <= {upto:d}"
_TYPES = ("int8", "text", "int8", "text", "bytea", "bytea", "bytea")
"""The event itself is taken as bytes: what was damaged need not be text any more."""
_DAMAGE = (
    errors.DataCorrupted,
    errors.IndexCorrupted,
    errors.InternalError_,
    errors.IoError,
    errors.UndefinedFile,
)
"""What PostgreSQL says where a page, an index or a file of it cannot be read."""
_ONE_BY_ONE = ("enable_seqscan", "enable_bitmapscan", "enable_hashjoin", "enable_mergejoin")
"""Without these a row is found by its index alone, and no page is touched but its own."""
_MOST = 4_096
"""Rows of one step through damaged tables."""
_LAST = 2**63 - 1
"""No position is higher."""


class _Unreadable(str):
    """Stands in the place of an event that PostgreSQL cannot read, and says why."""


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

    An event or a seal that the database cannot read is a fault too, each one of them; the chain of the
    site goes on behind an unreadable event with the hash that its seal holds. Raises Django's errors.

    A missing tail (the newest events of all sites and their seals removed together) shows only against
    a head that was noted elsewhere; that is why the heads are part of the report.
    """
    heads: dict[str, rules.Head] = {}
    faults: dict[str, Fault] = {}
    more: list[Fault] = []
    unread: dict[int, str] = {}
    proved = before = 0
    is_gapless = True
    for row in _rows(unread):
        position, site, sequence, event_id = row[:4]
        missing = position - before - 1
        if missing and is_gapless and missing != sum(place > before for place in unread):
            text = f"the order of all sites jumps from {before} to {position}: places are missing"
            more.append(Fault(site, sequence, event_id, text))
            is_gapless = False
        before = position
        if isinstance(row[6], _Unreadable):
            more.append(Fault(site, sequence, event_id, f"the event cannot be read: {row[6]}"))
        if site in faults:
            continue
        wrong = _what_is_wrong(row, heads.get(site, rules.EMPTY))
        if wrong:
            faults[site] = Fault(site, sequence, event_id, wrong)
            continue
        heads[site] = rules.Head(sequence, row[4])
        proved += not isinstance(row[6], _Unreadable)
    outside = _outside()
    found = (*faults.values(), *more, *_unread_seals(unread), *outside.faults)
    return Report(proved, outside.waiting, found, heads)


def _rows(unread: dict[int, str]) -> Iterator[tuple[Any, ...]]:
    """Seals with their events in order. COPY streams: the server reads on while a row is proved here.

    Where it meets damage, what follows is read in small steps; `unread` then takes the positions of the
    seals that cannot be read, each with the reason.
    """
    connection.ensure_connection()
    assert connection.connection is not None
    raw: psycopg.Connection[Any] = connection.connection
    after = 0
    with connection.wrap_database_errors:
        try:
            for row in _copy(raw, _READ.format(which=""), without=()):
                after = row[0]
                yield row
        except _DAMAGE:
            yield from _carefully(raw, after, unread)


def _copy(
    raw: psycopg.Connection[Any], statement: str, *, without: tuple[str, ...]
) -> Iterator[tuple[Any, ...]]:
    with raw.transaction(), raw.cursor() as cursor:
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")  # one reads faster than is proved
        for name in without:
            cursor.execute(sql.SQL("SET LOCAL {} = off").format(sql.Identifier(name)))
        with cursor.copy(sql.SQL(statement)) as copy:
            copy.set_types(_TYPES)
            yield from copy.rows()


def _try(raw: psycopg.Connection[Any], statement: str, **bounds: int) -> list[tuple[Any, ...]] | str:
    """The rows between two positions, or why they cannot be read."""
    try:
        return list(_copy(raw, statement.format(which=_BETWEEN.format(**bounds)), without=_ONE_BY_ONE))
    except _DAMAGE as error:
        return next(iter(str(error).splitlines()), type(error).__name__)


def _carefully(raw: psycopg.Connection[Any], after: int, unread: dict[int, str]) -> Iterator[tuple[Any, ...]]:
    """The rows behind a position, in steps that double where all is well and shrink to one elsewhere."""
    step = 1
    while after < _LAST:
        upto = min(after + step, _LAST)
        found = _try(raw, _READ, after=after, upto=upto)
        if isinstance(found, str) and step > 1:
            step = 1
            continue
        if isinstance(found, str):
            found = _without_event(raw, after, found)
        if isinstance(found, str):
            unread[upto] = found
            if isinstance(_try(raw, _SEAL, after=_LAST - 1, upto=_LAST), str):
                return  # the index has no end that can be read: nothing leads on
            after = upto
            continue
        yield from found
        after = upto
        step = min(step * 2, _MOST) if found else step * 2


def _without_event(raw: psycopg.Connection[Any], after: int, why: str) -> list[tuple[Any, ...]] | str:
    """The seal behind a position with the reason in its event's place, or why it cannot be read either."""
    seals = _try(raw, _SEAL, after=after, upto=after + 1)
    return seals if isinstance(seals, str) else [(*seal[:6], _Unreadable(why)) for seal in seals]


def _unread_seals(unread: dict[int, str]) -> Iterator[Fault]:
    """One fault for neighbours that cannot be read for the same reason."""
    first = 0
    for position, why in unread.items():
        first = first or position
        if unread.get(position + 1) != why:
            text = f"the seals at the positions {first} to {position} cannot be read: {why}"
            yield Fault("-", 0, "-", text)
            first = 0


def _what_is_wrong(row: tuple[Any, ...], head: rules.Head) -> str:
    """What is wrong with one link and its event; empty where both are proved."""
    _, site, sequence, _, hash_, digest, stored = row
    if sequence != head.sequence + 1:
        return f"the chain jumps from {head.sequence} to {sequence}: links are missing"
    if isinstance(stored, _Unreadable):
        return ""  # a fault of its own; the seals of its neighbours still stand
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


@dataclass(frozen=True, slots=True)
class _Outside:
    """Events without a seal: how many wait for theirs, and what is wrong with the others."""

    waiting: int = 0
    faults: tuple[Fault, ...] = ()


def _outside() -> _Outside:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT CASE WHEN u.event_id IS NULL THEN e.site ELSE 'waiting' END, count(*)"
                " FROM journal_event e LEFT JOIN journal_seal s ON s.event_id = e.id"
                " LEFT JOIN journal_pending u ON u.event_id = e.id WHERE s.event_id IS NULL GROUP BY 1"
            )
            found = dict(cursor.fetchall())
    except DatabaseError as error:
        if not isinstance(error.__cause__, _DAMAGE):
            raise
        text = "whether events stand outside the chain cannot be told: the tables cannot be read whole"
        return _Outside(faults=(Fault("-", 0, "-", text),))
    waiting = found.pop("waiting", 0)
    told = (Fault(site, 0, "-", f"{n} events stand outside the chain") for site, n in found.items())
    return _Outside(waiting, tuple(told))
