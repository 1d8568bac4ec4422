"""The ticker's duties, called with a moment; and which of two tickers works."""

import json
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection
from procrastinate.contrib.django import app

from obeya.cases import actions as cases
from obeya.config import heartbeats, mending, ticking, wiring
from obeya.decisions import actions as decisions
from obeya.decisions import queries as asked
from obeya.decisions import rules
from obeya.inbox import actions as inbox
from obeya.journal import actions as journal
from obeya.journal import events, queries, reactions
from obeya.lib import clock, live
from obeya.people import actions as people

OPTIONS = (rules.Option("yes", "Yes"), rules.Option("no", "No"))
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def at_nine():
    manual = clock.ManualClock(NOW)
    before = clock.use(manual)
    yield manual
    clock.use(before)


@pytest.fixture
def site(db, at_nine):
    people.create_site(
        code="PUNE", name="Pune", country="IN", timezone="Asia/Kolkata", currency="INR",
        week=["mon"], origin=origin(),
    )  # fmt: skip
    cases.ensure_routes(site="PUNE")
    return "PUNE"


def origin():
    return events.Origin.fresh(source="test", actor="system")


def ask(site, window_s=600):
    return decisions.open_request(
        key=str(uuid.uuid4()), site=site, kind="test", subject="case:1", function="quality", title="A lot",
        question="What now?", options=OPTIONS, window_s=window_s, context={}, origin=origin(), severity=0,
    )  # fmt: skip


def execute(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def take_job(heartbeat_age_s, *, attempts=0):
    """A job that a worker took, whose last sign of life is so old."""
    [(worker,)] = execute(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s * interval '1 second')"
        " RETURNING id",
        heartbeat_age_s,
    )
    job = app.configure_task("inbox.understand", queue="signals", lock=f"signal:{uuid.uuid4()}").defer(
        event_id=str(uuid.uuid4())
    )
    execute(
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s, attempts = %s WHERE id = %s",
        worker, attempts, job,
    )  # fmt: skip
    return job


def status_of(job):
    return execute("SELECT status::text, attempts FROM procrastinate_jobs WHERE id = %s", job)[0]


def test_what_is_due_escalates_at_its_second_and_not_before(site):
    ask(site, window_s=600)
    assert ticking.tick(NOW + timedelta(seconds=299))["escalated"] == 0
    assert ticking.tick(NOW + timedelta(seconds=300))["escalated"] == 1
    assert ticking.tick(NOW + timedelta(seconds=300))["escalated"] == 0


def test_the_auditor_counts_what_is_overdue_without_touching_it(site):
    request = ask(site, window_s=600)
    found = ticking.audit(NOW + timedelta(seconds=310))
    assert found == {1: 1, 5: 1, 60: 0, 3_600: 0}
    assert asked.get_request(getattr(request, "id", request)).escalations == ()


def test_a_job_of_a_dead_worker_goes_back_into_the_queue(db):
    job = take_job(heartbeat_age_s=7)
    assert mending.reap(NOW) == 1
    assert status_of(job) == ("todo", 1)


def test_a_job_of_a_living_worker_is_left_alone(db):
    job = take_job(heartbeat_age_s=1)
    assert mending.reap(NOW) == 0
    assert status_of(job) == ("doing", 0)


def test_a_job_whose_workers_die_again_and_again_is_given_up(db):
    job = take_job(heartbeat_age_s=60, attempts=mending.MOST_LIVES)
    assert mending.reap(NOW) == 1
    assert status_of(job)[0] == "failed"


def test_a_signal_without_a_job_gets_one_and_only_one(site):
    received = inbox.receive(site=site, source="nobody", natural_key="k", body=b"{}")
    journal.seal_all()
    execute("DELETE FROM procrastinate_jobs")
    assert mending.defer_stuck_signals(NOW + timedelta(seconds=59)) == 0
    assert mending.defer_stuck_signals(NOW + timedelta(seconds=61)) == 1
    assert mending.defer_stuck_signals(NOW + timedelta(seconds=62)) == 0
    [(args,)] = execute("SELECT args::text FROM procrastinate_jobs")
    told = queries.get_event(json.loads(args)["event_id"])
    assert told.subject == f"signal:{received.signal_id}"


def test_a_signal_that_waits_for_its_next_try_is_left_alone(site):
    inbox.receive(site=site, source="nobody", natural_key="k", body=b"{}")
    journal.seal_all()
    assert execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'inbox.understand'") == [(1,)]
    assert mending.defer_stuck_signals(NOW + timedelta(hours=1)) == 0


def test_a_ticker_that_beats_is_seen_and_one_that_left_is_not(db):
    heart = heartbeats.Heart()
    heart.beat(NOW, active=True, note={"sealed": 3})
    [seen] = heartbeats.list_tickers(NOW + timedelta(seconds=9))
    assert (seen.active, seen.note) == (True, {"sealed": 3})
    assert heartbeats.list_tickers(NOW + timedelta(seconds=11)) == []
    heart.end()
    assert heartbeats.list_tickers(NOW) == []


def test_wiring_twice_is_wiring_once(db):
    before = reactions.of("decisions.request_decided")
    wiring.register_all()
    assert reactions.of("decisions.request_decided") == before
    assert len(before) == len(set(before))


def test_every_reaction_names_a_task_that_exists(db):
    for name, _version in events.registered():
        for reaction in reactions.of(name):
            assert reaction.task in app.tasks, f"{name} is heard by {reaction.task}, which is no task"


@pytest.mark.django_db(transaction=True)
def test_of_two_tickers_one_works_and_the_other_takes_over():
    """Another session holds the lock; when it ends, this process works."""
    settings = connection.get_connection_params()
    for name in ("cursor_factory", "context"):
        settings.pop(name, None)
    other = psycopg.connect(**settings)
    other.execute("SELECT pg_advisory_lock(%s)", [ticking.TICK_LOCK])
    ticker = ticking.Ticker()
    ticker.stop()  # a stopped ticker does not wait between its turns
    ticker._turn()
    assert [one.active for one in heartbeats.list_tickers(ticking.database_now())] == [False]
    other.close()
    for _ in range(200):  # the server may take a moment to free the lock
        ticker._turn()
        if ticker._active:
            break
    ticker._beat.at_s = 0.0
    ticker._turn()
    assert [one.active for one in heartbeats.list_tickers(ticking.database_now())] == [True]
    ticker._leave()


@pytest.mark.django_db(transaction=True)
def test_a_ticker_survives_the_loss_of_its_session():
    ticker = ticking.Ticker()
    ticker._turn()
    ender = threading.Timer(1.5, ticker.stop)
    ender.start()
    [(pid,)] = execute("SELECT pg_backend_pid()")
    settings = connection.get_connection_params()
    for name in ("cursor_factory", "context"):
        settings.pop(name, None)
    with psycopg.connect(**settings, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])
    ticker.run()
    assert ticker._counts["lost"] == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_notified_is_sealed_without_waiting_for_the_next_look(monkeypatch):
    sealed = threading.Event()

    def note_seal():
        sealed.set()
        return 0

    monkeypatch.setattr(ticking, "seal", note_seal)
    ticker = ticking.Ticker()
    for duty in ticker._duties:
        duty.at_s, duty.every_s = time.monotonic() + 3_600.0, 3_600.0
    running = threading.Thread(target=ticker.run)
    running.start()
    try:
        for _ in range(100):  # until the ticker's session listens
            live.publish("orders")
            if sealed.wait(0.1):
                break
        assert sealed.is_set()
    finally:
        ticker.stop()
        live.publish("orders")
        running.join()
