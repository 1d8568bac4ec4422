"""Beside an order: what was said with its customer, what they usually buy, and how the desk stands."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.orders import actions, customer_queries, learning, models
from obeya.orders import queries as orders
from obeya.orders.reading import types
from obeya.people import queries as people
from tests.screens.conftest import take_order
from tests.screens.test_screens import html_of, text_of
from tests.worlds import small

pytestmark = pytest.mark.django_db

UNCLEAR = "5 ctn 28 mm screw cap"
ORIGIN = Origin.fresh(source="test", actor="system")


def talk(order):
    return [(one.ours, one.text) for one in customer_queries.conversation(orders.get_order(order.id))]


def past(number, days, *lines, customer="KRS01"):
    bought = tuple(types.PastLine(sku, Decimal(qty), "ctn") for sku, qty in lines)
    at = clock.now() - timedelta(days=days)
    learning.add_past_orders(small.SITE, [types.PastOrder(number, customer, at, "whatsapp", None, bought)])


def test_the_conversation_is_in_time_order_with_our_replies(world):
    first = take_order(UNCLEAR)
    person = people.find_user("asha")
    actions.ask_customer(
        order_id=first.id, text="Which colour?", access=people.access_of(person), origin=ORIGIN
    )
    second = take_order("the white ones please")
    other = take_order("20 ctn CAP-28-WHT", sender="+91 00000 99999", name="Somebody")
    assert talk(second) == [(False, UNCLEAR), (True, "Which colour?"), (False, "the white ones please")]
    assert [text for _, text in talk(other)] == ["20 ctn CAP-28-WHT"]


def test_each_message_leads_to_its_order_but_the_one_on_the_screen(as_user):
    first, second = take_order(UNCLEAR), take_order("20 ctn CAP-28-WHT")
    page = html_of(as_user("asha").get(f"/orders/{second.id}"))
    beside = page[page.index('class="beside"') :]
    assert f'href="/orders/{first.id}"' in beside
    assert f'<span class="code">{second.number}</span>' in beside


def test_an_old_order_is_in_its_own_conversation(world):
    old = take_order(UNCLEAR)
    models.OrderRow.objects.filter(pk=old.id).update(received_at=clock.now() - timedelta(days=90))
    for _ in range(customer_queries.SHOWN_ORDERS):
        take_order("20 ctn CAP-28-WHT")
    assert talk(old)[0] == (False, UNCLEAR)
    assert len(talk(old)) == customer_queries.SHOWN_ORDERS + 1


def test_scripts_in_a_message_stay_text_beside(as_user):
    take_order("<script>alert(1)</script>")
    order = take_order("20 ctn CAP-28-WHT")
    page = html_of(as_user("asha").get(f"/orders/{order.id}"))
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_what_a_customer_usually_buys_is_told_with_the_usual_quantity(as_user):
    past("S1", 30, ("CAP-28-WHT", "20"))
    past("S2", 20, ("CAP-28-WHT", "20"), ("CAP-38-WHT", "4"))
    past("S3", 10, ("CAP-28-WHT", "50"))
    past("S4", 5, ("CAP-28-BLU", "9"), customer="SOMEBODY")
    order = take_order(UNCLEAR)
    told = customer_queries.usual_items(orders.get_order(order.id))
    assert [(one.sku, one.times, one.of, one.quantity) for one in told] == [
        ("CAP-28-WHT", 3, 3, Decimal(20)),
        ("CAP-38-WHT", 1, 3, Decimal(4)),
    ]
    page = text_of(as_user("asha").get(f"/orders/{order.id}"))
    assert "Usually buys" in page
    assert "in 3 of 3 orders" in page


def test_nothing_is_usual_for_somebody_who_is_not_known(as_user):
    order = take_order(UNCLEAR, sender="+91 00000 99999", name="Somebody")
    assert customer_queries.usual_items(orders.get_order(order.id)) == ()
    assert "Usually buys" not in text_of(as_user("asha").get(f"/orders/{order.id}"))


def test_the_desk_tells_how_many_wait_and_since_when_the_oldest(as_user):
    asha = as_user("asha")
    take_order("20 ctn CAP-28-WHT")
    assert "The oldest" not in text_of(asha.get("/orders/tools"))
    order = take_order(UNCLEAR)
    models.OrderRow.objects.filter(pk=order.id).update(received_at=clock.now() - timedelta(minutes=12))
    told = text_of(asha.get("/orders/tools"))
    assert re.search(r"Waiting\s*1", told)
    assert re.search(r"The oldest\s*12 min", told)
