"""A quality hold from the operator's tap to the ERP, with the clock advanced."""

import uuid
from datetime import timedelta

import pytest

from obeya.cases import actions as case_actions
from obeya.cases import queries as cases
from obeya.catalog import queries as catalog
from obeya.decisions import actions as decisions
from obeya.decisions import queries as requests
from obeya.floor import actions as floor
from obeya.floor import queries as holds
from obeya.inbox import actions as inbox
from obeya.journal import verification
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.memory import queries as memory
from obeya.outbox import ports
from obeya.outbox import queries as outbox
from obeya.people import queries as people
from tests.stories import running
from tests.worlds import kept_erp, small

pytestmark = pytest.mark.django_db(transaction=True)

ASKED = {"quality": "meera", "planning": "ravi", "materials": "imran", "customer_service": "kavita"}


@pytest.fixture
def erp():
    with kept_erp.connected("SHIP") as poster:
        yield poster


@pytest.fixture
def now():
    manual = clock.ManualClock(small.START)
    clock.use(manual)
    yield manual
    clock.use(clock.SystemClock())


@pytest.fixture
def world(now):
    return small.create()


def access(username):
    person = people.find_user(username)
    assert person is not None
    return people.access_of(person)


def place_hold(world, hold_id=None):
    hold_id = hold_id or uuid.uuid4()
    got = inbox.receive(
        site=small.SITE, source="terminal", natural_key=str(hold_id), body=b'{"lot": "CW28-2417"}'
    )
    operator = world.people["lata"]
    return floor.place_hold(
        hold_id=hold_id,
        lot_id=world.lots[small.LOT],
        quantity=None,
        reason="short_shot",
        note="Gate side, every tenth cap",
        machine="IM-1",
        by=operator,
        origin=Origin("web.terminal", operator.actor, got.correlation, None, got.signal_id),
    )


def decide(case, function, option, rationale="Measured ten caps, all inside limits"):
    (request,) = [q.request for q in case.questions if q.request.function == function]
    decisions.decide(
        request_id=request.id,
        access=access(ASKED[function]),
        option=option,
        rationale=rationale,
        origin=Origin.fresh(source="web.waiting", actor=f"user:{ASKED[function]}"),
    )


def case_of(hold):
    assert hold.case_id is not None
    return cases.get_case(hold.case_id)


def test_one_tap_asks_four_functions_at_once_each_with_its_own_context(world, erp):
    case = case_of(place_hold(world))
    assert {q.request.function for q in case.questions} == set(ASKED)
    contexts = {q.request.function: q.request.context for q in case.questions}
    titles = {function: {t["title"] for t in told["tables"]} for function, told in contexts.items()}
    assert "Earlier holds of this item" in titles["quality"]
    assert "Other lots to use instead" in titles["planning"]
    assert "Stock by lot and place" in titles["materials"]
    assert "Promises at risk" in titles["customer_service"]
    assert "Krushnai" in str(contexts["customer_service"]["tables"])
    assert "CW28-2409" in str(contexts["planning"]["tables"])
    for function, username in ASKED.items():
        (request,) = requests.list_waiting(access(username))
        assert request.function == function
    assert requests.list_waiting(access("sunil")) == []


def test_sending_the_hold_twice_holds_once(world, erp):
    hold_id = uuid.uuid4()
    assert place_hold(world, hold_id).case_id == place_hold(world, hold_id).case_id
    with pytest.raises(floor.CannotPlaceHold, match="on hold already"):
        place_hold(world)
    assert len(cases.list_cases(sites=[small.SITE])) == 1


def test_the_last_answer_posts_the_outcome_and_closes_the_case(world, erp):
    hold = place_hold(world)
    case = case_of(hold)
    decide(case, "planning", "other_lot")
    decide(case, "materials", "from_stock")
    decide(case, "customer_service", "wait")
    running.settle()
    assert case_of(hold).state == "open"
    assert not erp.kept
    decide(case, "quality", "keep_on_hold", "Short shots in four of ten")
    running.settle()
    closed = case_of(hold)
    assert closed.state == "closed"
    (payload,) = erp.kept.values()
    assert isinstance(payload, ports.LotStatus)
    assert (payload.status, payload.lot) == ("hold", small.LOT)
    stock = catalog.stock_of(small.SITE, lot=small.LOT)
    assert sum(move.quantity for move in payload.moves) == sum(
        at.quantity for at in stock if at.location_kind != "hold"
    )
    assert holds.get_hold(hold.id).state == "hold"


