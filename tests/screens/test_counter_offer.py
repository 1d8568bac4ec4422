"""Commercial answers a price with a counter-offer, on the screen or by a program; the desk sees it wait."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from obeya.journal.events import Origin
from obeya.orders import counter_words, knowledge, models, queries
from obeya.people import actions as people
from tests.screens import conftest
from tests.worlds import desk, small

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _reader():
    knowledge.forget()
    yield
    knowledge.forget()


@pytest.fixture
def order(world: small.World) -> queries.Order:
    return conftest.take_order("2 ctn CAP-28-WHT rate 2500 per ctn")


def price_request(order: queries.Order) -> str:
    (doubt,) = [doubt for doubt in desk.open_doubts(order) if doubt.kind == "price"]
    return str(doubt.id)


def decide(client: Client, request: str, **form: str) -> str:
    answer = client.post(reverse("web:request_decide", args=[request]), form, headers=conftest.HTMX)
    return answer.content.decode()


def test_the_request_shows_what_is_known_and_takes_a_price(as_user: conftest.Log, order: queries.Order):
    page = as_user("nikhil").get(reverse("web:request_page", args=[price_request(order)])).content.decode()
    for words in (
        "What each price means",
        "Last 12 months",
        "Owes and has on order",
        "Make a counter-offer",
        "Price, INR per ctn",
        "asked 2,500, floor",
        "Book at the list price, 2,600 per ctn",
    ):
        assert words in page, words


def test_a_price_typed_in_goes_to_the_customer_and_the_desk_sees_it_wait(
    as_user: conftest.Log, order: queries.Order
):
    decide(
        as_user("nikhil"), price_request(order), option="counter", price="2,550", offer_note="Only this week"
    )
    made = models.CounterOfferRow.objects.get()
    assert (str(made.price), made.note, made.state) == ("2550.000000", "Only this week", "open")
    page = as_user("asha").get(reverse("web:order", args=[order.id])).content.decode()
    assert "counter-offer of 2,550 per ctn sent, waiting for the customer since" in page


@pytest.mark.parametrize(
    ("price", "says"),
    [("", "Give the price"), ("cheap", "in figures"), ("9999", "above the list price"), ("1", "already")],
)
def test_a_price_that_cannot_be_comes_back_in_words(
    as_user: conftest.Log, order: queries.Order, price: str, says: str
):
    page = decide(as_user("nikhil"), price_request(order), option="counter", price=price)
    assert says in page
    assert models.CounterOfferRow.objects.count() == 0


def test_a_price_typed_beside_another_answer_is_not_an_offer(as_user: conftest.Log, order: queries.Order):
    decide(as_user("nikhil"), price_request(order), option="list", price="2550")
    assert models.CounterOfferRow.objects.count() == 0
    assert queries.get_order(order.id).state == "confirmed"


def test_the_order_desk_cannot_make_the_offer(as_user: conftest.Log, order: queries.Order):
    decide(as_user("asha"), price_request(order), option="counter", price="2550")
    assert models.CounterOfferRow.objects.count() == 0


def test_similar_decisions_are_shown_with_what_came_of_them(as_user: conftest.Log, order: queries.Order):
    decide(as_user("nikhil"), price_request(order), option="asked", rationale="A sample lot")
    second = conftest.take_order("PO-9: 3 ctn CAP-28-WHT rate 2400 per ctn")
    page = as_user("nikhil").get(reverse("web:request_page", args=[price_request(second)])).content.decode()
    assert "Decided before" in page
    assert "A sample lot" in page
    assert "What came of it" in page
    assert "Nikhil Bapat" in page


def test_a_program_makes_the_offer_and_may_name_the_currency(world: small.World, order: queries.Order):
    nikhil = world.people["nikhil"]
    token = people.create_token(
        user_id=nikhil.id, name="erp", origin=Origin.fresh(source="test", actor="system")
    )
    url = f"/api/requests/{price_request(order)}/decide"
    client = Client(HTTP_HOST="127.0.0.1", HTTP_AUTHORIZATION=f"Bearer {token.secret}")

    def send(**body: str) -> int:
        return client.post(url, json.dumps(body), content_type="application/json").status_code

    assert send(option="counter", price="2550", currency="USD") == 422
    assert send(option="counter", price="-1") == 422
    assert send(option="counter", price="2550", currency="INR", note="This week only") == 200
    made = models.CounterOfferRow.objects.get()
    assert counter_words.tapped(counter_words.tap(made.id, yes=False)) == (made.id, False)
