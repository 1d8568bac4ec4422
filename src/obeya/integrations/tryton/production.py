"""Production confirmations: yield, scrap, consumption and lots as one document.

A confirmation that is not final becomes a part of its order: a production order of its own, numbered
`<order>/<n>`, made and done, after which the order waits for so much less (`less <part>` in its reference
says that this has been done, in the same write). The final one completes the order itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from obeya.integrations.tryton import client, documents, lookups, reading_master, stamps, wire
from obeya.outbox import ports

PRODUCTION = documents.Kind(
    model="production",
    stamp_field="reference",
    buttons={
        "request": "draft",
        "draft": "wait",
        "waiting": "assign_try",
        "assigned": "run",
        "running": "do",
    },
    done=("done",),
)
_MOVE = ("quantity", "unit.factor", "product.template.default_uom.factor", "state")
ORDER_FIELDS = (
    "number", "state", "reference", "product.code", "product.template.default_uom.factor", "bom", "unit",
    "unit.factor", "quantity", "work_center", "warehouse", "location", "planned_start_date", "planned_date",
    "company.currency",
    *(f"{side}{name}" for side in ("inputs.", "outputs.") for name in _MOVE),
)  # fmt: skip
OPEN = ("request", "draft", "waiting", "assigned")


def start(erp: client.Client, key: str, confirmation: ports.ProductionConfirmation) -> wire.Record:
    """The document for a confirmation: a new part, or the order itself, claimed with what was made."""
    order = _order(erp, confirmation)
    if order["state"] not in (*OPEN, "running"):
        raise client.Refused(
            f"production order {documents.name(order)} is {order['state']} in the ERP",
            code="wrong_state",
            field="production_order",
        )
    _refuse_second_consumption(order, confirmation)
    if confirmation.final:
        return _claim(erp, key, confirmation, order)
    return _split_off(erp, key, confirmation, order)


def _order(erp: client.Client, confirmation: ports.ProductionConfirmation) -> wire.Record:
    """The order by its number ("id 7" while the ERP has not numbered it). Raises Refused."""
    wanted = confirmation.production_order
    by_id = wanted.removeprefix("id ")
    domain = ["id", "=", int(by_id)] if by_id != wanted and by_id.isdecimal() else ["number", "=", wanted]
    found = erp.page("production", [domain], ORDER_FIELDS)
    if not found or not found[0]["product"]:
        raise client.Refused(
            f"the ERP has no production order {wanted}", code="unknown_order", field="production_order"
        )
    if found[0]["product"]["code"] != confirmation.sku:
        raise client.Refused(
            f"production order {wanted} makes {found[0]['product']['code']}, not {confirmation.sku}",
            code="other_item",
            field="sku",
        )
    return found[0]


def _refuse_second_consumption(order: wire.Record, confirmation: ports.ProductionConfirmation) -> None:
    if order["state"] == "running" and (confirmation.consumed or not confirmation.final):
        raise client.Refused(
            f"production order {documents.name(order)} was started in the ERP, which took all its material"
            " then: it can only be completed, without consumption",
            code="already_started",
            field="consumed",
        )


def _split_off(
    erp: client.Client, key: str, confirmation: ports.ProductionConfirmation, order: wire.Record
) -> wire.Record:
    if not order["number"]:
        raise client.Refused(
            f"production order {documents.name(order)} is not released in the ERP yet",
            code="not_released",
            field="production_order",
        )
    siblings = erp.page("production", [["number", "like", f"{order['number']}/%"]], ["number"])
    taken = [int(tail) for row in siblings if (tail := row["number"].rpartition("/")[2]).isdecimal()]
    values = {
        "number": f"{order['number']}/{max(taken, default=0) + 1}",
        "reference": stamps.PART + stamps.stamp(key, confirmation),
        "company": erp.connection.company,
        "product": order["product"]["id"],
        "bom": order["bom"],
        "unit": order["unit"]["id"],
        "quantity": _in_order_unit(order, confirmation.yield_quantity),
        "work_center": order["work_center"],
        "warehouse": order["warehouse"],
        "location": order["location"],
        **_days(confirmation),
        **_moves(erp, confirmation, order),
    }
    return erp.create("production", values, PRODUCTION.fields)


def _claim(
    erp: client.Client, key: str, confirmation: ports.ProductionConfirmation, order: wire.Record
) -> wire.Record:
    """Write what was really made and consumed on the order itself, with the stamp, in one write."""
    if order["state"] == "assigned":
        erp.act("production", order["id"], "wait")
    old = {
        side: ["delete", [move["id"] for move in order[side] if move["state"] in ("draft", "assigned")]]
        for side in ("inputs", "outputs")
    }
    new = _moves(erp, confirmation, order)
    values: dict[str, Any] = {
        "reference": " ".join(filter(None, (order["reference"], stamps.stamp(key, confirmation)))),
        "quantity": _in_order_unit(order, confirmation.yield_quantity),
        "outputs": [old["outputs"], *new["outputs"]],
        **_days(confirmation),
    }
    if order["state"] == "running":
        values.pop("effective_start_date")
    else:
        values["inputs"] = [old["inputs"], *new["inputs"]]
    return erp.write("production", order["id"], values, PRODUCTION.fields)


def _in_order_unit(order: wire.Record, base: Decimal) -> float:
    item = Decimal(order["product"]["template"]["default_uom"]["factor"])
    return wire.quantity(base * item / Decimal(order["unit"]["factor"]))


def _days(confirmation: ports.ProductionConfirmation) -> dict[str, Any]:
    day = confirmation.posted_on
    return {"effective_start_date": day, "effective_date": day}


def _moves(
    erp: client.Client, confirmation: ports.ProductionConfirmation, order: wire.Record
) -> dict[str, list[Any]]:
    known = lookups.places(erp)
    warehouse = lookups.warehouse(erp, known, order["warehouse"])
    products = lookups.products(erp, [confirmation.sku, *(line.sku for line in confirmation.consumed)])
    wanted = [(products[line.sku], line.lot) for line in confirmation.consumed if line.lot]
    lots = lookups.lots(erp, wanted)
    inputs = [
        lookups.move(
            product=products[line.sku],
            quantity=line.quantity,
            source=lookups.place(known, line.location).id if line.location else warehouse.storage.id,
            target=order["location"],
            company=erp.connection.company,
            lot_id=lookups.lot(lots, line.sku, line.lot) if line.lot else None,
        )
        for line in confirmation.consumed
    ]
    outputs = _outputs(erp, confirmation, order, products[confirmation.sku], warehouse)
    return {"inputs": [["create", inputs]], "outputs": [["create", outputs]]}


def _outputs(
    erp: client.Client,
    confirmation: ports.ProductionConfirmation,
    order: wire.Record,
    product: lookups.Product,
    warehouse: lookups.Warehouse,
) -> list[wire.Record]:
    """Good quantity into the store, scrap into the warehouse's waste location."""
    lot = _output_lot(erp, product, confirmation.output_lot)
    common = {"product": product, "source": order["location"], "company": erp.connection.company,
              "lot_id": lot}  # fmt: skip
    outputs: list[wire.Record] = []
    if confirmation.yield_quantity:
        good = lookups.move(quantity=confirmation.yield_quantity, target=warehouse.output, **common)
        outputs.append({**good, "unit_price": Decimal(0), "currency": order["company"]["currency"]})
    if confirmation.scrap_quantity:
        if warehouse.scrap is None:
            raise client.Refused(
                "the ERP's warehouse has no waste location to post scrap to",
                code="no_waste_location",
                field="scrap_quantity",
            )
        outputs.append(lookups.move(quantity=confirmation.scrap_quantity, target=warehouse.scrap, **common))
    return outputs


