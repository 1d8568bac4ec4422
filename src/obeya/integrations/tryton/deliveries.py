"""Deliveries: the order's waiting shipment, picked as it was really loaded, shipped, later done."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from obeya.integrations.tryton import client, documents, lookups, stamps, wire
from obeya.outbox import ports

_BUTTONS = {"waiting": "assign_try", "assigned": "pick", "picked": "pack", "packed": "ship"}
SHIPPED = documents.Kind(
    model="stock.shipment.out", stamp_field="reference", buttons=_BUTTONS, done=("shipped", "done")
)
DELIVERED = documents.Kind(
    model="stock.shipment.out", stamp_field="reference", buttons={**_BUTTONS, "shipped": "do"}, done=("done",)
)
_MOVE = (
    "product.code",
    "quantity",
    "unit.factor",
    "product.template.default_uom.factor",
    "lot.number",
    "state",
)
FIELDS = (
    "number", "state", "reference", "warehouse_output", "warehouse_storage",
    *(f"{side}{name}" for side in ("outgoing_moves.", "inventory_moves.") for name in _MOVE),
)  # fmt: skip


def kind(delivery: ports.Delivery) -> documents.Kind:
    """The states and buttons for what has happened."""
    return SHIPPED if delivery.state == "shipped" else DELIVERED


def start(erp: client.Client, key: str, delivery: ports.Delivery) -> wire.Record:
    """Claim the order's shipment with the stamp and, when it leaves, with what was loaded."""
    shipments = _shipments(erp, delivery.sales_order)
    if delivery.state == "delivered":
        return _claim_shipped(erp, key, delivery, shipments)
    waiting = [one for one in shipments if one["state"] in ("waiting", "assigned", "draft")]
    waiting = [one for one in waiting if "obeya:" not in (one["reference"] or "")]
    if not waiting:
        states = ", ".join(f"{documents.name(one)} is {one['state']}" for one in shipments)
        raise client.Refused(
            f"order {delivery.sales_order} has no shipment waiting in the ERP ({states or 'none'})",
            code="nothing_to_ship",
            field="sales_order",
        )
    return _claim_waiting(erp, key, delivery, waiting[0])


def _shipments(erp: client.Client, number: str) -> list[wire.Record]:
    orders = erp.page("sale.sale", [["number", "=", number]], ["shipments"])
    if not orders:
        raise client.Refused(f"the ERP has no order {number}", code="unknown_order", field="sales_order")
    return erp.page("stock.shipment.out", [["id", "in", orders[0]["shipments"]]], FIELDS)


def _claim_waiting(
    erp: client.Client, key: str, delivery: ports.Delivery, shipment: wire.Record
) -> wire.Record:
    if shipment["state"] in ("assigned", "draft"):
        erp.act("stock.shipment.out", shipment["id"], "wait")
        shipment = erp.page("stock.shipment.out", [["id", "=", shipment["id"]]], FIELDS)[0]
    values: dict[str, Any] = {"reference": _stamped(key, delivery, shipment)}
    if delivery.lines:
        old = [move["id"] for move in shipment["inventory_moves"]]
        values["inventory_moves"] = [["delete", old], ["create", _loaded(erp, delivery, shipment)]]
    return erp.write("stock.shipment.out", shipment["id"], values, SHIPPED.fields)


def _loaded(erp: client.Client, delivery: ports.Delivery, shipment: wire.Record) -> list[wire.Record]:
    """Picking moves for the lots that were really loaded, each for a line that the order has."""
    known = lookups.places(erp)
    products = lookups.products(erp, (line.sku for line in delivery.lines))
    wanted = [(products[line.sku], line.lot) for line in delivery.lines if line.lot]
    lots = lookups.lots(erp, wanted)
    asked = {move["product"]["code"]: move["id"] for move in shipment["outgoing_moves"]}
    moves = []
    for line in delivery.lines:
        if line.sku not in asked:
            raise client.Refused(
                f"shipment {documents.name(shipment)} has no {line.sku}", code="not_ordered", field="lines"
            )
        source = lookups.place(known, line.location).id if line.location else shipment["warehouse_storage"]
        move = lookups.move(
            product=products[line.sku],
            quantity=line.quantity,
            source=source,
            target=shipment["warehouse_output"],
            company=erp.connection.company,
            lot_id=lookups.lot(lots, line.sku, line.lot) if line.lot else None,
        )
        moves.append({**move, "origin": f"stock.move,{asked[line.sku]}"})
    return moves


def _claim_shipped(
    erp: client.Client, key: str, delivery: ports.Delivery, shipments: list[wire.Record]
) -> wire.Record:
    """The one shipment on its way; among several, the one that carries just these goods."""
    away = [one for one in shipments if one["state"] == "shipped"]
    if len(away) > 1:
        loaded = _totals((line.sku, line.lot, line.quantity) for line in delivery.lines)
        away = [one for one in away if _carried(one) == loaded]
    if len(away) != 1:
        raise client.Refused(
            f"order {delivery.sales_order} has {len(away)} shipments on their way that this could be",
            code="nothing_to_deliver",
            field="sales_order",
        )
    values = {
        "reference": _stamped(key, delivery, away[0]),
        "effective_date": lookups.day(erp, delivery.happened_at),
    }
    return erp.write("stock.shipment.out", away[0]["id"], values, DELIVERED.fields)


def _stamped(key: str, delivery: ports.Delivery, shipment: wire.Record) -> str:
    return " ".join(filter(None, (shipment["reference"], stamps.stamp(key, delivery))))


def _carried(shipment: wire.Record) -> dict[tuple[str, str], Decimal]:
    return _totals(
        (
            move["product"]["code"],
            (move["lot"] or {}).get("number"),
            Decimal(move["quantity"])
            * Decimal(move["unit"]["factor"])
            / Decimal(move["product"]["template"]["default_uom"]["factor"]),
        )
        for move in shipment["outgoing_moves"]
        if move["state"] != "cancelled"
    )


def _totals(parts: Any) -> dict[tuple[str, str], Decimal]:
    totals: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for sku, lot, quantity in parts:
        totals[sku, lot or ""] += quantity
    return dict(totals)
