"""The small plant stands: others build their stories on it."""

from decimal import Decimal

import pytest

from obeya.cases import queries as cases
from obeya.catalog import queries as catalog
from obeya.lib import clock
from obeya.people import queries as people
from tests.worlds import small

pytestmark = pytest.mark.django_db


def test_every_function_has_somebody_on_duty_at_any_hour():
    small.create()
    found = [people.on_duty(small.SITE, function, clock.now()) for function in people.Function]
    assert all(len(persons) == 1 for persons in found)


def test_white_caps_have_a_price_a_floor_stock_and_an_order_that_fills_their_lot():
    world = small.create()
    (line,) = catalog.prices_for(
        small.SITE,
        customer="KRS01",
        lines=[catalog.Wanted("CAP-28-WHT", "ctn", Decimal(20))],
        on=clock.now().date(),
    )
    assert (line.list_price, line.floor, line.problem) == (Decimal(2520), Decimal(2300), "")
    assert set(world.lots) == set(small.STOCK_LOTS)
    touched = catalog.production_orders_touching(small.SITE, "CAP-28-WHT", small.LOT)
    assert [touch.order.number for touch in touched if touch.how == "produces_lot"] == ["PO-0417"]


def test_a_quality_hold_would_ask_four_functions():
    small.create()
    routes = cases.routes_of(small.SITE)
    assert {route.function for route in routes if route.kind == "quality_hold"} == {
        "quality",
        "planning",
        "materials",
        "customer_service",
    }


def test_who_is_asked_for_can_log_in(client):
    small.create(passwords=["meera"])
    assert client.login(username="meera", password=small.PASSWORD)
