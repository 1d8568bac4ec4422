"""What a lot touches: where it lies, which orders consume or make it, whose goods come from it."""

from datetime import date
from decimal import Decimal

import pytest

from obeya.catalog import actions, ports, queries
from obeya.catalog.tests import world
from obeya.catalog.tests.world import apply

pytestmark = pytest.mark.django_db

D = Decimal


@pytest.fixture(autouse=True)
def plant():
    """Resin RES goes into film SFG, film into pouch POUCH; caps CAP are made of RES too."""
    world.create_site()
    skus = ("RES", "MB", "SFG", "POUCH", "CAP")
    apply("items", *(world.item(sku) for sku in skus))
    apply("customers", world.customer("KRS01"), world.customer("ANR01"))
    apply("boms", world.bom("SFG", "RES", "MB"), world.bom("POUCH", "SFG"), world.bom("CAP", "RES"))


def touches(sku, lot=""):
    return [(t.order.number, t.how, t.quantity) for t in queries.production_orders_touching("PUNE", sku, lot)]


def test_a_material_is_used_in_everything_made_from_it_at_any_depth():
    uses = queries.where_used("PUNE", "RES")
    assert [(use.sku, use.steps, use.through) for use in uses] == [
        ("CAP", 1, "RES"),
        ("SFG", 1, "RES"),
        ("POUCH", 2, "SFG"),
    ]
    assert queries.where_used("PUNE", "POUCH") == ()


def test_bills_of_materials_that_go_in_a_circle_come_to_an_end():
    apply("boms", world.bom("RES", "POUCH"), minutes=1)
    assert {use.sku for use in queries.where_used("PUNE", "RES")} == {"CAP", "SFG", "POUCH"}


def test_a_bill_of_materials_comes_back_with_its_lines():
    (bom,) = queries.boms_of("PUNE", "SFG")
    assert bom.output_quantity == D(5000)
    assert [(line.sku, line.quantity) for line in bom.lines] == [("RES", D("10.442")), ("MB", D("10.442"))]


def test_orders_that_name_the_lot_or_no_lot_are_touched_and_those_that_name_another_are_not():
    apply(
        "production_orders",
        world.order("NAMED", "CAP", ("RES", "L1"), ("RES", "L1"), due_on=date(2026, 2, 3)),
        world.order("OTHER", "CAP", ("RES", "L2")),
        world.order("OPEN", "CAP", ("RES", ""), due_on=date(2026, 2, 5)),
        world.order("DONE", "CAP", ("RES", "L1"), state="done", due_on=date(2026, 1, 2)),
        world.order("DONE2", "CAP", ("RES", ""), state="done"),
        world.order("GONE", "CAP", ("RES", "L1"), state="cancelled"),
    )
    assert touches("RES", "L1") == [
        ("DONE", "consumes_lot", D(20)),
        ("NAMED", "consumes_lot", D(40)),
        ("OPEN", "needs_item", D(20)),
    ]


def test_the_order_that_makes_a_lot_is_touched_by_it():
    apply(
        "production_orders",
        world.order("P1", "CAP", ("RES", ""), output_lot="CW-1", state="running"),
        world.order("P2", "CAP", ("RES", ""), output_lot="CW-2"),
        world.order("P3", "CAP", ("RES", "")),
    )
    assert touches("CAP", "CW-1") == [("P1", "produces_lot", D(1000)), ("P3", "makes_item", D(1000))]


def test_an_item_without_a_lot_touches_every_open_order_that_needs_or_makes_it():
    apply(
        "production_orders",
        world.order("P1", "CAP", ("RES", "L2")),
        world.order("P2", "RES", state="planned"),
        world.order("P3", "CAP", ("RES", ""), state="done"),
    )
    assert touches("RES") == [("P1", "needs_item", D(20)), ("P2", "makes_item", D(1000))]


def test_a_finished_order_that_erp_no_longer_lists_is_still_found_by_its_lot():
    apply("production_orders", world.order("P1", "CAP", ("RES", "L1"), state="done"))
    apply("production_orders", minutes=1, complete=True)
    assert touches("RES", "L1") == [("P1", "consumes_lot", D(20))]
    assert touches("RES") == []


def test_an_order_that_changes_its_inputs_forgets_the_old_ones():
    apply("production_orders", world.order("P1", "CAP", ("RES", "L1")))
    apply("production_orders", world.order("P1", "CAP", ("RES", "L2")), minutes=1)
    assert touches("RES", "L1") == []
    assert touches("RES", "L2") == [("P1", "consumes_lot", D(20))]


