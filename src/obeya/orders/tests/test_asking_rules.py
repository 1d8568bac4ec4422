"""Which doubts a customer is asked about, in what words, and what the answers mean."""

import dataclasses
import string
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obeya.orders.asking import choosing, matching, words

NOW = datetime(2026, 2, 4, 6, 0, tzinfo=UTC)
CAPS = {"pcs": Decimal(1), "box": Decimal(500), "ctn": Decimal(5000)}


def item(sku, name, *, active=True):
    return choosing.Item(sku, name, active, CAPS, "pcs")


WHITE28, BLUE28 = item("CAP-28-WHT", "28 mm cap, white"), item("CAP-28-BLU", "28 mm cap, blue")
WHITE38 = item("CAP-38-WHT", "38 mm cap, white")


def doubt(kind="item", **given_):
    told = {"reason": "r", "words": "2 ctn white cap"} | given_
    return choosing.Open(kind=kind, **told)


def codes(question):
    assert question is not None
    return [choice.code for choice in question.choices]


def test_items_that_the_words_fit_are_offered_and_none_of_them_too():
    asked = choosing.question_of(doubt(offered=((WHITE28, 0.5), (WHITE38, 0.45), (BLUE28, 0.001))))
    assert codes(asked) == ["item:CAP-28-WHT", "item:CAP-38-WHT", "none"]


@pytest.mark.parametrize(
    "offered",
    [(), ((WHITE28, 0.3),), ((WHITE28, 0.2), (WHITE38, 0.2)), ((item("OLD", "Old", active=False), 0.9),)],
    ids=["none", "one that hardly fits", "two that leave most open", "one not sold any more"],
)
def test_where_the_right_item_may_not_be_among_them_a_person_looks(offered):
    assert choosing.question_of(doubt(offered=offered)) is None


def test_a_discontinued_item_is_asked_about_with_its_substitute():
    old = item("CAP-OLD", "Old cap", active=False)
    asked = choosing.question_of(doubt(item=old, substitute=WHITE28))
    assert codes(asked) == ["item:CAP-28-WHT", "drop", "none"]
    assert choosing.question_of(doubt(item=old)) is None


def test_units_are_offered_with_what_they_hold():
    asked = choosing.question_of(doubt("unit", item=WHITE28, quantity=Decimal(2), uom="bag"))
    assert codes(asked) == ["uom:pcs", "uom:box", "uom:ctn", "none"]
    assert asked is not None
    assert asked.choices[2].detail == "1 ctn = 5000 pcs"


def test_both_ends_of_a_range_are_offered():
    told = {"item": WHITE28, "quantity": Decimal(30), "uom": "ctn", "doubts": ("ambiguous_quantity",)}
    asked = choosing.question_of(doubt("quantity", words="CAP-28-WHT 20-30 ctn", **told))
    assert codes(asked) == ["set:20:ctn", "set:30:ctn", "none"]


def test_a_missing_quantity_is_asked_about_with_the_usual_ones_only():
    usual = ((Decimal(5), "ctn"), (Decimal(2), "ctn"))
    assert codes(choosing.question_of(doubt("quantity", item=WHITE28, usual=usual))) == [
        "set:5:ctn",
        "set:2:ctn",
        "none",
    ]
    assert choosing.question_of(doubt("quantity", item=WHITE28)) is None


@pytest.mark.parametrize("kind", ["price", "credit", "customer", "message", "other"])
def test_what_is_not_for_the_customer_to_settle_is_never_asked(kind):
    told = {"item": WHITE28, "offered": ((WHITE28, 0.9),), "quantity": Decimal(2), "uom": "ctn"}
    assert choosing.question_of(doubt(kind, **told)) is None


STANDING = choosing.Standing(
    channel="whatsapp",
    known_active=True,
    wrote_at=NOW,
    intent="order",
    about_all=(),
    spoken=False,
    untouched=True,
    asked=0,
    open_question=False,
    unsettled=False,
)


