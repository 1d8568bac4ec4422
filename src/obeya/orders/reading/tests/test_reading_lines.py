"""Lines as people write them, in three trades and five languages."""

from decimal import Decimal

import pytest

from obeya.orders.reading import types
from obeya.orders.reading.tests import worlds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9w bulb 3 peti", [("LED-9", 3, "ctn")]),
        ("3 peti 9 watt bulb", [("LED-9", 3, "ctn")]),
        ("swich 6 amp 10 dabba", [("SW-6", 10, "box")]),
        ("4 module plate 5 dibba", [("PL-4", 5, "box")]),
        ("1.5 lal 10 kala 10", [("FR-15-RED", 10, "coil"), ("FR-15-BLA", 10, "coil")]),
        ("1.5 lal aur kala 5-5", [("FR-15-RED", 5, "coil"), ("FR-15-BLA", 5, "coil")]),
        ("1.5 lal do coil bhej do", [("FR-15-RED", 2, "coil")]),
        ("switch 6a ek darjan", [("SW-6", 12, "pcs")]),
        ("switch 6a 2 dibba + 5 nag", [("SW-6", 45, "pcs")]),
        ("bulb 9w 20 nag nahi 30 nag", [("LED-9", 30, "pcs")]),
        ("1) switch 6a - 4 dibba\n2) socket 6a - 2 dibba", [("SW-6", 4, "box"), ("SK-6", 2, "box")]),
        ("9w bulb 2 peti\nsorry 9w bulb 3 peti", [("LED-9", 3, "ctn")]),
    ],
)
def test_wires_are_read_in_hinglish(text: str, expected: list[tuple[str, int, str]]) -> None:
    reading = worlds.WIRES.read(worlds.message("E1", text))
    base = worlds.lines(reading)
    if expected == [("SW-6", 45, "pcs")]:
        assert [(n.sku, n.qty, n.uom) for n in reading.lines] == [("SW-6", Decimal("2.25"), "box")]
    else:
        assert base == expected
    assert reading.intent == "order"


def test_devanagari_words_and_digits_are_read_like_latin_ones() -> None:
    text = "लाल तार 1.5 एमएम ५ कॉइल\nकाला 1.5 ५ कॉइल\nएमसीबी 32 एम्पियर डबल पोल ६ नग"
    reading = worlds.WIRES.read(worlds.message("E2", text))
    assert worlds.lines(reading) == [
        ("FR-15-RED", 5, "coil"),
        ("FR-15-BLA", 5, "coil"),
        ("MCB-32DP", 6, "pcs"),
    ]


@pytest.mark.parametrize(
    ("customer", "text", "expected"),
    [
        ("A1", "كلوركس ١٥ كرتون\nسائل صحون ليمون ٥ كراتين", [("BL-1L", 15, "ctn"), ("DW-LEM-1L", 5, "ctn")]),
        ("A1", "ومنظف زجاج كرتونين", [("GC-500", 2, "ctn")]),
        ("A1", "kloroks 10 karton", [("BL-1L", 10, "ctn")]),
        ("A1", "کلورکس ۱۰ کارٹن", [("BL-1L", 10, "ctn")]),
        ("A1", "كلوركس ٢٠ بدل ١٠ كرتون", [("BL-1L", 20, "ctn")]),
        ("A2", "detergent powder 25kg x 10 bags", [("DET-25", 10, "bag")]),
        ("A2", "detergent powder 250 kg", [("DET-25", 10, "bag")]),
        ("A2", "5 ctn bleach gallon and 2 ctn gloves large", [("BL-4L", 5, "ctn"), ("GLV-L", 2, "ctn")]),
    ],
)
def test_cleaning_goods_are_read_in_arabic_arabizi_urdu_and_english(
    customer: str, text: str, expected: list[tuple[str, int, str]]
) -> None:
    assert worlds.lines(worlds.CLEANING.read(worlds.message(customer, text))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3/8-16 x 1-1/2 HCS gr 5 zp 10 bx", [("HCS-0616-150-5Z", 10, "bx")]),
        ("500 ea 1/2-13x1-1/2 SS hex cap screws", [("HCS-0813-150-SS", 500, "ea")]),
        ("1/2-13 x 2 HCS gr5 zinc 4 boxes", [("HCS-0813-200-5Z", 4, "bx")]),
        ("10 bx 1/4-20 nylock", [("NLN-0420-Z", 10, "bx")]),
        ("FW-0616-Z 12 bx\nHN-0813-Z 3 bx", [("FW-0616-Z", 12, "bx"), ("HN-0813-Z", 3, "bx")]),
    ],
)
def test_threads_and_lengths_are_sizes_not_quantities(
    text: str, expected: list[tuple[str, int, str]]
) -> None:
    assert worlds.lines(worlds.FASTENERS.read(worlds.message("T1", text, "email"))) == expected


