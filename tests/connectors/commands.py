"""Commands on the demo plant that the suite posts."""

from __future__ import annotations

import datetime
from decimal import Decimal

from obeya.outbox import ports
from tests.connectors import harness


def order(
    erp: harness.Harness,
    *,
    customer: str = "MGM01",
    sku: str = "CAP-28-TE-BLU",
    cartons: int = 2,
    uom: str = "ctn",
    ship_to: str = "",
    reference: str = "MB-9001",
) -> ports.SalesOrder:
    """A one-line order at a price of one rupee a piece."""
    per_carton = erp.plant.item(sku).units.get("ctn", Decimal(1)) if sku in _skus(erp) else Decimal(1)
    line = ports.SalesOrderLine(
        sku=sku,
        quantity=Decimal(cartons),
        uom=uom,
        unit_price=per_carton,
        base_quantity=cartons * per_carton,
    )
    return ports.SalesOrder(
        customer=customer,
        currency="INR",
        lines=(line,),
        ordered_on=erp.today,
        requested_on=erp.today + datetime.timedelta(days=2),
        customer_reference=reference,
        ship_to=ship_to,
    )


def _skus(erp: harness.Harness) -> set[str]:
    return {item.sku for item in erp.plant.items}


def movement(erp: harness.Harness, quantity: int = 100, *, lot: str = "CTW-0519") -> ports.GoodsMovement:
    """White tamper-evident caps from the store to the semi-finished store."""
    moved = ports.LotQuantity(sku="CAP-28-TE-WHT", quantity=Decimal(quantity), lot=lot)
    return ports.GoodsMovement(moves=(moved,), from_location="FG", to_location="WIP", posted_on=erp.today)


def lot_status(
    erp: harness.Harness, status: str, quantity: int = 5000, *, lot: str = "CB28-0871"
) -> ports.LotStatus:
    """Blue caps put on hold from the store, released to it, or scrapped out of the hold."""
    place = None if status == "scrapped" else "FG"
    moved = ports.LotQuantity(sku="CAP-28-BLU", quantity=Decimal(quantity), lot=lot, location=place)
    return ports.LotStatus(
        sku="CAP-28-BLU",
        lot=lot,
        status=status,  # type: ignore[arg-type]  # the tests name the three there are
        moves=(moved,),
        posted_on=erp.today,
        reason="colour off",
    )


def confirmation(
    erp: harness.Harness,
    number: str,
    good: int = 10000,
    *,
    scrap: int = 150,
    resin_kg: str = "21.4",
    final: bool = False,
    resin_lot: str = "RPP-2231",
) -> ports.ProductionConfirmation:
    """Caps made on the first machine, with the resin and the cartons they took."""
    return ports.ProductionConfirmation(
        production_order=number,
        sku="CAP-28-WHT",
        yield_quantity=Decimal(good),
        scrap_quantity=Decimal(scrap),
        consumed=(
            ports.LotQuantity(
                sku="RES-PP-IM", quantity=Decimal(resin_kg), lot=resin_lot, location="LS-MOULD"
            ),
            ports.LotQuantity(sku="BOX-S", quantity=Decimal(2), location="LS-MOULD"),
        ),
        output_lot="CW28-2417",
        posted_on=erp.today,
        final=final,
    )


def delivery(erp: harness.Harness, number: str, state: str, *, quantity: int = 8000) -> ports.Delivery:
    """Blue tamper-evident caps of one lot loaded for an order, or arrived."""
    loaded = ports.LotQuantity(sku="CAP-28-TE-BLU", quantity=Decimal(quantity), lot="CTB-0622", location="FG")
    moment = datetime.datetime.combine(erp.today, datetime.time(9, 30), tzinfo=datetime.UTC)
    return ports.Delivery(
        sales_order=number,
        state=state,  # type: ignore[arg-type]  # the tests name the two there are
        lines=(loaded,),
        happened_at=moment,
    )