def test_a_plain_doubt_of_a_known_customer_is_asked_by_itself():
    assert choosing.may_by_itself(STANDING, 1, NOW)
    assert choosing.may_by_itself(STANDING, 2, NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"channel": "paste"},
        {"known_active": False},
        {"wrote_at": NOW - timedelta(hours=24)},
        {"intent": "order_change"},
        {"about_all": ("unreadable_attachment",)},
        {"spoken": True},
        {"untouched": False},
        {"asked": 2},
        {"open_question": True},
        {"unsettled": True},
        {"channel_problem": "WhatsApp sending is not set up."},
    ],
    ids=str,
)
def test_whatever_is_not_plain_is_left_to_the_desk(change):
    assert not choosing.may_by_itself(dataclasses.replace(STANDING, **change), 1, NOW)


def test_an_order_with_three_doubts_is_left_to_the_desk():
    assert not choosing.may_by_itself(STANDING, 3, NOW)
    assert not choosing.may_by_itself(dataclasses.replace(STANDING, asked=1), 2, NOW)


def test_mail_knows_no_window_of_a_day():
    old = dataclasses.replace(STANDING, channel="email", wrote_at=NOW - timedelta(days=3))
    assert choosing.may_by_itself(old, 1, NOW)


NAMES = set(words.SENTENCES["en"])
SHORT_LABELS = ("none", "other", "talk", "yes", "drop", "new", "same", "part", "open_list")


