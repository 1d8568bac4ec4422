"""Master data of the ERP as canonical rows: items, customers, prices, bills, equipment, lots."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from obeya.catalog import ports
from obeya.integrations.tryton import client, cursors, formulas, wire

ITEM_PATHS = ("", "template.")
ITEM_FIELDS = (
    "code", "active", "cost_price", "replaced_by.code", "template.name", "template.active",
    "template.categories.name", "template.default_uom.symbol", "template.default_uom.factor",
    "template.sale_uom.symbol", "template.sale_uom.factor", "template.default_uom.category.id",
    "template.default_uom.category.uoms.symbol", "template.default_uom.category.uoms.factor",
    "template.lot_required", "template.producible",
)  # fmt: skip
PARTY_PATHS = ("", "addresses.", "contact_mechanisms.", "identifiers.")
PARTY_FIELDS = (
    "code", "name", "active", "lang.code", "credit_limit_amount", "credit_amount", "sale_price_list.name",
    "identifiers.code", "addresses.city", "addresses.party_name", "addresses.active",
    "contact_mechanisms.type", "contact_mechanisms.value", "contact_mechanisms.name",
    "contact_mechanisms.active",
)  # fmt: skip
PRICE_MODELS = (
    "product.price_list", "product.price_list.line", "product.product", "product.template",
    "product.list_price", "product.cost_price",
)  # fmt: skip
BOM_MODELS = ("production.bom", "production.bom.input", "production.bom.output")
PHONES = ("phone", "mobile")


def items(erp: client.Client, cursor: str) -> tuple[list[ports.Row], str, bool]:
    """Items with the units they are sold in: all of a unit category of the company's own."""
    domain = cursors.changed(cursors.start(cursor), ITEM_PATHS)
    fields = [*ITEM_FIELDS, *cursors.stamped(ITEM_PATHS)]
    found = erp.every("product.product", [["code", "!=", None], domain], fields, active_test=False)
    reached, new = cursors.turn(found, cursor)
    if not new:
        return [], reached, False
    standard = _standard_categories(erp)
    return [_item(row, standard) for row in found], reached, not cursor


def _standard_categories(erp: client.Client) -> set[int]:
    """Unit categories that Tryton brings along (weight, length, ...): nobody sells in all their units."""
    domain = [["model", "=", "product.uom.category"], ["module", "=", "product"]]
    return {row["db_id"] for row in erp.page("ir.model.data", domain, ["db_id"])}


def _item(row: wire.Record, standard: set[int]) -> ports.ItemRow:
    template = row["template"]
    base = template["default_uom"]
    category = base["category"]
    others = [template["sale_uom"]] if template["sale_uom"] else []
    if category["id"] not in standard:
        others += category["uoms"]
    per_base = Decimal(base["factor"])
    units = {unit["symbol"]: Decimal(unit["factor"]) / per_base for unit in others}
    units.pop(base["symbol"], None)
    categories = template["categories"]
    return ports.ItemRow(
        sku=row["code"],
        erp_id=str(row["id"]),
        description=template["name"],
        category=categories[0]["name"] if categories else "",
        base_uom=base["symbol"],
        units=units,
        active=bool(row["active"] and template["active"]),
        cost=row["cost_price"],
        substitute_sku=(row["replaced_by"] or {}).get("code") or "",
        lot_tracked=bool(template["lot_required"]),
        made=bool(template["producible"]),
    )


def customers(erp: client.Client, cursor: str) -> tuple[list[ports.Row], str, bool]:
    """Customers with credit. An order moves a customer's exposure without touching the customer, so
    those with orders or invoices changed since are read again too."""
    moment = cursors.start(cursor)
    company = erp.page("company.company", [["id", "=", erp.connection.company]], ["party", "currency.code"])
    domain: list[Any] = [["code", "!=", None], ["id", "!=", company[0]["party"]]]
    moved: list[wire.Record] = []
    if moment is not None:
        for model in ("sale.sale", "account.invoice"):
            moved += erp.every(model, cursors.changed(moment), ["party", *wire.STAMPS])
        parties = sorted({row["party"] for row in moved})
        domain.append(["OR", ["id", "in", parties], cursors.changed(moment, PARTY_PATHS)])
    fields = [*PARTY_FIELDS, *cursors.stamped(PARTY_PATHS)]
    found = erp.every("party.party", domain, fields, active_test=False)
    reached, new = cursors.turn([*found, *moved], cursor)
    currency = company[0]["currency"]["code"]
    return [_customer(row, currency) for row in found] if new else [], reached, not cursor


def _customer(row: wire.Record, currency: str) -> ports.CustomerRow:
    contacts = [contact for contact in row["contact_mechanisms"] if contact["active"]]
    addresses = [address for address in row["addresses"] if address["active"]]
    limit = row["credit_limit_amount"]
    identifiers = row["identifiers"]
    return ports.CustomerRow(
        code=row["code"],
        erp_id=str(row["id"]),
        name=row["name"] or row["code"],
        currency=currency,
        active=bool(row["active"]),
        city=next((address["city"] for address in addresses if address["city"]), ""),
        language=(row["lang"] or {}).get("code") or "",
        tax_id=identifiers[0]["code"] if identifiers else "",
        contact_name=next((contact["name"] for contact in contacts if contact["name"]), ""),
        phones=tuple(contact["value"] for contact in contacts if contact["type"] in PHONES),
        emails=tuple(contact["value"] for contact in contacts if contact["type"] == "email"),
        ship_to=tuple(address["party_name"] for address in addresses if address["party_name"]),
        price_list=(row["sale_price_list"] or {}).get("name") or "",
        credit_limit=limit,
        exposure=row["credit_amount"] or Decimal(0),
        credit_enforced="none" if limit is None else "hard",
    )


