"""One statement run again and again, prepared on the server and sent past psycopg's cursor.

A cursor adapts every value by its type and steps through the answer in Python. For a statement of fifteen
texts that is written with every fact, this cost more than the statement itself: eight processes appended
5,200 events a second, and 8,400 this way (two cores). `psycopg.pq` is psycopg's own public wrapper of libpq;
it lets other threads run while the server works.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import cast

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import errors, pq

_prepared: weakref.WeakKeyDictionary[pq.abc.PGconn, set[bytes]] = weakref.WeakKeyDictionary()
"""Which statements a connection knows by name; a new connection knows none."""


def execute(name: bytes, statement: bytes, values: Sequence[str | None]) -> None:
    """Run a statement that returns no rows, its values ($1, $2 ...) given as the texts PostgreSQL reads.

    `name` is the statement's own; the same name always stands for the same statement. It joins the
    transaction Django is in, as any query does. Raises Django's database errors.
    """
    wrapper = connections[DEFAULT_DB_ALIAS]
    wrapper.ensure_connection()
    wrapper.validate_no_broken_transaction()
    with wrapper.wrap_database_errors:
        connection: psycopg.Connection[object] = wrapper.connection
        _begin(connection)
        sent = [None if value is None else _bytes(value) for value in values]
        _run(connection.pgconn, name, statement, sent)


def _bytes(value: str) -> bytes:
    """libpq takes texts up to the first NUL: one inside would cut the value without a word."""
    if "\0" in value:
        raise errors.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    return value.encode()


def _begin(connection: psycopg.Connection[object]) -> None:
    """Django leaves the BEGIN of a transaction to its first query; here that is ours to send."""
    if not connection.autocommit and connection.pgconn.transaction_status == pq.TransactionStatus.IDLE:
        _check(connection.pgconn, connection.pgconn.exec_(b"BEGIN"))


def _run(conn: pq.abc.PGconn, name: bytes, statement: bytes, values: Sequence[bytes | None]) -> None:
    known = _prepared.setdefault(conn, set())
    if name not in known:
        _check(conn, conn.prepare(name, statement))
        known.add(name)
    given = cast(Sequence[bytes], values)  # psycopg's types leave out that a value may be None, that is NULL
    _check(conn, conn.exec_prepared(name, given))


def _check(conn: pq.abc.PGconn, result: pq.abc.PGresult) -> None:
    if conn.status != pq.ConnStatus.OK:
        raise errors.OperationalError(conn.get_error_message())
    if result.status not in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK):
        raise errors.error_from_result(result)
