"""Prices and stock are told at once, from the asker's own list and live stock, where all is certain."""

import dataclasses
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.worlds import desk, small

from obeya.catalog import actions as catalog
from obeya.catalog import ports
from obeya.catalog import queries as mirror
from obeya.journal import queries as journal
from obeya.orders.enquiries import asking, cues, goods_answers, phrases, sayings, settings
from obeya.outbox import queries as outbox

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def hand():
    with desk.standing() as manual:
        yield manual


def answers_to(order):
    return [message.body for message in outbox.list_messages(subject=f"order:{order.id}")]


def set_as(**given):
    settings.set_answers(
        site=small.SITE,
        answering=settings.Answering(**given),
        why="for the test",
        access=desk.access("nikhil"),
        origin=small.ORIGIN,
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rate of 28mm white cap?", ["Your prices today, 2026-02-04", "INR 2,600 / ctn", "INR 0.52 / pcs"]),
        ("what do you charge for 20 ctn of CAP-28-WHT", ["20 ctn: INR 2,520 / ctn"]),
        ("how much for 3 box of CAP-28-WHT?", ["3 box: INR 260 / box"]),
        ("CAP-28-BLU ka rate kya hai", ["INR 2,700 / ctn"]),
        ("28 mm white cap का रेट क्या है?", ["आपके दाम", "INR 2,600 / ctn", "20 ctn से"]),
        ("28 mm white cap ભાવ શું છે?", ["આપના ભાવ", "INR 2,600 / ctn"]),
        ("كم سعر CAP-28-WHT؟", ["أسعاركم اليوم", "INR 2,600 / ctn"]),
        ("CAP-28-WHT کی قیمت کیا ہے؟", ["آپ کے دام", "INR 2,600 / ctn"]),
        (
            "please quote 20 ctn 28mm white cap and 5 ctn 28mm blue cap",
            ["20 ctn: INR 2,520", "5 ctn: INR 2,700"],
        ),
        ("Rates please:\n28 mm white cap\n38mm white cap", ["CAP-28-WHT", "CAP-38-WHT", "INR 2,850 / ctn"]),
    ],
)
def test_a_price_is_told_from_the_own_list_in_the_language_of_the_question(text, told):
    order = desk.write(text)
    assert order.state == "answered"
    (body,) = answers_to(order)
    for words in told:
        assert words in body.replace("\u2068", "").replace("\u2069", "")
    (event,) = [e for e in journal.list_story(order.correlation) if e.type == "orders.goods_told"]
    assert event.data["kinds"] == ["price"]


def test_a_floor_or_a_cost_is_never_told():
    for item in ("CAP-28-WHT", "CAP-28-BLU", "CAP-38-WHT"):
        (body,) = answers_to(desk.write(f"rate of {item}?"))
        assert not [secret for secret in ("0.46", "0.48", "0.85", "0.34", "0.35", "0.61") if secret in body]


def test_each_customer_is_told_their_own_list_only():
    small.apply(
        small.SITE,
        "prices",
        ports.PriceRow(
            price_list="PL-OTHER",
            sku="CAP-28-WHT",
            uom="ctn",
            min_quantity=Decimal(1),
            unit_price=Decimal(2411),
            currency="INR",
        ),
    )
    shubhada = dataclasses.replace(small.CUSTOMERS[1], price_list="PL-OTHER")
    small.apply(small.SITE, "customers", shubhada)
    (theirs,) = answers_to(desk.write("rate of 1 ctn CAP-28-WHT?", sender="+91 00000 20102", name="Shubhada"))
    (ours,) = answers_to(desk.write("rate of 1 ctn CAP-28-WHT?"))
    assert "2,411" in theirs
    assert "2,411" not in ours
    assert "2,600" in ours


def test_what_could_be_several_items_is_told_for_each_with_the_question_which():
    order = desk.write("price of 28 mm cap?")
    assert order.state == "answered"
    (body,) = answers_to(order)
    assert "which one do you mean?" in body
    assert [sku for sku in ("CAP-28-WHT", "CAP-28-BLU", "CAP-28-RED") if sku in body] == [
        "CAP-28-WHT",
        "CAP-28-BLU",
        "CAP-28-RED",
    ]
    assert "CAP-38-WHT" not in body


def test_an_item_no_longer_sold_is_told_with_its_substitute():
    gone = dataclasses.replace(small.ITEMS[2], active=False, substitute_sku="CAP-28-BLU")
    small.apply(small.SITE, "items", gone)
    (body,) = answers_to(desk.write("rate of CAP-28-RED?"))
    assert "28 mm screw cap, red (CAP-28-RED) is no longer sold" in body
    assert "CAP-28-BLU" in body
    assert "INR 2,700 / ctn" in body


@pytest.mark.parametrize(
    "text",
    [
        "rate of cap 99mm?",
        "discount on CAP-28-WHT?",
        "best price for 20 ctn CAP-28-WHT?",
        "send price list",
        "resin rate?",
        "rate of CAP-28-WHT? also call me about the new godown",
        "rate of CAP-28-WHT and unicorn plugs?",
    ],
)
def test_what_is_not_certain_goes_to_a_person_with_an_answer_to_send(text):
    order = desk.write(text)
    assert order.state == "waiting"
    assert answers_to(order) == []
    (doubt,) = desk.open_doubts(order)
    assert doubt.request.context["suggestion"]


@pytest.mark.parametrize("sender", ["+91 00000 99999", "+91 00000 20102"])
def test_nobody_is_told_for_somebody_else(sender):
    order = desk.write("rate of CAP-28-WHT?", sender=sender, name="Krushnai")
    if sender.endswith("99999"):
        assert (order.state, answers_to(order)) == ("waiting", [])
    else:
        assert order.customer_code == "SHB01"


