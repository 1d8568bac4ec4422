"""What follows from each kind of part: booked, asked of a person, noted; never lost, never booked unseen."""

from __future__ import annotations

import json
import uuid
from decimal import Decimal
from typing import Any

import pytest
from tests.worlds import desk, small

from obeya.catalog import readers
from obeya.inbox import actions as inbox
from obeya.inbox import interpreters
from obeya.inbox import queries as signals
from obeya.integrations.whatsapp import inbound, understanding
from obeya.integrations.whatsapp.tests import samples
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.orders import knowledge
from obeya.orders import queries as orders
from obeya.outbox import actions as outbox
from obeya.outbox import queries as messages

pytestmark = pytest.mark.django_db

KRUSHNAI = "910000020101"
STRANGER = "910000099999"


@pytest.fixture(autouse=True)
def _plant():
    clock.use(clock.ManualClock(small.START))
    small.create()
    interpreters.register(inbound.SOURCE, understanding.understand)
    readers.register("tryton", [small.SITE], lambda: pytest.fail("nothing is read here"))
    knowledge.forget()
    yield
    readers.register("tryton", [], lambda: pytest.fail("nothing is read here"))
    clock.use(clock.SystemClock())


def arrive(body: bytes) -> list[signals.Signal]:
    """Accept a delivery and let every signal of it be understood."""
    before = {signal.id for signal in signals.list_signals(sites=[small.SITE])}
    inbound.accept(body=body, site=small.SITE, phone_number_id="", headers={})
    fresh = [one for one in reversed(signals.list_signals(sites=[small.SITE])) if one.id not in before]
    for signal in fresh:
        inbox.understand(signal_id=signal.id)
    return [signals.get_signal(signal.id) for signal in fresh]


def only(body: bytes) -> signals.Signal:
    (signal,) = arrive(body)
    return signal


def said(text: str, sender: str = KRUSHNAI, **more: object) -> bytes:
    return samples.with_message(
        **{"from": sender, "text": {"body": text}, "id": f"wamid.{uuid.uuid4()}"}, **more
    )


def test_words_from_a_known_customer_are_read_and_confirmed():
    signal = only(said("Please send 2 ctn CAP-28-WHT"))
    order = desk.order_of(signal)
    assert signal.state == "understood"
    assert (order.state, order.customer_code, order.channel) == ("confirmed", "KRS01", "whatsapp")
    assert order.correlation == signal.correlation
    assert order.sender_name == "Ramesh Traders"


def test_words_from_a_stranger_wait_for_the_order_desk():
    order = desk.order_of(only(said("Please send 2 ctn CAP-28-WHT", sender=STRANGER)))
    assert order.state == "waiting"
    (request,) = desk.asked_of("asha")
    assert request.subject == f"order:{order.id}"
    assert STRANGER in json.dumps(request.context)


@pytest.mark.parametrize("user", ["IN.10000000000012346", "Übermut.1", "9" * 21])
def test_a_person_without_a_number_waits_for_the_order_desk(user):
    body = said("2 ctn CAP-28-WHT", from_user_id=user)
    envelope = json.loads(body)
    del samples.value(envelope)["messages"][0]["from"], samples.value(envelope)["contacts"]
    order = desk.order_of(only(json.dumps(envelope).encode()))
    assert (order.state, order.sender) == ("waiting", user)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("image", "image"),
        ("document", "PO-4471.pdf"),
        ("voice", "Voice message"),
        ("audio", "Recording"),
        ("video", "video"),
        ("sticker", "sticker"),
        ("location", "Location"),
        ("contacts", "Contact card"),
        ("form_reply", "Form"),
        ("order", "Cart"),
        ("unsupported", "Message"),
    ],
)
def test_what_holds_more_than_words_reaches_a_person_and_is_not_booked(name, told):
    envelope = samples.envelope(name)
    samples.value(envelope)["messages"][0]["from"] = KRUSHNAI
    order = desk.order_of(only(json.dumps(envelope).encode()))
    assert order.state == "waiting"
    assert told.lower() in order.subject.lower()
    assert any(request.subject == f"order:{order.id}" for request in desk.asked_of("asha"))


