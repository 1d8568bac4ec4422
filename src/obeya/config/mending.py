"""Put right what a killed process left: its jobs go back into the queue, signals get a job again.

Nothing here takes a lock that a stalled job could hold: it runs in the ticker, not as a job.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import procrastinate
import structlog
from asgiref.sync import async_to_sync
from procrastinate import jobs
from procrastinate.contrib.django import app

from obeya.inbox import queries as inbox
from obeya.journal import queries as journal
from obeya.journal import reactions

STALLED_AFTER_S = 6.0
"""Workers show that they live every two seconds."""
MOST_LIVES = 20
"""A job that was running so often when its worker died is taken to be the cause."""
STUCK_AFTER = timedelta(seconds=60)
UNDERSTAND = "inbox.understand"
_log = structlog.get_logger("obeya.mending")


def reap(now: datetime) -> int:
    """Give the jobs of dead workers back to the queue; returns how many.

    Jobs may run twice: every task is written to be harmless then. One whose workers die again and again
    waits longer each time, and is given up in the end, with an error in the log.
    """
    stalled = list(async_to_sync(app.job_manager.get_stalled_jobs)(seconds_since_heartbeat=STALLED_AFTER_S))
    for job in stalled:
        assert job.id is not None
        if job.attempts >= MOST_LIVES:
            _log.error("job given up", job=job.id, task=job.task_name, lives=job.attempts)
            _end(job.id, delete=False)
            continue
        _log.warning("job taken over from a dead worker", job=job.id, task=job.task_name, lives=job.attempts)
        wait = timedelta(seconds=min(max(job.attempts - 2, 0) ** 2, 60))
        try:
            app.job_manager.retry_job_by_id(job_id=job.id, retry_at=now + wait)
        except procrastinate.exceptions.UniqueViolation:
            _end(job.id, delete=True)  # another one waits already to do the same
    return len(stalled)


def _end(job_id: int, *, delete: bool) -> None:
    async_to_sync(app.job_manager.finish_job_by_id_async)(
        job_id=job_id, status=jobs.Status.FAILED, delete_job=delete
    )


def defer_stuck_signals(now: datetime) -> int:
    """Give signals that nothing has settled for a minute, and that have no job, a job; returns how many."""
    return sum(_defer(signal_id) for signal_id in inbox.list_stuck(older_than=now - STUCK_AFTER))


def _defer(signal_id: uuid.UUID) -> bool:
    subject = f"signal:{signal_id}"
    [heard] = [one for one in reactions.of("inbox.signal_received") if one.task == UNDERSTAND]
    lock = heard.lock_for(subject)
    alive = (jobs.Status.TODO.value, jobs.Status.DOING.value)
    if any(app.job_manager.list_jobs(task=UNDERSTAND, lock=lock, status=status) for status in alive):
        return False
    told = journal.list_about(subject, types=("inbox.signal_received", "inbox.signal_retried"))
    if not told:
        return False
    try:
        app.configure_task(
            UNDERSTAND, queue=heard.queue, lock=lock, queueing_lock=f"stuck:{signal_id}"
        ).defer(event_id=str(told[-1].id))
    except procrastinate.exceptions.AlreadyEnqueued:
        return False
    _log.warning("signal had no job", signal=str(signal_id))
    return True
