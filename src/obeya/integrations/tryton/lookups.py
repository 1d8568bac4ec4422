"""The ERP's ids behind our codes, read when a posting needs them, so never out of date.

Only a currency's id is kept: an ERP gives it to nothing else, while items and customers are changed by
people, and an order must not go by what they were.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from obeya.integrations.tryton import client, wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product with its units: (symbol -> id), and the base unit's id."""

    id: int
    sku: str
    base_unit: int
    units: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A location. `left` and `right` nest: a place lies below another if its pair lies inside."""

    id: int
    code: str
    type: str
    left: int
    right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Warehouse:
    """The warehouse with the places that matter to us."""

    id: int
    storage: Place
    output: int
    scrap: int | None


def products(erp: client.Client, skus: Iterable[str]) -> dict[str, Product]:
    """Products by SKU. Raises Refused for one the ERP does not have."""
    wanted = sorted(set(skus))
    fields = ["code", "template.default_uom", "template.default_uom.category.uoms.symbol"]
    found = {
        row["code"]: Product(
            id=row["id"],
            sku=row["code"],
            base_unit=row["template"]["default_uom"]["id"],
            units={unit["symbol"]: unit["id"] for unit in row["template"]["default_uom"]["category"]["uoms"]},
        )
        for row in erp.every("product.product", [["code", "in", wanted]], fields)
    }
    for sku in wanted:
        if sku not in found:
            raise client.Refused(f"the ERP has no item {sku}", code="unknown_item", field="sku")
    return found


def places(erp: client.Client) -> dict[str, Place]:
    """All locations by code (by name where they have none)."""
    rows = erp.every("stock.location", [], ["code", "name", "type", "left", "right"])
    return {
        row["code"] or row["name"]: Place(
            id=row["id"],
            code=row["code"] or row["name"],
            type=row["type"],
            left=row["left"],
            right=row["right"],
        )
        for row in rows
    }


def place(known: dict[str, Place], code: str) -> Place:
    """One location. Raises Refused where the ERP does not have it."""
    if code not in known:
        raise client.Refused(f"the ERP has no location {code}", code="unknown_location", field="location")
    return known[code]


def warehouse(erp: client.Client, known: dict[str, Place], warehouse_id: int | None = None) -> Warehouse:
    """The warehouse: that one, or the first. Scrap is its first waste location, if it has one."""
    domain: list[Any] = [["type", "=", "warehouse"], ["id", "=", warehouse_id] if warehouse_id else []]
    fields = ["storage_location", "output_location", "production_output_location", "waste_locations"]
    found = erp.page("stock.location", domain, fields, size=1)
    if not found:
        raise client.Refused("the ERP has no warehouse", code="unknown_location")
    row = found[0]
    by_id = {one.id: one for one in known.values()}
    waste = row["waste_locations"]
    return Warehouse(
        id=row["id"],
        storage=by_id[row["storage_location"]],
        output=row["production_output_location"] or row["storage_location"],
        scrap=(waste[0]["id"] if isinstance(waste[0], dict) else waste[0]) if waste else None,
    )


def lots(erp: client.Client, wanted: Iterable[tuple[Product, str]]) -> dict[tuple[str, str], int]:
    """Lot ids by (SKU, number); those the ERP does not have are missing from the answer."""
    pairs = {(product.id, number): (product.sku, number) for product, number in wanted}
    if not pairs:
        return {}
    domain = [["number", "in", sorted({number for _, number in pairs})]]
    rows = erp.every("stock.lot", domain, ["number", "product"])
    return {
        pairs[row["product"], row["number"]]: row["id"]
        for row in rows
        if (row["product"], row["number"]) in pairs
    }


def lot(known: dict[tuple[str, str], int], sku: str, number: str) -> int:
    """One lot. Raises Refused where the ERP does not have it."""
    if (sku, number) not in known:
        raise client.Refused(f"the ERP has no lot {number} of {sku}", code="unknown_lot", field="lot")
    return known[sku, number]


def day(erp: client.Client, moment: datetime) -> date:
    """The company's date at a moment."""
    found = erp.page("company.company", [["id", "=", erp.connection.company]], ["timezone"])
    zone = found[0]["timezone"] if found else None
    return moment.astimezone(ZoneInfo(zone or "UTC")).date()


_currencies: weakref.WeakKeyDictionary[client.Client, dict[str, int]] = weakref.WeakKeyDictionary()


def currency(erp: client.Client, code: str) -> int:
    """A currency's id, asked for once a connection. Raises Refused where the ERP does not have it."""
    kept = _currencies.setdefault(erp, {})
    if code not in kept:
        kept[code] = _currency(erp, code)
    return kept[code]


def _currency(erp: client.Client, code: str) -> int:
    found = erp.page("currency.currency", [["code", "=", code]], ["code"])
    if not found:
        raise client.Refused(f"the ERP has no currency {code}", code="unknown_currency", field="currency")
    return int(found[0]["id"])


def move(
    *,
    product: Product,
    quantity: Decimal,
    source: int,
    target: int,
    company: int,
    lot_id: int | None = None,
) -> wire.Record:
    """A stock move in the item's base unit, ready to be created."""
    return {
        "product": product.id,
        "unit": product.base_unit,
        "quantity": wire.quantity(quantity),
        "lot": lot_id,
        "from_location": source,
        "to_location": target,
        "company": company,
    }