def test_the_desk_is_told_what_could_not_be_read():
    envelope = samples.envelope("image")
    value = samples.value(envelope)
    value["messages"][0]["from"] = KRUSHNAI
    value["messages"][0]["image"]["caption"] = ""
    desk.order_of(only(json.dumps(envelope).encode()))
    (request,) = desk.asked_of("asha")
    assert "The image was not fetched from WhatsApp." in request.question


def test_a_caption_that_reads_like_an_order_is_not_booked_without_the_picture():
    image = {
        **samples.value(samples.envelope("image"))["messages"][0]["image"],
        "caption": "2 ctn CAP-28-WHT",
    }
    order = desk.order_of(only(said("", type="image", image=image)))
    assert order.state == "waiting"
    assert [(line.sku, line.quantity) for line in order.lines] == [("CAP-28-WHT", Decimal(2))]


def test_a_cart_is_shown_as_lines_and_waits_for_a_person():
    cart = {
        "catalog_id": "1",
        "text": "Before noon",
        "product_items": [
            {"product_retailer_id": "CAP-28-WHT", "quantity": 10000, "item_price": 0.31, "currency": "INR"}
        ],
    }
    order = desk.order_of(only(said("", type="order", order=cart)))
    assert order.text == "10000 x CAP-28-WHT\nBefore noon"
    assert order.state == "waiting"


def test_a_tapped_answer_counts_as_words():
    envelope = samples.envelope("button_reply")
    samples.value(envelope)["messages"][0]["from"] = KRUSHNAI
    assert desk.order_of(only(json.dumps(envelope).encode())).text == "Confirm"


def _about(original: str, kind: str, **inside: object) -> bytes:
    told: dict[str, object] = {kind: {"original_message_id": original, **inside}}
    return said("", KRUSHNAI, type=kind, **told)


def test_an_edited_message_is_asked_of_the_order_desk_and_books_nothing():
    first = only(said("Please send 2 ctn CAP-28-WHT"))
    new = {"type": "text", "text": {"body": "Please send 3 ctn CAP-28-WHT"}}
    signal = only(_about(first.natural_key, "edit", message=new))
    (request,) = desk.asked_of("asha")
    assert signal.became == f"request:{request.id}"
    assert request.subject == first.became
    facts: Any = request.context["facts"]
    shown = {fact["label"]: fact["value"] for fact in facts}
    assert shown["It said"] == "Please send 2 ctn CAP-28-WHT"
    assert shown["It says now"] == "Please send 3 ctn CAP-28-WHT"
    assert len(orders.list_orders(sites=[small.SITE])) == 1


def test_a_message_taken_back_is_asked_of_the_order_desk():
    first = only(said("Please send 2 ctn CAP-28-WHT"))
    only(_about(first.natural_key, "revoke"))
    (request,) = desk.asked_of("asha")
    assert request.title == "Ramesh Traders took back a message"


def test_an_edited_message_of_a_waiting_order_changes_the_order():
    first = only(said("Please send 5 ctn zinkplugs"))
    assert desk.order_of(first).state == "waiting"
    new = {"type": "text", "text": {"body": "Please send 3 ctn CAP-28-WHT"}}
    signal = only(_about(first.natural_key, "edit", message=new))
    assert signal.became == first.became
    order = desk.order_of(first)
    assert order.text == "Please send 3 ctn CAP-28-WHT"
    assert [(line.sku, line.quantity) for line in order.lines] == [("CAP-28-WHT", Decimal(3))]
    assert order.state == "confirmed"
    assert desk.asked_of("asha") == []
    assert b"zinkplugs" in signals.get_signal(first.id).body


def test_a_message_taken_back_closes_a_waiting_order():
    first = only(said("Please send 5 ctn zinkplugs"))
    signal = only(_about(first.natural_key, "revoke"))
    order = desk.order_of(first)
    assert (signal.became, order.state) == (first.became, "refused")
    assert order.refusal == "The customer took the message back."
    assert desk.asked_of("asha") == []