def test_open_sales_of_everything_made_from_a_material_are_touched_soonest_first():
    apply(
        "sales_lines",
        world.sale("1", "POUCH", "ANR01", due_on=date(2026, 2, 9)),
        world.sale("2", "CAP", due_on=date(2026, 2, 3)),
        world.sale("3", "RES"),
        world.sale("4", "CAP", state="closed"),
        world.sale("5", "CAP", open_quantity=D(0)),
        world.sale("6", "MB"),
    )
    found = queries.open_sales_touching("PUNE", "RES")
    assert [(line.line_id, line.made_from, line.customer) for line in found] == [
        ("2", "RES", "KRS01"),
        ("1", "RES", "ANR01"),
        ("3", "", "KRS01"),
    ]
    assert [line.line_id for line in queries.list_open_sales("PUNE", customer="ANR01")] == ["1"]


def test_stock_of_an_item_and_of_a_lot_by_place():
    apply(
        "stock",
        world.stock("RES", "L1", "RM", "6400"),
        world.stock("RES", "L1", "LS", "12.5", "line"),
        world.stock("RES", "L2", "RM", "5000"),
        world.stock("RES", "L2", "HOLD", "0", "hold"),
    )
    assert [(s.location, s.lot, s.quantity) for s in queries.stock_of("PUNE", sku="RES")] == [
        ("LS", "L1", D("12.5")),
        ("RM", "L1", D(6400)),
        ("RM", "L2", D(5000)),
    ]
    assert [s.location for s in queries.stock_of("PUNE", lot="L1")] == ["LS", "RM"]
    assert [place.code for place in queries.list_locations("PUNE", "hold")] == ["HOLD"]
    with pytest.raises(ValueError, match="item or a lot"):
        queries.stock_of("PUNE")


def lot(number, sku="RES"):
    return ports.LotRow(number=number, sku=sku, erp_id=f"{number}-{sku}")


def test_a_scan_box_finds_lots_by_how_they_start_in_any_case():
    apply("lots", lot("RPP-2231"), lot("RPP-2238"), lot("CW28"), lot("R%"))
    assert [found.number for found in queries.find_lots("PUNE", " rpp-22")] == ["RPP-2231", "RPP-2238"]
    assert [found.number for found in queries.find_lots("PUNE", "R%")] == ["R%"]
    assert queries.find_lots("PUNE", " ") == ()
    assert queries.find_lots("PUNE", "\x00") == ()


def test_a_lot_number_of_two_items_asks_for_the_item():
    apply("lots", lot("L1"), lot("L1", "CAP"))
    with pytest.raises(queries.NoSuchLot, match="CAP"):
        queries.get_lot("PUNE", "l1")
    assert queries.get_lot("PUNE", "l1", "CAP").sku == "CAP"
    with pytest.raises(queries.NoSuchLot, match="no lot"):
        queries.get_lot("PUNE", "L9")


def set_equipment(code, level, parent=""):
    return actions.set_equipment(site="PUNE", code=code, level=level, parent=parent, origin=world.ORIGIN)


def test_equipment_that_does_not_fit_is_refused_in_plain_words():
    set_equipment("MFG", "area")
    set_equipment("LINE", "work_center", "MFG")
    with pytest.raises(actions.CannotSetEquipment, match="below itself"):
        set_equipment("MFG", "area", "LINE")
    with pytest.raises(actions.CannotSetEquipment, match="area cannot stand below a work center"):
        set_equipment("MFG2", "area", "LINE")
    with pytest.raises(actions.CannotSetEquipment, match="must exist"):
        set_equipment("X", "area", "GHOST")
    assert [e.code for e in queries.list_equipment("PUNE", level="work_center")] == ["LINE"]
    with pytest.raises(queries.NoSuchEquipment):
        queries.get_equipment("PUNE", "GHOST")


def test_rows_are_found_by_their_keys_for_foreign_keys():
    apply("lots", lot("L1"))
    apply("production_orders", world.order("P1", "CAP"))
    item = queries.get_item("PUNE", "CAP")
    customer = queries.get_customer("PUNE", "KRS01")
    found_lot = queries.get_lot("PUNE", "L1")
    order = queries.get_production_order("PUNE", "P1")
    machine = set_equipment("IM-1", "work_unit")
    assert queries.items_by_id([item.id]) == {item.id: item}
    assert queries.customers_by_id([customer.id]) == {customer.id: customer}
    assert queries.lots_by_id([found_lot.id]) == {found_lot.id: found_lot}
    assert queries.production_orders_by_id([order.id]) == {order.id: order}
    assert queries.equipment_by_id([machine.id]) == {machine.id: machine}
    with pytest.raises(queries.NoSuchLot):
        queries.get_lot_by_id(0)
