"""Decision requests: asked once, answered once, escalated exactly when due and never after an answer."""

import threading
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from tests.worlds import crew as crews

from obeya.decisions import actions, models, queries, rules, sweeping
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.outbox import queries as outbox
from obeya.people import actions as people_actions
from obeya.people import queries as people

START = datetime(2026, 2, 4, 6, 0, tzinfo=UTC)
ORIGIN = Origin.fresh(source="test", actor="system")
Function = people.Function


@pytest.fixture
def now():
    manual = clock.ManualClock(START)
    clock.use(manual)
    yield manual
    clock.use(clock.SystemClock())


@pytest.fixture
def crew(now):
    return crews.create(
        {
            "meera": Function.QUALITY,
            "omar": Function.QUALITY,
            "vijay": Function.PRODUCTION,
            "anand": Function.PLANT_MANAGER,
            "priya": Function.IT,
        }
    )


def ask(key="k1", **more):
    told: dict[str, Any] = {
        "site": "PUNE",
        "kind": "test",
        "subject": "thing:1",
        "function": "quality",
        "title": "Lot on hold",
        "question": "Release it?",
        "options": [rules.Option("yes", "Yes"), rules.Option("no", "No", needs_rationale=False)],
        "window_s": 1800,
        "origin": ORIGIN,
    } | more
    return actions.open_request(key=key, **told)


def decide(request, person, option="yes", rationale="All ten inside limits"):
    return actions.decide(
        request_id=request.id,
        access=people.access_of(person),
        option=option,
        rationale=rationale,
        origin=ORIGIN,
    )


@pytest.mark.django_db
def test_the_same_key_asks_once(crew):
    assert ask().id == ask().id
    assert models.RequestRow.objects.count() == 1


@pytest.mark.django_db
def test_an_answer_closes_the_request_and_keeps_its_reason(crew):
    request = ask()
    decide(request, crew["meera"])
    decided = queries.get_request(request.id)
    assert decided.state == "decided"
    assert decided.next_at is None
    assert decided.decision is not None
    assert (decided.decision.option, decided.decision.rationale) == ("yes", "All ten inside limits")
    with pytest.raises(actions.CannotAnswer, match="decided this already"):
        decide(request, crew["omar"])


@pytest.mark.django_db
def test_a_reason_is_asked_for_where_the_option_needs_one(crew):
    request = ask()
    with pytest.raises(actions.CannotAnswer, match="Say why"):
        decide(request, crew["meera"], rationale="  ")
    with pytest.raises(actions.CannotAnswer, match="Choose one"):
        decide(request, crew["meera"], option="maybe")
    decide(request, crew["meera"], option="no", rationale="")


@pytest.mark.django_db
def test_nobody_answers_for_another_function_and_it_is_no_master_key(crew):
    request = ask()
    for name in ("vijay", "anand", "priya"):
        with pytest.raises(actions.CannotAnswer, match="another function"):
            decide(request, crew[name])


@pytest.mark.django_db
def test_nobody_decides_what_they_asked_for_themselves(crew):
    request = ask(raised_by=crew["meera"].id)
    with pytest.raises(actions.CannotAnswer, match="themselves"):
        decide(request, crew["meera"])
    decide(request, crew["omar"])


@pytest.mark.django_db
def test_a_delegated_request_can_be_answered_by_that_person_only_while_the_clock_runs_on(crew):
    request = ask()
    actions.delegate(
        request_id=request.id,
        access=people.access_of(crew["meera"]),
        to=crew["vijay"].id,
        to_access=people.access_of(crew["vijay"]),
        note="You saw the parts",
        origin=ORIGIN,
    )
    handed = queries.get_request(request.id)
    assert handed.due_at == request.due_at
    assert [r.id for r in queries.list_waiting(people.access_of(crew["vijay"]))] == [request.id]
    decide(request, crew["vijay"])


@pytest.mark.django_db
def test_a_claim_shows_who_has_it_and_does_not_move_the_deadline(crew):
    request = ask()
    actions.claim(request_id=request.id, access=people.access_of(crew["meera"]), origin=ORIGIN)
    with pytest.raises(actions.CannotAnswer, match="Somebody else"):
        actions.claim(request_id=request.id, access=people.access_of(crew["omar"]), origin=ORIGIN)
    taken = queries.get_request(request.id)
    assert (taken.claimed_by, taken.due_at) == (crew["meera"].id, request.due_at)
    decide(request, crew["omar"])


