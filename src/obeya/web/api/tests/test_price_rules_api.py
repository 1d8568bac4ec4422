"""Price rules through the API: for Commercial and those who look, with every row as it was written."""

from __future__ import annotations

import pytest
from tests.worlds import desk, small

from obeya.orders.tests import pricing_world as world
from obeya.people import actions as people
from obeya.people import queries as people_queries
from obeya.people.queries import Function
from obeya.web.api.tests.test_api import Program, is_problem

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def plant():
    with desk.standing() as manual:
        yield manual


def program(username):
    return Program(found(username))


def found(username):
    person = people_queries.find_user(username)
    assert person is not None
    return person


def test_the_rules_in_force_are_told_row_by_row():
    world.enforce(world.OVER_COST, world.TIER)
    told = program("nikhil").get("/price-rules").json()
    assert (told["site"], told["number"], told["why"], told["ended_at"]) == (
        small.SITE,
        1,
        "Resin went up",
        None,
    )
    first, second = told["rows"]
    assert (first["place"], first["category"], first["floor_over_cost_pct"]) == (1, "Caps", "60")
    assert second["sentence"] == "Krushnai Traders: pays 5 % less than list on Caps"
    assert second["floor_price"] is None


def test_old_versions_are_told_and_unknown_ones_are_not_there():
    world.enforce(world.OVER_COST)
    world.enforce(world.TIER)
    nikhil = program("nikhil")
    assert nikhil.get("/price-rules", version=1).json()["ended_at"] is not None
    assert nikhil.get("/price-rules").json()["number"] == 2
    is_problem(nikhil.get("/price-rules", version=3), 404)
    is_problem(nikhil.get("/price-rules", version=0), 422)


def test_without_rules_there_is_nothing_to_tell():
    is_problem(program("nikhil").get("/price-rules"), 404)


def test_only_commercial_and_who_looks_read_them():
    world.enforce(world.OVER_COST)
    assert program("anand").get("/price-rules").status_code == 200
    for username in ("asha", "lata", "priya"):
        is_problem(program(username).get("/price-rules"), 403)


def test_of_several_sites_one_is_named():
    small.create_site("SURAT")
    person = found("nikhil")
    people.grant(user_id=person.id, site="SURAT", function=Function.COMMERCIAL, origin=world.ORIGIN)
    world.enforce(world.OVER_COST)
    nikhil = program("nikhil")
    assert "PUNE, SURAT" in is_problem(nikhil.get("/price-rules"), 422)["detail"]
    assert nikhil.get("/price-rules", site=small.SITE).status_code == 200
    is_problem(nikhil.get("/price-rules", site="SURAT"), 404)
    is_problem(nikhil.get("/price-rules", site="MUMBAI"), 403)