def _output_lot(erp: client.Client, product: lookups.Product, number: str | None) -> int | None:
    """The lot that was made; the ERP may not know it yet. A second one of its name is never made."""
    if not number:
        return None
    known = lookups.lots(erp, [(product, number)])
    if known:
        return known[product.sku, number]
    return int(erp.create("stock.lot", {"number": number, "product": product.id})["id"])


def is_settled(erp: client.Client, record: wire.Record) -> bool:
    """Whether the order that a finished part came from has been lowered (always so for an order)."""
    if not (record["reference"] or "").startswith(stamps.PART):
        return True
    order = _whole(erp, record)
    return order is None or order["state"] not in OPEN or _mark(record, "less") in (order["reference"] or "")


def settle(erp: client.Client, record: wire.Record, mark: str = "less") -> None:
    """Lower the order by its finished part ("less"), or raise it again ("back"), once."""
    order = _whole(erp, record)
    if order is None or order["state"] not in OPEN or _mark(record, mark) in (order["reference"] or ""):
        return
    part = erp.page("production", [["id", "=", record["id"]]], ["quantity"])[0]
    before, change = Decimal(order["quantity"]), Decimal(part["quantity"])
    after = max(Decimal(0), before - change) if mark == "less" else before + change
    values: dict[str, Any] = {
        "quantity": wire.quantity(after),
        "reference": " ".join(filter(None, (order["reference"], _mark(record, mark)))),
    }
    if before:
        ratio = after / before
        for side in ("inputs", "outputs"):
            values[side] = _scaled(order[side], ratio)
    erp.write("production", order["id"], values)


def _whole(erp: client.Client, record: wire.Record) -> wire.Record | None:
    number = str(record["number"]).rpartition("/")[0]
    found = erp.page("production", [["number", "=", number]], ORDER_FIELDS)
    return found[0] if found else None


def _mark(record: wire.Record, word: str) -> str:
    tail = str(record["number"]).rpartition("/")[2]
    return f"({word} /{tail})"


def _scaled(moves: Sequence[wire.Record], ratio: Decimal) -> list[Any]:
    """Writes that keep each planned move in proportion, rounded as its unit was."""
    writes: list[Any] = []
    for move in moves:
        if move["state"] == "draft":
            exact = Decimal(move["quantity"]) * ratio
            whole = reading_master.base_quantity(move) % 1 == 0 and exact > 1
            rounded = exact.quantize(Decimal(1) if whole else Decimal("0.001"))
            writes.append(["write", [move["id"]], {"quantity": wire.quantity(rounded)}])
    return writes
