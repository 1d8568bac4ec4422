"""Recorded answers become canonical rows."""

from __future__ import annotations

from decimal import Decimal

import pytest

from obeya.catalog import ports
from obeya.integrations.tryton import inbound
from obeya.integrations.tryton.tests import recorded


def rows(entity: ports.Entity, **changed: str) -> tuple[ports.Row, ...]:
    erp = recorded.replaying({**recorded.READS, **changed})
    return inbound.TrytonReader(erp).read(entity, cursor="").rows


def test_an_item_has_its_base_unit_and_packs_but_no_unit_twice() -> None:
    (cap, *_) = rows("items")
    assert isinstance(cap, ports.ItemRow)
    assert (cap.sku, cap.base_uom, cap.units) == (
        "CAP-28-WHT", "pcs", {"ctn": Decimal(5000), "box": Decimal(500)},
    )  # fmt: skip
    assert (cap.cost, cap.made, cap.lot_tracked) == (Decimal("0.34"), True, True)


def test_a_customer_has_credit_phones_and_places() -> None:
    (krushnai, *_) = rows("customers")
    assert isinstance(krushnai, ports.CustomerRow)
    assert (krushnai.code, krushnai.credit_limit, krushnai.exposure) == (
        "KRS01", Decimal(400000), Decimal("274300.00"),
    )  # fmt: skip
    assert krushnai.ship_to == ("Market Yard shop", "Hadapsar godown")
    assert krushnai.contact_name == "Mahesh Kadam"


def test_price_lines_become_rising_breaks() -> None:
    read = rows("prices", **{"product.product": "priced_items"})
    steps = [
        (row.min_quantity, row.unit_price)
        for row in read
        if isinstance(row, ports.PriceRow) and (row.price_list, row.sku) == ("PL-DLR", "CAP-28-WHT")
    ]
    assert steps == [
        (Decimal(1), Decimal("0.52")),
        (Decimal(50000), Decimal("0.504")),
        (Decimal(200000), Decimal("0.489")),
    ]


def test_a_held_place_a_line_and_a_store_are_told_apart() -> None:
    kinds = {row.location: row.location_kind for row in rows("stock") if isinstance(row, ports.StockRow)}
    assert (kinds["HOLD"], kinds["LS-MOULD"], kinds["FG"], kinds["OUT"]) == ("hold", "line", "store", "other")


def test_a_production_order_shows_its_machine_and_what_it_takes() -> None:
    (order, *_) = rows("production_orders")
    assert isinstance(order, ports.ProductionOrderRow)
    assert (order.number, order.state, order.work_center, order.output_lot) == (
        "MO-00001", "released", "IM-1", "CW28-2417",
    )  # fmt: skip
    assert {line.sku: line.quantity for line in order.inputs}["RES-PP-IM"] == Decimal("417.68")


def test_a_sales_line_is_open_as_far_as_nothing_has_left() -> None:
    for row in rows("sales_lines"):
        assert isinstance(row, ports.SalesLineRow)
        assert (row.state, row.open_quantity) == ("open", row.quantity)


@pytest.mark.parametrize("sample", ["broken_read", "not_allowed", "wrong_key"])
def test_an_erp_that_cannot_be_read_says_so(sample: str) -> None:
    with pytest.raises(ports.CannotReadErp, match="lots"):
        rows("lots", **{"stock.lot": sample})
