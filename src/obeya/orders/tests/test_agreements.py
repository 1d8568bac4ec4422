"""An agreed price holds for just what it was agreed for; whatever changes is asked about anew."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from tests.worlds import desk, small

from obeya.catalog import actions as catalog
from obeya.catalog import ports
from obeya.journal.events import Origin
from obeya.orders import actions, models, queries

NIKHIL = Origin.fresh(source="web.orders", actor="user:nikhil")


@pytest.fixture(autouse=True)
def _desk(request: pytest.FixtureRequest):
    request.getfixturevalue("db")
    with desk.standing():
        yield


def price_doubt(order: queries.Order) -> queries.Doubt:
    (doubt,) = [doubt for doubt in desk.open_doubts(order) if doubt.kind == "price"]
    return doubt


def decide(
    order: queries.Order, option: str, rationale: str = "Wins them back", **more: Any
) -> queries.Order:
    actions.answer_doubt(
        request_id=price_doubt(order).id,
        access=desk.access("nikhil"),
        option=option,
        rationale=rationale,
        origin=NIKHIL,
        **more,
    )
    return queries.get_order(order.id)


def set_list(sku: str, amount: str) -> None:
    """ERP has a new price for one item."""
    rows = [
        ports.PriceRow(**{**_fields(row), "unit_price": Decimal(amount)})
        if (row.sku, row.uom, row.min_quantity) == (sku, "ctn", Decimal(1))
        else row
        for row in small.PRICES
    ]
    small.apply(small.SITE, "prices", *rows)


def _fields(row: ports.PriceRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__dataclass_fields__}


def set_floor(sku: str, amount: str) -> None:
    """Commercial sets a floor per piece."""
    floor = catalog.Floor(sku, "pcs", Decimal(amount), small.CURRENCY)
    catalog.set_floors(site=small.SITE, floors=[floor], origin=NIKHIL)


def test_what_was_agreed_stands_on_the_line_with_its_terms_and_its_request():
    order = desk.write("2 ctn CAP-28-WHT rate 10 per ctn")
    asked = price_doubt(order).id
    assert decide(order, "asked").state == "confirmed"
    line = models.LineRow.objects.get(order=order.id)
    assert (line.price_decided, line.agreed_price, line.unit_price) == ("asked", Decimal(10), Decimal(10))
    assert line.agreed_request_id == asked
    assert line.agreed_terms is not None
    assert Decimal(line.agreed_terms["list_price"]) == line.list_price


def test_a_list_price_that_falls_after_it_was_agreed_is_not_booked_unasked():
    order = desk.write("2 ctn CAP-28-WHT rate 10 per ctn and 3 ctn zinkplugs")
    assert decide(order, "list").state == "waiting"
    set_list("CAP-28-WHT", "1000")
    (other,) = desk.open_doubts(order)
    actions.answer_doubt(request_id=other.id, access=desk.access("asha"), sku="CAP-38-WHT", origin=NIKHIL)
    again = queries.get_order(order.id)
    assert again.state == "waiting"
    reason = price_doubt(again).reason
    assert "2,600 per ctn was agreed while the list price was 2,600, and now it is 1,000." in reason
    assert models.LineRow.objects.get(order=order.id, position=0).unit_price == 1000


def test_a_floor_raised_above_the_agreed_price_asks_again():
    order = desk.write("2 ctn CAP-28-WHT rate 2590 per ctn and 3 ctn zinkplugs")
    assert decide(order, "asked").state == "waiting"
    set_floor("CAP-28-WHT", "0.519")
    (other,) = desk.open_doubts(order)
    actions.answer_doubt(request_id=other.id, access=desk.access("asha"), sku="CAP-38-WHT", origin=NIKHIL)
    assert "while the floor was" in price_doubt(order).reason
    assert queries.get_order(order.id).state == "waiting"


def test_the_list_price_may_be_booked_above_the_floor_without_a_reason():
    order = desk.write("2 ctn CAP-28-WHT rate 10 per ctn")
    assert decide(order, "list", rationale="").state == "confirmed"


def test_a_list_price_below_the_floor_is_booked_with_a_reason_only():
    set_list("CAP-28-WHT", "1000")
    order = desk.write("2 ctn CAP-28-WHT")
    with pytest.raises(actions.CannotChangeOrder, match="reason"):
        decide(order, "list", rationale="")
    assert decide(order, "list").state == "confirmed"


@pytest.mark.django_db(transaction=True)
def test_lines_of_before_get_the_price_that_was_decided_for_them():
    booked = desk.write("2 ctn CAP-28-WHT rate 10 per ctn")
    request = price_doubt(booked).id
    decide(booked, "asked")
    waiting = desk.write("4 ctn CAP-28-BLU and 3 ctn zinkplugs")
    models.LineRow.objects.filter(order=waiting.id, position=0).update(price_decided="list")
    lost = models.LineRow.objects.filter(order=waiting.id, position=1)
    lost.update(price_decided="list", list_price=None)
    to = ("orders", "0007_agreed_prices")
    newest = [key for key in MigrationExecutor(connection).loader.graph.leaf_nodes() if key[0] == "orders"]
    MigrationExecutor(connection).migrate([("orders", "0006_past_of_customer")])
    MigrationExecutor(connection).migrate([to])
    MigrationExecutor(connection).migrate(newest)
    line = models.LineRow.objects.get(order=booked.id)
    assert (line.agreed_price, line.agreed_request_id) == (Decimal(10), request)
    line = models.LineRow.objects.get(order=waiting.id, position=0)
    assert line.agreed_terms is not None
    assert (line.agreed_price, line.agreed_terms["uom"], line.agreed_request_id) == (
        Decimal(2700),
        "ctn",
        None,
    )
    assert lost.get().price_decided == ""
