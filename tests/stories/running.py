"""Let what was set in motion happen: seal the journal, run the jobs, until nothing is left to do.

Jobs run in this thread, in the order in which they were deferred, so that a story is the same every time.
The real worker and its processes are the matter of the browser and crash tests.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import connection
from procrastinate import JobContext, jobs
from procrastinate.contrib.django import app

from obeya.config import wiring
from obeya.decisions import sweeping
from obeya.journal import actions as journal
from obeya.lib import clock
from obeya.orders import questions
from obeya.outbox import actions as outbox

_NEXT = """
UPDATE procrastinate_jobs SET status = 'doing' WHERE id = (
    SELECT id FROM procrastinate_jobs WHERE status = 'todo' AND queue_name <> 'sync'
    AND (scheduled_at IS NULL OR scheduled_at <= now()) ORDER BY priority DESC, id LIMIT 1)
RETURNING id, task_name, args, attempts, queue_name
"""


def run_job() -> bool:
    """Run the next job; False where there is none. An error in it is the story's error."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT)
        row = cursor.fetchone()
    if row is None:
        return False
    job_id, name, args, attempts, queue = row
    told: dict[str, Any] = json.loads(args) if isinstance(args, str) else args
    task = app.tasks[name]
    job = jobs.Job(id=job_id, queue=queue, lock=None, queueing_lock=None, task_name=name, attempts=attempts)
    context = JobContext(app=app, job=job, start_timestamp=0.0, abort_reason=lambda: None)
    before = [context] if task.pass_context else []
    task.func(*before, **told)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [job_id])
    return True


def settle(*, most: int = 2_000) -> None:
    """Seal and work until nothing waits; fails loudly if it never gets quiet."""
    wiring.register_all()
    for _ in range(most):
        if not journal.seal_all() and not run_job():
            return
    raise AssertionError("the plant does not come to rest")


def tick() -> int:
    """What the ticker does now: climb ladders and wake the outbox; returns how many climbed."""
    questions.expire(clock.now())
    climbed = sweeping.sweep_all(clock.now())
    outbox.wake(clock.now())
    return climbed
