"""The demo ERP's open documents: six production orders and the open sales orders."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from obeya.demo import erp_world, plant

STEPS_TO: dict[str, tuple[str, ...]] = {
    "quotation": ("quote",),
    "processing": ("quote", "confirm"),
}


def make_production_orders(world: erp_world.World) -> None:
    """Running orders are released (waiting) in the ERP, which would take all their material at `run`;
    planned ones are back in draft with the number that waiting gave them."""
    rows = [_production_row(world, order) for order in world.plant.production_orders]
    made = world.rpc.create("production", rows)
    world.rpc.call("production", "wait", made)
    planned = [
        id_
        for id_, order in zip(made, world.plant.production_orders, strict=True)
        if order.state == "planned"
    ]
    world.rpc.call("production", "draft", planned)


def _production_row(world: erp_world.World, order: plant.ProductionOrder) -> dict[str, Any]:
    bom = next(bom for bom in world.plant.boms if bom.sku == order.sku)
    item = world.plant.item(order.sku)
    unit = world.units[order.sku, item.base_uom]
    production = world.rpc.one("stock.location", [("type", "=", "production")])
    factor = order.qty / bom.output_qty
    inputs = [
        {"product": world.products[line.component], "unit": world.units[line.component, line.uom],
         "quantity": _rounded(line.qty * factor, line.uom), "company": world.company,
         "from_location": world.storage, "to_location": production}
        for line in bom.lines
    ]  # fmt: skip
    lot = None
    if order.lot:
        lot = world.rpc.create("stock.lot", [{"number": order.lot, "product": world.products[order.sku]}])[0]
        world.lots[order.sku, order.lot] = lot
    output = {"product": world.products[order.sku], "unit": unit, "quantity": float(order.qty), "lot": lot,
              "company": world.company, "from_location": production, "to_location": world.locations["FG"],
              "unit_price": Decimal(0), "currency": world.currency}  # fmt: skip
    return {
        "reference": order.code, "company": world.company, "warehouse": world.warehouse,
        "location": production, "product": world.products[order.sku], "bom": world.boms[order.sku],
        "unit": unit, "quantity": float(order.qty), "work_center": world.work_units[order.work_unit],
        "planned_start_date": world.on(order.planned_start_day),
        "planned_date": world.on(order.planned_end_day),
        "inputs": [("create", inputs)], "outputs": [("create", [output])],
    }  # fmt: skip


def _rounded(quantity: Decimal, uom: str) -> float:
    return float(quantity.quantize(Decimal("0.001") if uom == "kg" else Decimal(1)))


def make_sales_orders(world: erp_world.World) -> None:
    """Each in its state. Confirming goes straight on to `processing` here: no queue worker runs."""
    for order in world.plant.sales_orders:
        made = world.rpc.create("sale.sale", [_sale_row(world, order)])
        for step in STEPS_TO[order.state]:
            world.rpc.call("sale.sale", step, made, _skip_warnings=True)


def _sale_row(world: erp_world.World, order: plant.SalesOrder) -> dict[str, Any]:
    lines = [
        {"type": "line", "product": world.products[line.sku], "quantity": float(line.qty),
         "unit": world.units[line.sku, line.uom], "unit_price": line.unit_price}
        for line in order.lines
    ]  # fmt: skip
    party, address = world.parties[order.customer], world.addresses[order.customer]
    return {
        "party": party, "invoice_party": party, "shipment_party": party, "invoice_address": address,
        "shipment_address": address, "reference": order.reference, "company": world.company,
        "currency": world.currency, "warehouse": world.warehouse, "sale_date": world.on(order.ordered_day),
        "shipping_date": world.on(order.ship_day), "shipment_method": "order", "lines": [("create", lines)],
    }  # fmt: skip