def test_a_table_typed_into_a_mail_is_read_by_its_columns() -> None:
    text = (
        "Line  Part No          Description                    Qty   UOM\n"
        "1     HCS-0616-150-5Z  HEX CAP SCR 3/8-16X1-1/2 GR5   1,200 EA\n"
        "2     FW-0616-Z        FLAT WASHER 3/8                12    BX\n\nPO 4520"
    )
    reading = worlds.FASTENERS.read(worlds.message("T1", text, "email"))
    assert worlds.lines(reading) == [("HCS-0616-150-5Z", 1200, "ea"), ("FW-0616-Z", 12, "bx")]
    assert reading.po_number == "4520"


def test_a_spreadsheet_counts_only_filled_rows_and_its_total_must_agree() -> None:
    rows = (
        ("Item", "Stock", "Order qty", "Unit"),
        ("Switch 6A", "40", "4", "dibba"),
        ("Socket 6A", "9", "", "dibba"),
        ("Plate 4 module", "3", "2", "dibba"),
    )
    sheet = types.Table("list.xlsx", rows)
    good = worlds.WIRES.read(worlds.message("E1", "excel bheja hai", attachments=[sheet]))
    assert worlds.lines(good) == [("SW-6", 4, "box"), ("PL-4", 2, "box")]
    wrong = types.Table("list.xlsx", (*rows, ("Total", "", "9", "")))
    asked = worlds.WIRES.read(worlds.message("E1", "excel bheja hai", attachments=[wrong]))
    assert not asked.auto
    assert any("total" in doubt.text.lower() for doubt in asked.doubts)


@pytest.mark.parametrize("text", ["9w 1.5", "9w bulb 1.5\n9w"])
def test_a_broken_quantity_in_no_unit_is_asked_about(text: str) -> None:
    reading = worlds.WIRES.read(worlds.message("E1", text))
    assert not reading.auto
    assert "ambiguous_quantity" in {doubt.code for doubt in reading.doubts}


@pytest.mark.parametrize(
    "text",
    [
        "2 box SW-6 and 5 box zinkplugs",
        "2 box SW-6 aur zinkplugs 5 box",
        "SW-6 2 box blorf 5 box",
        "LED-9 2 ctn and 9 ctn gromlets",
    ],
)
def test_a_code_does_not_swallow_what_else_is_ordered_beside_it(text: str) -> None:
    reading = worlds.WIRES.read(worlds.message("E1", text))
    assert not reading.auto
    assert reading.doubts or len(reading.lines) > 1


@pytest.mark.parametrize(
    "text",
    [
        "do not send SW-6 3 box",
        "SW-6 3 box hold karo",
        "SW-6 3 box but only after confirmation",
        "SW-6 3 box if in stock",
        "SW-6 3 box agar maal ho to",
        "SW-6 3 box and also the usual",
        "SW-6 3 box, rest next week",
        "SW-6 about 3 box",
        "SW-6 at least 3 box",
        "SW-6 ३ box अभी मत भेजना",
    ],
)
def test_what_is_held_back_conditional_or_left_open_is_asked_about(text: str) -> None:
    reading = worlds.WIRES.read(worlds.message("E1", text))
    assert not reading.auto
    assert {doubt.code for doubt in reading.doubts} & {"condition", "ambiguous_quantity"}


def test_a_plain_wish_to_have_it_sent_is_no_condition() -> None:
    assert worlds.WIRES.read(worlds.message("E1", "SW-6 3 box bhej dena")).auto


@pytest.mark.parametrize(
    "text",
    [
        "cancel SW-6 3 box",
        "did you send SW-6 3 box",
        "quote for SW-6 3 box",
        "exchange SW-6 3 box",
        "SW-6 3 box kitne ka",
        "received only SW-6 3 box",
        "SW-6 box",
        "each SW-6",
        "SW-6 ya LED-9 3 box",
    ],
)
def test_an_item_and_a_quantity_are_no_order_where_something_else_is_meant(text: str) -> None:
    assert not worlds.WIRES.read(worlds.message("E1", text)).auto
