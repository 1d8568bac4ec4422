"""Who is away is not asked; who stands in sees, answers and is told, for exactly that time."""

from datetime import UTC, datetime, time, timedelta

import pytest
from tests.worlds import crew as crews

from obeya.journal import queries as journal
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.people import actions, queries
from obeya.people.queries import Function

pytestmark = pytest.mark.django_db

ORIGIN = Origin.fresh(source="test", actor="system")
START = datetime(2026, 2, 4, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def now():
    manual = clock.ManualClock(START)
    before = clock.use(manual)
    yield manual
    clock.use(before)


@pytest.fixture
def crew(now):
    return crews.create({"meera": Function.QUALITY, "omar": Function.QUALITY, "ravi": Function.PLANNING})


def away(person, *, first=START, days=2, substitute=None):
    actions.mark_absent(
        user_id=person.id,
        starts_at=first,
        ends_at=first + days * DAY,
        substitute_id=substitute.id if substitute else None,
        origin=ORIGIN,
    )


def on_duty(at, function=Function.QUALITY):
    return [person.username for person in queries.on_duty("PUNE", function, at)]


def test_who_is_absent_is_not_on_duty_from_the_first_moment_to_the_last(crew):
    away(crew["meera"])
    assert on_duty(START - MOMENT) == ["meera", "omar"]
    assert on_duty(START) == on_duty(START + 2 * DAY - MOMENT) == ["omar"]
    assert on_duty(START + 2 * DAY) == ["meera", "omar"]


def test_the_substitute_works_instead_and_holds_the_functions_meanwhile(crew, now):
    away(crew["meera"], substitute=crew["ravi"])
    assert on_duty(START) == ["ravi", "omar"]
    assert queries.access_of(crew["ravi"]).functions("PUNE") == {Function.QUALITY, Function.PLANNING}
    assert queries.access_of(crew["meera"]).functions("PUNE") == {Function.QUALITY}
    now.advance(2 * DAY)
    assert queries.access_of(crew["ravi"]).functions("PUNE") == {Function.PLANNING}


def test_the_substitute_works_the_absent_persons_shift(crew):
    shift = actions.create_shift(
        site="PUNE",
        name="Night",
        starts=time(22),
        ends=time(6),
        days=["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
        origin=ORIGIN,
    )
    actions.revoke(user_id=crew["omar"].id, site="PUNE", function=Function.QUALITY, origin=ORIGIN)
    actions.grant(
        user_id=crew["meera"].id, site="PUNE", function=Function.QUALITY, shift_id=shift, origin=ORIGIN
    )
    away(crew["meera"], substitute=crew["ravi"])
    at_night = datetime(2026, 2, 4, 20, 0, tzinfo=UTC)
    assert (on_duty(START), on_duty(at_night)) == ([], ["ravi"])
    assert [one.username for one in queries.list_present("PUNE", Function.QUALITY, START)] == ["ravi"]


def test_a_substitute_who_is_absent_or_gone_does_not_count(crew):
    away(crew["meera"], substitute=crew["ravi"])
    away(crew["ravi"], days=1)
    assert on_duty(START) == ["omar"]
    assert on_duty(START + DAY) == ["ravi", "omar"]
    actions.deactivate_user(user_id=crew["ravi"].id, origin=ORIGIN)
    assert on_duty(START + DAY) == ["omar"]
    assert queries.access_of(crew["ravi"]).sites == frozenset()


def test_a_function_is_unattended_only_while_everybody_is_away_and_nobody_stands_in(crew):
    away(crew["meera"])
    assert queries.unattended(START) == frozenset()
    away(crew["omar"], days=1)
    assert queries.unattended(START) == {("PUNE", "quality")}
    assert queries.unattended(START + DAY) == frozenset()
    actions.end_absence(user_id=crew["omar"].id, origin=ORIGIN)
    away(crew["omar"], days=1, substitute=crew["ravi"])
    assert queries.unattended(START) == frozenset()


def test_who_comes_back_early_is_asked_again_and_plans_are_dropped(crew, now):
    away(crew["meera"])
    away(crew["meera"], first=START + 10 * DAY)
    now.advance(DAY)
    assert actions.end_absence(user_id=crew["meera"].id, origin=ORIGIN) == 2
    assert on_duty(START + DAY) == on_duty(START + 10 * DAY) == ["meera", "omar"]
    assert queries.list_absences(clock.now()) == ()
    types = [event.type for event in journal.list_about(f"user:{crew['meera'].id}")]
    assert types[-3:] == ["people.absence_set", "people.absence_set", "people.absence_ended"]


@pytest.mark.parametrize("days", [0, -1, 400])
def test_an_absence_that_cannot_be_is_refused(crew, days):
    with pytest.raises(actions.CannotMarkAbsent, match="ends after it begins"):
        away(crew["meera"], days=days)


def test_nobody_is_absent_twice_at_once_nor_stood_in_for_by_themselves_or_the_absent(crew):
    away(crew["meera"])
    with pytest.raises(actions.CannotMarkAbsent, match="Meera is marked absent"):
        away(crew["meera"], first=START + DAY)
    with pytest.raises(actions.CannotMarkAbsent, match="somebody else"):
        away(crew["omar"], substitute=crew["omar"])
    with pytest.raises(actions.CannotMarkAbsent, match="Meera is absent in this time too"):
        away(crew["omar"], substitute=crew["meera"])
