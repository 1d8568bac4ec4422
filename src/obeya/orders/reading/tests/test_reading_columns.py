"""Tables of other people's systems: names of fields, two rows of headings, columns that nobody names."""

from datetime import date

import pytest

from obeya.orders.reading import columns, headings, types
from obeya.orders.reading.tests import worlds

BOLT = ("HCS-0616-150-5Z", "HEX CAP SCREW 3/8-16 X 1-1/2 GRADE 5 ZINC")
NUT = ("HN-0813-Z", "HEX NUT 1/2-13 ZINC")
WANTED = [("HCS-0616-150-5Z", 10, "bx"), ("HN-0813-Z", 6, "bx")]


def read(*rows: tuple[str, ...]) -> types.Reading:
    table = types.Table("order.xlsx", rows)
    return worlds.FASTENERS.read(worlds.message("T1", "order attached", "email", attachments=[table]))


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("OrderQty", "qty"),
        ("UnitOfMeasure", "unit"),
        ("VendorPartNo", "code"),
        ("NeedBy", "date"),
        ("U of M", "unit"),
        ("P/U", "per"),
        ("Material Description / HSN", "desc"),
        ("Item / Description", "desc"),
        ("सामान काविवरण", "desc"),
    ],
)
def test_a_heading_is_known_however_a_program_writes_it(heading, kind):
    found = headings.kind_of(heading)
    assert found is not None
    assert found[0] == kind


def test_two_rows_of_headings_are_one_where_that_says_more():
    reading = read(
        ("Item", "Our", "Your", "", "Order", "Unit", "Need"),
        ("", "Part No", "Part No", "Description", "Qty", "Meas", "By"),
        ("10", "47001", *BOLT, "10", "BX", "2026-03-03"),
        ("20", "47002", *NUT, "6", "BX", "2026-03-03"),
    )
    assert worlds.lines(reading) == WANTED
    assert reading.requested_date == date(2026, 3, 3)
    assert reading.auto, reading.doubts


def test_a_column_that_times_the_price_makes_the_amount_is_the_quantity():
    head = ("Part", "Description", "Boxes wanted", "UOM", "Unit Cost", "Ext Cost")
    rows = ((*BOLT, "10", "BX", "14.20", "142.00"), (*NUT, "6", "BX", "9.10", "54.60"))
    assert worlds.lines(read(head, *rows)) == WANTED
    assert read(head, *rows).auto


def test_a_column_taken_for_the_quantity_without_proof_is_asked_about():
    head = ("Part", "Description", "Number wanted", "UOM")
    reading = read(head, (*BOLT, "10", "BX"), (*NUT, "6", "BX"))
    assert worlds.lines(reading) == WANTED
    assert [doubt.text for doubt in reading.doubts] == [
        "No column is called quantity; Number wanted was taken for it."
    ]


def test_quantities_divided_over_places_are_asked_about():
    reading = read(
        ("Item", "Unit", "Dayton", "Lima", "Total Qty"),
        (BOLT[1], "BX", "7", "3", "10"),
        (NUT[1], "BX", "1", "5", "6"),
    )
    assert worlds.lines(reading) == WANTED
    assert not reading.auto
    assert "The quantities are divided over Dayton, Lima." in [doubt.text for doubt in reading.doubts]


def test_columns_that_only_happen_to_hold_numbers_are_no_division():
    rows = [["Part", "Bin A", "Bin B", "Qty"], ["X", "1", "2", "3"], ["Y", "4", "4", "9"]]
    header = columns.find_header(rows)
    assert header is not None
    assert columns.split_over(rows, header) == []


def test_a_word_of_an_item_that_is_another_items_code_is_no_code():
    rows = (("Description", "Qty", "UOM"), ("HN-0813-Z hex nut 1/2-13 zinc", "6", "BX"))
    assert worlds.lines(read(*rows)) == [("HN-0813-Z", 6, "bx")]


def test_our_own_description_word_for_word_is_that_item_and_no_other():
    items = {item.description: item.sku for item in worlds.FASTENERS.company.items}
    for description, sku in list(items.items())[:12]:
        reading = read(("Description", "Qty", "UOM"), (description.upper(), "5", "EA"))
        assert reading.lines[0].sku == sku
        assert "ambiguous_item" not in reading.lines[0].doubts
