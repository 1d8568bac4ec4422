"""The order desk: what is clear is booked, what is not is asked, what is fixed is remembered."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.worlds import desk, small

from obeya.decisions import actions as decisions
from obeya.decisions import queries as decision_queries
from obeya.inbox import actions as inbox
from obeya.inbox import queries as signals
from obeya.journal import queries as journal
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.orders import actions, answering, checking, models, queries
from obeya.outbox import ports
from obeya.outbox import queries as outbox

pytestmark = pytest.mark.django_db

DESK = Origin.fresh(source="web.orders", actor="user:asha")


@pytest.fixture(autouse=True)
def _desk():
    with desk.standing():
        yield


def again(order):
    return queries.get_order(order.id)


def test_a_clear_order_is_confirmed_and_queued_for_the_erp():
    order = desk.write("Please send 2 ctn CAP-28-WHT")
    assert (order.state, order.auto) == ("confirmed", True), [d.reason for d in order.doubts]
    assert order.posting is not None
    payload = outbox.get_payload(order.posting.id)
    assert isinstance(payload, ports.SalesOrder)
    assert payload.customer == "KRS01"
    assert payload.customer_reference == order.number
    assert [(line.sku, line.quantity, line.uom) for line in payload.lines] == [
        ("CAP-28-WHT", Decimal(2), "ctn")
    ]
    assert order.total == payload.lines[0].unit_price * 2 > 0


def test_the_same_signal_taken_twice_is_one_order():
    got = inbox.receive(site=small.SITE, source="whatsapp", natural_key="wamid.2", body=b"x")
    for _ in range(2):
        actions.take_message(
            signal=signals.get_signal(got.signal_id),
            channel="whatsapp",
            sender=small.PHONE,
            sender_name="",
            text="2 ctn CAP-28-WHT",
            sent_at=clock.now(),
        )
    assert models.OrderRow.objects.count() == 1
    assert len(outbox.list_postings()) == 1


def test_a_second_order_of_the_same_customer_is_a_new_order_not_a_change():
    first = desk.write("Please send 2 ctn CAP-28-WHT")
    second = desk.write("3 ctn CAP-38-WHT and 2 ctn CAP-28-BLU")
    assert [first.state, second.state] == ["confirmed", "confirmed"], [d.reason for d in second.doubts]
    assert second.intent == "order"
    assert [line.sku for line in second.lines] == ["CAP-38-WHT", "CAP-28-BLU"]


def test_more_of_the_item_that_was_just_ordered_is_asked_about():
    desk.write("Please send 2 ctn CAP-28-WHT")
    more = desk.write("3 ctn CAP-28-WHT and 2 ctn CAP-28-BLU")
    assert more.state == "waiting"
    assert desk.open_doubts(more)


def test_the_same_order_again_is_asked_about_before_it_is_booked_twice():
    desk.write("Please send 2 ctn CAP-28-WHT")
    again_ = desk.write("Please send 2 ctn CAP-28-WHT")
    (doubt,) = desk.open_doubts(again_)
    assert "second order" in doubt.reason
    actions.answer_doubt(request_id=doubt.id, access=desk.access("asha"), option="as_read", origin=DESK)
    assert again(again_).state == "confirmed"


def test_words_of_change_are_never_booked_as_a_second_order():
    desk.write("Please send 2 ctn CAP-28-WHT")
    changed = desk.write("sorry, CAP-28-WHT 5 ctn instead of 2")
    assert changed.state == "waiting"
    assert desk.open_doubts(changed)


def test_an_item_nobody_knows_is_asked_and_nothing_is_booked():
    order = desk.write("2 ctn CAP-28-WHT\n5 ctn zinkplugs")
    assert order.state == "waiting"
    assert order.posting is None
    (doubt,) = desk.open_doubts(order)
    assert (doubt.kind, doubt.request.function) == ("item", "order_desk")


def test_one_tap_on_an_item_books_the_order_and_is_remembered_as_an_alias():
    order = desk.write("2 ctn CAP-28-WHT\n5 ctn zinkplugs")
    (doubt,) = desk.open_doubts(order)
    actions.answer_doubt(request_id=doubt.id, access=desk.access("asha"), sku="CAP-38-WHT", origin=DESK)
    assert again(order).state == "confirmed"
    assert again(order).auto is False
    alias = models.AliasRow.objects.get()
    assert "zinkplugs" in alias.words
    assert alias.customer is not None
    assert (alias.item.sku, alias.ok, alias.customer.code) == ("CAP-38-WHT", 1, "KRS01")
    second = desk.write("3 ctn zinkplugs")
    assert [(line.sku, line.quantity) for line in second.lines] == [("CAP-38-WHT", Decimal(3))]


def test_an_unknown_sender_is_asked_about():
    order = desk.write("2 ctn CAP-28-WHT", sender="+91 00000 99999", name="Somebody")
    kinds = [doubt.kind for doubt in desk.open_doubts(order)]
    assert kinds == ["customer"]
    (doubt,) = desk.open_doubts(order)
    actions.answer_doubt(request_id=doubt.id, access=desk.access("asha"), customer="KRS01", origin=DESK)
    assert again(order).customer_code == "KRS01"
    assert "customer" not in [doubt.kind for doubt in desk.open_doubts(order)]


def test_a_price_below_the_floor_waits_for_commercial():
    order = desk.write("2 ctn CAP-28-WHT rate 10 per ctn")
    prices = [doubt for doubt in desk.open_doubts(order) if doubt.kind == "price"]
    assert [doubt.request.function for doubt in prices] == ["commercial"], [d.reason for d in order.doubts]
    with pytest.raises(actions.CannotChangeOrder):
        actions.confirm(order_id=order.id, access=desk.access("asha"), origin=DESK)
    with pytest.raises(actions.CannotChangeOrder):
        actions.answer_doubt(request_id=prices[0].id, access=desk.access("asha"), option="asked", origin=DESK)
    assert again(order).posting is None


def test_an_agreed_price_is_not_carried_over_to_another_item():
    order = desk.write("2 ctn CAP-28-WHT rate 10 per ctn, 3 ctn zinkplugs")
    (doubt,) = [doubt for doubt in desk.open_doubts(order) if doubt.kind == "price"]
    nikhil = desk.access("nikhil")
    actions.answer_doubt(
        request_id=doubt.id, access=nikhil, option="asked", rationale="Wins them back", origin=DESK
    )
    row = models.OrderRow.objects.get(pk=order.id)
    line = row.lines.get(price_decided="asked")
    answering.change_line(row, line, "other_item", {"sku": "CAP-28-RED"}, nikhil.user_id, DESK)
    checking.check(row, DESK)
    (again_,) = [doubt for doubt in desk.open_doubts(order) if doubt.kind == "price"]
    assert "10 per ctn was agreed for CAP-28-WHT, and the item is another now." in again_.reason


def test_commercial_agrees_on_another_screen_and_the_order_goes_on():
    order = desk.write("2 ctn CAP-28-WHT rate 10 per ctn")
    (doubt,) = [doubt for doubt in desk.open_doubts(order) if doubt.kind == "price"]
    event = decisions.decide(
        request_id=doubt.id,
        access=desk.access("nikhil"),
        option="asked",
        rationale="Sample lot to win the account back",
        origin=Origin.fresh(source="web.waiting", actor="user:nikhil"),
    )
    actions.hear_decision(event=event)
    actions.hear_decision(event=event)
    order = again(order)
    assert order.lines[0].unit_price == 10
    assert order.state == "confirmed", [d.reason for d in desk.open_doubts(order)]


def test_over_the_credit_limit_nothing_is_booked():
    order = desk.write("10 ctn CAP-28-WHT", sender="+91 00000 20102", name="Shubham")
    (doubt,) = desk.open_doubts(order)
    assert (doubt.kind, doubt.request.function) == ("credit", "commercial")
    assert "over the credit limit" in doubt.reason
    assert order.posting is None


def test_two_small_orders_cannot_both_use_the_last_of_the_credit():
    first = desk.write("PO-977: 1 box CAP-28-WHT", sender="+91 00000 20102", name="Shubham")
    value = first.total
    assert first.state == "confirmed"
    assert value
    many = [
        desk.write(f"PO-{n}77: 1 box CAP-28-WHT", sender="+91 00000 20102", name="Shubham") for n in range(6)
    ]
    booked = sum(order.total or Decimal(0) for order in [first, *many] if order.state == "confirmed")
    assert booked <= 500
    assert any(order.state == "waiting" for order in many)


def test_an_order_booked_since_the_credit_was_read_still_counts_against_it():
    first = desk.write("PO-977: 1 box CAP-28-WHT", sender="+91 00000 20102", name="Shubham")
    models.OrderRow.objects.filter(pk=first.id).update(
        state="booked", booked_at=small.START + timedelta(seconds=5)
    )
    assert first.total
    many = [
        desk.write(f"PO-{n}77: 1 box CAP-28-WHT", sender="+91 00000 20102", name="Shubham") for n in range(6)
    ]
    confirmed = sum(order.total or Decimal(0) for order in many if order.state == "confirmed")
    assert confirmed + first.total <= 500


def test_a_greeting_is_no_order_and_reaches_a_person():
    order = desk.write("good morning sir, happy diwali to you and family")
    assert order.state == "waiting"
    (doubt,) = desk.open_doubts(order)
    assert doubt.kind == "message"
    actions.answer_doubt(request_id=doubt.id, access=desk.access("asha"), option="answered", origin=DESK)
    assert again(order).state == "answered"


def test_refusing_says_why_and_withdraws_every_question():
    order = desk.write("5 ctn zinkplugs")
    actions.refuse(
        order_id=order.id, reason="Not our product", note="", access=desk.access("asha"), origin=DESK
    )
    order = again(order)
    assert (order.state, order.refusal) == ("refused", "Not our product")
    assert not desk.open_doubts(order)
    assert decision_queries.list_waiting(desk.access("asha")) == []


def test_nobody_without_the_function_changes_an_order():
    order = desk.write("5 ctn zinkplugs")
    with pytest.raises(actions.CannotChangeOrder):
        actions.refuse(order_id=order.id, reason="x", note="", access=desk.access("lata"), origin=DESK)
    with pytest.raises(actions.CannotChangeOrder):
        actions.answer_doubt(
            request_id=desk.open_doubts(order)[0].id,
            access=desk.access("priya"),
            sku="CAP-28-WHT",
            origin=DESK,
        )


@pytest.mark.parametrize(
    "text", ["", "\0", "9" * 4000, "ctn " * 2000, "<script>alert(1)</script> 5", "١٢٣ كرتون"]
)
def test_any_text_ends_with_a_person_and_never_books(text):
    order = desk.write(text)
    assert order.state == "waiting"
    assert desk.open_doubts(order)


def test_the_story_is_kept_in_the_journal():

    order = desk.write("Please send 2 ctn CAP-28-WHT")
    types = [event.type for event in journal.list_story(order.correlation)]
    assert types[0] == "inbox.signal_received"
    assert "orders.message_read" in types
    assert "orders.order_confirmed" in types
    assert json.dumps([dict(event.data) for event in journal.list_story(order.correlation)])