def test_an_order_with_a_price_is_no_question():
    order = desk.write("20 ctn CAP-28-WHT same price")
    assert order.intent == "order"
    assert not [body for body in answers_to(order) if "Your prices" in body]


def test_a_site_may_tell_nothing_of_prices_or_stock():
    set_as(prices="nothing", stock="nothing")
    for text in ("rate of CAP-28-WHT?", "is CAP-28-WHT in stock?"):
        order = desk.write(text)
        assert order.state == "waiting"
        assert answers_to(order) == []
        (doubt,) = desk.open_doubts(order)
        assert "at this site" in str(doubt.request.context["for_a_person"])


@pytest.mark.parametrize(
    ("stock", "text", "told"),
    [
        ("whether", "is 38mm cap in stock?", "38 mm screw cap, white (CAP-38-WHT): available"),
        ("whether", "do you have 10 ctn blue caps in stock?", "10 ctn are not available now"),
        ("whether", "do you have 9 ctn blue caps in stock?", "9 ctn available"),
        ("exact", "is 38mm cap in stock?", "9,000 pcs available"),
        ("exact", "10 ctn CAP-28-BLU available?", "9 ctn available"),
        ("exact", "CAP-28-RED stock?", "not available now"),
        ("whether", "CAP-28-BLU available hai kya?", "available"),
        ("whether", "CAP-28-BLU स्टॉक में है?", "उपलब्ध है"),
    ],
)
def test_stock_is_told_as_the_site_wants_and_from_which_moment(stock, text, told):
    set_as(stock=stock)
    order = desk.write(text)
    assert order.state == "answered"
    (body,) = answers_to(order)
    assert told in body
    assert "2026-02-04 11:30" in body


def test_what_is_promised_held_or_scrapped_is_not_there():
    white = catalog_item("CAP-28-WHT")
    # 96,000 in the store, of which four cartons are promised to an open order; the line side does not count
    assert goods_answers.free(small.SITE, white) == 96_000 - 20_000
    lot = mirror.get_lot(small.SITE, small.LOT)
    catalog.mark_lot_scrapped(lot_id=lot.id, origin=small.ORIGIN)
    assert goods_answers.free(small.SITE, white) == 60_000 - 20_000
    desk.write("Please send 2 ctn CAP-28-WHT")
    assert goods_answers.free(small.SITE, white) == 60_000 - 20_000 - 10_000


def catalog_item(sku):
    return mirror.get_item(small.SITE, sku)


def test_stock_that_was_read_too_long_ago_is_left_to_a_person(hand):
    hand.advance(goods_answers.STOCK_FRESH + timedelta(minutes=1))
    order = desk.write("is 38mm cap in stock?")
    assert order.state == "waiting"
    assert answers_to(order) == []
    assert desk.write("rate of 38mm white cap?").state == "answered"


def test_prices_that_were_read_too_long_ago_are_left_to_a_person(hand):
    hand.advance(goods_answers.PRICES_FRESH + timedelta(minutes=1))
    assert desk.write("rate of 38mm white cap?").state == "waiting"


def test_a_price_below_the_floor_is_commercials_to_tell():
    floors = [catalog.Floor("CAP-38-WHT", "pcs", Decimal("0.97"), small.CURRENCY)]
    catalog.set_floors(site=small.SITE, floors=floors, origin=small.ORIGIN)
    order = desk.write("rate of 38mm white cap?")
    assert order.state == "waiting"
    assert answers_to(order) == []


def test_price_and_stock_in_one_question_are_told_in_one_answer():
    (body,) = answers_to(desk.write("rate of CAP-38-WHT and is it in stock?"))
    assert "INR 2,850 / ctn" in body
    assert "available" in body


def test_a_sender_gets_a_bounded_number_of_answers_and_a_person_the_rest():
    set_as(most_an_hour=2)
    texts = [f"rate of {n} ctn CAP-28-BLU?" for n in (1, 2, 3)]
    assert [desk.write(text).state for text in texts] == ["answered", "answered", "waiting"]
    order = desk.write("rate of 4 ctn CAP-28-BLU?")
    (doubt,) = desk.open_doubts(order)
    assert "4 ctn: INR 2,700" in str(doubt.request.context["suggestion"])


def test_an_automatic_reply_is_never_answered():
    order = desk.write("Thank you for contacting Krushnai! Ask us for a price or stock of CAP-28-WHT?")
    assert order.state == "waiting"
    assert answers_to(order) == []


def test_our_own_words_that_come_back_are_not_answered():
    (body,) = answers_to(desk.write("rate of CAP-28-WHT?"))
    order = desk.write(body)
    assert answers_to(order) == []
    assert order.state == "waiting"


def test_every_text_stands_in_every_language_with_the_same_names():
    for what, texts in sayings.TEXTS.items():
        assert set(texts) == set(phrases.STATUS), what
        names = {frozenset(phrases.placeholders(text)) for text in texts.values()}
        assert len(names) == 1, what


def test_the_words_of_the_question_are_taken_out_and_the_goods_left():
    asked = asking.read("kya rate hai 28 mm white cap ka?")
    assert asked == asking.Asked(frozenset({"price"}), ("28 mm white cap",))
    assert asking.read("send 2 ctn CAP-28-WHT, rate same") is None
    assert asking.read("good morning") is None


@pytest.mark.parametrize("text", ["hi", "Good morning sir", "thank you", "नमस्ते", "شكرا", "dhanyavad ji"])
def test_greetings_are_known_as_such(text):
    assert cues.is_greeting(text)


@pytest.mark.parametrize("text", ["", "ok", "yes", "hi 5 ctn", "thanks send it", "?"])
def test_what_may_mean_something_is_no_greeting(text):
    assert not cues.is_greeting(text)
