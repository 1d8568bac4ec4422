"""A customer's own order reference is read as one, and never as a quantity or an item."""

from dataclasses import replace

import pytest

from obeya.orders.reading import lessons, reader, types
from obeya.orders.reading.tests import worlds


def _knowing(*texts: str) -> reader.Reader:
    """The wires reader after E1's past orders of two cartons of bulbs, ordered with these words."""
    orders = [
        worlds.past("E1", 50 + at, text, [("LED-9", 2, "ctn")], 40 + at) for at, text in enumerate(texts)
    ]
    company = worlds.WIRES.company
    return reader.Reader(company, lessons.learn_history([*worlds.WIRES.lessons.past_orders, *orders]))


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("GEK-1204 9w bulb 3 peti", "GEK-1204"),
        ("GEK/26/1204 9w bulb 3 peti", "GEK/26/1204"),
        ("Good morning. GEK-1204: 9w bulb 3 peti", "GEK-1204"),
        ("9w bulb 3 peti, GEK-1204", "GEK-1204"),
        ("9w bulb 3 peti GEK-1204", "GEK-1204"),
        ("PO GEK-1204: 9w bulb 3 peti", "GEK-1204"),
        ("GK/61 9w bulb 3 peti", "GK/61"),
    ],
)
def test_a_reference_in_capitals_is_known_by_where_it_stands(text: str, reference: str) -> None:
    reading = worlds.WIRES.read(worlds.message("E1", text))
    assert (worlds.lines(reading), reading.po_number) == ([("LED-9", 3, "ctn")], reference)
    assert reading.auto


@pytest.mark.parametrize(
    "text", ["gek-1204 3 peti 9w bulb", "9w bulb gek 1204 3 peti", "gek1204 9w bulb 3 peti"]
)
def test_a_prefix_of_past_texts_is_known_anywhere_and_in_any_form(text: str) -> None:
    reading = _knowing("gek-1101 9w bulb 2 peti").read(worlds.message("E1", text))
    assert (worlds.lines(reading), reading.auto) == ([("LED-9", 3, "ctn")], True)
    assert reading.po_number in ("gek-1204", "gek 1204", "gek1204")


def test_a_prefix_of_one_customer_says_nothing_of_another() -> None:
    reading = _knowing("gek-1101 9w bulb 2 peti").read(worlds.message("E2", "9w bulb gek 1204 3 peti"))
    assert reading.po_number is None
    assert not reading.auto


def test_a_number_that_a_booked_line_explains_is_no_reference() -> None:
    reading = _knowing("zed-2 9w bulb").read(worlds.message("E1", "zed-3"))
    assert reading.po_number is None


def test_a_reference_in_a_kept_text_names_no_goods() -> None:
    reading = _knowing("GEK-1101 9w bulb 2 peti", "GEK-1107 9w bulb 2 peti").read(
        worlds.message("E1", "gek 5 peti")
    )
    assert not reading.auto


@pytest.mark.parametrize(
    "text", ["LED-15 10 nag", "LED-150 10 nag\n9w bulb 3 peti", "ABC-120 10 nag, 9w bulb 3 peti"]
)
def test_a_code_with_a_quantity_behind_it_is_goods_to_be_asked_about(text: str) -> None:
    reading = worlds.WIRES.read(worlds.message("E1", text))
    assert reading.po_number is None
    assert not reading.auto


def test_unlike_codes_down_a_list_are_no_references() -> None:
    reading = worlds.WIRES.read(worlds.message("E1", "ABC-120\nXYK-340\n9w bulb 3 peti"))
    assert reading.po_number is None
    assert not reading.auto


@pytest.mark.parametrize(
    "text", ["SDR-110 pipe", "IS-2062 plate", "Feb-2026", "SCH-400", "FR-15-RED", "CTN-100"]
)
def test_standards_dates_units_and_codes_are_no_references(text: str) -> None:
    assert worlds.WIRES.read(worlds.message("E1", text)).po_number is None


def test_goods_nobody_knows_under_an_order_number_are_an_order_to_ask_about() -> None:
    reading = worlds.WIRES.read(worlds.message("E1", "GEK-1204 zip lock pouch 200 g 5000 pcs"))
    assert (reading.intent, reading.auto, reading.po_number) == ("order", False, "GEK-1204")


def test_the_number_of_a_delivery_place_counts_no_goods() -> None:
    company = worlds.WIRES.company
    customers = tuple(replace(c, ship_to=("Kanpur unit 1", "Kanpur unit 2")) for c in company.customers)
    changed: types.Company = replace(company, customers=customers)
    own = reader.Reader(changed, worlds.WIRES.lessons)
    reading = own.read(worlds.message("E1", "9w bulb 5 peti, switch 6a 1 dibba"))
    assert (worlds.lines(reading)[1], reading.ship_to) == (("SW-6", 1, "box"), None)
    assert own.read(worlds.message("E1", "9w bulb 5 peti, unit 2 pe bhejo")).ship_to == "Kanpur unit 2"
