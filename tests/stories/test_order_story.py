"""An order from the customer's signed message to the confirmed sale in a real Tryton."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest

from obeya.inbox import queries as inbox
from obeya.journal import queries as journal
from obeya.journal import verification
from obeya.memory import queries as memory
from obeya.outbox import queries as outbox
from obeya.people import queries as people
from tests.stories import front_door, running

pytestmark = [pytest.mark.erp, pytest.mark.django_db(transaction=True)]

KRUSHNAI = "+91 00000 20101"


def unique(text):
    """The text with an order number of the customer's that no other test uses."""
    number = f"KT/{uuid.uuid4().int % 10**8}"
    return number, f"PO {number}: {text}"


def list_price(plant, price_list, sku, base_quantity):
    """The plant's own price per base unit for so many of them."""
    rows = [p for p in plant.found.prices if (p.price_list, p.sku) == (price_list, sku)]
    return max((p for p in rows if p.min_qty <= base_quantity), key=lambda p: p.min_qty).unit_price


def test_a_clear_message_becomes_a_confirmed_sale_and_the_customer_is_told(plant):
    number, text = unique("CAP-28-WHT 12 ctn, CAP-28-BLU 2 ctn")
    order_of = front_door.write(KRUSHNAI, text)
    running.settle()
    order = front_door.order_of(order_of)
    assert (order.state, order.auto) == ("booked", True), [doubt.reason for doubt in order.doubts]
    (sale,) = plant.sales(number)
    assert sale["state"] in ("confirmed", "processing")
    assert sale["party"]["code"] == "KRS01"
    assert order.erp_number == sale["number"]
    per_carton = plant.found.item("CAP-28-WHT").units["ctn"]
    expected = {
        (sku, Decimal(quantity), "ctn", per_carton * list_price(plant, "PL-DLR", sku, quantity * per_carton))
        for sku, quantity in (("CAP-28-WHT", 12), ("CAP-28-BLU", 2))
    }
    assert lines_of(sale) == expected
    assert sale["untaxed_amount"] == order.total == sum(line[1] * line[3] for line in expected)
    (message,) = outbox.list_messages(subject=f"order:{order.id}")
    assert (message.channel, message.to) == ("whatsapp", "910000020101")
    assert sale["number"] in message.body
    assert "12 ctn" in message.body


def lines_of(sale):
    return {
        (
            line["product"]["code"],
            Decimal(str(line["quantity"])),
            line["unit"]["symbol"],
            Decimal(line["unit_price"]),
        )
        for line in sale["lines"]
    }


def test_the_story_of_an_order_is_whole_and_its_chain_verifies(plant):
    number, text = unique("CAP-28-WHT 3 ctn")
    order = booked(plant, text)
    signal = inbox.get_signal(order.signal)
    assert text.encode() in signal.body.replace(b"\\/", b"/")
    types = [event.type for event in journal.list_story(order.correlation)]
    wanted = [
        "inbox.signal_received",
        "orders.message_read",
        "orders.order_confirmed",
        "outbox.posting_queued",
        "outbox.posting_posted",
        "orders.order_booked",
    ]
    assert [type_ for type_ in types if type_ in wanted] == wanted
    report = verification.verify()
    assert report.sound
    assert report.unsealed == 0
    (hit,) = memory.search(number, access=people.access_of(person("asha")))
    assert hit.ref == f"order:{order.id}"


def person(username):
    found = people.find_user(username)
    assert found is not None
    return found


def booked(plant, text):
    order_of = front_door.write(KRUSHNAI, text)
    running.settle()
    order = front_door.order_of(order_of)
    assert order.state == "booked", (order.doubts, order.posting and order.posting.state_text)
    return order


def test_one_tap_settles_a_doubt_and_the_next_message_needs_none(plant, time_at_plant):
    number, text = unique("\n2 ctn CAP-28-WHT\n4 ctn zinkplug")
    wamid = front_door.write(KRUSHNAI, text)
    running.settle()
    order = front_door.order_of(wamid)
    (doubt,) = [one for one in order.doubts if not one.settled]
    assert (order.state, doubt.kind) == ("waiting", "item")
    assert plant.sales(number) == []
    answer = front_door.Person("asha").client.post(
        f"/orders/{order.id}/doubts/{doubt.id}", {"item": "CAP-38-WHT"}, follow=True
    )
    assert answer.status_code == 200
    running.settle()
    assert front_door.order_of(wamid).state == "booked"
    (sale,) = plant.sales(number)
    assert {line[:2] for line in lines_of(sale)} == {("CAP-28-WHT", Decimal(2)), ("CAP-38-WHT", Decimal(4))}
    time_at_plant.advance(timedelta(days=2))  # the fix is remembered when the talk is over, too
    again, text = unique("\n1 ctn CAP-28-BLU\n3 ctn zinkplug")
    assert booked(plant, text).auto
    (sale,) = plant.sales(again)
    assert {line[:2] for line in lines_of(sale)} == {("CAP-28-BLU", Decimal(1)), ("CAP-38-WHT", Decimal(3))}
