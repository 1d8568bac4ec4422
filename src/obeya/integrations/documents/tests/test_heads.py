"""Where forms print the order's number, the delivery place and the day, they are read."""

import pytest

from obeya.integrations.documents import converting
from obeya.integrations.documents.tests import sheets
from obeya.orders import ports
from obeya.orders.reading.tests import worlds

PLACES = {
    "names above values": (
        [(40, "P.O. NUMBER"), (200, "DATE"), (320, "SHIP VIA"), (440, "DELIVERY DATE")],
        [(40, "45-88121"), (200, "02/23/2026"), (320, "UPS Ground"), (440, "03/05/2026")],
    ),
    "under the title": (
        [(200, "PURCHASE ORDER")],
        [(40, "No. 45-88121")],
        [(40, "Date 02/23/2026")],
        [(40, "Required by 03/05/2026")],
    ),
    "order number": ([(40, "Order #: 45-88121")], [(40, "Order Date: 2/23/26")], [(40, "Need by: 3/5/26")]),
    "at the right": (
        [(40, "Tri-County Supply"), (400, "PO #"), (480, "45-88121")],
        [(40, "12 Main St, Dayton"), (400, "PO Date"), (480, "02/23/2026")],
        [(400, "Ship Date"), (480, "03/05/2026")],
    ),
    "in words": (
        [(40, "Purchase Order: 45-88121 Rev 0")],
        [(40, "Delivery required on or before March 5, 2026")],
    ),
    "promised": ([(40, "PO# 45-88121")], [(40, "PO date 02/20/2026   Promise date: 03/05/2026")]),
}


def read(*rows):
    paper = sheets.Paper()
    for row in rows:
        for x, text in row:
            paper.put(x, text)
        paper.down()
    paper.down()
    columns = [sheets.Column("Qty", 60, "r"), sheets.Column("Unit", 70), sheets.Column("Part No", 110)]
    paper.header(columns)
    for one in sheets.FASTENERS[:3]:
        paper.row(columns, [str(one.quantity), one.said_unit, one.sku])
    found = converting.convert_pdf(ports.File(paper.done(), "po.pdf"))
    assert not isinstance(found, ports.NotMine)
    return worlds.FASTENERS.read(worlds.message("T1", "PO attached", "email", attachments=found))


@pytest.mark.parametrize("where", PLACES)
def test_number_and_day_are_read_wherever_they_stand(where):
    reading = read(*PLACES[where])
    assert (reading.po_number, str(reading.requested_date)) == ("45-88121", "2026-03-05")
    assert (len(reading.lines), reading.auto) == (3, True)


def test_the_place_is_the_one_to_ship_to_not_the_senders_own():
    reading = read(
        [(40, "Tri-County Supply, 12 Main St, Dayton")],
        [(40, "PO 7781")],
        [(40, "BILL TO:"), (300, "SHIP TO:")],
        [(40, "Tri-County Supply"), (300, "Tri-County Supply - Lima Branch")],
    )
    assert reading.ship_to == "Lima Branch"


def test_the_senders_own_address_is_no_place_to_deliver():
    assert read([(40, "Tri-County Supply")], [(40, "12 Main St, Dayton")], [(40, "PO 7781")]).ship_to is None


@pytest.mark.parametrize(
    "note",
    [
        "Please also add 5 boxes HN-0420-Z",
        "Line 2 is cancelled",
        "This supersedes our PO 45-88000",
        "Change the quantity for line 1",
    ],
)
def test_a_note_that_changes_the_table_is_asked_about(note):
    reading = read([(40, "PO 7781")], [(40, note)])
    assert not reading.auto
    assert any(doubt.text == "The document amends itself." for doubt in reading.doubts)


@pytest.mark.parametrize("note", ["Please send 2 copies of your invoice", "Please include a packing slip"])
def test_a_usual_note_changes_nothing(note):
    assert read([(40, "PO 7781")], [(40, note)]).auto
