"""Exceptions: routed by the table, one case per key, outcomes that say what follows in ERP."""

import importlib
from datetime import timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection
from tests.worlds import small

from obeya.cases import actions, contexts, models, outcomes, quality_hold, queries, rules
from obeya.decisions import actions as decisions
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.memory import models as memory_models
from obeya.memory import queries as memory
from obeya.outbox import ports
from obeya.people import queries as people

ORIGIN = Origin.fresh(source="test", actor="system")


def route(function, severity=0, kind="quality_hold", **more):
    return rules.Route(
        kind=kind,
        severity=severity,
        function=function,
        question="What now?",
        options=(("a", "A"),),
        window_s=600,
        **more,
    )


def test_a_row_for_the_severity_wins_over_one_for_any():
    table = [route("quality"), route("planning"), route("quality", severity=1, required=False)]
    chosen = {r.function: r.severity for r in rules.choose_routes(table, "quality_hold", 1)}
    assert chosen == {"quality": 1, "planning": 0}
    assert {r.severity for r in rules.choose_routes(table, "quality_hold", 2)} == {0}
    assert rules.choose_routes(table, "machine_breakdown", 1) == []


def test_what_is_missing_is_named():
    answers = {"quality": rules.Answer("quality", "release", "fine")}
    assert rules.missing(["quality", "planning"], answers) == ["planning"]


def open_hold(key="k1", lot=small.LOT, kind="quality_hold", opened_by=None):
    return actions.open_case(
        key=key,
        site=small.SITE,
        kind=kind,
        severity=2,
        about=quality_hold.about_lot("CAP-28-WHT", lot),
        title=f"Lot {lot} on hold",
        facts={"reason": "Short shots", "lot": lot},
        origin=ORIGIN,
        opened_by=opened_by,
    )


@pytest.fixture
def world(db):
    clock.use(clock.ManualClock(small.START))
    quality_hold.register()
    yield small.create()
    clock.use(clock.SystemClock())


def test_the_same_key_opens_one_case(world):
    assert open_hold().id == open_hold().id
    assert models.CaseRow.objects.count() == 1


def test_a_kind_nobody_answers_for_is_refused_by_name(world):
    with pytest.raises(actions.CannotOpenCase, match="machine breakdown"):
        open_hold(kind="machine_breakdown")
    assert not models.CaseRow.objects.exists()


def withdraw(world, case, *, by, reason="Wrong lot"):
    access = people.access_of(world.people[by])
    actions.withdraw(case_id=case.id, access=access, reason=reason, origin=ORIGIN)


@pytest.mark.parametrize("username", ["meera", "anand", "lata"])
def test_quality_the_plant_manager_and_who_raised_it_can_withdraw_it(world, username):
    case = open_hold(opened_by=world.people["lata"].id)
    withdraw(world, case, by=username, reason="  A false alarm ")
    ended = queries.get_case(case.id)
    assert (ended.state, ended.outcome_text) == ("withdrawn", "A false alarm")
    assert {q.request.state for q in ended.questions} == {"withdrawn"}
    with pytest.raises(actions.CannotWithdrawCase, match="not open any more"):
        withdraw(world, case, by="meera")


def test_nobody_else_can_withdraw_it_nor_anybody_without_a_reason(world):
    case = open_hold(opened_by=world.people["lata"].id)
    for username in set(world.people) - {"meera", "anand", "lata"}:
        with pytest.raises(actions.CannotWithdrawCase, match="whoever raised it"):
            withdraw(world, case, by=username)
    with pytest.raises(actions.CannotWithdrawCase, match="Say in a sentence"):
        withdraw(world, case, by="meera", reason="  ")
    assert queries.get_case(case.id).state == "open"


def test_who_raised_it_and_works_elsewhere_now_cannot_withdraw_it():
    elsewhere = people.Access(7, {"SURAT": frozenset({people.Function.QUALITY})})
    assert not rules.may_withdraw(elsewhere, site=small.SITE, opened_by=7)
    assert not rules.may_withdraw(people.NOBODY, site=small.SITE, opened_by=None)


def found_by(world, username):
    return memory.search("short shots", access=people.access_of(world.people[username]))


def test_a_driver_finds_nothing_of_an_exception_and_everybody_else_does(world):
    open_hold()
    assert found_by(world, "dinesh") == []
    assert [username for username in world.people if not found_by(world, username)] == ["dinesh"]


def test_exceptions_that_everybody_found_before_are_closed_to_drivers(world):
    open_hold()
    memory_models.DocumentRow.objects.update(functions=[])
    assert found_by(world, "dinesh")
    seen_by = importlib.import_module("obeya.cases.migrations.0003_seen_by")
    with connection.schema_editor() as editor:
        seen_by.close(apps, editor)
    assert found_by(world, "dinesh") == []
    assert found_by(world, "lata")
    assert tuple(seen_by.SEEN_BY) == rules.SEEN_BY


def test_a_site_keeps_its_own_routing_table(world):
    models.RouteRow.objects.filter(site=small.SITE, function="quality").update(window_s=120)
    actions.ensure_routes(site=small.SITE)
    (question,) = [q for q in open_hold().questions if q.request.function == "quality"]
    assert question.request.due_at - question.request.opened_at == timedelta(seconds=120)


