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
        "price_decided": "",
    } | more
    return rules.Line(**told)


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
        ({}, {"asked_price": D(80), "price_decided": "asked"}, []),
        ({}, {"list_price": None, "price_problem": "there is no price"}, ["price"]),
        ({}, {"list_price": None, "price_decided": "list"}, ["price"]),
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
    assert rules.total_of([line(asked_price=D(80), price_decided="asked")]) == 160
