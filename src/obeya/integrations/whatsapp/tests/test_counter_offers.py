"""A counter-offer answered on WhatsApp, from the delivery to the confirmed order."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from tests.worlds import desk

from obeya.integrations.whatsapp.tests import samples
from obeya.integrations.whatsapp.tests import test_understanding as front
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.orders import actions, counter_words
from obeya.orders import queries as orders
from obeya.outbox import actions as outbox
from obeya.outbox import queries as messages

pytestmark = pytest.mark.django_db
_plant = front._plant
WAMID = "wamid.COUNTER"


def offered() -> tuple[orders.Order, list[str]]:
    """An order whose line is offered at 2,550, and the codes of its two buttons."""
    order = desk.order_of(front.only(front.said("2 ctn CAP-28-WHT rate 2500 per ctn")))
    (doubt,) = desk.open_doubts(order)
    actions.answer_doubt(
        request_id=doubt.id,
        access=desk.access("nikhil"),
        option="counter",
        price=Decimal(2550),
        origin=Origin.fresh(source="web", actor="user:nikhil"),
    )
    (message,) = messages.list_messages(subject=f"order:{order.id}")
    offer_id = message.key.rpartition(":")[2]
    outbox.apply_status(status="sent", at=clock.now(), provider_id=WAMID, tracking=message.key)
    return order, [f"counter:{offer_id}:{word}" for word in ("yes", "no")]


def tap(code: str, sender: str = front.KRUSHNAI) -> bytes:
    reply = {"type": "button_reply", "button_reply": {"id": code, "title": "Yes"}}
    about = {"id": WAMID, "from": "910000000001"}
    envelope = json.loads(front.said("", sender, type="interactive", interactive=reply, context=about))
    samples.value(envelope)["messages"][0].pop("text")
    return json.dumps(envelope).encode()


def test_a_tap_on_yes_confirms_the_order_at_the_offered_price():
    order, (yes, _) = offered()
    assert counter_words.tapped(yes) is not None
    signal = front.only(tap(yes))
    now = orders.get_order(order.id)
    assert (now.state, now.lines[0].unit_price) == ("confirmed", Decimal(2550))
    assert signal.became == f"order:{order.id}"


def test_a_tap_on_no_brings_it_back_to_commercial():
    order, (_, no) = offered()
    front.only(tap(no))
    (doubt,) = desk.open_doubts(order)
    assert (doubt.kind, doubt.request.function) == ("price", "commercial")
    assert "declined our counter-offer" in doubt.reason


@pytest.mark.parametrize("quoted", [True, False])
def test_a_typed_yes_does_too_quoted_or_not(quoted):
    order, _ = offered()
    more: dict[str, Any] = {"context": {"id": WAMID, "from": "910000000001"}} if quoted else {}
    front.only(front.said("haan ji", **more))
    assert orders.get_order(order.id).state == "confirmed"


def test_a_tap_by_somebody_else_settles_nothing():
    order, (yes, _) = offered()
    front.only(tap(yes, front.STRANGER))
    (doubt,) = desk.open_doubts(order)
    assert doubt.kind == "counter"


def test_a_buyer_in_the_portal_does_not_answer_for_who_was_asked():
    order, (yes, _) = offered()
    buyer = Origin.fresh(source="portal", actor="buyer:1")
    assert actions.hear_customer(order_id=order.id, words="", choice=yes, origin=buyer) is False
    (doubt,) = desk.open_doubts(order)
    assert doubt.kind == "counter"