def test_earlier_holds_of_the_item_are_shown_to_quality(world):
    first = open_hold(lot="CW28-2409")
    withdraw(world, first, by="meera")
    (question,) = [q for q in open_hold("k2").questions if q.request.function == "quality"]
    tables = question.request.context["tables"]
    assert first.number in str(tables)
    assert "Wrong lot" in str(tables)


def test_a_list_names_who_has_not_answered_in_two_statements(world, django_assert_num_queries):
    first, second = open_hold(lot="CW28-2409"), open_hold("k2")
    quality = next(q.request for q in second.questions if q.request.function == "quality")
    decisions.withdraw(request_id=quality.id, reason="Known already", origin=ORIGIN)
    with django_assert_num_queries(2):
        latest, earlier = queries.list_cases(sites=[small.SITE], open_only=True)
    assert {latest.id, earlier.id} == {first.id, second.id}
    told = {one.id: one for one in (latest, earlier)}
    assert told[first.id].waits == tuple(
        queries.Waiting(q.request.function, q.request.opened_at, q.request.due_at) for q in first.questions
    )
    assert [one.function for one in told[second.id].waits] == [
        q.request.function for q in second.questions if q.request.function != "quality"
    ]
    assert told[first.id].title == first.title
    assert told[first.id].number == first.number


def test_open_exceptions_are_counted_and_the_closed_ones_only_listed(world):
    first = open_hold(lot="CW28-2409")
    second = open_hold("k2")
    withdraw(world, first, by="meera")
    assert queries.count_open([small.SITE]) == 1
    assert [one.id for one in queries.list_cases(sites=[small.SITE], open_only=True)] == [second.id]
    assert {one.state for one in queries.list_cases(sites=[small.SITE])} == {"open", "withdrawn"}
    assert len(queries.list_cases(sites=[small.SITE], limit=1)) == 1
    assert queries.list_cases(sites=["NOWHERE"]) == []
    assert queries.count_open(["NOWHERE"]) == 0


def answered(option):
    return {"quality": rules.Answer("quality", option, "measured")}


def outcome(option):
    about = contexts.About(
        small.SITE, "quality_hold", quality_hold.about_lot("CAP-28-WHT", small.LOT), {"reason": "Short shots"}
    )
    return outcomes.resolve(about, answered(option))


def test_keeping_on_hold_moves_every_place_of_the_lot(world):
    found = outcome("keep_on_hold")
    (planned,) = found.postings
    assert isinstance(planned.payload, ports.LotStatus)
    assert planned.payload.status == "hold"
    assert {move.location for move in planned.payload.moves} >= {"FG"}
    assert all(move.quantity > 0 and move.lot == small.LOT for move in planned.payload.moves)


def test_scrapping_takes_all_of_it_and_releasing_nothing_that_is_not_held(world):
    (planned,) = outcome("scrap").postings
    assert isinstance(planned.payload, ports.LotStatus)
    assert planned.payload.status == "scrapped"
    released = outcome("release")
    assert released.code == "released"
    assert released.postings == ()


def lay(held, **elsewhere):
    return rules.Lay(Decimal(held), tuple((place, Decimal(kg)) for place, kg in elsewhere.items()))


@pytest.mark.parametrize(
    ("held", "lays", "back"),
    [
        (50, [lay(0, RM=40, LS=10)], {"RM": 40, "LS": 10}),  # moved by hand while the hold was open
        (50, [lay(50), lay(0, RM=40, LS=10)], {"RM": 40, "LS": 10}),  # kept on hold, held again, released
        (50, [lay(20, LS=30), lay(0, RM=20)], {"LS": 30, "RM": 20}),  # came at two holds
        (45, [lay(0, RM=40, LS=10)], {"RM": 40, "LS": 5}),  # some was taken since
        (70, [lay(0, RM=40, LS=10)], {"RM": 60, "LS": 10}),  # more than anybody saw
        (50, [lay(50)], {"FG": 50}),  # nobody saw where it lay
        (0, [lay(0, RM=40)], {}),
    ],
)
def test_released_goods_go_back_to_where_they_lay(held, lays, back):
    found = rules.places_back(Decimal(held), lays, "FG")
    assert dict(found) == {place: Decimal(kg) for place, kg in back.items()}
    assert sum((kg for _, kg in found), Decimal(0)) == held


def test_goods_whose_place_nobody_knows_stay_where_there_is_no_store():
    assert rules.places_back(Decimal(5), [], "") == ()


def test_a_kind_without_a_handler_ends_with_what_was_said():
    about = contexts.About("PUNE", "some_kind", "thing:1", {})
    assert "quality: release" in outcomes.resolve(about, answered("release")).text


def test_a_function_without_a_builder_sees_the_bare_facts():
    about = contexts.About("PUNE", "some_kind", "thing:1", {"machine": "IM-1", "note": ""})
    assert contexts.build(about, ["dispatch"])["dispatch"].facts == (("machine", "IM-1"),)


def test_an_unknown_case_is_said_to_be_unknown(db):
    with pytest.raises(queries.NoSuchCase):
        queries.get_case("00000000-0000-7000-8000-000000000000")
