"""Each sample message, read for an invented company: exactly its lines, and the doubt that it deserves."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from obeya.integrations.edi import inbound
from obeya.orders.reading import reader, typed, types
from obeya.orders.reading.tests import worlds

SAMPLES = Path(__file__).parents[1] / "samples"
Lines = list[tuple[str | None, int | None, str | None]]
Case = tuple[str, str, Lines, str, str | None, str | None]

FASTENERS: list[Case] = [
    (
        "x12_850_plain.edi",
        "order",
        [("HCS-0616-150-5Z", 10, "bx"), ("FW-0616-Z", 5, "bx"), ("HN-0813-Z", 4, "bx")],
        "TC-48211",
        "2026-03-04",
        "Dayton Main",
    ),
    (
        "x12_850_lines_end_segments.edi",
        "order",
        [("HCS-0616-150-5Z", 12, "bx"), ("HN-0813-Z", 6, "bx")],
        "48300",
        "2026-03-02",
        "Lima Branch",
    ),
    (
        "x12_850_buyers_codes_only.edi",
        "order",
        [("HCS-0616-200-5Z", 8, "bx"), ("HN-0813-Z", 3, "bx")],
        "TC-48305",
        "2026-03-06",
        "Dayton Main",
    ),
    (
        "x12_850_per_hundred.edi",
        "order",
        [("HCS-0616-150-5Z", 500, "ea"), ("FW-0616-Z", 600, "ea")],
        "TC-48310",
        None,
        None,
    ),
    (
        "x12_850_release_5010.edi",
        "order",
        [("HCS-0616-150-5Z", 10, "bx"), ("HN-0813-Z", 2, "bx")],
        "TC-48311",
        "2026-03-05",
        "Lima Branch",
    ),
    (
        "x12_850_hundreds_as_unit.edi",
        "order",
        [("FW-0616-Z", 1000, "ea"), ("NLN-0616-Z", 2000, "ea")],
        "TC-48312",
        "2026-03-10",
        None,
    ),
    (
        "x12_850_separators_left_out.edi",
        "order",
        [("HCS-0616-150-5Z", 4, "bx"), ("HN-0813-Z", 7, "bx")],
        "TC-48313",
        None,
        None,
    ),
    ("x12_860_cancels.edi", "cancel", [], "TC-48211", None, None),
    (
        "x12_860_all_lines.edi",
        "order_change",
        [("HCS-0616-150-5Z", 12, "bx"), ("HN-0813-Z", 4, "bx")],
        "TC-48330",
        None,
        None,
    ),
]
CLEANING: list[Case] = [
    (
        "edifact_orders_eancom.edi",
        "order",
        [("BL-4L", 5, "ctn"), ("GLV-L", 8, "ctn")],
        "BCS-2026-118",
        "2026-03-02",
        "Al Quoz Store",
    ),
    (
        "edifact_orders_decimal_comma.edi",
        "order",
        [("DW-LEM-1L", 6, "ctn"), ("DW-APP-1L", 4, "ctn")],
        "BCS-2026-119",
        "2026-03-03",
        None,
    ),
    (
        "edifact_orders_released_signs.edi",
        "order",
        [("TIS-200", 20, "ctn"), ("BL-1L", 10, "ctn")],
        "AR+2026:7",
        None,
        "Muwaileh",
    ),
    (
        "edifact_orders_kilograms.edi",
        "order",
        [("DET-25", 4, "bag"), ("GC-500", 24, "btl")],
        "BCS-120",
        "2026-02-26",
        None,
    ),
    ("edifact_orders_own_signs.edi", "order", [("FC-PIN-3L", 5, "ctn")], "BCS-121", None, None),
    ("edifact_orders_latin1.edi", "order", [("FC-LAV-3L", 5, "ctn")], "BCS-122", None, "Al Quoz Store"),
    ("edifact_orders_cancels.edi", "cancel", [], "BCS-2026-118", None, None),
    (
        "edifact_ordchg_all_lines.edi",
        "order_change",
        [("BL-4L", 6, "ctn"), ("GC-500", 3, "ctn")],
        "BCS-2026-130",
        None,
        None,
    ),
]
WIRES: list[Case] = [
    (
        "ubl_order_peppol.xml",
        "order",
        [("SW-6", 10, "box"), ("LED-9", 5, "ctn"), ("FR-15-RED", 10, "coil")],
        "GE-501",
        "2026-02-28",
        "Panki Godown",
    ),
    (
        "ubl_order_by_description.xml",
        "order",
        [("SK-6", 6, "box"), ("MCB-32DP", 40, "pcs")],
        "GE-502",
        "2026-03-02",
        "Naya Ganj Shop",
    ),
    (
        "ubl_order_in_envelope.xml",
        "order",
        [("PL-4", 3, "box"), ("SK-6", 5, "box")],
        "GE-503",
        "2026-02-28",
        "Panki Godown",
    ),
    ("ubl_order_pack_price.xml", "order", [("SW-6", 200, "pcs")], "GE-505", "2026-02-28", "Panki Godown"),
    (
        "ubl_order_change.xml",
        "order_change",
        [("SW-6", 12, "box"), ("LED-9", 5, "ctn"), ("SW-16", 2, "box")],
        "GE-501",
        "2026-02-28",
        "Panki Godown",
    ),
    ("ubl_order_cancellation.xml", "cancel", [], "GE-501", None, None),
]
CLEAN = [
    *((worlds.FASTENERS, "T1", case) for case in FASTENERS),
    *((worlds.CLEANING, "A1" if "released" in case[0] else "A2", case) for case in CLEANING),
    *((worlds.WIRES, "E1", case) for case in WIRES),
]
DOUBTED: list[tuple[reader.Reader, str, str, str, Lines]] = [
    (
        worlds.FASTENERS,
        "T1",
        "x12_850_duplicate_line.edi",
        "contradiction",
        [("HN-0813-Z", 4, "bx"), ("HN-0813-Z", 6, "bx")],
    ),
    (
        worlds.FASTENERS,
        "T1",
        "x12_850_wrong_total.edi",
        "table",
        [("HCS-0616-150-5Z", 10, "bx"), ("FW-0616-Z", 5, "bx")],
    ),
    (
        worlds.FASTENERS,
        "T1",
        "x12_850_unknown_code.edi",
        "unknown_item",
        [("HCS-0616-150-5Z", 10, "bx"), ("FW-0616-Z", 5, "bx")],
    ),
    (
        worlds.FASTENERS,
        "T1",
        "x12_850_unit_not_sold.edi",
        "ambiguous_unit",
        [("HN-0813-Z", 4, "bx"), ("FW-0616-Z", 5, "bx")],
    ),
    (worlds.FASTENERS, "T1", "x12_850_two_orders.edi", "contradiction", [("HN-0813-Z", 4, "bx")]),
    (
        worlds.FASTENERS,
        "T1",
        "x12_850_note_changes_it.edi",
        "open_change",
        [("HN-0813-Z", 4, "bx"), ("FW-0616-Z", 5, "bx")],
    ),
    (
        worlds.FASTENERS,
        "T1",
        "x12_850_cut_off.edi",
        "table",
        [("HN-0813-Z", 4, "bx"), ("FW-0616-Z", 5, "bx")],
    ),
    (
        worlds.CLEANING,
        "A2",
        "edifact_orders_two_dates.edi",
        "date",
        [("BL-4L", 5, "ctn"), ("GLV-L", 5, "ctn")],
    ),
    (worlds.CLEANING, "A2", "edifact_orders_other_currency.edi", "price", [("BL-4L", 5, "ctn")]),
    (worlds.CLEANING, "A2", "edifact_orders_wrong_count.edi", "table", [("BL-4L", 5, "ctn")]),
    (worlds.CLEANING, "A2", "edifact_ordchg.edi", "open_change", [("BL-4L", 7, "ctn"), ("GLV-M", 2, "ctn")]),
    (worlds.WIRES, "E1", "ubl_order_wrong_amount.xml", "table", [("SW-6", 10, "box")]),
]


def attached(name: str) -> tuple[types.Attachment, ...]:
    return inbound.convert(name, (SAMPLES / name).read_bytes())


def read(world: reader.Reader, customer: str, name: str, text: str = "", **more) -> types.Reading:
    return world.read(worlds.message(customer, text, "email", attachments=attached(name), **more))


@pytest.mark.parametrize(("world", "customer", "case"), CLEAN, ids=[c[2][0] for c in CLEAN])
def test_an_agreeing_document_is_read_exactly_and_booked(world, customer, case):
    name, intent, lines, number, on, place = case
    reading = read(world, customer, name, "Please find attached our purchase order.")
    assert (reading.intent, worlds.lines(reading)) == (intent, lines)
    assert reading.po_number == number
    assert reading.requested_date == (date.fromisoformat(on) if on else None)
    assert reading.ship_to == place
    assert reading.doubts == ()
    assert reading.auto == (intent != "cancel")


@pytest.mark.parametrize(
    ("world", "customer", "name", "code", "lines"), DOUBTED, ids=[case[2] for case in DOUBTED]
)
def test_a_document_in_doubt_keeps_its_lines_and_names_the_doubt(world, customer, name, code, lines):
    reading = read(world, customer, name)
    assert worlds.lines(reading) == lines
    assert code in {doubt.code for doubt in reading.doubts}
    assert not reading.auto


def test_every_sample_is_read_in_a_test():
    used = {c[2][0] for c in CLEAN} | {c[2] for c in DOUBTED} | {"mail_with_x12.txt", "x12_860_change.edi"}
    assert {path.name for path in SAMPLES.iterdir()} == used


def test_a_change_is_applied_to_the_order_that_stands_in_the_thread():
    stands = worlds.turn("customer", "PO TC-48211: HCS-0616-150-5Z 10 bx\nFW-0616-Z 5 bx\nHN-0813-Z 4 bx")
    reading = read(worlds.FASTENERS, "T1", "x12_860_change.edi", thread=[stands])
    assert reading.intent == "order_change"
    assert worlds.lines(reading) == [
        ("HCS-0616-150-5Z", 12, "bx"),
        ("HN-0813-Z", 4, "bx"),
        ("HN-0616-Z", 3, "bx"),
    ]
    assert "open_change" not in {doubt.code for doubt in reading.doubts}


def test_a_change_of_an_order_nobody_knows_is_for_a_person():
    reading = read(worlds.FASTENERS, "T1", "x12_860_change.edi")
    assert not reading.auto
    assert "open_change" in {doubt.code for doubt in reading.doubts}


def test_an_increase_to_less_than_stands_is_for_a_person():
    stands = worlds.turn("customer", "PO TC-48211: HCS-0616-150-5Z 20 bx\nFW-0616-Z 5 bx")
    reading = read(worlds.FASTENERS, "T1", "x12_860_change.edi", thread=[stands])
    assert "Line 1 says increase, but 12 stands against 20." in [doubt.text for doubt in reading.doubts]


def test_the_price_is_kept_in_the_unit_it_is_for():
    prices = read(worlds.FASTENERS, "T1", "x12_850_per_hundred.edi").asked_prices
    assert [(p.sku, p.unit_price, p.uom) for p in prices] == [
        ("HCS-0616-150-5Z", Decimal("0.142"), "ea"),
        ("FW-0616-Z", Decimal("0.031"), "ea"),
    ]


def test_words_beside_the_order_that_change_it_are_for_a_person():
    reading = read(worlds.FASTENERS, "T1", "x12_850_plain.edi", "PO attached, please do not ship line 3.")
    assert not reading.auto


def test_an_order_of_another_of_our_customers_is_for_a_person():
    reading = read(worlds.CLEANING, "A2", "edifact_orders_released_signs.edi")
    assert "contradiction" in {doubt.code for doubt in reading.doubts}
    assert not reading.auto


def test_an_unknown_sender_is_for_a_person():
    message = worlds.message(None, "", "email", attachments=attached("x12_850_plain.edi"))
    assert not worlds.FASTENERS.read(message).auto


def test_a_buyers_own_code_is_known_once_a_person_confirmed_it():
    order = types.ElectronicOrder(
        "a.edi",
        "X12 850",
        "order",
        "7",
        (types.ElectronicLine("1", (), ("771-A",), qty=Decimal(4), units=("bx",)),),
    )
    message = worlds.message("T1", "", "email", attachments=[order])
    before = worlds.FASTENERS.read(message)
    assert before.lines[0].sku is None
    taught = worlds.FASTENERS.confirmed(message, [types.PastLine("HN-0813-Z", Decimal(4), "bx")], "SO-9")
    after = worlds.FASTENERS.with_lessons(taught).read(message)
    assert worlds.lines(after) == [("HN-0813-Z", 4, "bx")]
    assert after.auto


def test_an_order_typed_into_a_mail_is_found_between_its_words():
    text = (SAMPLES / "mail_with_x12.txt").read_text()
    found = inbound.in_text(text)
    assert found is not None
    assert found.rest.startswith("Hello team, our new PO in EDI format as agreed:\n")
    assert found.rest.endswith("\nThanks\nBob Hanson")
    (order,) = found.orders
    (plain,) = attached("x12_850_plain.edi")
    assert isinstance(order, types.ElectronicOrder)
    assert isinstance(plain, types.ElectronicOrder)
    assert order.lines == plain.lines
    assert order.problems == ()


@pytest.mark.parametrize(
    "name", ["edifact_orders_eancom.edi", "ubl_order_peppol.xml", "ubl_order_in_envelope.xml"]
)
def test_an_order_typed_between_words_is_taken_whole(name):
    said = (SAMPLES / name).read_text()
    text = f"Dear team,\n{said.strip()}\nRegards\nAsha"
    found = inbound.in_text(text)
    assert found is not None
    assert found.orders == inbound.convert("message", said.strip().encode())
    assert found.rest == "Dear team,\n\n\nRegards\nAsha"
    left = typed.without(text)
    assert len(left) == len(text)
    assert left.split() == ["Dear", "team,", "Regards", "Asha"]


def test_a_message_without_an_order_in_it_is_left_alone():
    text = "Please send ISA bolts\nUNB 20 boxes\n<order> 5 ctn"
    assert typed.find(text) is None
    assert typed.without(text) == text
