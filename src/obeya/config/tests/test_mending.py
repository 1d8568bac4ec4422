"""What is left by workers that died, and by a database that went away."""

import procrastinate
import pytest
from django.db import InterfaceError, OperationalError, connection
from procrastinate import jobs
from procrastinate.contrib.django import app

from obeya.config import mending, wiring
from obeya.lib import clock


def take(job):
    """A worker that died long ago had taken this job."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - interval '1 minute') RETURNING id)"
            " UPDATE procrastinate_jobs SET status = 'doing', worker_id = dead.id FROM dead"
            " WHERE procrastinate_jobs.id = %s",
            [job],
        )


def test_a_job_whose_twin_waits_already_is_let_go_and_the_others_are_taken_over(transactional_db):
    twin = app.configure_task("outbox.send", queue="messages", queueing_lock="outbox.send")
    dead = twin.defer()
    take(dead)
    waiting = twin.defer()
    other = app.configure_task("orders.hear_posting", queue="reactions").defer(event_id="1")
    take(other)
    assert mending.reap(clock.SystemClock().now()) == 2
    left = {job.id: job.status for job in app.job_manager.list_jobs()}
    assert left == {waiting: jobs.Status.TODO.value, other: jobs.Status.TODO.value}


@pytest.mark.parametrize(
    "error", [OperationalError(), InterfaceError(), procrastinate.exceptions.ConnectorException()]
)
def test_every_reaction_is_called_again_where_the_database_was_away(error):
    job = jobs.Job(id=1, queue="reactions", lock=None, queueing_lock=None, task_name="x", attempts=3)
    heard = [task for task in app.tasks.values() if task.queue == wiring.REACTIONS]
    assert {"orders.hear_posting", "cases.hear_posting", "floor.end_hold"} <= {task.name for task in heard}
    for task in heard:
        assert task.get_retry_exception(exception=error, job=job) is not None
        assert task.get_retry_exception(exception=ValueError(), job=job) is None
