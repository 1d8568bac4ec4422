"""What stands around each task of a worker."""

import procrastinate
import pytest
from django.db import OperationalError, connection
from procrastinate import job_context, jobs, middleware

from obeya.cli import worker

pytestmark = pytest.mark.django_db(transaction=True)


def ask():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone()[0]


def work():
    """Ask the database in a task, called as a worker calls one."""
    job = jobs.Job(id=1, queue="reactions", lock=None, queueing_lock=None, task_name="inbox.understand")
    context = job_context.JobContext(
        app=procrastinate.App(connector=procrastinate.SyncPsycopgConnector()),
        job=job,
        start_timestamp=0.0,
        abort_reason=lambda: None,
    )
    around = [one for one in worker.MIDDLEWARE if not middleware.is_async_middleware(one)]
    return middleware.compose(around, ask, context, None)()


def test_a_task_in_a_thread_whose_connection_was_ended_gets_another():
    ask()
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    with pytest.raises(OperationalError):
        ask()  # the task that was under way when the database went
    assert work() == 1
