"""Noticing that something is due while nobody works, and deferring one job for it."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from procrastinate import exceptions
from procrastinate.contrib.django import app

from obeya.outbox import channels, delivering, models, posters, rules, sending

DELIVER = "outbox.deliver"
SEND = "outbox.send"
POSTINGS = "postings"
MESSAGES = "messages"


def wake(now: datetime) -> int:
    """See `actions.wake`."""
    deferred = 0
    for connector in posters.names():
        if delivering.due(connector, now).exists() and not _is_delivering(connector):
            deferred += _defer(DELIVER, POSTINGS, f"{DELIVER}:{connector}", connector=connector)
    if _some_message_is_due(now):
        deferred += _defer(SEND, MESSAGES, SEND)
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


def _some_message_is_due(now: datetime) -> bool:
    """In one statement: due, or left behind by a dead sender, or held by a channel that is set up now."""
    names = [name for name in channels.NAMES if name != channels.INAPP]
    ready = [name for name in names if not channels.problem_of(name)]
    rows = models.Message.objects.values("pk").order_by()
    lost = rows.filter(sending.lost_before(now))[:1]
    held = rows.filter(state=rules.MessageState.HELD.value, channel__in=ready)[:1]
    due = sending.due(names, now).values("pk").order_by()[:1]
    return due.union(lost, held, all=True).exists()


def _defer(task: str, queue: str, queueing_lock: str, **arguments: str) -> int:
    """Defer one job unless one waits already; returns how many were deferred."""
    job = app.configure_task(task, queue=queue, queueing_lock=queueing_lock)
    try:
        with transaction.atomic():
            job.defer(**arguments)
    except exceptions.AlreadyEnqueued:
        return 0
    return 1
