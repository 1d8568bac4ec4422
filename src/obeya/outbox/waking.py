"""Noticing that something is due while nobody works, and deferring one job for it."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from procrastinate import exceptions
from procrastinate.contrib.django import app

from obeya.outbox import channels, delivering, looking, posters

DELIVER = "outbox.deliver"
SEND = "outbox.send"
POSTINGS = "postings"
MESSAGES = "messages"


def wake(now: datetime) -> int:
    """See `actions.wake`."""
    names = [name for name in channels.NAMES if name != channels.INAPP]
    ready = [name for name in names if not channels.problem_of(name)]
    deferred = 0
    for name in looking.who_is_needed(posters.names(), names, ready, now):
        if name == looking.MESSAGES:
            deferred += _defer(SEND, MESSAGES, SEND)
        elif not _is_delivering(name):
            deferred += _defer(DELIVER, POSTINGS, f"{DELIVER}:{name}", connector=name)
    return deferred


def _is_delivering(connector: str) -> bool:
    """Whether some process holds the writer's lock; that of a dead process is gone with it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND classid = %s AND objid::bigint = (hashtext(%s)::bigint & 4294967295))",
            [delivering.WRITER_LOCK, connector],
        )
        return bool(cursor.fetchone()[0])


def _defer(task: str, queue: str, queueing_lock: str, **arguments: str) -> int:
    """Defer one job unless one waits already; returns how many were deferred."""
    job = app.configure_task(task, queue=queue, queueing_lock=queueing_lock)
    try:
        with transaction.atomic():
            job.defer(**arguments)
    except exceptions.AlreadyEnqueued:
        return 0
    return 1
