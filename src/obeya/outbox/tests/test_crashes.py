"""Whatever dies, and wherever: one document in the ERP in the end, in the order of the queueing."""

import os
import random
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from obeya.lib import clock as clocks
from obeya.lib import ids, postgres
from obeya.outbox import actions, delivering, models, posters, queries
from obeya.outbox.tests import fakes
from obeya.outbox.tests.fakes import ORIGIN, Killed, queue, told

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world():
    fakes.make_site()


class KillAt:
    """Kills this process's run before its n-th statement; what was committed before stays."""

    def __init__(self, number):
        self.left = number

    def __call__(self, execute, sql, params, many, context):
        self.left -= 1
        if self.left == 0:
            raise Killed
        return execute(sql, params, many, context)


def run(kill_at=0):
    """One run of a deliverer that may be killed; True if it lived."""
    try:
        with connection.execute_wrapper(KillAt(kill_at)):
            actions.deliver_due("fake")
    except Killed:
        delivering._drop_session()  # as the death of the process does
        return False
    return True


def settle(clock, erp):
    """Everything works again, for long enough."""
    erp.script.clear()
    erp.reachable = True
    for _ in range(8):
        clock.advance(timedelta(seconds=20))
        run()


@pytest.mark.parametrize("how", ["ok", "lost_answer", "lost_request", "half", "accept", "unreachable"])
def test_a_kill_before_any_statement_leads_to_one_document(world, erp, clock, how):
    number, lived = 0, False
    while not lived:
        number += 1
        posting = queue(number)
        erp.script.append(how)
        lived = run(kill_at=number)
        erp.catch_up()
        settle(clock, erp)
        assert queries.get_posting(posting.id).state == "posted", number
        assert len(erp.of(posting.key)) == 1, number
        assert told(posting)[-1] == "posted"
        assert Counter(told(posting)).most_common(1)[0][1] == 1
    assert number > 8


@pytest.mark.parametrize("where", ["killed_before", "killed_flying", "killed_between", "killed_after"])
def test_a_kill_while_the_erp_works_leads_to_one_document(world, erp, clock, where):
    posting = queue(1)
    erp.script.append(where)
    assert not run()
    assert queries.get_posting(posting.id).state == "sending"
    clock.advance(timedelta(seconds=3))
    run()
    clock.advance(timedelta(seconds=50))
    erp.catch_up()
    settle(clock, erp)
    assert queries.get_posting(posting.id).state == "posted"
    assert len(erp.documents) == 1
    assert queries.list_attempts(posting.id)[0].answer == "died"


def test_a_request_of_a_dead_process_has_its_time_before_another_leaves(world, erp, clock):
    queue(1)
    erp.script.append("killed_flying")
    run()
    clock.advance(timedelta(seconds=40))
    run()  # a new writer notices the death only now
    clock.advance(timedelta(seconds=59))
    run()
    assert len(erp.commands) == 1
    clock.advance(timedelta(seconds=1))
    run()
    assert len(erp.commands) == 2


WAYS = ["ok", "lost_answer", "lost_request", "at_work", "half", "unreachable", "unreachable_half"]
WAYS += ["refuse", "conflict", "accept", "killed_before", "killed_flying", "killed_between", "killed_after"]
STEPS = st.one_of(
    st.tuples(st.just("queue"), st.integers(0, 2)),
    st.tuples(
        st.just("script"),
        st.sampled_from(WAYS),
    ),
    st.tuples(st.just("run"), st.integers(0, 30)),
    st.tuples(st.just("advance"), st.sampled_from([1, 2, 7, 31, 61])),
    st.tuples(st.just("reach"), st.booleans()),
    st.tuples(st.just("catch_up"), st.none()),
    st.tuples(st.just("retry"), st.integers(0, 5)),
)


@pytest.mark.slow
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=5, max_size=25))
def test_no_mixture_of_troubles_makes_two_documents_or_loses_one(world, clock, steps):
    erp = fakes.FakeErp(clock)
    posters.register("fake", lambda: erp)
    models.ErpLine.objects.all().delete()
    models.Posting.objects.all().delete()
    queued = []
    for verb, argument in [("queue", 0), *steps]:
        if verb == "queue":
            number = f"{ids.new_id()}"
            queued.append(queue(number, document=f"lot:{argument}"))
        elif verb == "script":
            erp.script.append(argument)
        elif verb == "run":
            run(kill_at=argument)
        elif verb == "advance":
            clock.advance(timedelta(seconds=argument))
        elif verb == "reach":
            erp.reachable = argument
        elif verb == "catch_up":
            erp.catch_up()
        else:
            _retry(queued[argument % len(queued)])
        _check(erp, queued)
    erp.catch_up()
    for _ in range(4):
        settle(clock, erp)
        erp.catch_up()
        for posting in queued:
            _retry(posting)
    _check(erp, queued)
    assert {row.state for row in models.Posting.objects.all()} == {"posted"}
    assert len(erp.documents) == len(queued)


def _retry(posting):
    try:
        actions.retry_posting(posting_id=posting.id, origin=ORIGIN)
    except actions.CannotRetryPosting:
        assert models.Posting.objects.get(pk=posting.pk).state in ("posted", "sending")


