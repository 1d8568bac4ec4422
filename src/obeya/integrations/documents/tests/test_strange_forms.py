"""Forms that print close, broken or nested are read all the same; what is no new order is asked about."""

from collections.abc import Callable

import pytest

from obeya.integrations.documents.tests import drawing, strange
from obeya.integrations.documents.tests.sheets import FASTENERS
from obeya.integrations.documents.tests.test_layouts import in_base_units, read
from obeya.orders.reading import types

WANTED = [one.wanted for one in FASTENERS]
HUNDREDS = [(one.sku, one.quantity * 100, "ea") for one in FASTENERS]
FORMS = {
    "close_columns": (strange.close_columns, WANTED),
    "broken_cells": (strange.broken_cells, WANTED),
    "codes_below": (strange.codes_below, WANTED),
    "words_below": (strange.words_below, WANTED),
    "price_with_its_basis": (strange.price_with_its_basis, HUNDREDS),
    "labels_in_the_description": (strange.labels_in_the_description, WANTED),
}
NO_NEW_ORDERS = {
    "several orders": (
        strange.titled("PURCHASE ORDER", second="TC-88122"),
        "several orders: TC-88121, TC-88122",
    ),
    "a change": (strange.titled("PURCHASE ORDER", "Revision: 2"), "changes an earlier order"),
    "a change order": (strange.titled("CHANGE ORDER"), "changes an earlier order"),
    "a quotation": (strange.titled("REQUEST FOR QUOTATION"), "headed request for quotation"),
    "an invoice": (strange.titled("TAX INVOICE"), "headed tax invoice"),
    "an acknowledgement": (strange.titled("SALES ORDER ACKNOWLEDGMENT"), "headed sales order acknowledgment"),
    "said before": (
        strange.titled("PURCHASE ORDER", "CONFIRMING ORDER - DO NOT DUPLICATE"),
        "repeats an order",
    ),
}


def reading_of(draw: Callable[[], bytes]) -> types.Reading:
    return read(drawing.Sample(draw, "fasteners", []))


@pytest.mark.parametrize("name", FORMS)
def test_a_strange_form_is_read_to_what_it_orders_and_booked(name):
    draw, wanted = FORMS[name]
    reading = reading_of(draw)
    found = [(line.sku, line.qty, line.uom) for line in reading.lines]
    assert in_base_units("fasteners", found) == in_base_units("fasteners", wanted)
    assert reading.auto, [doubt.text for doubt in reading.doubts]


@pytest.mark.parametrize("name", NO_NEW_ORDERS)
def test_what_is_no_new_order_is_never_booked_and_says_why(name):
    draw, why = NO_NEW_ORDERS[name]
    reading = reading_of(draw)
    assert not reading.auto
    assert any(why in doubt.text for doubt in reading.doubts), [doubt.text for doubt in reading.doubts]


@pytest.mark.parametrize(
    "titles", [("PURCHASE ORDER", "Revision: 0"), ("PURCHASE ORDER", "Version: 1"), ("LPO",)]
)
def test_a_first_edition_is_a_new_order(titles):
    assert reading_of(strange.titled(*titles)).auto