def test_an_edit_after_booking_changes_nothing_and_says_how_the_order_stands():
    first = only(said("Please send 2 ctn CAP-28-WHT"))
    before = desk.order_of(first)
    only(_about(first.natural_key, "edit", message={"type": "text", "text": {"body": "Make it 9 ctn"}}))
    assert desk.order_of(first).lines == before.lines
    (request,) = desk.asked_of("asha")
    assert f"The order {before.number} is on its way to ERP." in request.question


def test_an_edit_that_comes_before_its_message_was_read_waits_for_it():
    body = said("Please send 2 ctn CAP-28-WHT")
    inbound.accept(body=body, site=small.SITE, phone_number_id="", headers={})
    (first,) = signals.list_signals(sites=[small.SITE])
    inbound.accept(body=_about(first.natural_key, "revoke"), site=small.SITE, phone_number_id="", headers={})
    second = signals.list_signals(sites=[small.SITE])[0]
    with pytest.raises(understanding.OriginalNotReadYet):
        inbox.understand(signal_id=second.id)
    assert signals.get_signal(second.id).state == "received"


def _question_about(order: orders.Order, wamid: str) -> None:
    outbox.send_message(
        key=f"question:{wamid}",
        site=small.SITE,
        channel="whatsapp",
        to="+" + KRUSHNAI,
        title="",
        body="Which caps?",
        subject=f"order:{order.id}",
        origin=Origin.fresh(source="test", actor="system"),
    )
    outbox.apply_status(provider_id=wamid, tracking=f"question:{wamid}", status="sent", at=clock.now())


def test_a_reply_to_a_question_settles_what_was_asked():
    order = desk.order_of(only(said("5 ctn 28 mm screw cap")))
    (doubt,) = [one for one in order.doubts if not one.settled]
    assert "item:CAP-28-BLU" in {option.code for option in doubt.request.options}
    _question_about(order, "wamid.QUESTION")
    signal = only(said("CAP-28-BLU", context={"id": "wamid.QUESTION", "from": "910000000001"}))
    assert signal.became == f"order:{order.id}"
    after = orders.get_order(order.id)
    assert [(line.sku, line.quantity) for line in after.lines] == [("CAP-28-BLU", Decimal(5))]
    assert len(orders.list_orders(sites=[small.SITE])) == 1


def test_what_somebody_else_replies_to_a_question_settles_nothing():
    order = desk.order_of(only(said("5 ctn 28 mm screw cap")))
    _question_about(order, "wamid.QUESTION")
    envelope = json.loads(said("CAP-28-BLU", context={"id": "wamid.QUESTION", "from": "910000000001"}))
    samples.value(envelope)["messages"][0]["from"] = "919999900000"
    signal = only(json.dumps(envelope).encode())
    assert signal.became != f"order:{order.id}"
    assert [line.sku for line in orders.get_order(order.id).lines] != ["CAP-28-BLU"]
    assert orders.get_order(order.id).state == "waiting"


def test_a_tapped_button_settles_what_was_asked_by_its_code():
    order = desk.order_of(only(said("5 ctn 28 mm screw cap")))
    _question_about(order, "wamid.QUESTION")
    reply = {"type": "button_reply", "button_reply": {"id": "item:CAP-28-RED", "title": "Red"}}
    envelope = json.loads(
        said("", type="interactive", interactive=reply, context={"id": "wamid.QUESTION", "from": "91"})
    )
    samples.value(envelope)["messages"][0].pop("text")
    only(json.dumps(envelope).encode())
    assert [line.sku for line in orders.get_order(order.id).lines] == ["CAP-28-RED"]


def test_a_reply_that_says_something_else_is_read_as_a_message():
    order = desk.order_of(only(said("5 ctn 28 mm screw cap")))
    _question_about(order, "wamid.QUESTION")
    signal = only(said("Call me please", context={"id": "wamid.QUESTION", "from": "910000000001"}))
    assert signal.became != f"order:{order.id}"
    assert orders.get_order(order.id).state == "waiting"


def test_a_change_of_a_message_that_never_came_is_asked_all_the_same():
    signal = only(_about("wamid.unheard-of", "revoke"))
    (request,) = desk.asked_of("asha")
    assert request.subject == f"signal:{signal.id}"
    assert "(it is not here)" in json.dumps(request.context)


