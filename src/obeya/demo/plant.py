"""The demo plant as typed, frozen data: read from the files in `plant/`, nothing else.

Days are whole-number offsets from the seed day: -3 is three days before it. `on(day, seed_day)`
turns one into a date. Quantities, prices and amounts are Decimal; prices are per `uom` in INR.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "plant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Who the plant belongs to. `week` holds the working days, "mon" to "sun"."""

    code: str
    name: str
    legal_name: str
    country: str
    currency: str
    timezone: str
    week: tuple[str, ...]
    languages: tuple[str, ...]
    phone: str
    email: str
    business: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """One node of the ISA-95 tree; `parent` is another node's code, "" at the top."""

    code: str
    name: str
    level: str
    """enterprise, site, area, work_center (a line) or work_unit (a machine)."""
    parent: str
    kind: str = ""
    cost_per_hour: Decimal = Decimal(0)
    line_side: str = ""
    """Of a line: the code of its line-side location."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place for stock. `role` is raw, line_side, semi_finished, finished or hold."""

    code: str
    name: str
    role: str
    parent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A shift of the working day; one that ends before it starts runs past midnight."""

    code: str
    name: str
    starts: str
    ends: str


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who works here, in one function, on one shift."""

    login: str
    name: str
    function: str
    language: str
    shift: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item; `units` maps a pack unit to its number of base units; `cost` is per base unit."""

    sku: str
    name: str
    category: str
    kind: str
    """finished, semi-finished or raw."""
    base_uom: str
    units: Mapping[str, Decimal]
    weight_kg: Decimal
    cost: Decimal
    list_price: Decimal | None
    hsn: str
    shelf_life_days: int | None

    @property
    def lot_tracked(self) -> bool:
        """Everything is kept by lot except packing material."""
        return self.category != "Packing"


@dataclass(frozen=True, slots=True, kw_only=True)
class BomLine:
    """So much of `component`, in `uom`, for the bill's `output_qty`."""

    component: str
    qty: Decimal
    uom: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bom:
    """What `output_qty` base units of `sku` are made of."""

    sku: str
    output_qty: Decimal
    lines: tuple[BomLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Unit price from `min_qty` on, and the floor below which only the commercial manager may go."""

    price_list: str
    sku: str
    uom: str
    min_qty: Decimal
    unit_price: Decimal
    floor_price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """A price list."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer; `other_names` is what people call them."""

    code: str
    name: str
    other_names: tuple[str, ...]
    kind: str
    city: str
    address: str
    phone: str
    email: str
    contact_name: str
    language: str
    price_list: str
    credit_limit: Decimal
    receivable: Decimal
    tax_id: str
    ship_to: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """What one customer calls an item."""

    customer: str
    words: str
    sku: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UomWord:
    """A word staff and customers use for a unit."""

    word: str
    uom: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How fast a machine makes an item and how long the changeover to it takes."""

    work_unit: str
    sku: str
    units_per_hour: Decimal
    setup_min: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductionOrder:
    """A production order on a machine; `state` is running or planned, seen from the floor."""

    code: str
    sku: str
    qty: Decimal
    work_unit: str
    state: str
    lot: str
    planned_start_day: int
    planned_end_day: int
    good_so_far: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """Stock of a lot ("" where the item has none) at a location, in base units."""

    location: str
    sku: str
    lot: str
    qty: Decimal
    received_day: int
    supplier: str
    supplier_lot: str
    expires_day: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """A line of an order, priced per `uom`."""

    sku: str
    qty: Decimal
    uom: str
    unit_price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesOrder:
    """An open sales order; `state` is quotation or processing."""

    code: str
    customer: str
    reference: str
    ordered_day: int
    ship_day: int
    state: str
    lines: tuple[OrderLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastOrder:
    """A past confirmed order with the message it came from; aliases are learned from these."""

    order_no: str
    customer: str
    ordered_day: int
    time: str
    channel: str
    reference: str
    message: str
    lines: tuple[OrderLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A WhatsApp text for the simulator; `customer` is "" for a stranger, `kind` says what it tests."""

    id: str
    customer: str
    phone: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """Everything the demo plant is."""

    company: Company
    site: Equipment
    equipment: tuple[Equipment, ...]
    locations: tuple[Location, ...]
    shifts: tuple[Shift, ...]
    users: tuple[User, ...]
    items: tuple[Item, ...]
    boms: tuple[Bom, ...]
    price_lists: tuple[PriceList, ...]
    prices: tuple[Price, ...]
    customers: tuple[Customer, ...]
    aliases: tuple[Alias, ...]
    uom_words: tuple[UomWord, ...]
    rates: tuple[Rate, ...]
    production_orders: tuple[ProductionOrder, ...]
    stock: tuple[Stock, ...]
    sales_orders: tuple[SalesOrder, ...]
    history: tuple[PastOrder, ...]
    messages: tuple[Message, ...]

    def item(self, sku: str) -> Item:
        """The item with this SKU. Raises KeyError."""
        return {item.sku: item for item in self.items}[sku]

    def at_level(self, level: str) -> tuple[Equipment, ...]:
        """The equipment nodes of one ISA-95 level."""
        return tuple(node for node in self.equipment if node.level == level)


def on(day: int, seed_day: date) -> date:
    """The date `day` days after (before, if negative) the seed day."""
    return seed_day + timedelta(days=day)


def digest(folder: Path = FOLDER) -> str:
    """SHA-256 over all data files: changes when any of them does."""
    total = hashlib.sha256()
    for path in sorted(folder.glob("*.*")):
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def load(folder: Path = FOLDER) -> Plant:
    """Read the plant. Raises OSError, KeyError or ValueError where a file is missing or wrong."""
    facts: dict[str, Any] = json.loads((folder / "plant.json").read_text(encoding="utf-8"))
    equipment = _equipment(facts)
    return Plant(
        company=_company(facts["enterprise"]),
        site=next(node for node in equipment if node.level == "site"),
        equipment=equipment,
        locations=tuple(Location(**row) for row in facts["locations"]),
        shifts=tuple(Shift(**row) for row in facts["shifts"]),
        users=tuple(User(**row) for row in _rows(folder, "users.csv")),
        items=_items(folder),
        boms=_boms(folder),
        price_lists=tuple(PriceList(**row) for row in _rows(folder, "price_lists.csv")),
        prices=tuple(_price(row) for row in _rows(folder, "prices.csv")),
        customers=tuple(_customer(row) for row in _rows(folder, "customers.csv")),
        aliases=tuple(Alias(**row) for row in _rows(folder, "aliases.csv")),
        uom_words=tuple(UomWord(**row) for row in _rows(folder, "uom_words.csv")),
        rates=tuple(_rate(row) for row in _rows(folder, "rates.csv")),
        production_orders=tuple(_production_order(row) for row in _rows(folder, "production_orders.csv")),
        stock=tuple(_stock(row) for row in _rows(folder, "stock.csv")),
        sales_orders=tuple(_sales_order(row) for row in _lines(folder, "sales_orders.jsonl")),
        history=tuple(_past_order(row) for row in _lines(folder, "history.jsonl")),
        messages=tuple(Message(**row) for row in _lines(folder, "messages.jsonl")),
    )


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def _lines(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines() if line]


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)


