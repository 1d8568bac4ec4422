"""What an ERP connector's reader must offer: canonical rows, by cursor, with their as-of time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    """An item. `units` maps each pack unit to its number of base units; `cost` is per base unit."""

    sku: str
    erp_id: str
    description: str
    category: str
    base_uom: str
    units: Mapping[str, Decimal] = field(default_factory=dict)
    active: bool = True
    brand: str = ""
    tax_code: str = ""
    weight_kg: Decimal | None = None
    cost: Decimal | None = None
    substitute_sku: str = ""
    lot_tracked: bool = False
    made: bool = False
    """True where the site makes it, False where it is bought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRow:
    """A customer with credit. `exposure` is what counts against the limit: receivables + open orders."""

    code: str
    erp_id: str
    name: str
    currency: str
    active: bool = True
    city: str = ""
    language: str = ""
    tax_id: str = ""
    contact_name: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    ship_to: tuple[str, ...] = ()
    price_list: str = ""
    credit_limit: Decimal | None = None
    exposure: Decimal = Decimal(0)
    credit_enforced: Literal["hard", "soft", "none"] = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow:
    """A unit price per `uom`, from `min_quantity` (in that uom) on."""

    price_list: str
    sku: str
    uom: str
    min_quantity: Decimal
    unit_price: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BomLineRow:
    """One input: quantity in the input item's base unit for `BomRow.output_quantity` of the output."""

    sku: str
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class BomRow:
    """A bill of materials for one output item."""

    erp_id: str
    sku: str
    output_quantity: Decimal
    lines: tuple[BomLineRow, ...]
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentRow:
    """A work center or work unit; `parent` is another row's code, "" at the top."""

    code: str
    erp_id: str
    name: str
    parent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductionInputRow:
    """What a production order consumes, in the item's base unit, and of which lot if known."""

    sku: str
    quantity: Decimal
    lot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductionOrderRow:
    """A production order. Quantities in the item's base unit."""

    number: str
    erp_id: str
    sku: str
    quantity: Decimal
    state: Literal["planned", "released", "running", "done", "cancelled"]
    starts_on: date | None = None
    due_on: date | None = None
    work_center: str = ""
    output_lot: str = ""
    inputs: tuple[ProductionInputRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRow:
    """Stock of an item (and lot) at a location, in the base unit. Zero means: nothing left there."""

    sku: str
    lot: str
    location: str
    quantity: Decimal
    location_kind: Literal["store", "line", "hold", "other"] = "store"


@dataclass(frozen=True, slots=True, kw_only=True)
class LotRow:
    """A material lot."""

    number: str
    sku: str
    erp_id: str
    supplier: str = ""
    expires_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesLineRow:
    """An open line of a confirmed sales order; `open_quantity` is still to be shipped, in `uom`."""

    order_number: str
    line_id: str
    customer: str
    sku: str
    uom: str
    quantity: Decimal
    open_quantity: Decimal
    unit_price: Decimal
    currency: str
    ordered_on: date | None = None
    due_on: date | None = None
    customer_reference: str = ""
    state: Literal["open", "closed", "cancelled"] = "open"


Row = (
    ItemRow
    | CustomerRow
    | PriceRow
    | BomRow
    | EquipmentRow
    | ProductionOrderRow
    | StockRow
    | LotRow
    | SalesLineRow
)

Entity = Literal[
    "items", "customers", "prices", "boms", "equipment", "production_orders", "lots", "stock", "sales_lines"
]

ENTITIES: tuple[Entity, ...] = (
    "items",
    "customers",
    "prices",
    "boms",
    "equipment",
    "lots",
    "stock",
    "production_orders",
    "sales_lines",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What changed since a cursor. `complete` pages list everything there is: what they omit is gone."""

    rows: tuple[Row, ...]
    cursor: str
    """Give it back next time; opaque to everyone but the connector."""
    as_of: datetime
    complete: bool


class CannotReadErp(Exception):
    """The ERP cannot be read at the moment: the text says why, in plain words."""


class Reader(Protocol):
    """The reading half of an ERP connector."""

    def read(self, entity: Entity, *, cursor: str) -> Page:
        """Rows of `entity` changed since `cursor` ("" for all). Raises CannotReadErp."""
        ...

    def check(self) -> str:
        """One plain sentence on who we are logged in as and where. Raises CannotReadErp."""
        ...
