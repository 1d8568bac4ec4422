"""Reads that almost every request makes: plain SQL, prepared once for each connection, beside the ORM.

Building a query, writing its parameters into the text and having PostgreSQL parse and plan it again costs
several times what such a read itself does. See `prepared` for how they are sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections

from obeya.lib import prepared


def read(name: bytes, statement: bytes, values: Sequence[str | None]) -> list[tuple[Any, ...]]:
    """The rows of a SELECT, as `prepared.fetch`, in the transaction that is open, if one is.

    A connection that broke since the last request is replaced, as Django's own check at the first query of
    a request does; this read is then that check. Raises what Django raises.
    """
    wrapper = connections[DEFAULT_DB_ALIAS]
    is_checked: bool = wrapper.health_check_done  # type: ignore[attr-defined]  # the stubs leave it out
    if wrapper.connection is None or wrapper.in_atomic_block or is_checked:
        return prepared.fetch(name, statement, values)
    try:
        found = prepared.fetch(name, statement, values)
    except (InterfaceError, OperationalError):
        wrapper.close()
        return prepared.fetch(name, statement, values)
    wrapper.health_check_done = True  # type: ignore[attr-defined]  # the stubs leave it out
    return found