def _company(row: dict[str, Any]) -> Company:
    return Company(**{**row, "week": tuple(row["week"]), "languages": tuple(row["languages"])})


def _equipment(facts: dict[str, Any]) -> tuple[Equipment, ...]:
    top, site = facts["enterprise"], facts["site"]
    nodes = [_node(top, "enterprise", ""), _node(site, "site", top["code"])]
    nodes += [_node(row, "area", row["site"]) for row in facts["areas"]]
    nodes += [_node(row, "work_center", row["area"]) for row in facts["work_centers"]]
    nodes += [_node(row, "work_unit", row["work_center"]) for row in facts["work_units"]]
    return tuple(nodes)


def _node(row: dict[str, Any], level: str, parent: str) -> Equipment:
    return Equipment(
        code=row["code"],
        name=row["name"],
        level=level,
        parent=parent,
        kind=row.get("kind", ""),
        cost_per_hour=Decimal(row.get("cost_per_hour", "0")),
        line_side=row.get("line_side", ""),
    )


def _items(folder: Path) -> tuple[Item, ...]:
    units: dict[str, dict[str, Decimal]] = {}
    for row in _rows(folder, "uoms.csv"):
        units.setdefault(row["sku"], {})[row["uom"]] = Decimal(row["base_qty"])
    return tuple(_item(row, units.get(row["sku"], {})) for row in _rows(folder, "items.csv"))