@pytest.mark.django_db
def test_an_escalation_is_exact_to_the_second_and_tells_the_next_function(crew, now):
    request = ask()
    now.advance(timedelta(seconds=1799))
    sweeping.sweep_all(now.now())
    assert [e for e in queries.get_request(request.id).escalations if not e.reminder] == []
    now.advance(timedelta(seconds=1))
    sweeping.sweep_all(now.now())
    (climbed,) = [e for e in queries.get_request(request.id).escalations if not e.reminder]
    assert (climbed.to, climbed.due_at, climbed.escalated_at) == ("production", request.due_at, now.now())
    assert outbox.list_notices(people.access_of(crew["vijay"]))
    decide(request, crew["vijay"])


@pytest.mark.django_db
def test_the_last_step_repeats_for_ever(crew, now):
    request = ask()
    for _ in range(20):
        now.advance(timedelta(minutes=15))
        sweeping.sweep_all(now.now())
    told = queries.get_request(request.id)
    assert told.escalations[-1].to == "plant_manager"
    assert len(told.escalations) >= 10
    assert told.next_at is not None
    assert [e.number for e in told.escalations] == list(range(1, len(told.escalations) + 1))


@pytest.mark.django_db
def test_a_sweeper_that_was_down_for_a_day_does_not_fire_a_burst(crew, now):
    request = ask()
    now.advance(timedelta(days=1))
    assert sweeping.sweep_all(now.now()) == 1
    assert sweeping.sweep_all(now.now()) == 0
    now.advance(timedelta(minutes=5))
    assert sweeping.sweep_all(now.now()) == 1
    assert len(queries.get_request(request.id).escalations) == 2


@pytest.mark.django_db
def test_a_withdrawn_request_asks_nobody(crew, now):
    request = ask()
    assert actions.withdraw(request_id=request.id, reason="It was none", origin=ORIGIN)
    assert not actions.withdraw(request_id=request.id, reason="again", origin=ORIGIN)
    now.advance(timedelta(days=1))
    assert sweeping.sweep_all(now.now()) == 0
    assert queries.list_waiting(people.access_of(crew["meera"])) == []


@pytest.mark.django_db
def test_what_became_of_a_decision_is_told_later(crew):
    request = ask()
    decide(request, crew["meera"])
    actions.record_outcome(
        request_id=request.id,
        access=people.access_of(crew["meera"]),
        worked=True,
        text="No complaint in two weeks",
        origin=ORIGIN,
    )
    decision = queries.get_request(request.id).decision
    assert decision is not None
    assert decision.outcome is not None
    assert decision.outcome.worked is True


@pytest.mark.django_db
@pytest.mark.parametrize("worked", [None, False])
def test_what_did_not_work_needs_a_word(crew, worked):
    request = ask()
    decide(request, crew["meera"])
    with pytest.raises(actions.CannotAnswer, match="did not work"):
        actions.record_outcome(
            request_id=request.id,
            access=people.access_of(crew["meera"]),
            worked=worked,
            text=" ",
            origin=ORIGIN,
        )


@pytest.mark.django_db
def test_only_those_who_could_have_decided_say_what_came_of_it(crew):
    request = ask()
    assert not request.may_tell_outcome(people.access_of(crew["meera"])), "there is no decision yet"
    decide(request, crew["meera"])
    decided = queries.get_request(request.id)
    assert decided.may_tell_outcome(people.access_of(crew["meera"]))
    assert not decided.may_tell_outcome(people.NOBODY)


