"""Answers to doubts: one that leaves open what it sets is refused, and nothing is booked."""

from decimal import Decimal

import pytest
from tests.worlds import desk

from obeya.decisions import actions as decisions
from obeya.decisions import queries as decision_queries
from obeya.journal.events import Origin
from obeya.orders import actions, models, queries

pytestmark = pytest.mark.django_db

DESK = Origin.fresh(source="web.orders", actor="user:asha")
DOUBTFUL = ["CAP-28-WHT 20-30 ctn", "2 or 3 ctn CAP-28-WHT", "CAP-28-WHT 2 bag"]
"""A quantity that is not clear, twice, and a unit in which the item is not sold."""


@pytest.fixture(autouse=True)
def _desk():
    with desk.standing():
        yield


def the_doubt(order):
    (doubt,) = desk.open_doubts(order)
    return doubt


def answer(doubt, **given):
    actions.answer_doubt(request_id=doubt.id, access=desk.access("asha"), origin=DESK, **given)


def is_refused(order, words, **given):
    doubt = the_doubt(order)
    with pytest.raises(actions.CannotChangeOrder, match=words):
        answer(doubt, **given)
    after = queries.get_order(order.id)
    assert (after.state, after.posting, after.lines) == ("waiting", None, order.lines)
    assert the_doubt(order).id == doubt.id
    assert decision_queries.get_request(doubt.id).state == "open"
    assert not models.AliasRow.objects.exists()


@pytest.mark.parametrize("text", DOUBTFUL)
@pytest.mark.parametrize(
    "given",
    [{}, {"quantity": Decimal(25)}, {"uom": "ctn"}],
    ids=["nothing", "no unit", "no quantity"],
)
def test_setting_a_quantity_without_quantity_and_unit_is_refused(text, given):
    is_refused(desk.write(text), "quantity and its unit", option="set", **given)


def test_a_unit_in_which_the_item_is_not_sold_is_refused_with_those_it_is_sold_in():
    is_refused(
        desk.write(DOUBTFUL[2]), "not sold in bag; choose one of: .*ctn", quantity=Decimal(2), uom="bag"
    )


def test_a_quantity_with_its_unit_settles_the_doubt():
    order = desk.write(DOUBTFUL[0])
    answer(the_doubt(order), option="set", quantity=Decimal(25), uom="ctn", constraints=["by phone"])
    after = queries.get_order(order.id)
    assert after.state == "confirmed"
    assert [(line.quantity, line.uom) for line in after.lines] == [(Decimal(25), "ctn")]
    decision = decision_queries.get_request(order.doubts[0].id).decision
    assert decision is not None
    assert decision.constraints == ("by phone",)


def test_another_item_without_saying_which_is_refused():
    order = desk.write("5 ctn zinkplugs")
    is_refused(order, "which item", option="other_item")
    is_refused(order, "no item NONE", option="other_item", sku="NONE")


def test_another_customer_without_saying_which_is_refused():
    order = desk.write("2 ctn CAP-28-WHT", sender="+91 00000 99999")
    is_refused(order, "which customer", option="other_customer")
    is_refused(order, "no customer NONE", customer="NONE")


@pytest.mark.parametrize(
    "given",
    [{}, {"option": "release"}, {"option": "as_read"}, {"sku": "CAP-28-WHT"}, {"customer": "KRS01"}],
    ids=str,
)
def test_an_answer_that_is_not_offered_is_refused(given):
    is_refused(desk.write(DOUBTFUL[0]), "answers that this question offers", **given)


def test_an_answer_that_says_two_things_is_refused():
    order = desk.write(DOUBTFUL[0])
    is_refused(order, "do not fit", option="drop", rationale="too late", quantity=Decimal(2), uom="ctn")
    is_refused(order, "one thing at a time", sku="CAP-28-WHT", quantity=Decimal(2), uom="ctn")


@pytest.mark.parametrize("text", [*DOUBTFUL, "5 ctn zinkplugs"])
def test_an_empty_decision_from_elsewhere_books_nothing_and_is_asked_again(text):
    order = desk.write(text)
    asked = the_doubt(order)
    option = "other_item" if asked.kind == "item" else "set"
    event = decisions.decide(
        request_id=asked.id, access=desk.access("asha"), option=option, rationale="", origin=DESK
    )
    actions.hear_decision(event=event)
    after = queries.get_order(order.id)
    assert (after.state, after.lines) == ("waiting", order.lines)
    assert the_doubt(order).reason == asked.reason
    assert the_doubt(order).id != asked.id
