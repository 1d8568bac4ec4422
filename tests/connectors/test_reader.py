"""Any ERP connector's reader tells what the ERP knows, and later only what has changed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from obeya.catalog import ports
from obeya.outbox import ports as outbox
from tests.connectors import commands, harness

pytestmark = pytest.mark.erp


def rows(erp: harness.Harness, entity: ports.Entity) -> tuple[ports.Row, ...]:
    page = erp.reader.read(entity, cursor="")
    assert page.complete
    assert page.as_of.tzinfo is not None
    return page.rows


def test_it_says_where_it_is_connected(erp_under_test: harness.Harness) -> None:
    assert erp_under_test.plant.company.legal_name in erp_under_test.reader.check()


def test_items_come_with_the_units_they_are_sold_in(erp_under_test: harness.Harness) -> None:
    read = {row.sku: row for row in rows(erp_under_test, "items") if isinstance(row, ports.ItemRow)}
    for item in erp_under_test.plant.items:
        row = read[item.sku]
        assert (row.description, row.category, row.base_uom) == (item.name, item.category, item.base_uom)
        assert dict(row.units) == dict(item.units)
        assert row.cost == item.cost
        assert (row.lot_tracked, row.made) == (item.lot_tracked, item.kind != "raw")
    assert len(read) == len(erp_under_test.plant.items)


def test_customers_come_with_credit_and_how_to_reach_them(erp_under_test: harness.Harness) -> None:
    read = {row.code: row for row in rows(erp_under_test, "customers") if isinstance(row, ports.CustomerRow)}
    for customer in erp_under_test.plant.customers:
        row = read[customer.code]
        assert row.credit_limit == customer.credit_limit
        assert row.exposure >= customer.receivable
        assert row.credit_enforced == "hard"
        assert (row.phones, row.emails) == ((customer.phone,), (customer.email,))
        assert set(row.ship_to) == set(customer.ship_to)
        assert row.price_list == customer.price_list
    assert len(read) == len(erp_under_test.plant.customers)


def test_price_lists_come_with_their_quantity_breaks(erp_under_test: harness.Harness) -> None:
    read = {
        (row.price_list, row.sku, row.uom, row.min_quantity, row.unit_price, row.currency)
        for row in rows(erp_under_test, "prices")
        if isinstance(row, ports.PriceRow)
    }
    assert read == {
        (price.price_list, price.sku, price.uom, price.min_qty, price.unit_price, "INR")
        for price in erp_under_test.plant.prices
    }


def test_bills_of_materials_are_read_in_base_units(erp_under_test: harness.Harness) -> None:
    read = {row.sku: row for row in rows(erp_under_test, "boms") if isinstance(row, ports.BomRow)}
    for bom in erp_under_test.plant.boms:
        row = read[bom.sku]
        assert row.output_quantity == bom.output_qty
        assert {line.sku: line.quantity for line in row.lines} == {
            line.component: line.qty for line in bom.lines
        }


def test_machines_hang_below_their_line(erp_under_test: harness.Harness) -> None:
    read = {row.code: row for row in rows(erp_under_test, "equipment") if isinstance(row, ports.EquipmentRow)}
    for machine in erp_under_test.plant.at_level("work_unit"):
        assert read[machine.code].parent == machine.parent


def test_stock_is_read_by_lot_and_location(erp_under_test: harness.Harness) -> None:
    read = {
        (row.sku, row.lot, row.location): row
        for row in rows(erp_under_test, "stock")
        if isinstance(row, ports.StockRow)
    }
    for stock in erp_under_test.plant.stock:
        if stock.location in ("RM", "WIP"):
            assert read[stock.sku, stock.lot, stock.location].quantity == stock.qty
    kinds = {location: row.location_kind for (_, _, location), row in read.items()}
    assert {kinds["RM"], kinds["FG"], kinds["WIP"]} == {"store"}
    assert (kinds["LS-EXT"], kinds["HOLD"]) == ("line", "hold")
    lots = {row.number for row in rows(erp_under_test, "lots") if isinstance(row, ports.LotRow)}
    assert {stock.lot for stock in erp_under_test.plant.stock if stock.lot} <= lots


def test_production_orders_are_read_with_machine_lot_and_inputs(erp_under_test: harness.Harness) -> None:
    read = erp_under_test.production_orders()
    by_machine = {row.work_center: row for row in read}
    assert len({row.number for row in read}) == len(read)
    for order in erp_under_test.plant.production_orders:
        if order.work_unit in ("PRT-1", "IM-3", "EXT-1"):
            row = by_machine[order.work_unit]
            assert (row.sku, row.quantity, row.output_lot) == (order.sku, order.qty, order.lot)
            assert row.state == ("released" if order.state == "running" else "planned")
            bom = next(bom for bom in erp_under_test.plant.boms if bom.sku == order.sku)
            assert {line.sku for line in row.inputs} == {line.component for line in bom.lines}


def test_open_sales_lines_say_what_is_still_to_be_shipped(erp_under_test: harness.Harness) -> None:
    read = [row for row in rows(erp_under_test, "sales_lines") if isinstance(row, ports.SalesLineRow)]
    for order in erp_under_test.plant.sales_orders:
        lines = {row.sku: row for row in read if row.customer_reference == order.reference}
        if order.state == "quotation":
            assert not lines
        elif order.reference == "SHC-771":
            assert {sku: (row.quantity, row.open_quantity, row.uom) for sku, row in lines.items()} == {
                line.sku: (line.qty, line.qty, line.uom) for line in order.lines
            }


@pytest.mark.parametrize("entity", ports.ENTITIES)
def test_reading_again_brings_nothing_while_nothing_happens(
    erp_under_test: harness.Harness, entity: ports.Entity
) -> None:
    reader = erp_under_test.reader
    cursor = reader.read(entity, cursor="").cursor
    cursor = reader.read(entity, cursor=cursor).cursor
    page = reader.read(entity, cursor=cursor)
    assert page.rows == ()
    assert not page.complete


def test_an_order_shows_in_the_customers_exposure_and_in_the_open_lines(
    erp_under_test: harness.Harness, new_key: Callable[[], str]
) -> None:
    reader = erp_under_test.reader
    entities: tuple[ports.Entity, ...] = ("customers", "sales_lines")
    cursors = {entity: reader.read(entity, cursor="").cursor for entity in entities}
    before = next(row for row in rows(erp_under_test, "customers")
                  if isinstance(row, ports.CustomerRow) and row.code == "GRJ01")  # fmt: skip
    line = outbox.SalesOrderLine(
        sku="BTL-1000-NAT", quantity=Decimal(2), uom="ctn", unit_price=Decimal("949.44"),
        base_quantity=Decimal(192),
    )  # fmt: skip
    order = outbox.SalesOrder(
        customer="GRJ01", currency="INR", lines=(line,), ordered_on=erp_under_test.today,
        customer_reference="GO/700",
    )  # fmt: skip
    assert isinstance(erp_under_test.poster.post(outbox.Command(key=new_key(), payload=order)), outbox.Posted)
    changed = reader.read("customers", cursor=cursors["customers"])
    after = next(row for row in changed.rows if isinstance(row, ports.CustomerRow) and row.code == "GRJ01")
    assert after.exposure == before.exposure + Decimal("1898.88")
    lines = reader.read("sales_lines", cursor=cursors["sales_lines"]).rows
    assert "GO/700" in {row.customer_reference for row in lines if isinstance(row, ports.SalesLineRow)}


def test_a_movement_brings_only_the_places_that_changed_the_emptied_one_too(
    erp_under_test: harness.Harness, new_key: Callable[[], str]
) -> None:
    reader = erp_under_test.reader
    cursor = reader.read("stock", cursor="").cursor
    moved = outbox.LotQuantity(sku="BTL-500-NAT", quantity=Decimal(5400), lot="B500-0390")
    movement = outbox.GoodsMovement(
        moves=(moved,), from_location="FG", to_location="WIP", posted_on=erp_under_test.today
    )
    assert isinstance(
        erp_under_test.poster.post(outbox.Command(key=new_key(), payload=movement)), outbox.Posted
    )
    page = reader.read("stock", cursor=cursor)
    read = {(row.lot, row.location): row.quantity for row in page.rows if isinstance(row, ports.StockRow)}
    assert not page.complete
    assert (read["B500-0390", "FG"], read["B500-0390", "WIP"]) == (Decimal(0), Decimal(5400))


def test_a_production_order_that_was_completed_is_told_once_more_as_done(
    erp_under_test: harness.Harness, new_key: Callable[[], str]
) -> None:
    reader, order = erp_under_test.reader, erp_under_test.on_machine("IM-2")
    cursor = reader.read("production_orders", cursor="").cursor
    made = outbox.ProductionConfirmation(
        production_order=order.number,
        sku=order.sku,
        yield_quantity=Decimal(118_400),
        scrap_quantity=Decimal(300),
        consumed=(),
        output_lot=order.output_lot,
        posted_on=erp_under_test.today,
        final=True,
    )
    assert isinstance(erp_under_test.poster.post(outbox.Command(key=new_key(), payload=made)), outbox.Posted)
    page = reader.read("production_orders", cursor=cursor)
    told = {row.number: row for row in page.rows if isinstance(row, ports.ProductionOrderRow)}
    assert (told[order.number].state, told[order.number].output_lot) == ("done", order.output_lot)
    assert order.number not in {row.number for row in erp_under_test.production_orders()}


def test_a_line_that_has_been_delivered_is_told_once_more_as_closed(
    erp_under_test: harness.Harness, new_key: Callable[[], str]
) -> None:
    erp, reader = erp_under_test, erp_under_test.reader
    answer = erp.poster.post(outbox.Command(key=new_key(), payload=commands.order(erp)))
    assert isinstance(answer, outbox.Posted)
    number = answer.erp_refs["number"]
    cursor = reader.read("sales_lines", cursor="").cursor
    for state in ("shipped", "delivered"):
        leg = commands.delivery(erp, number, state)
        assert isinstance(erp.poster.post(outbox.Command(key=new_key(), payload=leg)), outbox.Posted)
    told = [row for row in reader.read("sales_lines", cursor=cursor).rows
            if isinstance(row, ports.SalesLineRow) and row.order_number == number]  # fmt: skip
    assert [(row.state, row.open_quantity) for row in told] == [("closed", Decimal(0))]


def test_an_erp_that_is_away_is_named_in_plain_words(erp_under_test: harness.Harness) -> None:
    reader, _ = erp_under_test.connect("http://127.0.0.1:9", 1.0)
    with pytest.raises(ports.CannotReadErp, match="cannot be reached"):
        reader.read("items", cursor="")
