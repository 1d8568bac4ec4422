"""A small plant for the catalog's tests: rows as a connector gives them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from obeya.catalog import actions, ports
from obeya.journal.events import Origin
from obeya.people import actions as people

D = Decimal

ORIGIN = Origin.fresh(source="test", actor="user:asha")
NOON = datetime(2026, 2, 2, 12, tzinfo=UTC)
TODAY = date(2026, 2, 2)


def create_site(code: str = "PUNE") -> None:
    people.create_site(
        code=code,
        name=code,
        country="IN",
        timezone="Asia/Kolkata",
        currency="INR",
        week=["mon", "tue", "wed", "thu", "fri", "sat"],
        origin=ORIGIN,
    )


def page(*rows: ports.Row, minutes: int = 0, complete: bool = False, cursor: str = "") -> ports.Page:
    moment = NOON + timedelta(minutes=minutes)
    return ports.Page(rows=rows, cursor=cursor or str(minutes), as_of=moment, complete=complete)


def apply(
    entity: ports.Entity, *rows: ports.Row, minutes: int = 0, complete: bool = False
) -> actions.Applied:
    return actions.apply_page(
        connector="erp", site="PUNE", entity=entity, page=page(*rows, minutes=minutes, complete=complete)
    )


def add_phone(code: str, number: str) -> None:
    actions.add_contact(site="PUNE", customer=code, kind="phone", value=number, origin=ORIGIN)


def add_email(code: str, address: str) -> None:
    actions.add_contact(site="PUNE", customer=code, kind="email", value=address, origin=ORIGIN)


def add_name(code: str, name: str) -> None:
    actions.add_customer_name(site="PUNE", customer=code, name=name, origin=ORIGIN)


def item(sku: str, **changes: object) -> ports.ItemRow:
    values = {
        "sku": sku,
        "erp_id": f"item-{sku}",
        "description": f"The {sku}",
        "category": "Caps",
        "base_uom": "pcs",
        "units": {"ctn": D(5000), "box": D(500)},
        "cost": D("0.34"),
    }
    return ports.ItemRow(**values | changes)  # type: ignore[arg-type]  # changes are checked by the row


def customer(code: str, **changes: object) -> ports.CustomerRow:
    values = {"code": code, "erp_id": f"party-{code}", "name": f"{code} Traders", "currency": "INR"}
    return ports.CustomerRow(**values | changes)  # type: ignore[arg-type]  # as above


def price(sku: str, uom: str, minimum: str, amount: str, price_list: str = "PL-DLR") -> ports.PriceRow:
    return ports.PriceRow(
        price_list=price_list,
        sku=sku,
        uom=uom,
        min_quantity=D(minimum),
        unit_price=D(amount),
        currency="INR",
    )


def bom(sku: str, *components: str) -> ports.BomRow:
    lines = tuple(ports.BomLineRow(sku=component, quantity=D("10.442")) for component in components)
    return ports.BomRow(erp_id=f"bom-{sku}", sku=sku, output_quantity=D(5000), lines=lines)


def stock(sku: str, lot: str, location: str, quantity: str, kind: str = "store") -> ports.StockRow:
    return ports.StockRow(
        sku=sku,
        lot=lot,
        location=location,
        quantity=D(quantity),
        location_kind=kind,  # type: ignore[arg-type]  # one of the four kinds
    )


def order(number: str, sku: str, *inputs: tuple[str, str], **changes: object) -> ports.ProductionOrderRow:
    values = {
        "number": number,
        "erp_id": f"production-{number}",
        "sku": sku,
        "quantity": D(1000),
        "state": "released",
        "inputs": tuple(ports.ProductionInputRow(sku=s, quantity=D(20), lot=lot) for s, lot in inputs),
    }
    return ports.ProductionOrderRow(**values | changes)  # type: ignore[arg-type]  # as above


def sale(line_id: str, sku: str, code: str = "KRS01", **changes: object) -> ports.SalesLineRow:
    values = {
        "order_number": "SO-1",
        "line_id": line_id,
        "customer": code,
        "sku": sku,
        "uom": "ctn",
        "quantity": D(20),
        "open_quantity": D(10),
        "unit_price": D(2520),
        "currency": "INR",
    }
    return ports.SalesLineRow(**values | changes)  # type: ignore[arg-type]  # as above
