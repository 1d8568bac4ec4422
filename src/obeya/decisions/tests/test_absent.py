"""Escalation passes over who is absent, and asks who stands in."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.worlds import crew as crews

from obeya.decisions import actions, queries, rules, sweeping
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.people import actions as people_actions
from obeya.people import queries as people

pytestmark = pytest.mark.django_db

START = datetime(2026, 2, 4, 6, 0, tzinfo=UTC)
ORIGIN = Origin.fresh(source="test", actor="system")
Function = people.Function


@pytest.fixture
def now():
    manual = clock.ManualClock(START)
    before = clock.use(manual)
    yield manual
    clock.use(before)


@pytest.fixture
def crew(now):
    return crews.create(
        {
            "meera": Function.QUALITY,
            "vijay": Function.PRODUCTION,
            "ravi": Function.PLANNING,
            "anand": Function.PLANT_MANAGER,
        }
    )


def away(person, substitute=None):
    people_actions.mark_absent(
        user_id=person.id,
        starts_at=START,
        ends_at=START + timedelta(days=1),
        substitute_id=substitute.id if substitute else None,
        origin=ORIGIN,
    )


def ask():
    return actions.open_request(
        key="k1",
        site="PUNE",
        kind="test",
        subject="thing:1",
        function="quality",
        title="Lot on hold",
        question="Release it?",
        options=[rules.Option("yes", "Yes")],
        window_s=1800,
        origin=ORIGIN,
    )


def told(request, now, after_s):
    """To whom the request climbed in the next seconds, reminders left out."""
    for _ in range(2):  # the reminder lies half way
        now.advance(timedelta(seconds=after_s / 2))
        sweeping.sweep_all(now.now())
    return [one.to for one in queries.get_request(request.id).escalations if not one.reminder]


def test_a_rung_whose_people_are_all_absent_is_passed_over_at_once(crew, now):
    away(crew["vijay"])
    assert told(ask(), now, 1800) == ["plant_manager"]


def test_a_rung_whose_absent_holder_has_a_substitute_is_climbed_and_the_substitute_may_answer(crew, now):
    away(crew["vijay"], substitute=crew["ravi"])
    request = ask()
    assert queries.list_waiting(people.access_of(crew["ravi"])) == []
    assert told(request, now, 1800) == ["production"]
    (waiting,) = queries.list_waiting(people.access_of(crew["ravi"]))
    actions.decide(
        request_id=waiting.id,
        access=people.access_of(crew["ravi"]),
        option="yes",
        rationale="Vijay is away",
        origin=ORIGIN,
    )
    assert queries.get_request(request.id).state == "decided"


def test_who_stands_in_is_asked_from_the_beginning(crew, now):
    away(crew["meera"], substitute=crew["ravi"])
    request = ask()
    assert [one.id for one in queries.list_waiting(people.access_of(crew["ravi"]))] == [request.id]


def test_the_last_rung_is_climbed_even_if_nobody_is_there(crew, now):
    away(crew["vijay"])
    away(crew["anand"])
    request = ask()
    assert told(request, now, 1800) == ["plant_manager"]
    assert told(request, now, 900)[-1] == "plant_manager"


def test_who_is_back_is_on_the_ladder_again(crew, now):
    away(crew["vijay"])
    people_actions.end_absence(user_id=crew["vijay"].id, origin=ORIGIN)
    assert told(ask(), now, 1800) == ["production"]
