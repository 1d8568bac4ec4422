"""The order desk's rules, without a database."""

from decimal import Decimal
from typing import Any

import pytest

from obeya.orders import rules

D = Decimal


@pytest.mark.parametrize(
    ("asked", "per", "meant"),
    [
        ("0.55", "4000", "2200"),
        ("2300", "4000", "2300"),
        ("10", "4000", "10"),
        ("0", "4000", "0"),
        ("118", "1", "118"),
    ],
)
def test_a_price_asked_for_is_taken_per_the_unit_in_which_it_makes_sense(asked, per, meant):
    assert rules.likely_price(D(asked), D("2524"), D(per)) == D(meant)
    again = rules.likely_price(D(meant), D("2524"), D(per))
    assert again == D(meant)


@pytest.mark.parametrize(
    ("value", "told"), [("2436.000000", "2,436"), ("0.55", "0.55"), ("12.5", "12.50"), ("1E+3", "1,000")]
)
def test_prices_are_written_as_people_write_them(value, told):
    assert rules.plain(D(value)) == told


def line(**more):
    told: dict[str, Any] = {
        "position": 0,
        "sku": "CAP",
        "name": "Cap",
        "active": True,
        "substitute": "",
        "units": {"pcs": D(1), "ctn": D(100)},
        "quantity": D(2),
        "uom": "ctn",
        "text": "2 ctn cap",
        "read_doubts": (),
        "confidence": D("0.99"),
        "fixed": False,
        "list_price": D(100),
        "floor": D(90),
        "asked_price": None,
        "price_problem": "",
        "currency": "INR",
        "agreed": None,
    } | more
    return rules.Line(**told)


def agreed(price, what="asked", **more):
    told: dict[str, Any] = {
        "sku": "CAP",
        "uom": "ctn",
        "quantity": D(2),
        "currency": "INR",
        "list_price": D(100),
        "floor": D(90),
    } | more
    return rules.Agreed(what, D(price), rules.Terms(**told))


def header(**more):
    told: dict[str, Any] = {
        "intent": "order",
        "customer_known": True,
        "auto": True,
        "accepted": False,
        "reasons": (),
        "credit": rules.Credit(D(1000), D(0), "INR", True),
        "credit_accepted": False,
    } | more
    return rules.Header(**told)


def kinds(head, *lines):
    return [doubt.kind for doubt in rules.doubts_of(head, lines)]


@pytest.mark.parametrize(
    ("head", "told", "expected"),
    [
        ({}, {}, []),
        ({}, {"sku": ""}, ["item"]),
        ({}, {"active": False}, ["item"]),
        ({}, {"confidence": D("0.01")}, ["item"]),
        ({}, {"confidence": D("0.01"), "fixed": True}, []),
        ({}, {"quantity": None}, ["quantity"]),
        ({}, {"uom": "drum"}, ["unit"]),
        ({}, {"read_doubts": ("unusual_quantity",)}, ["quantity"]),
        ({}, {"asked_price": D(95)}, ["price"]),
        ({}, {"asked_price": D(80)}, ["price"]),
        ({}, {"asked_price": D(100)}, []),
        ({}, {"asked_price": D(80), "agreed": agreed(80)}, []),
        ({}, {"list_price": None, "price_problem": "there is no price"}, ["price"]),
        ({}, {"list_price": None, "agreed": agreed(100, "list")}, ["price"]),
        ({}, {"list_price": D(85)}, ["price"]),
        ({"customer_known": False}, {}, ["customer"]),
        ({"auto": False}, {}, ["other"]),
        ({"auto": False, "accepted": True}, {}, []),
        ({"reasons": ("Nobody read the photo.",)}, {}, ["other"]),
        ({"intent": "complaint"}, {}, ["message"]),
        ({"intent": "order_change"}, {}, ["other"]),
        ({"credit": rules.Credit(D(150), D(0), "INR", True)}, {}, ["credit"]),
        ({"credit": rules.Credit(D(150), D(0), "INR", True), "credit_accepted": True}, {}, []),
        ({"credit": rules.Credit(None, D(0), "INR", True)}, {}, []),
    ],
)
def test_what_keeps_an_order_from_being_booked(head, told, expected):
    assert kinds(header(**head), line(**told)) == expected


def test_an_order_without_a_line_is_never_booked():
    assert kinds(header()) == ["other"]
    assert kinds(header(accepted=True)) == ["other"]


def test_the_asked_price_counts_only_once_somebody_agreed():
    assert rules.total_of([line(asked_price=D(80))]) == 200
    assert rules.total_of([line(asked_price=D(80), agreed=agreed(80))]) == 160


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"sku": "LID"}, "80 per ctn was agreed for CAP, and the item is another now."),
        ({"quantity": D(3)}, "80 per ctn was agreed for 2 ctn, and now it is 3 ctn."),
        ({"uom": "pcs"}, "80 per ctn was agreed for 2 ctn, and now it is 2 pcs."),
        ({"currency": "USD"}, "80 per ctn was agreed in INR, and now prices are in USD."),
        ({"list_price": D(99)}, "80 per ctn was agreed while the list price was 100, and now it is 99."),
        ({"floor": D(91)}, "80 per ctn was agreed while the floor was 90, and now it is 91."),
    ],
)
def test_an_agreed_price_is_asked_about_anew_once_anything_changes(changed, words):
    told = line(asked_price=D(80), agreed=agreed(80), **changed)
    (doubt,) = rules.doubts_of(header(), [told])
    assert (doubt.kind, words in doubt.reason) == ("price", True), doubt.reason
    assert rules.price_of(told) == told.list_price


@pytest.mark.parametrize("floor", [None, D(90), D(89), D(70)])
def test_an_agreed_price_holds_while_the_floor_is_not_raised_above_it(floor):
    told = line(asked_price=D(80), floor=floor, agreed=agreed(80))
    assert rules.doubts_of(header(), [told]) == []
    assert rules.price_of(told) == 80


def test_a_floor_raised_to_the_agreed_price_itself_asks_nobody():
    told = line(asked_price=D(95), floor=D(95), agreed=agreed(95))
    assert rules.doubts_of(header(), [told]) == []


def test_the_list_price_agreed_is_not_booked_once_the_list_fell():
    told = line(list_price=D(85), agreed=agreed(100, "list"))
    (doubt,) = rules.doubts_of(header(), [told])
    assert "now it is 85" in doubt.reason
    assert "below the floor 90" in doubt.reason
