"""Whoever is due is noticed, by one job that does not pile up; jobs reach what they are for."""

from datetime import timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from obeya.journal import actions as journal
from obeya.outbox import actions, channels, delivering, queries, tasks, waking
from obeya.outbox.tests import fakes
from obeya.outbox.tests.fakes import ORIGIN, queue
from obeya.outbox.tests.test_crashes import in_a_thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def world():
    fakes.make_site()
    in_the_queue("DELETE FROM procrastinate_jobs")


def in_the_queue(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def jobs(status="todo"):
    rows = ProcrastinateJob.objects.filter(status=status).order_by("id")
    return [(row.task_name, row.queue_name, row.args) for row in rows]


def mail_to(address, key="m1"):
    actions.send_message(
        key=key,
        site="PUNE",
        channel="email",
        to=address,
        title="Order",
        body="Booked",
        subject="order:1",
        origin=ORIGIN,
    )


def test_nothing_due_wakes_nobody(erp, mail, clock):
    assert actions.wake(clock.now()) == 0


def test_one_job_however_often_it_is_noticed(erp, mail, clock):
    queue(1)
    queue(2)
    mail_to("a@example.com")
    assert [actions.wake(clock.now()) for _ in range(5)] == [2, 0, 0, 0, 0]
    assert jobs() == [
        ("outbox.deliver", "postings", {"connector": "fake"}),
        ("outbox.send", "messages", {}),
    ]


def test_a_writer_at_work_is_not_woken(erp, clock):
    queue(1)
    queue(2)
    woken = []
    erp.before_post = lambda: woken.append(in_a_thread(lambda: actions.wake(clock.now())))
    actions.deliver_due("fake")
    assert woken == [0, 0]


def test_a_writer_that_died_is_followed_by_another_though_its_job_looks_busy(erp, clock):
    queue(1)
    actions.wake(clock.now())
    in_the_queue("UPDATE procrastinate_jobs SET status = 'doing'")
    erp.script.append("killed_after")
    with pytest.raises(fakes.Killed):
        actions.deliver_due("fake")
    assert actions.wake(clock.now()) == 1


def test_what_waits_for_its_time_its_erp_or_an_earlier_one_wakes_nobody(erp, mail, clock):
    erp.script.append("refuse")
    queue(1, document="lot:L1")
    queue(2, document="lot:L1")
    mail.script.append(channels.Failed("Busy.", temporary=True))
    mail_to("a@example.com", "m1")
    mail_to("a@example.com", "m2")
    actions.deliver_due("fake")
    actions.send_due()
    erp.reachable = False
    queue(3)
    actions.deliver_due("fake")
    assert actions.wake(clock.now()) == 0
    clock.advance(timedelta(seconds=5))
    assert actions.wake(clock.now()) == 2


def test_a_message_left_by_a_dead_sender_and_a_channel_set_up_at_last_wake_somebody(mail, clock):
    mail.script.append(fakes.Killed)
    mail_to("a@example.com")
    with pytest.raises(fakes.Killed):
        actions.send_due()
    assert actions.wake(clock.now()) == 0
    clock.advance(timedelta(seconds=120))
    assert actions.wake(clock.now()) == 1
    actions.send_due()
    mail.trouble = "E-mail sending is not set up."
    mail_to("b@example.com", "m2")
    actions.send_due()
    in_the_queue("DELETE FROM procrastinate_jobs")
    assert actions.wake(clock.now()) == 0
    mail.trouble = ""
    assert actions.wake(clock.now()) == 1


def test_a_queued_posting_and_message_are_jobs_that_send_them(erp, mail, hearing):
    posting = queue(1)
    mail_to("a@example.com")
    journal.seal_all()
    (_, postings, posted), (_, messages, sent) = jobs()
    assert (postings, messages) == ("postings", "messages")
    tasks.deliver(**posted)
    tasks.send(**sent)
    assert queries.get_posting(posting.id).state == "posted"
    assert len(mail.sent) == 1


def test_a_woken_job_sends_what_is_due(erp, mail, clock):
    queue(1)
    mail_to("a@example.com")
    actions.wake(clock.now())
    (_, _, posted), (_, _, sent) = jobs()
    tasks.deliver(**posted)
    tasks.send(**sent)
    assert (len(erp.documents), len(mail.sent)) == (1, 1)


def test_the_deliverers_lock_is_seen_by_its_very_number(erp):
    """`wake` reads pg_locks; this fails if it looked for another number than the one that is taken."""
    names = [f"c{n}" for n in range(8)]  # hashes of either sign
    with connection.cursor() as cursor:
        for name in names:
            assert not waking._is_delivering(name)
            cursor.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [delivering.WRITER_LOCK, name])
            assert waking._is_delivering(name)
        cursor.execute("SELECT pg_advisory_unlock_all()")