def test_the_whole_story_is_on_one_page_and_found_by_search(world, erp):
    hold = place_hold(world)
    for function, option in {
        "planning": "no_effect",
        "materials": "not_needed",
        "customer_service": "no_customer",
        "quality": "keep_on_hold",
    }.items():
        decide(case_of(hold), function, option, "Vent insert worn, replaced at noon")
    running.settle()
    story = cases.story_of(case_of(hold))
    assert story.signal is not None
    assert story.signal.source == "terminal"
    types = [event.type for event in story.events]
    assert types[:3] == ["inbox.signal_received", "floor.lot_held", "cases.case_opened"]
    assert types.count("decisions.request_decided") == 4
    assert "outbox.posting_posted" in types
    assert types[-1] in ("cases.case_closed", "floor.hold_ended")
    assert [posting.state for posting in story.postings] == ["posted"]
    assert len(story.requests) == 4
    (hit,) = memory.search("vent insert worn", access=access("meera"))
    assert hit.ref == f"case:{hold.case_id}"
    assert verification.verify().sound


def test_a_release_without_held_stock_moves_nothing_in_erp(world, erp):
    hold = place_hold(world)
    for function, option in {
        "planning": "no_effect",
        "materials": "not_needed",
        "customer_service": "no_customer",
        "quality": "release",
    }.items():
        decide(case_of(hold), function, option)
    running.settle()
    assert not erp.kept
    assert case_of(hold).state == "closed"
    assert "Nothing has to move in ERP" in case_of(hold).outcome_text
    assert holds.get_hold(hold.id).state == "released"


def test_nobody_answers_and_the_ladder_climbs_to_the_second(world, erp, now):
    case = case_of(place_hold(world))
    (request,) = [q.request for q in case.questions if q.request.function == "quality"]
    now.advance(request.due_at - now.now() - timedelta(seconds=1))
    running.tick()
    told = [e for e in requests.get_request(request.id).escalations if not e.reminder]
    assert told == []
    now.advance(timedelta(seconds=1))
    running.tick()
    (escalation,) = [e for e in requests.get_request(request.id).escalations if not e.reminder]
    assert (escalation.to, escalation.due_at) == ("production", request.due_at)
    assert request.id in [r.id for r in requests.list_waiting(access("vijay"))]
    notices = outbox.list_notices(access("vijay"))
    assert any(case.title in notice.title for notice in notices)
    now.advance(timedelta(minutes=15))
    running.tick()
    assert requests.get_request(request.id).escalations[-1].to == "plant_manager"


def test_a_decided_request_never_escalates(world, erp, now):
    case = case_of(place_hold(world))
    decide(case, "quality", "release")
    now.advance(timedelta(hours=3))
    for _ in range(5):
        running.tick()
    (request,) = [
        q.request
        for q in case_of(holds.list_holds(sites=[small.SITE])[0]).questions
        if q.request.function == "quality"
    ]
    assert request.escalations == ()


def test_two_last_answers_at_the_same_moment_resolve_once(world, erp):
    hold = place_hold(world)
    case = case_of(hold)
    for function, option in {
        "planning": "no_effect",
        "materials": "not_needed",
        "customer_service": "no_customer",
        "quality": "keep_on_hold",
    }.items():
        decide(case, function, option)
    running.settle()
    story = cases.story_of(case_of(hold))
    assert [event.type for event in story.events].count("cases.case_resolved") == 1
    assert len(erp.kept) == 1


def test_withdrawing_stops_every_question(world, erp):
    hold = place_hold(world)
    case = case_of(hold)
    case_actions.withdraw(
        case_id=case.id,
        access=access("meera"),
        reason="Wrong lot tapped",
        origin=Origin.fresh(source="web", actor="user:meera"),
    )
    running.settle()
    assert {q.request.state for q in case_of(hold).questions} == {"withdrawn"}
    assert holds.get_hold(hold.id).state == "withdrawn"
    place_hold(world)