def holes(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", words.SENTENCES)
def test_every_language_says_everything_with_the_same_names(language):
    told = words.SENTENCES[language]
    assert set(told) == NAMES
    for name, text in told.items():
        assert holes(text) == holes(words.SENTENCES["en"][name]), name
    assert all(len(told[name]) <= 20 for name in SHORT_LABELS), {n: len(told[n]) for n in SHORT_LABELS}


def test_another_language_is_asked_in_english():
    assert words.language_of("fr") == "en"
    assert words.language_of("") == "en"
    assert words.language_of("ar-AE") == "ar"
    assert words.language_of("gu_IN") == "gu"


def test_the_customers_words_cannot_dress_up_or_turn_the_message():
    said = "*bold* _x_ ~y~ `z` <b>hi</b>\n\u202eevil 10*20 box a_b"
    told = words.plain(said, 160)
    assert told == "bold x y z ‹b›hi‹/b› evil 10×20 box a_b"


@given(st.text(max_size=400))
def test_quoted_words_are_one_bounded_line_without_markup(said):
    told = words.plain(said, 160)
    assert len(told) <= 160
    assert not set(told) & set("*~`<>\n\r\u202e\u2066\u0000")


def offered(*labels, roles=()):
    roles = roles or [""] * len(labels)
    return [
        matching.Offered(code, label, detail, role)
        for (code, label, detail), role in zip(labels, roles, strict=True)
    ]


TWO_CAPS = offered(
    ("item:CAP-28-WHT", "28 mm screw cap, white", "CAP-28-WHT"),
    ("item:CAP-38-WHT", "38 mm screw cap, white", "CAP-38-WHT"),
    ("none", "None of these", ""),
)
PIPES = offered(
    ("item:P1", "Pipe 1 inch", "P1"),
    ("item:P15", "Pipe 1 1/2 inch", "P15"),
    ("none", "None of these", ""),
)
UNITS = offered(
    ("uom:pcs", "2 pcs", ""),
    ("uom:box", "2 box", "1 box = 500 pcs"),
    ("uom:ctn", "2 ctn", "1 ctn = 5000 pcs"),
    ("none", "Another quantity", ""),
)
RANGE = offered(("set:2:ctn", "2 ctn", ""), ("set:20:ctn", "20 ctn", ""), ("none", "Another quantity", ""))
INSTEAD = offered(
    ("item:NEW", "Yes, send it", "NEW"),
    ("drop", "No, leave it out", ""),
    ("none", "Something else", ""),
    roles=["yes", "no", ""],
)
TWICE = offered(("as_read", "A new order", ""), ("refuse", "The same one", ""))


@pytest.mark.parametrize(
    ("choices", "said", "code"),
    [
        (TWO_CAPS, "2", "item:CAP-38-WHT"),
        (TWO_CAPS, "2.", "item:CAP-38-WHT"),
        (TWO_CAPS, "२", "item:CAP-38-WHT"),
        (TWO_CAPS, "૨", "item:CAP-38-WHT"),
        (TWO_CAPS, "٢", "item:CAP-38-WHT"),
        (TWO_CAPS, "۲", "item:CAP-38-WHT"),
        (TWO_CAPS, "दो", "item:CAP-38-WHT"),
        (TWO_CAPS, "اثنين", "item:CAP-38-WHT"),
        (TWO_CAPS, "دو", "item:CAP-38-WHT"),
        (TWO_CAPS, "બે", "item:CAP-38-WHT"),
        (TWO_CAPS, "Option 2 please", "item:CAP-38-WHT"),
        (TWO_CAPS, "2 bhej do", "item:CAP-38-WHT"),
        (TWO_CAPS, "number do", "item:CAP-38-WHT"),
        (TWO_CAPS, "second", "item:CAP-38-WHT"),
        (TWO_CAPS, "cap-28-wht", "item:CAP-28-WHT"),
        (TWO_CAPS, "28 mm screw cap, white", "item:CAP-28-WHT"),
        (TWO_CAPS, "28 mm wala", "item:CAP-28-WHT"),
        (TWO_CAPS, "38 please", "item:CAP-38-WHT"),
        (TWO_CAPS, "३८ एमएम", "item:CAP-38-WHT"),
        (TWO_CAPS, "None of these", "none"),
        (PIPES, "1 inch", "item:P1"),
        (PIPES, "1 inch wala bhejo", "item:P1"),
        (PIPES, "1 इंच", "item:P1"),
        (PIPES, "1½ inch", "item:P15"),
        (PIPES, "١ انش", "item:P1"),
        (UNITS, "2", "uom:box"),
        (UNITS, "carton", "uom:ctn"),
        (UNITS, "2 peti", "uom:ctn"),
        (UNITS, "पेटी", "uom:ctn"),
        (UNITS, "كرتون", "uom:ctn"),
        (UNITS, "3", "uom:ctn"),
        (RANGE, "20 ctn", "set:20:ctn"),
        (RANGE, "20", "set:20:ctn"),
        (INSTEAD, "haan", "item:NEW"),
        (INSTEAD, "haan bhej do", "item:NEW"),
        (INSTEAD, "हाँ जी", "item:NEW"),
        (INSTEAD, "نعم", "item:NEW"),
        (INSTEAD, "جی ہاں", "item:NEW"),
        (INSTEAD, "nahi", "drop"),
        (INSTEAD, "ji nahi", "drop"),
        (INSTEAD, "لا", "drop"),
        (INSTEAD, "ના", "drop"),
        (TWICE, "new", "as_read"),
        (TWICE, "new order", "as_read"),
        (TWICE, "same", "refuse"),
        (TWICE, "1", "as_read"),
    ],
)
def test_an_answer_takes_one_choice(choices, said, code):
    assert matching.understand(choices, said) == matching.Understood("takes", code)


@pytest.mark.parametrize(
    ("choices", "said"),
    [(TWO_CAPS, "white"), (TWO_CAPS, "screw cap white"), (PIPES, "pipe"), (RANGE, "2")],
)
def test_an_answer_that_fits_two_takes_none(choices, said):
    assert matching.understand(choices, said).kind in ("several", "nothing")


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        (TWO_CAPS, "the green ones"),
        (TWO_CAPS, "haan"),
        (INSTEAD, "pehle rate batao na"),
        (TWICE, "maybe tomorrow"),
        (UNITS, ""),
    ],
)
def test_a_few_words_that_fit_nothing_leave_the_question_to_a_person(choices, said):
    assert matching.understand(choices, said).kind in ("nothing", "another")


@pytest.mark.parametrize(
    "said",
    [
        "5 ctn CAP-28-BLU",
        "Please send 3 cartons of the 28 mm blue caps to Hadapsar tomorrow",
        "where is my order?",
        "payment done",
        "ok thanks",
        "good morning",
        "x" * 500,
    ],
)
def test_another_message_is_no_answer(said):
    assert matching.understand(TWO_CAPS, said).kind == "another"


@pytest.mark.parametrize("said", ["4", "0", "99", "bhej do na", "2 ya 3"])
def test_a_number_that_stands_for_no_choice_takes_none(said):
    assert matching.understand(TWO_CAPS, said).kind != "takes"


@given(st.text(max_size=200))
def test_whatever_is_said_takes_an_offered_choice_or_none(said):
    found = matching.understand(TWO_CAPS, said)
    assert (found.kind == "takes") == (found.code in {one.code for one in TWO_CAPS})
