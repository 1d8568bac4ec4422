"""What the catalog answers: frozen values, so that no other room depends on its tables.

`id` is the row's key, for foreign keys. Decimals carry no needless zeros.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

Level = Literal["enterprise", "site", "area", "work_center", "work_unit"]
LocationKind = Literal["store", "line", "hold", "other"]
LotState = Literal["available", "on_hold", "scrapped"]
OrderState = Literal["planned", "released", "running", "done", "cancelled"]


@dataclass(frozen=True, slots=True)
class Item:
    """An item. `units` maps every unit it is sold in, the base unit too, to base units."""

    id: int
    site: str
    sku: str
    description: str
    category: str
    brand: str
    base_uom: str
    units: Mapping[str, Decimal]
    active: bool
    tax_code: str
    weight_kg: Decimal | None
    cost: Decimal | None
    substitute_sku: str
    lot_tracked: bool
    made: bool
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer; `price_list` is a code or "". For money owed ask `queries.credit_of`."""

    id: int
    site: str
    code: str
    erp_id: str
    name: str
    other_names: tuple[str, ...]
    currency: str
    active: bool
    city: str
    language: str
    tax_id: str
    contact_name: str
    price_list: str
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    ship_to: tuple[str, ...]
    as_of: datetime


@dataclass(frozen=True, slots=True)
class PriceAnswer:
    """What one order line should cost, per `uom`.

    `list_price` is None where no price holds, `floor` None where none is set; `problem` then says so
    in a sentence. `source`: the list has this unit, or another one was converted. `text` says it.
    """

    sku: str
    uom: str
    quantity: Decimal
    list_price: Decimal | None
    floor: Decimal | None
    currency: str
    break_from: Decimal | None
    """From which quantity (in `uom`) this price holds."""
    source: Literal["list", "converted", "none"]
    text: str
    problem: str
    price_list: str
    cost: Decimal | None
    on: date
    category: str = ""
    units: Mapping[str, Decimal] = field(default_factory=dict)
    """Of the item; empty where there is none."""


@dataclass(frozen=True, slots=True)
class CreditAnswer:
    """A customer's credit as ERP showed it at `as_of`. `limit` None means: none is set.

    `exposure` counts against the limit (receivables and open orders); `open_amount` is the value of
    the open sales lines in the mirror, for information.
    """

    customer: str
    currency: str
    limit: Decimal | None
    exposure: Decimal
    open_amount: Decimal
    enforced: Literal["hard", "soft", "none"]
    as_of: datetime

    @property
    def headroom(self) -> Decimal | None:
        """What may still be ordered (negative when over); None without a limit."""
        return None if self.limit is None else self.limit - self.exposure


@dataclass(frozen=True, slots=True)
class Lot:
    """A material lot with its status as ERP knows it."""

    id: int
    site: str
    number: str
    item_id: int
    sku: str
    description: str
    base_uom: str
    supplier: str
    expires_on: date | None
    status: LotState
    as_of: datetime


@dataclass(frozen=True, slots=True)
class StockAt:
    """A quantity at a location, in the item's base unit; `lot` is "" where there is none."""

    sku: str
    lot: str
    location: str
    location_kind: LocationKind
    quantity: Decimal
    uom: str
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Location:
    """A place where stock lies."""

    code: str
    kind: LocationKind


@dataclass(frozen=True, slots=True)
class Equipment:
    """A node of the ISA-95 hierarchy; `parent` is a code or ""."""

    id: int
    site: str
    code: str
    name: str
    level: Level
    parent: str
    active: bool


@dataclass(frozen=True, slots=True)
class BomLine:
    """An input, in its base unit, for `Bom.output_quantity` of the output."""

    sku: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Bom:
    """A bill of materials: what `output_quantity` base units of the output take."""

    sku: str
    name: str
    output_quantity: Decimal
    lines: tuple[BomLine, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """An item that is made from another: at how many steps, and through which item right above it."""

    item_id: int
    sku: str
    description: str
    steps: int
    through: str


@dataclass(frozen=True, slots=True)
class ProductionInput:
    """What a production order consumes, in the base unit; `lot` is "" where ERP names none."""

    sku: str
    quantity: Decimal
    lot: str


@dataclass(frozen=True, slots=True)
class ProductionOrder:
    """A production order; quantities in base units."""

    id: int
    site: str
    number: str
    item_id: int
    sku: str
    description: str
    quantity: Decimal
    uom: str
    state: OrderState
    starts_on: date | None
    due_on: date | None
    work_center: str
    output_lot: str
    inputs: tuple[ProductionInput, ...]
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Touch:
    """A production order and what it has to do with a lot or an item.

    `how`: it consumes or produces the lot by name; or it needs or makes the item and names no lot.
    `quantity` in the item's base unit.
    """

    order: ProductionOrder
    how: Literal["consumes_lot", "produces_lot", "needs_item", "makes_item"]
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class SalesLine:
    """An open line of a confirmed sales order. `made_from` is the affected item it is made from, or ""."""

    order_number: str
    line_id: str
    customer: str
    customer_name: str
    sku: str
    description: str
    uom: str
    quantity: Decimal
    open_quantity: Decimal
    unit_price: Decimal
    currency: str
    ordered_on: date | None
    due_on: date | None
    customer_reference: str
    made_from: str


@dataclass(frozen=True, slots=True)
class EntityHealth:
    """How fresh the mirror of one entity is; `error` and `set_aside_reason` in plain words or ""."""

    entity: str
    as_of: datetime | None
    age: timedelta | None
    rows: int
    last_tried_at: datetime | None
    error: str
    failing_since: datetime | None
    set_aside: int
    set_aside_reason: str


@dataclass(frozen=True, slots=True)
class Round:
    """A connector's reading: `state` is where the latest round stands, the rest what the last ended one did.

    `written` counts rows that were new or different, `failed` entities that could not be read.
    """

    state: Literal["asked", "reading", "read"]
    since: datetime
    written: int
    failed: int


@dataclass(frozen=True, slots=True)
class ConnectorHealth:
    """One connector at one site; `text` sums it up in a sentence. `round` is None until it is read."""

    connector: str
    site: str
    healthy: bool
    text: str
    entities: tuple[EntityHealth, ...]
    round: Round | None = None
