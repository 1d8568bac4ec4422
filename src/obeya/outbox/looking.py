"""What is due: asked several times a second, in plain SQL with the values sent beside it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import psycopg
from django.db import connection

from obeya.outbox import rules

_DUE_POSTING = """
FROM outbox_posting p
WHERE p.connector = {connector} AND p.next_at <= %(now)s
 AND p.state IN ('waiting', 'sending', 'unknown', 'accepted')
 AND NOT EXISTS (SELECT FROM outbox_posting e WHERE e.connector = p.connector AND e.document = p.document
  AND e.pos < p.pos AND NOT (e.state IN ('posted', 'cancelled')) OFFSET 0)
 AND NOT EXISTS (SELECT FROM outbox_erpline l
  WHERE l.connector = {connector} AND l.paused_until > %(now)s OFFSET 0)
"""
"""Due, first of its document, and the ERP is not left alone.

OFFSET 0 keeps the planner from joining: it walks along the index of what is due and stops at the first.
"""

_NEXT_POSTING = (
    "SELECT p.id " + _DUE_POSTING.format(connector="%(connector)s") + " ORDER BY p.next_at, p.pos LIMIT 1"
)

_DUE_MESSAGE = """
FROM outbox_message m
WHERE m.state = 'queued' AND m.next_at <= %(now)s AND m.channel = ANY(%(channels)s)
 AND NOT EXISTS (SELECT FROM outbox_message e WHERE e.channel = m.channel AND e.recipient = m.recipient
  AND e.pos < m.pos AND e.state IN ('queued', 'sending') OFFSET 0)
"""
"""Due, and nothing earlier is still to leave for the same recipient."""

_NEXT_MESSAGE = (
    "SELECT m.id " + _DUE_MESSAGE + " ORDER BY m.next_at, m.pos LIMIT 1 FOR UPDATE OF m SKIP LOCKED"
)

_WHO_IS_NEEDED = f"""
SELECT c.connector FROM unnest(%(connectors)s::text[]) AS c (connector)
WHERE EXISTS (SELECT {_DUE_POSTING.format(connector="c.connector")})
UNION ALL SELECT '' WHERE EXISTS (SELECT {_DUE_MESSAGE})
 OR EXISTS (SELECT FROM outbox_message m WHERE m.state = 'sending' AND m.sent_at <= %(lost)s)
 OR EXISTS (SELECT FROM outbox_message m WHERE m.state = 'held' AND m.channel = ANY(%(ready)s))
"""  # noqa: S608 - put together from the texts above only

MESSAGES = ""
"""Stands for messages in the answer of `who_is_needed`."""


def _execute(statement: str, values: Mapping[str, Any]) -> psycopg.Cursor[Any]:
    """Django's own cursors bind on the client; this one sends lists and moments as what they are."""
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    assert connection.connection is not None
    return psycopg.Cursor(connection.connection).execute(statement.encode(), values)


def next_posting(connector: str, now: datetime) -> uuid.UUID | None:
    """The posting to bring on now.

    The longest due comes first, so that one which fails again and again holds nobody up.
    """
    row = _execute(_NEXT_POSTING, {"connector": connector, "now": now}).fetchone()
    return row[0] if row else None


def next_message(channels: Sequence[str], now: datetime) -> uuid.UUID | None:
    """The message to send now by one of `channels`, locked until the transaction ends."""
    row = _execute(_NEXT_MESSAGE, {"channels": list(channels), "now": now}).fetchone()
    return row[0] if row else None


def who_is_needed(
    connectors: Sequence[str], channels: Sequence[str], ready: Sequence[str], now: datetime
) -> list[str]:
    """The connectors that have a posting due, and MESSAGES where messages need a sender.

    That is: one is due, one was left behind by a sender that died, or one was held by a channel that is
    `ready` now.
    """
    values = {
        "connectors": list(connectors),
        "channels": list(channels),
        "ready": list(ready),
        "now": now,
        "lost": now - rules.ANSWER_LIMIT,
    }
    return [row[0] for row in _execute(_WHO_IS_NEEDED, values).fetchall()]
