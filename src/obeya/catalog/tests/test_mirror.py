"""The mirror: exactly what ERP lists, whole pages, never older over newer, nothing lost."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from obeya.catalog import actions, mirror, models, ports, queries
from obeya.catalog.tests import world
from obeya.catalog.tests.world import apply
from obeya.journal import queries as journal
from obeya.lib import clock

D = Decimal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def pune():
    world.create_site()


def set_aside(entity):
    (found,) = queries.connector_health()
    return next((e.set_aside, e.set_aside_reason) for e in found.entities if e.entity == entity)


def test_an_item_comes_back_with_its_units():
    apply("items", world.item("CAP"))
    item = queries.get_item("PUNE", "CAP")
    assert item.units == {"pcs": D(1), "ctn": D(5000), "box": D(500)}
    assert (item.cost, item.as_of) == (D("0.34"), world.NOON)
    assert queries.list_items("PUNE") == (item,)


def test_the_same_page_again_changes_nothing():
    rows = [world.item("CAP"), world.item("LID")]
    apply("items", *rows)
    before = queries.list_items("PUNE")
    apply("items", *rows)
    assert queries.list_items("PUNE") == before
    assert models.ItemUnit.objects.count() == 4


def test_a_changed_item_keeps_its_key_and_loses_units_that_are_gone():
    apply("items", world.item("CAP"))
    key = queries.get_item("PUNE", "CAP").id
    apply("items", world.item("CAP", description="New", units={"ctn": D(4000)}), minutes=1)
    item = queries.get_item("PUNE", "CAP")
    assert (item.id, item.description, item.units) == (key, "New", {"pcs": D(1), "ctn": D(4000)})


def test_the_last_of_two_rows_with_one_key_counts():
    apply("items", world.item("CAP", description="first"), world.item("CAP", description="last"))
    assert queries.get_item("PUNE", "CAP").description == "last"


def test_an_older_page_never_overwrites_a_newer_one_but_brings_what_is_missing():
    apply("items", world.item("CAP", description="new"), minutes=10)
    applied = apply("items", world.item("CAP", description="old"), world.item("LID"), minutes=5)
    assert applied.written == 1
    assert queries.get_item("PUNE", "CAP").description == "new"
    assert queries.find_item("PUNE", "LID")
    assert models.SyncState.objects.get(entity="items").cursor == "10"


def test_a_page_older_than_a_complete_one_brings_nothing_back():
    apply("items", world.item("LID"))
    apply("prices", world.price("LID", "pcs", "1", "5"))
    apply("prices", minutes=10, complete=True)
    apply("prices", world.price("LID", "pcs", "1", "5"), minutes=5)
    assert models.Price.objects.count() == 0


def test_what_a_complete_page_omits_is_inactive_and_comes_back_when_listed_again():
    apply("items", world.item("CAP"), world.item("LID"))
    apply("items", world.item("CAP"), minutes=1, complete=True)
    assert [item.sku for item in queries.list_items("PUNE")] == ["CAP"]
    assert queries.get_item("PUNE", "LID").active is False
    apply("items", world.item("LID"), minutes=2)
    assert len(queries.list_items("PUNE")) == 2


def test_a_page_that_is_not_complete_removes_nothing():
    apply("items", world.item("CAP"), world.item("LID"), complete=True)
    apply("items", world.item("CAP"), minutes=1)
    assert len(queries.list_items("PUNE")) == 2


def test_a_complete_page_removes_prices_boms_and_stock_and_closes_orders():
    apply("items", world.item("CAP"), world.item("RES"))
    apply("customers", world.customer("KRS01"))
    apply("prices", world.price("CAP", "pcs", "1", "5"))
    apply("boms", world.bom("CAP", "RES"))
    apply("stock", world.stock("RES", "L1", "RM", "10"))
    apply("production_orders", world.order("P1", "CAP", ("RES", "")))
    apply("sales_lines", world.sale("1", "CAP"))
    for entity in ("prices", "boms", "stock", "production_orders", "sales_lines"):
        apply(entity, minutes=1, complete=True)
    assert models.Price.objects.count() == models.Bom.objects.count() == models.BomLine.objects.count() == 0
    assert queries.stock_of("PUNE", sku="RES") == ()
    assert queries.list_production_orders("PUNE") == ()
    assert queries.open_sales_touching("PUNE", "CAP") == ()
    assert queries.get_production_order("PUNE", "P1").number == "P1"


def test_a_row_about_an_unknown_item_waits_and_is_written_once_the_item_is_there():
    assert apply("prices", world.price("CAP", "pcs", "1", "5")).set_aside == 1
    assert set_aside("prices") == (1, "unknown item CAP")
    apply("items", world.item("CAP"))
    assert apply("prices", minutes=1) == actions.Applied(written=1, set_aside=0)
    assert models.Price.objects.get().unit_price == 5
    assert set_aside("prices") == (0, "")


def test_a_waiting_row_is_replaced_by_a_later_one_and_forgotten_when_a_complete_page_omits_it():
    apply("prices", world.price("CAP", "pcs", "1", "5"))
    apply("prices", world.price("CAP", "pcs", "1", "6"), minutes=1)
    apply("items", world.item("CAP"))
    apply("prices", minutes=2)
    assert models.Price.objects.get().unit_price == 6
    apply("prices", world.price("LID", "pcs", "1", "5"), minutes=3)
    assert apply("prices", minutes=4, complete=True).set_aside == 0


def test_a_waiting_row_does_not_overwrite_what_came_after_it():
    apply("sales_lines", world.sale("1", "CAP", "KRS01", open_quantity=D(10)))
    apply("items", world.item("CAP"))
    apply("customers", world.customer("KRS01"))
    apply("sales_lines", world.sale("1", "CAP", "KRS01", open_quantity=D(4)), minutes=2)
    apply("sales_lines", minutes=3)
    assert models.SalesLine.objects.get().open_quantity == 4


def test_a_row_with_a_bad_value_is_named_and_stops_no_other():
    applied = apply("items", world.item("BAD\x00"), world.item("NAN", cost=D("NaN")), world.item("CAP"))
    assert applied == actions.Applied(written=1, set_aside=2)
    assert "control characters" in set_aside("items")[1]
    apply("items", minutes=1)
    assert set_aside("items")[0] == 2
    apply("items", world.item("NAN"), minutes=2)
    assert set_aside("items")[0] == 1
    assert queries.find_item("PUNE", "NAN")


def test_a_page_with_rows_of_another_entity_is_refused_whole():
    with pytest.raises(mirror.PageDoesNotFit):
        apply("items", world.item("CAP"), world.customer("KRS01"))
    assert queries.list_items("PUNE") == ()


def test_a_second_connector_cannot_add_to_what_the_first_provides():
    apply("items", world.item("CAP"))
    with pytest.raises(actions.CannotApplyPage, match="come from erp"):
        actions.apply_page(connector="files", site="PUNE", entity="items", page=world.page())


def test_two_sites_keep_their_items_apart():
    world.create_site("SURAT")
    apply("items", world.item("CAP"))
    page = world.page(world.item("CAP", description="of Surat"))
    actions.apply_page(connector="erp", site="SURAT", entity="items", page=page)
    assert queries.get_item("PUNE", "CAP").description == "The CAP"
    assert queries.get_item("SURAT", "CAP").description == "of Surat"


def test_stock_without_a_lot_is_replaced_and_not_doubled():
    apply("items", world.item("CAP"))
    apply("stock", world.stock("CAP", "", "FG", "10"))
    apply("stock", world.stock("CAP", "", "FG", "7"), minutes=1)
    (found,) = queries.stock_of("PUNE", sku="CAP")
    assert (found.quantity, found.lot, found.location_kind) == (D(7), "", "store")


def test_a_lot_is_on_hold_while_its_stock_lies_there_and_keeps_it_when_erp_lists_it():
    apply("items", world.item("RES", lot_tracked=True))
    apply("stock", world.stock("RES", "L1", "RM", "10"))
    assert queries.get_lot("PUNE", "L1").status == "available"
    moved = [world.stock("RES", "L1", "RM", "0"), world.stock("RES", "L1", "HOLD", "10", "hold")]
    apply("stock", *moved, minutes=1)
    row = ports.LotRow(number="L1", sku="RES", erp_id="7", supplier="Sahyadri")
    apply("lots", row, minutes=1)
    lot = queries.get_lot("PUNE", "L1")
    assert (lot.status, lot.supplier) == ("on_hold", "Sahyadri")
    apply("stock", world.stock("RES", "L1", "RM", "10"), minutes=2, complete=True)
    assert queries.get_lot("PUNE", "L1").status == "available"


def test_a_scrapped_lot_stays_scrapped_until_some_of_it_is_back():
    apply("items", world.item("RES"))
    apply("stock", world.stock("RES", "L1", "HOLD", "10", "hold"))
    lot = queries.get_lot("PUNE", "L1")
    actions.mark_lot_scrapped(lot_id=lot.id, origin=world.ORIGIN)
    actions.mark_lot_scrapped(lot_id=lot.id, origin=world.ORIGIN)
    apply("stock", minutes=1, complete=True)
    assert queries.get_lot("PUNE", "L1").status == "scrapped"
    assert len(journal.list_about("lot:L1", types=["catalog.lot_scrapped"])) == 1
    apply("stock", world.stock("RES", "L1", "RM", "3"), minutes=2)
    assert queries.get_lot("PUNE", "L1").status == "available"


def test_a_changed_credit_is_told_once_with_both_values():
    apply("customers", world.customer("KRS01", credit_limit=D(400000), exposure=D("182500.50")))
    assert journal.list_about("customer:KRS01") == []
    changed = world.customer("KRS01", credit_limit=D(400000), exposure=D(190000))
    apply("customers", changed, minutes=1)
    apply("customers", changed, minutes=2)
    (event,) = journal.list_about("customer:KRS01")
    assert event.type == "catalog.credit_changed"
    assert D(str(event.data["exposure_before"])) == D("182500.50")
    assert event.data["exposure"] == "190000"


def test_a_sync_leaves_own_contacts_names_and_floors_alone():
    apply("items", world.item("CAP"))
    apply("customers", world.customer("KRS01", phones=("+91 00000 20101",)))
    world.add_phone("KRS01", "+91 00000 20999")
    world.add_name("KRS01", "KT Pune")
    actions.set_floor(site="PUNE", sku="CAP", uom="pcs", floor=D("0.47"), currency="INR", origin=world.ORIGIN)
    apply("customers", world.customer("KRS01"), minutes=1, complete=True)
    apply("items", world.item("CAP"), minutes=1, complete=True)
    customer = queries.get_customer("PUNE", "KRS01")
    assert customer.phones == ("910000020999",)
    assert customer.other_names == ("KT Pune",)
    assert models.PriceFloor.objects.count() == 1


def test_equipment_gets_levels_from_its_place_and_keeps_what_obeya_set():
    row = ports.EquipmentRow
    machine = row(code="IM-1", erp_id="2", name="Injection 1", parent="MOULD")
    line = row(code="MOULD", erp_id="1", name="Moulding")
    apply("equipment", machine, line)
    actions.set_equipment(site="PUNE", code="PUNE-MFG", level="area", name="Shop", origin=world.ORIGIN)
    actions.set_equipment(
        site="PUNE", code="MOULD", level="work_center", parent="PUNE-MFG", origin=world.ORIGIN
    )
    apply("equipment", machine, line, minutes=1, complete=True)
    found = {e.code: (e.level, e.parent, e.name) for e in queries.list_equipment("PUNE")}
    assert found == {
        "IM-1": ("work_unit", "MOULD", "Injection 1"),
        "MOULD": ("work_center", "PUNE-MFG", "Moulding"),
        "PUNE-MFG": ("area", "", "Shop"),
    }
    apply("equipment", line, minutes=2, complete=True)
    assert {e.code for e in queries.list_equipment("PUNE")} == {"MOULD", "PUNE-MFG"}


def test_a_circle_of_work_centers_is_cut():
    row = ports.EquipmentRow
    apply(
        "equipment",
        row(code="A", erp_id="1", name="A", parent="B"),
        row(code="B", erp_id="2", name="B", parent="A"),
    )
    parents = {e.code: e.parent for e in queries.list_equipment("PUNE")}
    assert sorted(parents.values()) == ["", "B"] or sorted(parents.values()) == ["", "A"]


def test_thousands_of_rows_take_no_more_queries_than_a_few(django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        apply("items", *(world.item(f"I{n}") for n in range(2000)))
    with django_assert_max_num_queries(20):
        apply("prices", *(world.price(f"I{n}", "pcs", "1", "5") for n in range(2000)), minutes=1)
    assert models.Price.objects.count() == 2000


@pytest.mark.django_db(transaction=True)
def test_two_pages_at_the_same_moment_leave_the_later_one():
    apply("items", world.item("CAP"))

    def work(minutes: int) -> None:
        apply("items", world.item("CAP", description=str(minutes)), minutes=minutes)
        connection.close()

    threads = [threading.Thread(target=work, args=(minutes,)) for minutes in (3, 9, 1, 7, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert queries.get_item("PUNE", "CAP").description == "9"
    assert models.SyncState.objects.get(entity="items").as_of == world.page(minutes=9).as_of


def test_health_tells_the_age_of_what_is_shown():
    before = clock.use(clock.ManualClock(world.page(minutes=30).as_of))
    try:
        apply("items", world.item("CAP"))
        (found,) = queries.connector_health()
    finally:
        clock.use(before)
    (items,) = found.entities
    assert (found.healthy, items.rows, items.age) == (True, 1, timedelta(minutes=30))