@pytest.mark.django_db(transaction=True)
def test_sweepers_and_decisions_race_and_nothing_is_escalated_twice_or_after_an_answer(crew, now):
    requests = [ask(f"k{n}") for n in range(60)]
    now.advance(timedelta(seconds=1800))
    moment = now.now()

    def sweep():
        for _ in range(15):
            sweeping.sweep(moment, limit=10)
        connection.close()

    def answer():
        for request in requests[::2]:
            decide(request, crew["meera"])
        connection.close()

    threads = [threading.Thread(target=work) for work in (sweep, sweep, answer)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sweeping.sweep_all(moment)
    for request in requests:
        told = queries.get_request(request.id)
        assert [e.number for e in told.escalations] == list(range(1, len(told.escalations) + 1))
        if told.decision:
            assert all(e.escalated_at <= told.decision.decided_at for e in told.escalations)
    assert {queries.get_request(r.id).state for r in requests[1::2]} == {"open"}
    assert all(queries.get_request(r.id).escalations for r in requests[1::2])


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_the_same_moment_one_counts(crew):
    request = ask()
    got: list[str] = []

    def answer(name):
        try:
            decide(request, crew[name])
            got.append(name)
        except actions.CannotAnswer:
            got.append("refused")
        connection.close()

    threads = [threading.Thread(target=answer, args=(name,)) for name in ("meera", "omar")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got)[-1] == "refused"
    assert len(got) == 2
    assert models.DecisionRow.objects.count() == 1


steps = st.lists(
    st.builds(rules.Step, st.integers(-3600, 7200), st.sampled_from(["production", "plant_manager"])),
    min_size=1,
    max_size=6,
).map(lambda found: tuple(sorted(found, key=lambda step: step.after_s)))


@given(steps=steps, window_s=st.integers(1, 7200), repeat_s=st.integers(60, 3600))
def test_a_ladder_climbs_in_order_of_time_and_never_ends(steps, window_s, repeat_s):
    ladder = rules.Ladder(steps, repeat_s)
    rules.check_ladder(ladder)
    due_at = START + timedelta(seconds=window_s)
    first, moment = rules.first_moment(ladder, START, due_at)
    assert moment > START or rules.moment_of(ladder, due_at, first) >= due_at
    moments = [rules.moment_of(ladder, due_at, n) for n in range(first, first + 12)]
    assert moments == sorted(moments)
    assert rules.moment_of(ladder, due_at, first + 200) > due_at


@pytest.mark.parametrize(
    "ladder",
    [
        rules.Ladder(()),
        rules.Ladder((rules.Step(10, "a"), rules.Step(0, "b"))),
        rules.Ladder((rules.Step(0, "a"),), 5),
    ],
)
def test_a_ladder_that_would_end_or_run_backwards_is_refused(ladder):
    with pytest.raises(rules.BadLadder):
        rules.check_ladder(ladder)


@pytest.mark.django_db
def test_an_unknown_request_is_said_to_be_unknown():
    with pytest.raises(queries.NoSuchRequest):
        queries.get_request(uuid.uuid4())


@pytest.mark.django_db
def test_a_list_shows_what_the_requests_say_in_one_statement(crew, now, django_assert_num_queries):
    late, taken, fresh = ask("late", window_s=600), ask("taken", window_s=3_000), ask("fresh", window_s=3_600)
    actions.claim(request_id=taken.id, access=people.access_of(crew["meera"]), origin=ORIGIN)
    for seconds in (599, 1):
        now.advance(timedelta(seconds=seconds))
        sweeping.sweep_all(now.now())
    meera = people.access_of(crew["meera"])
    with django_assert_num_queries(1):
        listed = queries.list_waiting_briefly(meera)
    assert [one.id for one in listed] == [late.id, taken.id, fresh.id]
    for brief, whole in zip(listed, queries.list_waiting(meera), strict=True):
        assert all(getattr(brief, name) == getattr(whole, name) for name in queries._BRIEF)
        assert brief.escalated == any(not step.reminder for step in whole.escalations)
    assert [one.escalated for one in listed] == [True, False, False]
    assert [one.claimed_by for one in listed] == [None, meera.user_id, None]


@pytest.mark.django_db
def test_a_reminder_before_the_window_ends_is_no_escalation(crew, now):
    request = ask(window_s=1_800)
    now.advance(timedelta(seconds=1_799))
    sweeping.sweep_all(now.now())
    assert queries.get_request(request.id).escalations
    assert not queries.list_waiting_briefly(people.access_of(crew["meera"]))[0].escalated


@pytest.mark.django_db
def test_lists_and_counts_are_of_a_function_or_of_ones_own_hand(crew, now):
    people_actions.grant(user_id=crew["meera"].id, site="PUNE", function=Function.PLANNING, origin=ORIGIN)
    meera, vijay = people.access_of(crew["meera"]), people.access_of(crew["vijay"])
    of_quality, of_planning = ask("k1"), ask("k2", function="planning", window_s=60)
    actions.claim(request_id=of_quality.id, access=meera, origin=ORIGIN)
    assert [one.id for one in queries.list_waiting_briefly(meera, function="planning")] == [of_planning.id]
    assert [one.id for one in queries.list_waiting_briefly(meera, mine=True)] == [of_quality.id]
    assert queries.list_waiting_briefly(meera, limit=1)[0].id == of_planning.id
    assert queries.list_waiting_briefly(vijay) == queries.list_waiting_briefly(people.NOBODY) == []
    now.advance(timedelta(seconds=60))
    load = queries.load_of(meera, now=now.now(), soon=now.now() + timedelta(hours=1))
    assert load == queries.Load(2, 1, {"planning": 1, "quality": 1}, overdue=1, soon=1)
    assert queries.load_of(vijay, now=now.now(), soon=now.now()).all == 0
    assert queries.load_of(people.NOBODY, now=now.now(), soon=now.now()).all == 0


@pytest.mark.django_db
def test_what_is_decided_is_listed_the_newest_first(crew, now):
    first, second = ask("k1"), ask("k2")
    decide(second, crew["meera"])
    now.advance(timedelta(seconds=1))
    decide(first, crew["omar"])
    told = queries.list_decided(people.access_of(crew["meera"]))
    assert [(one.id, one.state) for one in told] == [(first.id, "decided"), (second.id, "decided")]
