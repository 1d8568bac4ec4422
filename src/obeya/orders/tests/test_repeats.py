"""An order that looks like the last one is asked about, and a new one is not."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from obeya.orders import repeats

NOW = datetime(2026, 2, 4, 10, 0, tzinfo=UTC)
CAPS, LIDS = {1: (Decimal(5), "ctn")}, {2: (Decimal(3), "ctn")}


@pytest.mark.parametrize(
    ("basket", "po_number", "ago", "before", "po_before", "expected"),
    [
        (CAPS, "", timedelta(minutes=5), CAPS, "", "second order"),
        (CAPS, "", timedelta(hours=23), CAPS, "", "second order"),
        (CAPS, "", timedelta(hours=25), CAPS, "", ""),
        (CAPS, "", timedelta(minutes=5), LIDS, "", ""),
        ({1: (Decimal(15), "ctn")}, "", timedelta(minutes=5), CAPS, "", "or a change"),
        ({1: (Decimal(15), "ctn")}, "", timedelta(hours=5), CAPS, "", ""),
        (CAPS, "PO-2", timedelta(minutes=5), CAPS, "PO-1", ""),
        (LIDS, "PO-1", timedelta(hours=20), CAPS, "PO-1", "purchase order number"),
        (CAPS, "PO-2", timedelta(minutes=5), CAPS, "", "second order"),
        ({}, "", timedelta(minutes=5), {}, "", ""),
    ],
)
def test_what_looks_like_the_last_order_is_asked_about(basket, po_number, ago, before, po_before, expected):
    earlier = [repeats.Earlier("OB-1", NOW - ago, po_before, before)]
    said = repeats.looks_repeated(basket, po_number, NOW, earlier)
    assert expected in said
    assert bool(said) == bool(expected)
