"""Purchase orders of two dozen layouts are read to what they order, and asked about only where in doubt."""

from decimal import Decimal

import pytest

from obeya.integrations.documents import converting
from obeya.integrations.documents.tests import drawing
from obeya.orders import ports
from obeya.orders.reading import types
from obeya.orders.reading.tests import worlds

BUYERS = {
    "fasteners": (worlds.FASTENERS, "T1"),
    "wires": (worlds.WIRES, "E1"),
    "cleaning": (worlds.CLEANING, "A2"),
}


def read(sample: drawing.Sample) -> types.Reading:
    reader, customer = BUYERS[sample.world]
    found = converting.convert_pdf(ports.File(sample.draw(), "po.pdf"))
    assert not isinstance(found, ports.NotMine)
    text = "Please find attached our purchase order."
    message = worlds.message(customer, text, "email", attachments=found, subject="Purchase order")
    return reader.read(message)


def in_base_units(world: str, lines):
    """(SKU, quantity in base units), as ERP would see them."""
    sizes = {item.sku: item.units for item in BUYERS[world][0].company.items}
    return sorted((sku, Decimal(quantity) * sizes[sku][uom]) for sku, quantity, uom in lines)


@pytest.mark.parametrize("name", drawing.SAMPLES)
def test_a_layout_is_read_to_what_it_orders(name):
    sample = drawing.SAMPLES[name]
    reading = read(sample)
    found = [(line.sku, line.qty, line.uom) for line in reading.lines]
    assert in_base_units(sample.world, found) == in_base_units(sample.world, sample.wanted)
    assert reading.auto == sample.sure, [doubt.text for doubt in reading.doubts]


@pytest.mark.parametrize(
    ("name", "po", "place", "day"),
    [
        ("unruled_us", "TC-88121", "Lima Branch", "2026-03-03"),
        ("tally_print", "GE/25-26/114", "Panki Godown", "2026-03-03"),
        ("gulf_lpo", "BCS-2026-77", "Al Quoz Store", "2026-03-01"),
        ("centred_cells_in_boxes", "5521", None, "2026-02-28"),
    ],
)
def test_the_head_of_an_order_is_read_from_the_document(name, po, place, day):
    reading = read(drawing.SAMPLES[name])
    assert (reading.po_number, reading.ship_to) == (po, place)
    assert (reading.requested_date.isoformat() if reading.requested_date else None) == day