def _check(erp, queued):
    made = [document.key for document in erp.documents]
    assert len(set(made)) == len(made)
    place = {posting.key: (posting.document, posting.pos) for posting in queued}
    for name in {posting.document for posting in queued}:
        order = [place[key][1] for key in made if place[key][0] == name]
        assert order == sorted(order)


def test_a_poster_that_breaks_does_not_hold_the_others_up(world, erp, clock):
    erp.script.append("lost_request")
    broken = queue(1)
    run()

    def explode():
        raise ZeroDivisionError

    erp.before_find = explode
    other = queue(2)
    clock.advance(timedelta(seconds=2))
    with pytest.raises(ZeroDivisionError):
        run()
    run()
    assert [queries.get_posting(p.id).state for p in (broken, other)] == ["unknown", "posted"]


def in_a_thread(do):
    """The result of `do` in a thread, which has a database session of its own."""
    results = []

    def work():
        try:
            results.append(do())
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return results[0]


def test_only_one_writer_works_at_a_time(world, erp):
    queue(1)
    others = []
    erp.before_post = lambda: others.append(in_a_thread(lambda: actions.deliver_due("fake")))
    assert actions.deliver_due("fake") == 1
    assert others == [0]
    assert in_a_thread(lambda: actions.deliver_due("fake")) == 0
    assert len(erp.documents) == 1


def test_what_is_queued_while_the_writer_leaves_is_not_left_behind(world, erp):
    queue(1)
    late: list[int] = []

    def wrapper(execute, sql, params, many, context):
        if "pg_advisory_unlock" in sql and not late:
            late.append(in_a_thread(lambda: (queue(2), actions.deliver_due("fake"))[1]))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        actions.deliver_due("fake")
    assert late == [0]  # the other found the lock taken and went away
    assert len(erp.documents) == 2


def test_postings_of_one_document_queued_at_the_same_time_keep_an_order(world, erp):
    """A second transaction waits for the first, so that a lower number is never committed later."""
    inside, done = threading.Event(), threading.Event()
    order = []

    def first():
        from_number(1)
        inside.set()
        assert not done.wait(0.3)  # the other is held back until this one ends
        order.append(1)

    def second():
        inside.wait()
        from_number(2)
        done.set()
        order.append(2)

    def from_number(number):
        queue(number, document="lot:L1")

    threads = [threading.Thread(target=_in_transaction, args=(do,)) for do in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert order == [1, 2]


def _in_transaction(do):
    with transaction.atomic():
        do()
    connection.close()


CHILD = """
import sqlite3, sys, time
import django
django.setup()
from obeya.outbox import actions, ports, posters

class SqliteErp:
    request_limit_s = 0.3

    def __init__(self, path):
        self.db = sqlite3.connect(path, isolation_level=None)

    def post(self, command):
        if not command.step:
            time.sleep(0.004)
            self.db.execute("INSERT INTO document (key, confirmed) VALUES (?, 0)", [command.key])
        time.sleep(0.004)
        self.db.execute("UPDATE document SET confirmed = confirmed + 1 WHERE key = ?", [command.key])
        time.sleep(0.004)
        return ports.Posted({"number": command.key[:6]})

    def find(self, key, payload):
        row = self.db.execute("SELECT confirmed FROM document WHERE key = ?", [key]).fetchone()
        return None if row is None else ports.Found({"number": key[:6]}, row[0] > 0, "confirm")

erp = SqliteErp(sys.argv[1])
posters.register("fake", lambda: erp)
print("ready", flush=True)
while True:
    actions.deliver_due("fake")
    time.sleep(0.01)
"""


@pytest.mark.slow
@pytest.mark.chaos
def test_kill_9_of_a_real_process_again_and_again_leads_to_one_document_each(world, tmp_path):
    path = tmp_path / "erp.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE document (key TEXT, confirmed INTEGER)")
        db.execute("PRAGMA journal_mode = WAL")
    postings = [queue(number, document=f"lot:{number % 7}") for number in range(150)]
    chance = random.Random(7)
    for _ in range(6):
        with _running(path):
            threading.Event().wait(chance.uniform(0.02, 0.4))
    with _running(path):
        _wait_until_posted(len(postings))
    with closing(sqlite3.connect(path)) as db:
        documents = db.execute("SELECT key, confirmed FROM document ORDER BY rowid").fetchall()
    assert Counter(key for key, _ in documents) == {posting.key: 1 for posting in postings}
    assert {confirmed for _, confirmed in documents} == {1}
    assert models.PostingAttempt.objects.filter(answer="died").exists()


@contextmanager
def _running(path):
    """A process that delivers; it is killed with signal 9."""
    name = connection.settings_dict["NAME"]
    address = postgres.parse_url(os.environ["OBEYA_DATABASE_URL"]).named(name)
    env = os.environ | {"OBEYA_DATABASE_URL": address.url, "DJANGO_SETTINGS_MODULE": "obeya.config.settings"}
    env["PYTHONPATH"] = os.pathsep.join(sys.path)
    command = [sys.executable, "-c", CHILD, str(path)]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            yield
        finally:
            child.kill()


def _wait_until_posted(count):
    deadline = clocks.SystemClock().now() + timedelta(seconds=60)
    while models.Posting.objects.filter(state="posted").count() < count:
        assert clocks.SystemClock().now() < deadline, "it did not settle"
        threading.Event().wait(0.1)
