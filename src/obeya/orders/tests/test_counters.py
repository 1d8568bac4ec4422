"""Counter-offers: commercial names a price, the customer takes it or not, the order goes on by itself."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from tests.worlds import desk, small

from obeya.decisions import queries as decisions
from obeya.inbox import actions as inbox
from obeya.inbox import queries as signals
from obeya.journal import queries as journal
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.orders import actions, counter_terms, counter_words, countering, counters, models, queries, rules
from obeya.outbox import actions as outbox_actions
from obeya.outbox import choices
from obeya.outbox import models as outbox_models
from obeya.outbox import queries as outbox

pytestmark = pytest.mark.django_db
NIKHIL = Origin.fresh(source="web.orders", actor="user:nikhil")
D = Decimal


@pytest.fixture(autouse=True)
def the_clock():
    with desk.standing() as manual:
        yield manual


def doubt_of(order: queries.Order, kind: str) -> queries.Doubt:
    (doubt,) = [doubt for doubt in desk.open_doubts(order) if doubt.kind == kind]
    return doubt


def counter(order: queries.Order, price: str = "2550", **more: object) -> models.CounterOfferRow:
    told = {"rationale": "Half way", "note": ""} | more
    actions.answer_doubt(
        request_id=doubt_of(order, "price").id,
        access=desk.access("nikhil"),
        option="counter",
        price=D(price),
        origin=NIKHIL,
        **told,  # type: ignore[arg-type]  # words all
    )
    return models.CounterOfferRow.objects.get(order=order.id, state="open")


def asked_low() -> queries.Order:
    return desk.write("2 ctn CAP-28-WHT rate 2500 per ctn")


def customer(signal: uuid.UUID | None = None) -> Origin:
    return Origin.fresh(source="whatsapp", actor="customer:KRS01", signal=signal)


def reply(order: queries.Order, words: str, choice: str = "", signal: uuid.UUID | None = None) -> bool:
    return actions.hear_customer(order_id=order.id, words=words, choice=choice, origin=customer(signal))


def told(order: queries.Order) -> list[str]:
    return [event.type for event in journal.list_story(order.correlation)]


def test_the_customer_gets_the_offer_with_two_buttons_and_commercial_sees_it_wait():
    order = asked_low()
    made = counter(order, note="Best we can do before Diwali.")
    (message,) = outbox.list_messages(subject=f"order:{order.id}")
    assert (message.channel, message.to) == ("whatsapp", small.PHONE)
    assert "2,550 INR per ctn" in message.body
    assert "Best we can do before Diwali." in message.body
    assert "YES or NO" in message.body
    taps = choices.of_data(outbox_models.Message.objects.get().data).choices
    assert [tap.label for tap in taps] == ["Yes, accept", "No, decline"]
    kept = models.CounterOfferRow.objects.get()
    assert (kept.price, kept.asked_price, kept.uom, kept.quantity) == (D(2550), D(2500), "ctn", D(2))
    waits = doubt_of(order, "counter")
    assert "counter-offer of 2,550 per ctn sent, waiting for the customer since" in waits.reason
    assert waits.request.function == "commercial"
    assert queries.get_order(order.id).state == "waiting"
    assert "orders.counter_sent" in told(order)
    assert made.due_at - made.sent_at >= timedelta(hours=24)


def test_a_tap_on_yes_agrees_to_the_price_and_the_order_goes_on():
    order = asked_low()
    made = counter(order)
    assert reply(order, "Yes, accept", counter_words.tap(made.id, yes=True)) is True
    now = queries.get_order(order.id)
    assert now.state == "confirmed", [doubt.reason for doubt in desk.open_doubts(order)]
    line = models.LineRow.objects.get(order=order.id)
    assert (line.price_decided, line.unit_price, line.agreed_request_id) == (
        "counter",
        D(2550),
        made.request_id,
    )
    made.refresh_from_db()
    assert (made.state, made.heard[0]["words"]) == ("accepted", "Yes, accept")
    assert "orders.counter_accepted" in told(order)


@pytest.mark.parametrize("words", ["Yes", "haan ji", "ठीक है", "OK thanks", "👍 yes", "نعم", "હા"])
def test_a_typed_yes_from_who_was_asked_is_taken(words):
    order = asked_low()
    counter(order)
    after = desk.write(words)
    assert after.id == order.id
    assert after.state == "confirmed"


def test_a_no_brings_it_back_to_commercial_with_what_was_said():
    order = asked_low()
    made = counter(order)
    assert reply(order, "No, decline", counter_words.tap(made.id, yes=False))
    back = doubt_of(order, "price")
    assert "The customer declined our counter-offer of 2,550 per ctn (“No, decline”)." in back.reason
    assert back.request.function == "commercial"
    assert queries.get_order(order.id).state == "waiting"
    assert "orders.counter_declined" in told(order)
    again = counter(order, "2520")
    assert again.id != made.id


def test_no_answer_in_time_brings_it_back_and_a_late_one_is_kept(the_clock):
    order = asked_low()
    made = counter(order)
    assert counters.expire() == 0
    the_clock.advance(made.due_at - clock.now())
    assert counters.expire() == 1
    assert counters.expire() == 0
    assert "did not answer our counter-offer of 2,550 per ctn in time" in doubt_of(order, "price").reason
    assert "orders.counter_unanswered" in told(order)
    assert reply(order, "Yes, accept", counter_words.tap(made.id, yes=True)) is True
    now = queries.get_order(order.id)
    assert now.state == "waiting"
    assert "later: “Yes, accept”" in doubt_of(order, "price").reason
    assert "orders.counter_answered_late" in told(order)


def test_an_offer_that_never_reached_the_customer_goes_back_at_once():
    order = asked_low()
    made = counter(order)
    key = countering.message_key(order.id, made.id)
    message = outbox.find_message(key)
    assert message is not None
    outbox_actions.apply_status(status="failed", at=clock.now(), tracking=key, error="No such number.")
    failed = next(e for e in journal.list_story(order.correlation) if e.type == "outbox.message_failed")
    counters.hear_failed(event=failed)
    counters.hear_failed(event=failed)
    reason = doubt_of(order, "price").reason
    assert "Our counter-offer of 2,550 per ctn did not reach the customer: No such number." in reason


def test_a_late_answer_to_an_order_that_went_on_is_kept_and_read_by_a_person(the_clock):
    order = asked_low()
    made = counter(order)
    the_clock.advance(made.due_at - clock.now())
    counters.expire()
    actions.answer_doubt(
        request_id=doubt_of(order, "price").id, access=desk.access("nikhil"), option="list", origin=NIKHIL
    )
    assert reply(order, "Yes", counter_words.tap(made.id, yes=True)) is False
    made.refresh_from_db()
    assert made.heard[-1]["late"] is True
    assert models.LineRow.objects.get(order=order.id).unit_price == 2600


def test_words_that_are_neither_yes_nor_no_are_kept_and_read_as_a_message():
    order = asked_low()
    made = counter(order)
    assert reply(order, "2530 final, and send 5 ctn CAP-28-BLU") is False
    made.refresh_from_db()
    assert (made.state, made.heard[0]["words"]) == ("open", "2530 final, and send 5 ctn CAP-28-BLU")


def test_a_yes_from_another_number_settles_nothing():
    order = asked_low()
    made = counter(order)
    desk.write("yes", sender="+91 00000 20102", name="Shubham")
    made.refresh_from_db()
    assert made.state == "open"
    assert queries.get_order(order.id).state == "waiting"


def test_a_yes_while_two_offers_wait_is_not_guessed():
    order = desk.write("2 ctn CAP-28-WHT rate 2500 per ctn\n2 ctn CAP-28-BLU rate 2600 per ctn")
    for price in ("2550", "2650"):
        doubt = next(one for one in desk.open_doubts(order) if one.kind == "price")
        actions.answer_doubt(
            request_id=doubt.id,
            access=desk.access("nikhil"),
            option="counter",
            price=D(price),
            rationale="Half way",
            origin=NIKHIL,
        )
    assert desk.write("yes").id != order.id
    first, second = models.CounterOfferRow.objects.filter(order=order.id).order_by("price")
    assert [first.state, second.state] == ["open", "open"]
    for made in (first, second):
        assert reply(order, "Yes", counter_words.tap(made.id, yes=True))
    assert queries.get_order(order.id).state == "confirmed"


def test_the_same_delivery_again_changes_nothing():
    order = asked_low()
    counter(order)
    got = inbox.receive(site=small.SITE, source="whatsapp", natural_key="wamid.yes", body=b"yes")
    for _ in range(2):
        actions.take_message(
            signal=signals.get_signal(got.signal_id),
            channel="whatsapp",
            sender=small.PHONE,
            sender_name="",
            text="yes",
            sent_at=clock.now(),
        )
    assert models.OrderRow.objects.count() == 1
    assert told(order).count("orders.counter_accepted") == 1


def test_commercial_may_note_what_the_customer_said_on_the_telephone():
    order = asked_low()
    made = counter(order)
    waits = doubt_of(order, "counter")
    actions.answer_doubt(
        request_id=waits.id,
        access=desk.access("nikhil"),
        option="accepted",
        rationale="Ramesh agreed on the telephone",
        origin=NIKHIL,
    )
    made.refresh_from_db()
    assert (made.state, made.closed_by_id) == ("accepted", desk.access("nikhil").user_id)
    assert queries.get_order(order.id).state == "confirmed"


def test_agreeing_to_the_asked_price_after_all_takes_the_offer_back():
    order = asked_low()
    made = counter(order)
    actions.answer_doubt(
        request_id=doubt_of(order, "counter").id,
        access=desk.access("nikhil"),
        option="asked",
        rationale="Keep them",
        origin=NIKHIL,
    )
    made.refresh_from_db()
    assert made.state == "withdrawn"
    assert models.LineRow.objects.get(order=order.id).unit_price == 2500
    assert "orders.counter_withdrawn" in told(order)


def test_refusing_the_order_takes_the_offer_back():
    order = asked_low()
    made = counter(order)
    actions.refuse(order_id=order.id, reason="No", note="", access=desk.access("asha"), origin=NIKHIL)
    made.refresh_from_db()
    assert made.state == "withdrawn"
    assert desk.open_doubts(order) == []


def test_an_accepted_offer_still_passes_the_other_gates():
    order = desk.write("2 ctn CAP-28-WHT rate 2500 per ctn and 3 ctn zinkplugs")
    made = counter(order)
    reply(order, "Yes", counter_words.tap(made.id, yes=True))
    assert [doubt.kind for doubt in desk.open_doubts(order)] == ["item"]
    assert queries.get_order(order.id).state == "waiting"


@pytest.mark.parametrize(
    ("price", "more", "why"),
    [
        ("0", {}, "more than nothing"),
        ("-5", {}, "more than nothing"),
        ("NaN", {}, "more than nothing"),
        ("2600.01", {}, "above the list price"),
        ("2500", {}, "asks for 2,500 already"),
        ("2550.1234567", {}, "decimals"),
        ("2550", {"currency": "USD"}, "not in USD"),
        ("2550", {"note": "x" * 501}, "500 characters"),
    ],
)
def test_a_price_that_cannot_be_offered_is_refused_in_words(price, more, why):
    order = asked_low()
    with pytest.raises(actions.CannotChangeOrder, match=why):
        counter(order, price, **more)
    assert models.CounterOfferRow.objects.count() == 0


def test_below_the_floor_a_counter_offer_needs_a_reason():
    order = desk.write("2 ctn CAP-28-WHT rate 10 per ctn")
    with pytest.raises(actions.CannotChangeOrder, match="below the floor"):
        counter(order, "100", rationale="")
    made = counter(order, "100", rationale="Old stock, must go")
    assert reply(order, "Yes", counter_words.tap(made.id, yes=True))
    assert queries.get_order(order.id).state == "confirmed"


def test_above_the_floor_a_counter_offer_needs_no_reason():
    assert counter(asked_low(), "2550", rationale="").state == "open"


def test_only_commercial_makes_a_counter_offer():
    order = asked_low()
    with pytest.raises(actions.CannotChangeOrder):
        actions.answer_doubt(
            request_id=doubt_of(order, "price").id,
            access=desk.access("asha"),
            option="counter",
            price=D(2550),
            origin=NIKHIL,
        )


def test_a_counter_without_its_price_says_so():
    order = asked_low()
    with pytest.raises(actions.CannotChangeOrder, match="Give the price"):
        actions.answer_doubt(
            request_id=doubt_of(order, "price").id,
            access=desk.access("nikhil"),
            option="counter",
            origin=NIKHIL,
        )


def test_the_request_shows_history_deal_margin_credit_and_what_was_decided_before():
    first = asked_low()
    made = counter(first)
    reply(first, "Yes", counter_words.tap(made.id, yes=True))
    request = doubt_of(desk.write("PO-7: 4 ctn CAP-28-WHT rate 2400 per ctn"), "price").request
    facts = {fact["label"]: fact["value"] for fact in json.loads(json.dumps(request.context["facts"]))}
    assert facts["Last 12 months"].startswith("1 order, INR 5,100.00")
    assert facts["Last price paid"].startswith("2,550 per ctn on ")
    assert facts["Usual quantity"] == "2 ctn (middle of 1 order)"
    assert facts["This order"] == "INR 10,400.00, this line 100 %"
    assert "Owes and has on order" in facts
    (table,) = json.loads(json.dumps(request.context["tables"]))
    assert table["columns"] == ["Price", "INR per ctn", "Against list", "Margin of the line"]
    assert [row[0] for row in table["rows"]] == ["List", "Asked", "Floor"]
    assert table["rows"][1][:3] == ["Asked", "2,400", "-800.00 (-7.7 %)"]
    (past,) = json.loads(json.dumps(request.context["similar"]))
    assert past["decided"] == "Counter-offer of 2,550"
    assert (past["by"], past["why"]) == ("Nikhil Bapat", "Half way")
    assert past["came"] == "offer accepted, confirmed, no order since"


@pytest.mark.parametrize("language", sorted(counter_words.OFFER))
def test_every_language_says_the_whole_offer(language):
    body = counter_words.offer(
        language, note="", until="2026-11-26 10:00", number="OB-1", quantity="2", uom="ctn", item="Cap",
        price="2,550", currency="INR",
    )  # fmt: skip
    assert all(part in body for part in ("OB-1", "2,550", "INR", "ctn", "Cap", "2026-11-26 10:00"))
    yes, no = counter_words.BUTTONS[language]
    assert max(len(yes), len(no)) <= 20
    assert counter_words.answer_in(yes) is True
    assert counter_words.answer_in(no) is False


@pytest.mark.parametrize(
    "words", ["", "yes but 2 ctn more", "no problem, yes", "2530 final", "ok?? call me", "yes " * 50]
)
def test_anything_beside_a_yes_or_a_no_is_neither(words):
    assert counter_words.answer_in(words) is None


def test_a_window_counts_on_working_days_only():
    india = ZoneInfo("Asia/Kolkata")
    saturday = datetime(2026, 11, 28, 15, 0, tzinfo=india)
    week = ("mon", "tue", "wed", "thu", "fri", "sat")
    due = counter_terms.due_after(saturday, hours=24, week=week, zone=india)
    assert due == datetime(2026, 11, 30, 15, 0, tzinfo=india)
    assert counter_terms.due_after(saturday.astimezone(UTC), hours=24, week=(), zone=india) == (
        datetime(2026, 11, 29, 15, 0, tzinfo=india)
    )


def test_an_open_offer_holds_the_line_whatever_else_is_asked():
    line = rules.Line(
        position=0, sku="CAP", name="Cap", active=True, substitute="", units={"ctn": D(1)}, quantity=D(2),
        uom="ctn", text="", read_doubts=(), confidence=D(1), fixed=False, list_price=D(100), floor=None,
        asked_price=None, price_problem="", offered="counter-offer of 90 per ctn sent.",
    )  # fmt: skip
    header = rules.Header("order", True, True, False, (), None, False)
    assert [doubt.kind for doubt in rules.doubts_of(header, [line])] == ["counter"]


def test_nothing_waits_of_an_order_without_offers():
    order = desk.write("Please send 2 ctn CAP-28-WHT")
    assert order.state == "confirmed"
    assert decisions.list_about(f"order:{order.id}") == []
