"""What price rules make of orders, and that nobody gets a line past its floor without the decision."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.worlds import desk, small

from obeya.catalog import offers
from obeya.catalog import queries as catalog
from obeya.catalog.models import Customer as CatalogCustomer
from obeya.catalog.models import Item as CatalogItem
from obeya.inbox import queries as signals
from obeya.lib import clock
from obeya.orders import actions, models
from obeya.orders import queries as order_queries
from obeya.orders.pricing import applying, offering
from obeya.orders.tests import pricing_world as world

pytestmark = pytest.mark.django_db

D = Decimal


@pytest.fixture(autouse=True)
def plant():
    with desk.standing() as manual:
        yield manual


def test_without_rules_orders_are_priced_as_before():
    order = desk.write("Please send 2 ctn CAP-28-WHT")
    line = models.LineRow.objects.get(order=order.id)
    assert (order.state, line.price_rule) == ("confirmed", "")
    assert (line.list_price, line.floor) == (D(2600), D(2300))


def test_a_line_below_a_rules_floor_waits_for_commercial_and_says_by_which_rule():
    world.enforce(world.OVER_COST)
    order = desk.write("Please send 2 ctn CAP-28-WHT")
    (doubt,) = world.prices(order)
    assert (order.state, doubt.request.function) == ("waiting", "commercial")
    assert doubt.reason.endswith(
        "the price 2,600 is below the floor 2,720. Price rules 1, row 1 (at least 60 % over cost)."
    )
    assert order.posting is None
    line = models.LineRow.objects.get(order=order.id)
    assert line.price_rule == "Price rules 1, row 1 (at least 60 % over cost)"
    actions.answer_doubt(
        request_id=doubt.id,
        access=desk.access("nikhil"),
        option="list",
        rationale="Old stock",
        origin=world.ORIGIN,
    )
    assert order_queries.get_order(order.id).state == "confirmed"


def test_a_customer_of_a_tier_gets_its_price_in_place_of_the_lists():
    world.enforce(world.TIER)
    order = desk.write("Please send 2 ctn CAP-28-WHT")
    line = models.LineRow.objects.get(order=order.id)
    assert order.state == "confirmed"
    assert (line.unit_price, line.list_price, line.erp_price) == (D(2470), D(2470), D(2600))
    assert order.total == 4940
    other = desk.write("Please send 1 box CAP-28-WHT", sender="+91 00000 20102", name="Shubhada")
    assert models.LineRow.objects.get(order=other.id).list_price == 260


def test_a_tier_price_below_the_floor_waits_too():
    world.enforce(world.TIER, {"category": "Caps", "floor_below_list_pct": "4"})
    order = desk.write("Please send 2 ctn CAP-28-WHT")
    assert len(world.prices(order)) == 1
    assert order.state == "waiting"


def test_the_higher_of_the_catalogs_floor_and_the_rules_holds():
    world.enforce({"category": "Caps", "floor_over_cost_pct": "1"})
    order = desk.write("Please send 2 ctn CAP-28-WHT rate 2200 per ctn")
    assert models.LineRow.objects.get(order=order.id).floor == 2300


def test_an_item_without_a_cost_is_asked_about_and_not_passed():
    CatalogItem.objects.filter(sku="CAP-28-WHT").update(cost=None)
    world.enforce({"category": "Caps", "floor_over_cost_pct": "1"})
    order = desk.write("Please send 2 ctn CAP-28-WHT")
    (doubt,) = world.prices(order)
    assert doubt.reason.endswith("Price rule 1 cannot be worked out, ERP gives no cost for it.")
    assert order.state == "waiting"


def test_a_cost_in_another_currency_than_the_price_is_asked_about():
    CatalogCustomer.objects.filter(code="KRS01").update(currency="AED")
    models.PriceTableRow.objects.all().delete()
    world.enforce({"category": "Caps", "floor_over_cost_pct": "1"})
    models.PriceTableRow.objects.update(currency="AED")
    order = desk.write("Please send 2 ctn CAP-28-WHT")
    assert "its cost is in AED and its price in INR" in world.prices(order)[0].reason


def test_the_rules_of_the_day_an_order_came_hold_for_it_however_long_it_waits():
    order = desk.write("5 ctn zinkplugs")
    world.clock_forward()
    world.enforce({"category": "Caps", "floor_over_cost_pct": "500"})
    (doubt,) = desk.open_doubts(order)
    actions.answer_doubt(
        request_id=doubt.id, access=desk.access("asha"), sku="CAP-38-WHT", origin=world.ORIGIN
    )
    assert not world.prices(order)
    later = desk.write("Please send 2 ctn CAP-28-WHT")
    assert world.prices(later)


def test_days_of_a_rule_are_days_of_the_site():
    """On 4 February at 20:00 UTC it is the fifth in Pune."""
    world.enforce({"category": "Caps", "price_off_list_pct": "5", "valid_from": "2026-02-05"})
    before = desk.write("Please send 2 ctn CAP-28-WHT")
    clock.use(clock.ManualClock(datetime(2026, 2, 4, 20, 0, tzinfo=UTC)))
    after = desk.write("PO 7: please send 3 ctn CAP-28-WHT")
    found = {row.order_id: row.list_price for row in models.LineRow.objects.all()}
    assert (found[before.id], found[after.id]) == (D(2600), D(2470))


def test_an_order_asks_for_its_rules_once():
    world.enforce(world.TIER, world.OVER_COST)
    answers = [applying.quote(small.SITE, customer="KRS01", lines=[wanted()], at=clock.now())[0][0]] * 40
    with CaptureQueriesContext(
        connection,
    ) as told:
        applying.judge(small.SITE, "KRS01", answers, received_at=clock.now())
    assert len(told) == 1


def wanted(sku="CAP-28-WHT"):
    return catalog.Wanted(sku, "ctn", D(2))


def test_a_price_can_be_quoted_by_the_rules_before_there_is_an_order():
    world.enforce(world.TIER)
    ((answer, priced),) = applying.quote(small.SITE, customer="KRS01", lines=[wanted()], at=clock.now())
    assert (answer.list_price, priced.price, priced.floor) == (D(2600), D(2470), D(2300))


def below_floor():
    world.enforce(world.OVER_COST)
    order = desk.write("Please send 2 ctn CAP-28-WHT")
    assert world.prices(order)
    return order


def still_waits(order):
    found = order_queries.get_order(order.id)
    assert found.state == "waiting"
    assert found.posting is None
    assert world.prices(order)
    assert not models.OrderRow.objects.filter(pk=order.id, confirmed_at__isnull=False).exists()


@pytest.mark.parametrize("who", [username for username, _, _ in small.PEOPLE])
def test_nobody_confirms_a_line_below_the_floor(who):
    order = below_floor()
    with pytest.raises(actions.CannotChangeOrder):
        actions.confirm(order_id=order.id, access=desk.access(who), origin=world.ORIGIN)
    still_waits(order)


@pytest.mark.parametrize("who", [name for name, _, function in small.PEOPLE if function != "commercial"])
def test_nobody_but_commercial_answers_the_price(who):
    order = below_floor()
    for option in ("list", "asked", "drop"):
        with pytest.raises(actions.CannotChangeOrder):
            actions.answer_doubt(
                request_id=world.prices(order)[0].id,
                access=desk.access(who),
                option=option,
                rationale="Just do it",
                origin=world.ORIGIN,
            )
    still_waits(order)


def test_many_orders_confirmed_at_once_leave_those_below_the_floor_waiting():
    orders = [below_floor(), desk.write("PO 8: please send 3 ctn CAP-28-RED")]
    for order in orders:
        with pytest.raises(actions.CannotChangeOrder):
            actions.confirm(order_id=order.id, access=desk.access("asha"), origin=world.ORIGIN)
    for order in orders:
        still_waits(order)


def test_a_line_that_a_clerk_sets_is_held_against_the_floor():
    world.enforce(world.OVER_COST)
    order = desk.write("5 ctn zinkplugs")
    actions.answer_doubt(
        request_id=desk.open_doubts(order)[0].id,
        access=desk.access("asha"),
        sku="CAP-28-WHT",
        origin=world.ORIGIN,
    )
    still_waits(order)


def test_a_message_that_is_written_anew_or_read_again_is_held_against_the_floor():
    order = below_floor()
    actions.change_message(order_id=order.id, text="Please send 4 ctn CAP-28-WHT", origin=world.ORIGIN)
    still_waits(order)
    row = models.OrderRow.objects.get(pk=order.id)
    again = signals.get_signal(row.signal)
    models.OrderRow.objects.filter(pk=row.pk).update(as_read_accepted=True)
    actions.take_message(
        signal=again,
        channel="whatsapp",
        sender=small.PHONE,
        sender_name="Krushnai",
        text=row.text,
        sent_at=clock.now(),
    )
    still_waits(order)


def test_a_customer_who_answers_gets_no_line_past_the_floor():
    world.enforce(world.OVER_COST)
    order = desk.write("5 ctn zinkplugs")
    (doubt,) = desk.open_doubts(order)
    assert not actions.hear_customer(
        order_id=order.id, words="CAP-28-WHT at list price", choice="list", origin=world.ORIGIN
    )
    taken = actions.hear_customer(
        order_id=order.id,
        words="",
        choice=next((one.code for one in doubt.request.options if one.code.startswith("item:")), ""),
        origin=world.ORIGIN,
    )
    assert order_queries.get_order(order.id).state == "waiting"
    assert not taken or world.prices(order)


def test_a_reading_that_is_accepted_as_a_whole_is_held_against_the_floor():
    world.enforce(world.OVER_COST)
    order = desk.write("5 ctn zinkplugs")
    doubt = desk.open_doubts(order)[0]
    models.OrderRow.objects.filter(pk=order.id).update(intent="order_change")
    actions.answer_doubt(
        request_id=doubt.id, access=desk.access("asha"), sku="CAP-28-WHT", origin=world.ORIGIN
    )
    (whole,) = [doubt for doubt in desk.open_doubts(order) if doubt.kind == "other"]
    actions.answer_doubt(
        request_id=whole.id, access=desk.access("asha"), option="as_read", origin=world.ORIGIN
    )
    assert models.OrderRow.objects.get(pk=order.id).as_read_accepted
    still_waits(order)


def test_a_floor_that_rises_above_an_agreed_price_asks_again():
    order = desk.write("Please send 2 ctn CAP-28-WHT rate 2400 per ctn, and 1 ctn zinkplugs")
    (doubt,) = world.prices(order)
    actions.answer_doubt(
        request_id=doubt.id,
        access=desk.access("nikhil"),
        option="asked",
        rationale="Sample",
        origin=world.ORIGIN,
    )
    assert not world.prices(order)
    world.enforce({"category": "Caps", "floor_below_list_pct": "5"})
    models.OrderRow.objects.filter(pk=order.id).update(received_at=clock.now())
    (other,) = desk.open_doubts(order)
    actions.answer_doubt(
        request_id=other.id, access=desk.access("asha"), sku="CAP-38-WHT", origin=world.ORIGIN
    )
    still_waits(order)
    assert "now it is 2,470" in world.prices(order)[0].reason


def test_customers_see_the_prices_that_the_rules_give_them():
    world.enforce(
        world.TIER,
        {"item": "CAP-38-WHT", "floor_over_cost_pct": "100"},
        {"category": "Caps", "floor_over_cost_pct": "1"},
    )
    found = catalog.find_customer(small.SITE, "KRS01")
    assert found is not None
    items = catalog.items_by_sku(small.SITE, ["CAP-28-WHT", "CAP-38-WHT"])
    shown = offers.offers_of(found, list(items.values()), prices=True, stock=False, on=world.TODAY)
    told = {one.sku: one.prices for one in offering.with_rules(found, shown, at=clock.now())}
    assert told["CAP-28-WHT"] == {"pcs": D("0.494"), "box": D(247), "ctn": D(2470)}
    assert told["CAP-38-WHT"] == {}
    before = offering.with_rules(found, shown, at=small.START - timedelta(seconds=1))
    assert before == shown
