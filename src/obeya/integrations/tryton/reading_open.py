"""What is open in the ERP as canonical rows: stock, production orders, sales lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Literal

from obeya.catalog import ports
from obeya.integrations.tryton import client, cursors, reading_master, stamps, wire

LocationKind = Literal["store", "line", "hold", "other"]
OrderState = Literal["planned", "released", "running", "done", "cancelled"]
STATES: dict[str, OrderState] = {
    "request": "planned",
    "draft": "planned",
    "waiting": "released",
    "assigned": "released",
    "running": "running",
    "done": "done",
    "cancelled": "cancelled",
}
PRODUCTION_PATHS = ("", "inputs.", "outputs.")
_PART_OF_MOVE = (
    "product.code",
    "product.template.default_uom.factor",
    "quantity",
    "unit.factor",
    "lot.number",
)
PRODUCTION_FIELDS = (
    "number", "state", "planned_start_date", "planned_date", "work_center.name", "quantity", "unit.factor",
    "product.code", "product.template.default_uom.factor", "reference",
    *(f"{side}{name}" for side in ("inputs.", "outputs.") for name in (*_PART_OF_MOVE, "state")),
    "outputs.to_location.type",
)  # fmt: skip
SALES_PATHS = ("", "moves.", "sale.")
SALES_FIELDS = (
    "quantity", "unit.symbol", "unit.factor", "unit_price", "product.code", "moves.quantity",
    "moves.unit.factor", "moves.state", "moves.shipment", "sale.number", "sale.state", "sale.reference",
    "sale.sale_date", "sale.shipping_date", "sale.party.code", "sale.currency.code", "sale.shipments.state",
)  # fmt: skip
MANY = 50
"""Up to so many orders are named one by one when their parts are asked for."""
GONE = ("shipped", "done")


def stock(erp: client.Client, cursor: str) -> tuple[list[ports.Row], str, bool]:
    """Stock of every item and lot at every location; after the first time, only what has moved."""
    moment = cursors.start(cursor)
    domain: list[Any] = [["state", "in", ["done", "cancelled"]], cursors.changed(moment)]
    fields = ["product.code", "lot.number", "from_location", "to_location", *wire.STAMPS]
    if moment is None:
        newest = erp.page("stock.move", domain[0], wire.STAMPS, size=1, order=(("write_date", "DESC"),))
        places = _places(erp, [])
        return _stock_rows(erp, places), cursors.turn(newest, cursor)[0], True
    moves = erp.every("stock.move", domain, fields)
    reached, new = cursors.turn(moves, cursor)
    if not new:
        return [], reached, False
    touched = _touched(moves)
    places = _places(erp, [["id", "in", sorted(touched)]])
    held = {(row.sku, row.lot, row.location): row for row in _stock_rows(erp, places)}
    rows: list[ports.Row] = []
    for place in places:
        for sku, lot in sorted(touched[place["id"]]):
            empty = ports.StockRow(
                sku=sku, lot=lot, location=_code(place), quantity=Decimal(0), location_kind=_kind(erp, place)
            )
            rows.append(held.get((sku, lot, _code(place)), empty))
    return rows, reached, False


def _touched(moves: Iterable[wire.Record]) -> dict[int, set[tuple[str, str]]]:
    """Which (item, lot) pairs have moved in or out of which location."""
    touched: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for move in moves:
        pair = (move["product"]["code"], (move["lot"] or {}).get("number") or "")
        touched[move["from_location"]].add(pair)
        touched[move["to_location"]].add(pair)
    return touched


def _places(erp: client.Client, domain: list[Any]) -> list[wire.Record]:
    """Storage locations that belong to a warehouse (goods in transit between two do not)."""
    fields = [
        "code",
        "name",
        "left",
        "right",
        "warehouse.storage_location.left",
        "warehouse.storage_location.right",
    ]
    found = erp.every("stock.location", [["type", "=", "storage"], domain], fields)
    return [place for place in found if place["warehouse"]]


def _code(place: wire.Record) -> str:
    return str(place["code"] or place["name"])


def _kind(erp: client.Client, place: wire.Record) -> LocationKind:
    """Held, at a line, in store (below the warehouse's storage zone), or on its way in or out."""
    if _code(place) == erp.connection.hold_location:
        return "hold"
    if _code(place) in erp.connection.line_locations:
        return "line"
    zone = place["warehouse"]["storage_location"]
    return "store" if zone["left"] <= place["left"] and place["right"] <= zone["right"] else "other"


def _stock_rows(erp: client.Client, places: Iterable[wire.Record]) -> list[Any]:
    rows: list[ports.StockRow] = []
    for place in places:
        here = {"locations": [place["id"]], "with_childs": False, "active_test": False}
        some = [["quantity", "!=", 0]]
        lots = erp.every("stock.lots_by_locations", some, ["product.code", "lot.number", "quantity"], **here)
        totals = erp.every("stock.products_by_locations", some, ["product.code", "quantity"], **here)
        rest = {row["product"]["code"]: Decimal(row["quantity"]) for row in totals}
        found: list[tuple[str, str, Decimal]] = []
        for row in lots:
            sku, quantity = row["product"]["code"], Decimal(row["quantity"])
            found.append((sku, row["lot"]["number"], quantity))
            rest[sku] = rest.get(sku, Decimal(0)) - quantity
        found += [
            (sku, "", quantity) for sku, quantity in rest.items() if abs(quantity) > Decimal("0.000001")
        ]
        rows += [
            ports.StockRow(
                sku=sku, lot=lot, location=_code(place), quantity=_tidy(quantity),
                location_kind=_kind(erp, place),
            )
            for sku, lot, quantity in found
        ]  # fmt: skip
    return rows


def _tidy(quantity: Decimal) -> Decimal:
    """Sums of floats, to a millionth."""
    return quantity.quantize(Decimal("0.000001")).normalize() + Decimal(0)


def production_orders(erp: client.Client, cursor: str) -> tuple[list[ports.Row], str, bool]:
    """Production orders. What Obeya has split off for its confirmations counts to the order it came from,
    so an order's quantity and inputs stay those that were planned."""
    moment = cursors.start(cursor)
    ours = f"{stamps.PART}obeya:%"
    fields = [*PRODUCTION_FIELDS, *cursors.stamped(PRODUCTION_PATHS)]
    domain: list[Any] = [cursors.changed(moment, PRODUCTION_PATHS)]
    if moment is None:
        domain.append(["state", "not in", ["done", "cancelled"]])
    found = erp.every("production", [*domain, _not_like("reference", ours)], fields)
    numbers = [row["number"] for row in found if row["number"]]
    whose: list[Any] = ["OR", *(["number", "like", f"{number}/%"] for number in numbers[:MANY])]
    parts = (
        erp.every(
            "production",
            [["reference", "like", ours], ["state", "=", "done"], whose if len(numbers) <= MANY else []],
            fields,
        )
        if numbers
        else []
    )
    reached, new = cursors.turn(
        [*found, *(part for part in parts if part_of(part["number"]) in numbers)], cursor
    )
    rows: list[ports.Row] = [
        _production(row, [part for part in parts if part_of(part["number"]) == row["number"]])
        for row in found
        if new and row["product"]
    ]
    return rows, reached, not cursor


def _not_like(field: str, pattern: str) -> list[Any]:
    return ["OR", [field, "=", None], [field, "not like", pattern]]


def part_of(number: str | None) -> str:
    """The number of the order that a part was split off from ("MO-00007/2" -> "MO-00007")."""
    return (number or "").rpartition("/")[0]


def _production(row: wire.Record, parts: list[wire.Record]) -> ports.ProductionOrderRow:
    all_of_it = [row, *parts]
    inputs: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for one in all_of_it:
        for move in _live(one["inputs"]):
            lot = (move["lot"] or {}).get("number") or ""
            inputs[move["product"]["code"], lot] += reading_master.base_quantity(move)
    lots = [(move["lot"] or {}).get("number") for one in all_of_it for move in _live(one["outputs"])]
    return ports.ProductionOrderRow(
        number=row["number"] or f"id {row['id']}",
        erp_id=str(row["id"]),
        sku=row["product"]["code"],
        quantity=sum((reading_master.base_quantity(one) for one in all_of_it), Decimal(0)),
        state=STATES[row["state"]],
        starts_on=row["planned_start_date"],
        due_on=row["planned_date"],
        work_center=(row["work_center"] or {}).get("name") or "",
        output_lot=next((lot for lot in lots if lot), ""),
        inputs=tuple(
            ports.ProductionInputRow(sku=sku, lot=lot, quantity=quantity)
            for (sku, lot), quantity in inputs.items()
        ),
    )


def _live(moves: Iterable[wire.Record]) -> list[wire.Record]:
    return [move for move in moves if move["state"] != "cancelled"]


def sales_lines(erp: client.Client, cursor: str) -> tuple[list[ports.Row], str, bool]:
    """Lines of confirmed orders; at first the open ones, later every line that changed."""
    moment = cursors.start(cursor)
    states = ["confirmed", "processing"] if moment is None else [
        "confirmed", "processing", "done", "cancelled"]  # fmt: skip
    domain = [["type", "=", "line"], ["product", "!=", None], ["sale.state", "in", states]]
    fields = [*SALES_FIELDS, *cursors.stamped(SALES_PATHS)]
    found = erp.every("sale.line", [domain, cursors.changed(moment, SALES_PATHS)], fields)
    reached, new = cursors.turn(found, cursor)
    rows: list[ports.Row] = [_sales_line(row) for row in found if new and row["sale"]["number"]]
    return rows, reached, not cursor


def _sales_line(row: wire.Record) -> ports.SalesLineRow:
    sale = row["sale"]
    open_quantity = max(Decimal(0), _tidy(Decimal(row["quantity"]) - _gone(row)))
    state: Literal["open", "closed", "cancelled"] = "open" if open_quantity else "closed"
    if sale["state"] == "done":
        state = "closed"
    if sale["state"] == "cancelled":
        state = "cancelled"
    return ports.SalesLineRow(
        order_number=sale["number"],
        line_id=str(row["id"]),
        customer=sale["party"]["code"],
        sku=row["product"]["code"],
        uom=row["unit"]["symbol"],
        quantity=_tidy(Decimal(row["quantity"])),
        open_quantity=open_quantity if state == "open" else Decimal(0),
        unit_price=row["unit_price"],
        currency=sale["currency"]["code"],
        ordered_on=sale["sale_date"],
        due_on=sale["shipping_date"],
        customer_reference=sale["reference"] or "",
        state=state,
    )


def _gone(row: wire.Record) -> Decimal:
    """How much of the line has left the site, in the line's unit."""
    shipped = {f"stock.shipment.out,{one['id']}" for one in row["sale"]["shipments"] if one["state"] in GONE}
    factor = Decimal(row["unit"]["factor"])
    return sum(
        (
            Decimal(move["quantity"]) * Decimal(move["unit"]["factor"]) / factor
            for move in row["moves"]
            if move["state"] == "done" or (move["state"] == "assigned" and move["shipment"] in shipped)
        ),
        Decimal(0),
    )
