"""An interchange pasted into a mail goes through the front door of the order desk."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.worlds import desk

from obeya.config import converters

pytestmark = pytest.mark.django_db
MAIL = """Good morning, our order as EDI:

UNB+UNOA:2+BUYER+SELLER+260224:0930+4711'
UNH+1+ORDERS:D:96A:UN'
BGM+220+PO-778+9'
LIN+1++CAP-28-WHT:SA'
QTY+21:2:CT'
UNS+S'
CNT+2:1'
UNT+7+1'
UNZ+1+4711'
Regards
"""


@pytest.fixture(autouse=True)
def _desk():
    converters.register()
    with desk.standing():
        yield


def test_an_order_typed_into_a_mail_is_booked():
    order = desk.write(MAIL)
    assert [(line.sku, line.quantity, line.uom) for line in order.lines] == [
        ("CAP-28-WHT", Decimal(2), "ctn")
    ]
    assert (order.state, order.po_number) == ("confirmed", "PO-778"), [d.reason for d in order.doubts]
    assert order.text == MAIL


def test_the_same_interchange_again_waits_for_a_person():
    desk.write(MAIL)
    again = desk.write(MAIL)
    assert again.state == "waiting"
    assert any("same purchase order number" in doubt.reason for doubt in again.doubts)


def test_a_broken_interchange_waits_for_a_person():
    order = desk.write(MAIL.replace("UNT+7+1'", "UNT+9+1'"))
    assert order.state == "waiting"
    assert any("should have 9 segments" in doubt.reason for doubt in order.doubts)
