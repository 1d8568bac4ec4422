"""Words that are no new order, though an item and a number stand in them, are asked about."""

import pytest

from obeya.orders.reading.tests import worlds


@pytest.mark.parametrize(
    "text",
    [
        "sorry LED-9 5 ctn instead of 3",
        "sorry 9w bulb 5 peti, not 3",
        "9w bulb 3 peti ki jagah 5 peti",
        "please add 9w bulb 5 peti to previous order",
        "pichle order me 9w bulb 5 peti add kar do",
        "add 9w bulb 5 peti to PO 4512",
        "reduce 9w bulb to 3 peti",
        "9w bulb 5 peti chahiye tha par ab nahi",
        "9w bulb 5 peti, never mind",
        "9w bulb 5 peti mil gaye",
        "9w bulb 5 peti kam aaye",
        "9w bulb 5 peti kitne me padega",
        "need pricing for 9w bulb 5 peti",
        "9w bulb 5 peti or equivalent",
        "9w bulb 2 peti each for Okhla and Karol Bagh",
        "9w bulb 5 peti monthly for 6 months",
        "كنسل ٥ كرتون LED-9",
    ],
)
def test_what_is_no_plain_new_order_is_not_booked_unasked(text):
    reading = worlds.WIRES.read(worlds.message("E1", text))
    assert not reading.auto, [(line.sku, line.qty, line.uom) for line in reading.lines]


@pytest.mark.parametrize("text", ["9w bulb 5 peti", "1.5 lal 10 coil, 9w bulb 5 peti bhej do"])
def test_a_plain_order_is_still_booked(text):
    assert worlds.WIRES.read(worlds.message("E1", text)).auto


@pytest.mark.parametrize(("text", "far"), [("9w bulb 20 peti", False), ("9w bulb 9000 peti", True)])
def test_how_much_a_customer_who_is_new_to_an_item_may_want_is_told_by_what_others_ordered(text, far):
    reading = worlds.WIRES.read(worlds.message("E2", text))
    assert ("unusual_quantity" in {doubt.code for doubt in reading.doubts}) is far