def prices(erp: client.Client, cursor: str) -> tuple[list[ports.Row], str, bool]:
    """Every price list worked out for every item that is sold, per base unit."""
    digest = cursors.digest(erp, PRICE_MODELS)
    if digest == cursor:
        return [], cursor, False
    lists = erp.every("product.price_list", [], ["name", "price", "company.currency.code"])
    lines = erp.every(
        "product.price_list.line",
        [],
        ["price_list", "product", "category", "quantity", "formula", "sequence"],
    )
    lines.sort(key=lambda line: (line["sequence"] is None, line["sequence"] or 0, line["id"]))
    products = erp.every(
        "product.product",
        [["template.salable", "=", True], ["code", "!=", None]],
        ["code", "list_price_used", "cost_price", "template.default_uom.symbol", "template.categories_all"],
    )
    rows: list[ports.Row] = []
    for price_list in lists:
        own = [_price_line(line) for line in lines if line["price_list"] == price_list["id"]]
        for product in products:
            rows += _prices(price_list, own, product)
    return rows, digest, True


def _price_line(line: wire.Record) -> formulas.Line:
    quantity = line["quantity"]
    return formulas.Line(
        product=line["product"],
        category=line["category"],
        quantity=None if quantity is None else Decimal(quantity),
        formula=line["formula"],
    )


def _prices(
    price_list: wire.Record, lines: list[formulas.Line], product: wire.Record
) -> list[ports.PriceRow]:
    names = {"list_price": product["list_price_used"], "cost_price": product["cost_price"]}
    used = {"list_price": product["list_price_used"], "cost_price": product["cost_price"], None: None}
    steps = formulas.breaks(
        lines,
        product=product["id"],
        categories=product["template"]["categories_all"],
        names={**names, "unit_price": used[price_list["price"]]},
    )
    return [
        ports.PriceRow(
            price_list=price_list["name"],
            sku=product["code"],
            uom=product["template"]["default_uom"]["symbol"],
            min_quantity=start,
            unit_price=price,
            currency=price_list["company"]["currency"]["code"],
        )
        for start, price in steps
    ]


def boms(erp: client.Client, cursor: str) -> tuple[list[ports.Row], str, bool]:
    """Bills of materials, one row for each output item, everything in base units."""
    digest = cursors.digest(erp, BOM_MODELS)
    if digest == cursor:
        return [], cursor, False
    sides = ("inputs.", "outputs.")
    fields = [
        f"{side}{name}"
        for side in sides
        for name in ("product.code", "product.template.default_uom.factor", "quantity", "unit.factor")
    ]
    rows: list[ports.Row] = []
    for bom in erp.every("production.bom", [], ["name", *fields]):
        lines = tuple(
            ports.BomLineRow(sku=line["product"]["code"], quantity=base_quantity(line))
            for line in bom["inputs"]
            if line["product"]
        )
        rows += [
            ports.BomRow(
                erp_id=str(bom["id"]),
                sku=output["product"]["code"],
                output_quantity=base_quantity(output),
                lines=lines,
                name=bom["name"],
            )
            for output in bom["outputs"]
            if output["product"]
        ]
    return rows, digest, True


def base_quantity(line: wire.Record) -> Decimal:
    """A line's quantity in its item's base unit (needs unit.factor and the item's default unit's)."""
    base = Decimal(line["product"]["template"]["default_uom"]["factor"])
    exact = Decimal(line["quantity"]) * Decimal(line["unit"]["factor"]) / base
    return exact.quantize(Decimal("0.000001")).normalize() + Decimal(0)


def equipment(erp: client.Client, cursor: str) -> tuple[list[ports.Row], str, bool]:
    """Work centers; Tryton knows them by name only."""
    digest = cursors.digest(erp, ("production.work.center",))
    if digest == cursor:
        return [], cursor, False
    found = erp.every("production.work.center", [], ["name", "parent.name"])
    rows: list[ports.Row] = [
        ports.EquipmentRow(
            code=row["name"],
            erp_id=str(row["id"]),
            name=row["name"],
            parent=(row["parent"] or {}).get("name") or "",
        )
        for row in found
    ]
    return rows, digest, True


def lots(erp: client.Client, cursor: str) -> tuple[list[ports.Row], str, bool]:
    """Material lots. Who supplied one Tryton keeps on the receipt, not on the lot."""
    domain = cursors.changed(cursors.start(cursor))
    found = erp.every("stock.lot", domain, ["number", "product.code", "expiration_date", *wire.STAMPS])
    reached, new = cursors.turn(found, cursor)
    rows: list[ports.Row] = [
        ports.LotRow(
            number=row["number"],
            sku=row["product"]["code"],
            erp_id=str(row["id"]),
            expires_on=row["expiration_date"],
        )
        for row in found
        if new and row["number"] and row["product"]["code"]
    ]
    return rows, reached, not cursor
