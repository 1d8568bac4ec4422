"""Failed background work: what is planned again clears itself, what is not waits for a person."""

from datetime import timedelta

import pytest
from django.db import connection
from procrastinate import jobs
from procrastinate.contrib.django import app

from obeya.cli import doctor, findings
from obeya.cli.main import main
from obeya.config import leftovers
from obeya.lib import clock

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def now(transactional_db):
    """The real time: procrastinate's events carry the database's."""
    return clock.SystemClock().now()


def ended(task, status=jobs.Status.FAILED, **arguments):
    """A task that a worker took and that ended so; its number."""
    number = app.configure_task(task, queue="reactions").defer(**arguments)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [number])
        cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [status.value, number])
    return number


def left():
    return {job.id for job in app.job_manager.list_jobs()}


def test_a_failed_reading_is_kept_for_a_day_and_then_cleared(now):
    number = ended("catalog.sync", connector="erp")
    assert leftovers.clean(now + DAY - 60 * SECOND) == 0
    assert left() == {number}
    assert leftovers.clean(now + DAY + 60 * SECOND) == 1
    assert left() == set()


def test_what_waits_or_runs_is_never_cleared(now):
    waiting = app.configure_task("catalog.sync", queue="sync").defer(connector="erp")
    running = app.configure_task("outbox.send", queue="messages").defer()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [running])
    assert leftovers.clean(now + 30 * DAY) == 0
    assert left() == {waiting, running}


def test_a_failed_reaction_stays_until_a_person_settles_it(now):
    number = ended("orders.hear_posting", event_id="0192-e")
    ended("orders.hear_decision", jobs.Status.SUCCEEDED, event_id="0192-f")
    assert leftovers.clean(now + 400 * DAY) == 1
    [found] = leftovers.list_failed()
    assert (found.number, found.task, found.event_id) == (number, "orders.hear_posting", "0192-e")


def test_a_failed_task_runs_again_when_asked(now):
    number = ended("orders.hear_posting", event_id="0192-e")
    leftovers.retry(number, now)
    assert leftovers.list_failed() == []
    [job] = app.job_manager.list_jobs()
    assert (job.id, job.status) == (number, "todo")
    with pytest.raises(leftovers.CannotSettleTask, match=f"There is no failed task {number}"):
        leftovers.retry(number, now)


def test_a_task_settled_by_hand_is_forgotten_and_one_at_work_is_not(now, capsys):
    number = ended("floor.end_hold", event_id="0192-e")
    waiting = app.configure_task("floor.end_hold", queue="reactions").defer(event_id="0192-f")
    assert main(["tasks", "failed"]) == 0
    assert f"{number} " in capsys.readouterr().out
    assert main(["tasks", "forget", str(number)]) == 0
    assert main(["tasks", "forget", str(waiting)]) == 2
    assert f"There is no failed task {waiting}" in capsys.readouterr().err
    assert left() == {waiting}


def test_doctor_names_what_failed_and_what_to_do(now):
    [well] = doctor.failed_tasks()
    assert well.state is findings.State.OK
    ended("catalog.sync", connector="erp")
    [well] = doctor.failed_tasks()
    assert well.text == "none waits for a person; 1 failed and are done again"
    first = ended("floor.end_hold", event_id="0192-e")
    last = ended("floor.end_hold", event_id="0192-f")
    [broken] = doctor.failed_tasks()
    assert broken.state is findings.State.BAD
    assert broken.text.startswith("floor.end_hold failed 2 times, last 20")
    assert f"(task {last}, {first})" in broken.text
    assert f"obeya tasks retry {last}" in broken.do