def _item(row: dict[str, str], units: dict[str, Decimal]) -> Item:
    return Item(
        sku=row["sku"],
        name=row["name"],
        category=row["category"],
        kind=row["kind"],
        base_uom=row["base_uom"],
        units=units,
        weight_kg=Decimal(row["weight_kg"]),
        cost=Decimal(row["cost"]),
        list_price=Decimal(row["list_price"]) if row["list_price"] else None,
        hsn=row["hsn"],
        shelf_life_days=int(row["shelf_life_days"]) if row["shelf_life_days"] else None,
    )


def _boms(folder: Path) -> tuple[Bom, ...]:
    lines: dict[tuple[str, str], list[BomLine]] = {}
    for row in _rows(folder, "boms.csv"):
        line = BomLine(component=row["component"], qty=Decimal(row["qty"]), uom=row["uom"])
        lines.setdefault((row["sku"], row["output_qty"]), []).append(line)
    return tuple(
        Bom(sku=sku, output_qty=Decimal(quantity), lines=tuple(found))
        for (sku, quantity), found in lines.items()
    )


def _price(row: dict[str, str]) -> Price:
    return Price(
        price_list=row["price_list"],
        sku=row["sku"],
        uom=row["uom"],
        min_qty=Decimal(row["min_qty"]),
        unit_price=Decimal(row["unit_price"]),
        floor_price=Decimal(row["floor_price"]),
    )


def _customer(row: dict[str, str]) -> Customer:
    changed = {
        "other_names": _parts(row["other_names"]),
        "ship_to": _parts(row["ship_to"]),
        "credit_limit": Decimal(row["credit_limit"]),
        "receivable": Decimal(row["receivable"]),
    }
    values: dict[str, Any] = {**row, **changed}
    return Customer(**values)


def _rate(row: dict[str, str]) -> Rate:
    return Rate(
        work_unit=row["work_unit"],
        sku=row["sku"],
        units_per_hour=Decimal(row["units_per_hour"]),
        setup_min=int(row["setup_min"]),
    )


def _production_order(row: dict[str, str]) -> ProductionOrder:
    return ProductionOrder(
        code=row["code"],
        sku=row["sku"],
        qty=Decimal(row["qty"]),
        work_unit=row["work_unit"],
        state=row["state"],
        lot=row["lot"],
        planned_start_day=int(row["planned_start_day"]),
        planned_end_day=int(row["planned_end_day"]),
        good_so_far=Decimal(row["good_so_far"]),
    )


def _stock(row: dict[str, str]) -> Stock:
    return Stock(
        location=row["location"],
        sku=row["sku"],
        lot=row["lot"],
        qty=Decimal(row["qty"]),
        received_day=int(row["received_day"]),
        supplier=row["supplier"],
        supplier_lot=row["supplier_lot"],
        expires_day=int(row["expires_day"]) if row["expires_day"] else None,
    )


def _order_lines(rows: list[dict[str, Any]]) -> tuple[OrderLine, ...]:
    return tuple(
        OrderLine(
            sku=row["sku"],
            qty=Decimal(str(row["qty"])),
            uom=row["uom"],
            unit_price=Decimal(row["unit_price"]),
        )
        for row in rows
    )


def _sales_order(row: dict[str, Any]) -> SalesOrder:
    return SalesOrder(**{**row, "lines": _order_lines(row["lines"])})


def _past_order(row: dict[str, Any]) -> PastOrder:
    return PastOrder(**{**row, "lines": _order_lines(row["lines"])})
