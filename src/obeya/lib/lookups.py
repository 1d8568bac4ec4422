"""Reads that almost every request makes: plain SQL, prepared once for each connection, beside the ORM.

Building a query, writing its parameters into the text and having PostgreSQL parse and plan it again costs
several times what such a read itself does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper


def read(statement: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
    """The rows of a SELECT with `%s` for each value, in the transaction that is open, if one is.

    A connection that broke since the last request is replaced, as Django's own check at the first query of
    a request does; this read is then that check. Raises what Django raises.
    """
    wrapper = connections[DEFAULT_DB_ALIAS]
    is_checked: bool = wrapper.health_check_done  # type: ignore[attr-defined]  # the stubs leave it out
    if wrapper.connection is None or wrapper.in_atomic_block or is_checked:
        return _read(wrapper, statement, values)
    try:
        found = _read(wrapper, statement, values)
    except (InterfaceError, OperationalError):
        wrapper.close()
        return _read(wrapper, statement, values)
    wrapper.health_check_done = True  # type: ignore[attr-defined]  # the stubs leave it out
    return found


def _read(wrapper: BaseDatabaseWrapper, statement: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
    """Django's own cursor would write the values into the statement and could prepare nothing."""
    wrapper.ensure_connection()
    wrapper.validate_no_broken_transaction()
    wrapper.validate_thread_sharing()
    assert wrapper.connection is not None
    with wrapper.wrap_database_errors, psycopg.Cursor(wrapper.connection) as cursor:
        cursor.execute(statement, values, prepare=True)
        return cursor.fetchall()
