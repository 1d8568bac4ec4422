"""Whole messages: repeats, amendments, heads of orders, what is no order, what is learned."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from obeya.orders.reading import lessons, reader, types
from obeya.orders.reading.tests import worlds


def test_a_repeat_takes_the_last_order_and_applies_what_is_said() -> None:
    reading = worlds.WIRES.read(
        worlds.message("E1", "pichla order repeat, socket mat bhejna aur switch 6a 12 dibba")
    )
    assert worlds.lines(reading) == [("SW-6", 12, "box"), ("PL-4", 5, "box")]


def test_a_change_gives_the_full_resulting_order() -> None:
    thread = [
        worlds.turn("customer", "switch 6a 10 dibba, 9w bulb 2 peti"),
        worlds.turn("company", "ok noted", 2),
    ]
    text = "switch 10 nahi 8 dibba, aur socket 6a 3 dibba jod do"
    reading = worlds.WIRES.read(worlds.message("E1", text, thread=thread))
    assert reading.intent == "order_change"
    assert worlds.lines(reading) == [("SW-6", 8, "box"), ("LED-9", 2, "ctn"), ("SK-6", 3, "box")]


def test_what_cannot_be_taken_off_is_asked_about() -> None:
    thread = [worlds.turn("customer", "switch 6a 10 dibba, 9w bulb 2 peti")]
    reading = worlds.WIRES.read(worlds.message("E1", "mcb 32 hata do, switch 6a 5 dibba", thread=thread))
    assert not reading.auto
    assert "open_change" in {doubt.code for doubt in reading.doubts}


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("9w bulb ka rate kya hai?", "price_query"),
        ("mera maal kab aayega, kahan hai gaadi", "status_query"),
        ("Rs 45,000 NEFT kar diya hai, UTR 55521", "payment"),
        ("10 bulb toote nikle, replace karo", "complaint"),
        ("jai shree ram, good morning", "greeting_or_other"),
        ("stock hai kya 9w bulb ka?", "stock_query"),
    ],
)
def test_what_is_no_order_is_not_read_as_one(text: str, intent: str) -> None:
    reading = worlds.WIRES.read(worlds.message("E1", text))
    assert reading.intent == intent
    assert not reading.auto


def test_the_head_of_an_order_is_read() -> None:
    text = (
        "Please enter PO 4502 for Lima Branch, need by Friday:\n"
        "3/8-16 x 1-1/2 HCS gr5 zinc 10 bx\n\nThanks,\nBob Hanson"
    )
    reading = worlds.FASTENERS.read(worlds.message("T1", text, "email"))
    assert (reading.po_number, reading.ship_to, reading.requested_date) == (
        "4502",
        "Lima Branch",
        date(2026, 2, 27),
    )


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("9w bulb 2 peti kal bhejna", date(2026, 2, 25)),
        ("9w bulb 2 peti parso tak", date(2026, 2, 26)),
        ("9w bulb 2 peti shukravar ko", date(2026, 2, 27)),
        ("9w bulb 2 peti 28 tarikh tak", date(2026, 2, 28)),
        ("9w bulb 2 peti, kal nahi parso", date(2026, 2, 26)),
        ("9w bulb 2 peti", None),
    ],
)
def test_dates_are_counted_from_the_day_of_the_message(text: str, on: date | None) -> None:
    assert worlds.WIRES.read(worlds.message("E1", text)).requested_date == on


def test_quoted_mail_below_is_not_read_again() -> None:
    text = (
        "Please ship 5 bx 1/2-13 hex nut zinc.\n\nBob\n\n"
        "On Mon, Feb 23, 2026 at 4:02 PM Order Desk wrote:\n"
        "> 3/8-16 x 1-1/2 hex cap screw gr5 zinc - 90 boxes"
    )
    assert worlds.lines(worlds.FASTENERS.read(worlds.message("T1", text, "email"))) == [
        ("HN-0813-Z", 5, "bx")
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.5 sqmm 10 coil", "ambiguous_item"),
        ("pankha 5 nag", "unknown_item"),
        ("9w bulb 5 ya 6 peti", "ambiguous_quantity"),
        ("7w bulb 10 nag", "discontinued_item"),
        ("switch 6a 3 dibba (50 nag)", "contradiction"),
        ("switch 6a 2 dibba 44", "unread_number"),
        ("9w bulb 900 peti", "unusual_quantity"),
    ],
)
def test_what_is_not_understood_is_asked_about(text: str, code: str) -> None:
    reading = worlds.WIRES.read(worlds.message("E1", text))
    assert not reading.auto
    assert code in {doubt.code for doubt in reading.doubts}
    assert reading.review is not None


def test_an_unknown_sender_is_never_booked() -> None:
    reading = worlds.WIRES.read(worlds.message(None, "9w bulb 2 peti"))
    assert (reading.auto, reading.review) == (False, "unknown_customer")


def test_a_photo_is_never_booked() -> None:
    photo = types.Unreadable("list.jpg", "a picture")
    reading = worlds.WIRES.read(worlds.message("E1", "9w bulb 2 peti", attachments=[photo]))
    assert (reading.auto, reading.review) == (False, "illegible")


def test_one_confirmed_order_teaches_a_customers_word() -> None:
    before = worlds.message("E1", "golu 4 peti")
    assert not worlds.WIRES.read(before).auto
    newer = worlds.WIRES.confirmed(before, [types.PastLine("LED-12", Decimal(4), "ctn")], "SO-9")
    taught = worlds.WIRES.with_lessons(newer)
    reading = taught.read(worlds.message("E1", "golu 6"))
    assert worlds.lines(reading) == [("LED-12", 6, "ctn")]
    assert reading.auto
    assert [alias.sku for alias in newer.aliases] == ["LED-12"]


def test_an_alias_that_failed_more_than_it_held_is_not_used() -> None:
    bad = types.Alias("E1", "golu", "LED-12", "ctn", ok=1, bad=1)
    doubted = worlds.WIRES.with_lessons(
        type(worlds.WIRES.lessons).from_parts(past_orders=worlds.WIRES.lessons.past_orders, aliases=[bad])
    )
    assert not doubted.read(worlds.message("E1", "golu 6 peti")).auto


def test_an_asked_price_is_noted_and_is_no_quantity() -> None:
    reading = worlds.WIRES.read(worlds.message("E1", "1.5 lal 10 coil rate 1150 laga dena"))
    assert worlds.lines(reading) == [("FR-15-RED", 10, "coil")]
    assert [(p.sku, p.unit_price) for p in reading.asked_prices] == [("FR-15-RED", Decimal(1150))]


def test_tomorrow_is_tomorrow_where_the_company_is() -> None:
    sent_at = datetime(2026, 2, 24, 20, 0, tzinfo=UTC)
    late = replace(worlds.message("E1", "9w bulb 2 peti kal bhejna"), sent_at=sent_at)
    assert worlds.WIRES.read(late).requested_date == date(2026, 2, 26)


def test_an_item_added_twice_to_a_repeated_order_is_asked_about() -> None:
    reading = worlds.WIRES.read(worlds.message("E1", "pichla order repeat, 9w bulb 2 peti, 9w bulb 3 peti"))
    assert not reading.auto
    assert "contradiction" in {doubt.code for doubt in reading.doubts}


@pytest.mark.parametrize(("times", "booked"), [(3, False), (8, True)])
def test_of_two_items_a_customer_buys_the_usual_one_is_meant_only_if_it_is_by_far(
    times: int, booked: bool
) -> None:
    company = worlds.WIRES.company
    orders = [
        worlds.past("E2", 70 + at, "4 sqmm lal tar 5 coil", [("FR-4-RED", 5, "coil")], 60 + at)
        for at in range(times)
    ]
    orders.append(worlds.past("E2", 99, "hara 4 sqmm 5 coil", [("FR-4-GRE", 5, "coil")], 50))
    own = reader.Reader(company, lessons.learn_history(orders))
    reading = own.read(worlds.message("E2", "4 sqmm tar 5 coil"))
    assert (reading.lines[0].sku, reading.auto) == ("FR-4-RED", booked)


@pytest.mark.parametrize(
    "text", ["9w bulb 3 peti 84.50 rate lagao to pakka", "9w bulb 3 peti, 84.50 ka rate karo final"]
)
def test_a_price_said_before_its_word_is_an_asked_price(text: str) -> None:
    reading = worlds.WIRES.read(worlds.message("E1", text))
    assert (worlds.lines(reading), reading.auto) == ([("LED-9", 3, "ctn")], True)
    assert [(p.sku, p.unit_price) for p in reading.asked_prices] == [("LED-9", Decimal("84.50"))]


def test_a_line_of_a_form_that_says_nil_orders_nothing() -> None:
    reading = worlds.WIRES.read(
        worlds.message("E1", "9w bulb - 3 peti\nsocket 6a - nil\nplate 4 module - 5 dibba")
    )
    assert (worlds.lines(reading), reading.auto) == ([("LED-9", 3, "ctn"), ("PL-4", 5, "box")], True)


def test_nil_against_a_standing_order_is_not_passed_over() -> None:
    thread = [worlds.turn("customer", "9w bulb 3 peti\nsocket 6a 5 dibba")]
    assert not worlds.WIRES.read(worlds.message("E1", "socket 6a - nil", thread=thread)).auto


def test_a_name_with_a_phone_number_above_a_list_names_no_goods() -> None:
    text = "Forwarded\nSocket House Unnao 00000 66112\n9w bulb 3 peti\nplate 4 module 5 dibba"
    reading = worlds.WIRES.read(worlds.message("E1", text))
    assert (worlds.lines(reading), reading.auto) == ([("LED-9", 3, "ctn"), ("PL-4", 5, "box")], True)


def test_a_delivery_that_was_short_is_a_complaint() -> None:
    reading = worlds.WIRES.read(
        worlds.message("E1", "Yesterday 9w bulb delivery was 2 peti short, please check")
    )
    assert reading.intent == "complaint"


@pytest.mark.parametrize(
    "text", ["9w bulb 3 peti milega? bhej do", "Need 9w bulb 3 peti, please send price and book"]
)
def test_an_order_behind_a_question_is_an_order_with_a_question(text: str) -> None:
    reading = worlds.WIRES.read(worlds.message("E1", text))
    assert (reading.intent, worlds.lines(reading), reading.auto) == ("order", [("LED-9", 3, "ctn")], False)
    assert "question" in {doubt.code for doubt in reading.doubts}


def test_a_question_behind_an_order_word_stays_a_question() -> None:
    assert worlds.WIRES.read(
        worlds.message("E1", "book karne ka 9w bulb 3 peti ka rate kya hai?")
    ).intent == ("price_query")


def test_an_item_added_and_taken_off_in_one_breath_is_asked_about() -> None:
    reading = worlds.WIRES.read(worlds.message("E1", "pichla order repeat, 9w bulb 2 peti, 9w bulb hata do"))
    assert not reading.auto
