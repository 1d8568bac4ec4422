"""Requests held while somebody outside is asked: no clock runs meanwhile, and every one runs afterwards."""

import uuid
from datetime import timedelta

import pytest
from tests.worlds import crew as crews
from tests.worlds import small

from obeya.decisions import actions, models, outsiders, queries, rules, sweeping
from obeya.journal import queries as journal
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.people import queries as people

pytestmark = pytest.mark.django_db

ORIGIN = Origin.fresh(source="test", actor="system")
HALF_HOUR = timedelta(minutes=30)


@pytest.fixture(autouse=True)
def now():
    manual = clock.ManualClock(small.START)
    before = clock.use(manual)
    crews.create(
        {
            "meera": people.Function.QUALITY,
            "vijay": people.Function.PRODUCTION,
            "anand": people.Function.PLANT_MANAGER,
        }
    )
    yield manual
    clock.use(before)


def ask():
    return actions.open_request(
        key=f"k:{uuid.uuid4()}",
        site="PUNE",
        kind="test",
        subject="thing:1",
        function="quality",
        title="Lot on hold",
        question="Release it?",
        options=[rules.Option("yes", "Yes", False), rules.Option("no", "No")],
        window_s=1200,
        origin=ORIGIN,
    )


def held(request, now, until=HALF_HOUR):
    outsiders.hold(
        request_ids=[request.id], until=now.now() + until, why="The customer is asked.", origin=ORIGIN
    )
    return queries.get_request(request.id)


def test_nothing_escalates_during_a_hold_and_afterwards_everything_does_in_its_time(now):
    request = held(ask(), now)
    assert request.is_held(now.now())
    now.advance(HALF_HOUR)
    assert sweeping.sweep_all(now.now()) == 0
    assert not queries.get_request(request.id).is_held(now.now())
    now.advance(timedelta(minutes=10))
    assert sweeping.sweep_all(now.now()) == 1
    (reminder,) = queries.get_request(request.id).escalations
    assert (reminder.reminder, reminder.to) == (True, "quality")
    now.advance(timedelta(minutes=10))
    assert sweeping.sweep_all(now.now()) == 1
    assert queries.get_request(request.id).escalations[-1].to == "production"


def test_a_hold_that_ends_early_gives_the_whole_window_from_then(now):
    request = held(ask(), now)
    now.advance(timedelta(minutes=5))
    outsiders.end_hold(request_ids=[request.id], why="They said something else.", origin=ORIGIN)
    after = queries.get_request(request.id)
    assert after.due_at == now.now() + timedelta(minutes=20)
    assert after.hold_note == "They said something else."
    assert not after.is_held(now.now())


def test_ending_a_hold_that_has_ended_moves_no_deadline(now):
    request = held(ask(), now)
    now.advance(HALF_HOUR + timedelta(minutes=7))
    outsiders.end_hold(request_ids=[request.id], why="No answer.", origin=ORIGIN)
    assert queries.get_request(request.id).due_at == request.due_at


def test_a_rung_that_was_climbed_before_the_hold_is_not_climbed_again(now):
    request = ask()
    now.advance(timedelta(minutes=20))
    sweeping.sweep_all(now.now())
    climbed = len(queries.get_request(request.id).escalations)
    request = held(request, now)
    for _ in range(8):
        now.advance(timedelta(minutes=10))
        sweeping.sweep_all(now.now())
    numbers = [step.number for step in queries.get_request(request.id).escalations]
    assert numbers == sorted(set(numbers))
    assert len(numbers) > climbed


def test_a_person_may_decide_what_is_held(now):
    request = held(ask(), now)
    meera = people.find_user("meera")
    assert meera is not None
    actions.decide(
        request_id=request.id,
        access=people.access_of(meera),
        option="yes",
        rationale="",
        origin=ORIGIN,
    )
    assert queries.get_request(request.id).state == "decided"


def test_an_answer_from_outside_is_kept_with_who_gave_it_and_no_user():
    request = ask()
    event = outsiders.take_answer(
        request_id=request.id,
        option="no",
        who="Krushnai, +91 00000 20101",
        said="nahi",
        origin=Origin.fresh(source="whatsapp", actor="customer:KRS01"),
    )
    made = queries.get_request(request.id).decision
    assert made is not None
    assert (made.option, made.rationale, made.decided_by) == ("no", "nahi", None)
    assert made.outsider == "Krushnai, +91 00000 20101"
    told = journal.get_event(event.id)
    assert (told.type, told.actor) == ("decisions.request_decided", "customer:KRS01")


def test_an_answer_from_outside_comes_too_late_for_what_is_decided():
    request = ask()
    given = {"request_id": request.id, "who": "Krushnai", "said": "", "origin": ORIGIN}
    with pytest.raises(actions.CannotAnswer, match="offers"):
        outsiders.take_answer(option="other", **given)
    outsiders.take_answer(option="yes", **given)
    with pytest.raises(actions.CannotAnswer, match="already"):
        outsiders.take_answer(option="no", **given)
    assert models.DecisionRow.objects.get().option == "yes"
