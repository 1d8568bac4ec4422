"""Statements run again and again: prepared on the server once a connection, sent past psycopg's cursor.

A cursor adapts every value by its type and steps through the answer in Python. For a statement of fifteen
texts that is written with every fact, this cost more than the statement itself: eight processes appended
5,200 events a second, and 8,400 this way (two cores). `psycopg.pq` is psycopg's own public wrapper of libpq;
it lets other threads run while the server works. psycopg's own `prepare=True` does nothing here: Django
switches it off for its connections (`prepare_threshold`).
"""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Sequence
from typing import Any, cast

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import adapt, errors, pq

_prepared: weakref.WeakKeyDictionary[pq.abc.PGconn, dict[bytes, bytes]] = weakref.WeakKeyDictionary()
"""The statements that a connection has prepared, by name: what the server calls them. A new one has none."""
_numbers = itertools.count(1)
"""A statement that was lost is prepared under a new name: what became of the old one is not our concern."""
_LOST = (errors.InvalidSqlStatementName, errors.FeatureNotSupported)
"""Somebody deallocated it, or its result changed its type in a migration while this process ran."""


def execute(name: bytes, statement: bytes, values: Sequence[str | None]) -> None:
    """Run a statement that returns no rows, its values ($1, $2 ...) given as the texts PostgreSQL reads.

    `name` is the statement's own; the same name always stands for the same statement. It joins the
    transaction Django is in, as any query does. Raises Django's database errors.

    A statement that the server no longer knows is prepared again. Within a transaction that is too late
    for this one, which fails as with any error; the next one works.
    """
    _send(name, statement, values)


def fetch(name: bytes, statement: bytes, values: Sequence[str | None]) -> list[tuple[Any, ...]]:
    """As `execute`, for a statement that returns rows; their values are what Django's cursor gives."""
    connection, result = _send(name, statement, values)
    transformer = adapt.Transformer.from_context(connection)
    transformer.set_pgresult(result)
    return transformer.load_rows(0, result.ntuples, tuple)


def _send(
    name: bytes, statement: bytes, values: Sequence[str | None]
) -> tuple[psycopg.Connection[object], pq.abc.PGresult]:
    wrapper = connections[DEFAULT_DB_ALIAS]
    wrapper.ensure_connection()
    wrapper.validate_no_broken_transaction()
    wrapper.validate_thread_sharing()
    with wrapper.wrap_database_errors:
        connection: psycopg.Connection[object] = wrapper.connection
        sent = [None if value is None else _bytes(value) for value in values]
        _begin(connection)
        return connection, _run(connection.pgconn, name, statement, sent)


def _bytes(value: str) -> bytes:
    """libpq takes texts up to the first NUL: one inside would cut the value without a word."""
    if "\0" in value:
        raise errors.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    return value.encode()


def _begin(connection: psycopg.Connection[object]) -> None:
    """Django leaves the BEGIN of a transaction to its first query; here that is ours to send."""
    if not connection.autocommit and connection.pgconn.transaction_status == pq.TransactionStatus.IDLE:
        _check(connection.pgconn, connection.pgconn.exec_(b"BEGIN"))


def _run(
    conn: pq.abc.PGconn, name: bytes, statement: bytes, values: Sequence[bytes | None]
) -> pq.abc.PGresult:
    alone = conn.transaction_status == pq.TransactionStatus.IDLE
    try:
        return _run_prepared(conn, name, statement, values)
    except _LOST:
        _prepared[conn].pop(name, None)
        if not alone:
            raise
    return _run_prepared(conn, name, statement, values)


def _run_prepared(
    conn: pq.abc.PGconn, name: bytes, statement: bytes, values: Sequence[bytes | None]
) -> pq.abc.PGresult:
    known = _prepared.setdefault(conn, {})
    if name not in known:
        chosen = b"%s_%d" % (name, next(_numbers))
        _check(conn, conn.prepare(chosen, statement))
        known[name] = chosen
    given = cast(Sequence[bytes], values)  # psycopg's types leave out that a value may be None, that is NULL
    return _check(conn, conn.exec_prepared(known[name], given))


def _check(conn: pq.abc.PGconn, result: pq.abc.PGresult) -> pq.abc.PGresult:
    if conn.status != pq.ConnStatus.OK:
        raise errors.OperationalError(conn.get_error_message())
    if result.status not in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK):
        raise errors.error_from_result(result)
    return result
