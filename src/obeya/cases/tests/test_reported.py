"""What is reported from outside goes to the functions concerned at once, each with its own context."""

import importlib

import pytest
from django.apps import apps
from django.db import connection
from tests.worlds import small

from obeya.cases import actions, models, queries, reported
from obeya.decisions import actions as decisions
from obeya.journal import queries as journal
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.people import queries as people

ORIGIN = Origin.fresh(source="test", actor="system")


@pytest.fixture
def world(db):
    clock.use(clock.ManualClock(small.START))
    reported.register()
    yield small.create()
    clock.use(clock.SystemClock())


def open_case(kind, key="m1", **facts):
    return actions.open_case(
        key=key,
        site=small.SITE,
        kind=kind,
        severity=3,
        about="customer:KRS01",
        title="Krushnai Traders: caps leak",
        facts={"customer": "Krushnai Traders", "customer_code": "KRS01", "message": "caps leak", **facts},
        origin=ORIGIN,
    )


def context_of(case, function):
    (found,) = [q.request for q in case.questions if q.request.function == function]
    return found.context


def table(case, function, title):
    (found,) = [one for one in context_of(case, function)["tables"] if one["title"] == title]
    return found["rows"]


def answer(case, function, username, option, why="looked at it"):
    (found,) = [q.request for q in case.questions if q.request.function == function]
    person = people.find_user(username)
    assert person is not None
    decisions.decide(
        request_id=found.id,
        access=people.access_of(person),
        option=option,
        rationale=why,
        origin=ORIGIN,
    )


@pytest.mark.parametrize(
    ("kind", "functions", "initials"),
    [
        (reported.COMPLAINT, {"quality", "production", "customer_service"}, "QC-"),
        (reported.DELIVERY, {"dispatch", "customer_service", "quality"}, "DF-"),
        (reported.SUPPLY, {"materials", "planning"}, "MS-"),
    ],
)
def test_each_kind_asks_the_functions_that_can_help(world, kind, functions, initials):
    case = open_case(kind)
    assert {q.request.function for q in case.questions} == functions
    assert case.number.startswith(initials)


def test_customer_service_sees_orders_and_earlier_reports_and_quality_the_lots(world):
    open_case(reported.DELIVERY, key="before", message="one carton short")
    case = open_case(reported.COMPLAINT, items="CAP-28-WHT", order="SO-0911")
    assert table(case, "customer_service", "Open orders of the customer")[0][0] == "SO-0911"
    (earlier,) = table(case, "customer_service", "What they reported before")
    assert earlier[2] == "one carton short"
    assert small.LOT in {row[1] for row in table(case, "quality", "Lots of these items here")}
    assert {row[0] for row in table(case, "production", "Where these items are made")} == {"PO-0417"}


def test_planning_sees_what_needs_the_late_material(world):
    case = open_case(reported.SUPPLY, items="RES-PP-IM", customer="", customer_code="", supplier="Sahyadri")
    rows = table(case, "planning", "Production orders that need it")
    assert {row[0] for row in rows} == {"PO-0417", "PO-0418"}


def test_the_required_answers_close_it_in_words(world):
    case = open_case(reported.COMPLAINT)
    answer(case, "quality", "meera", "accept", "the liner is torn")
    answer(case, "customer_service", "kavita", "tell", "credit note this week")
    actions.hear_decision(event=_decided(case))
    ended = queries.get_case(case.id)
    assert ended.state == "closed"
    assert "Justified: replace or credit it: the liner is torn." in ended.outcome_text


def _decided(case):
    return [e for e in journal.list_story(case.correlation) if e.type == "decisions.request_decided"][-1]


def test_sites_that_are_there_already_get_the_routes(world):
    kept = models.RouteRow.objects.get(kind="quality_complaint", function="quality")
    models.RouteRow.objects.exclude(pk=kept.pk).filter(kind__in=reported.KINDS).delete()
    models.RouteRow.objects.filter(pk=kept.pk).update(question="Ours")
    migration = importlib.import_module("obeya.cases.migrations.0004_outside_routes")
    with connection.schema_editor() as editor:
        migration.add_routes(apps, editor)
    functions = models.RouteRow.objects.filter(kind__in=reported.KINDS).values_list("kind", "function")
    assert len(functions) == 8
    kept.refresh_from_db()
    assert kept.question == "Ours"