@pytest.mark.parametrize(
    "name", ["reaction", "reaction_removed", "system_number", "system_user_id", "account_update"]
)
def test_a_reaction_or_news_about_a_number_asks_nobody(name):
    signal = only(samples.body(name))
    assert (signal.state, signal.became) == ("understood", "")
    assert desk.asked_of("asha") == []


def test_trouble_with_the_account_waits_with_what_meta_says():
    signal = only(samples.body("errors"))
    assert signal.state == "waiting"
    assert signal.reason.startswith("Meta reports trouble with the account:")
    assert "130429" in signal.reason


def test_a_message_from_nobody_waits_with_its_reason():
    envelope = samples.envelope("text")
    value = samples.value(envelope)
    del value["contacts"], value["messages"][0]["from"], value["messages"][0]["from_user_id"]
    signal = only(json.dumps(envelope).encode())
    assert (signal.state, signal.reason) == ("waiting", "the message does not say who sent it.")


def test_a_receipt_reaches_the_message_it_is_about():
    outbox.send_message(
        key="outbox:0001",
        site=small.SITE,
        channel="whatsapp",
        to="+" + KRUSHNAI,
        title="Order",
        body="Thank you",
        subject="order:1",
        origin=Origin.fresh(source="test", actor="system"),
    )
    signal = only(samples.body("status_delivered"))
    assert (signal.state, signal.became) == ("understood", "")
    (message,) = messages.list_messages(channel="whatsapp")
    assert message.state == "delivered"


def refusal(wamid):
    """The webhook by which Meta tells that the customer has been quiet for too long."""
    envelope = samples.envelope("status_failed")
    (status,) = samples.value(envelope)["statuses"]
    error = {"code": 131047, "title": "Re-engagement message", "message": "Re-engagement message"}
    status |= {"id": wamid, "biz_opaque_callback_data": "order:9", "errors": [error]}
    return json.dumps(envelope).encode()


def taken_text(wamid):
    """A text that WhatsApp took."""
    outbox.send_message(
        key="order:9",
        site=small.SITE,
        channel="whatsapp",
        to="+" + KRUSHNAI,
        title="Order",
        body="Thank you",
        subject="order:9",
        origin=Origin.fresh(source="test", actor="system"),
    )
    outbox.apply_status(status="sent", at=clock.now(), provider_id=wamid, tracking="order:9")


def test_a_text_refused_afterwards_goes_again_as_a_template_and_only_once(settings):
    settings.WHATSAPP = {**settings.WHATSAPP, "templates": "en=order_news"}
    taken_text("wamid.FIRST")
    only(refusal("wamid.FIRST"))
    (message,) = messages.list_messages(channel="whatsapp")
    assert message.state == "queued"
    outbox.apply_status(status="sent", at=clock.now(), provider_id="wamid.SECOND", tracking="order:9")
    outbox.apply_status(status="failed", at=clock.now(), provider_id="wamid.FIRST", tracking="order:9")
    (message,) = messages.list_messages(channel="whatsapp")
    assert message.state == "sent"
    only(refusal("wamid.SECOND"))
    (message,) = messages.list_messages(channel="whatsapp")
    assert message.state == "failed"


def test_a_text_refused_afterwards_says_what_to_do_where_there_is_no_template():
    taken_text("wamid.FIRST")
    only(refusal("wamid.FIRST"))
    (message,) = messages.list_messages(channel="whatsapp")
    assert message.state == "failed"
    assert "press Try again when the customer has written" in message.state_text


def test_a_batch_is_understood_part_by_part():
    whole, *parts = arrive(samples.body("batch"))
    assert (whole.state, whole.became) == ("understood", "")
    assert [part.state for part in parts] == ["understood"] * 4
    assert len(orders.list_orders(sites=[small.SITE])) == 2


@pytest.mark.parametrize("name", samples.NAMES)
def test_every_sample_is_settled_and_the_second_time_changes_nothing(name):
    settled = arrive(samples.body(name))
    assert {signal.state for signal in settled} <= {"understood", "waiting"}
    assert all(signal.reason for signal in settled if signal.state == "waiting")
    assert arrive(samples.body(name)) == []
