"""What happened to the mirror of ERP, and what the plant added to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from obeya.journal import events


@events.register("catalog.sync_failed")
@dataclass(frozen=True, slots=True)
class SyncFailed:
    """A connector could no longer read: the first of its entities to fail, and why. Told once."""

    connector: str
    entity: str
    reason: str


@events.register("catalog.sync_recovered")
@dataclass(frozen=True, slots=True)
class SyncRecovered:
    """A connector reads everything again."""

    connector: str
    failing_since: datetime


@events.register("catalog.credit_changed")
@dataclass(frozen=True, slots=True)
class CreditChanged:
    """ERP shows another credit limit or exposure for a customer."""

    customer: str
    currency: str
    limit_before: Decimal | None
    limit: Decimal | None
    exposure_before: Decimal
    exposure: Decimal


@events.register("catalog.floor_set")
@dataclass(frozen=True, slots=True)
class FloorSet:
    """A lowest price was set, changed, or (None) taken away; "" as price list means all."""

    sku: str
    uom: str
    price_list: str
    floor_before: Decimal | None
    floor: Decimal | None
    currency: str


@events.register("catalog.uom_word_set")
@dataclass(frozen=True, slots=True)
class UomWordSet:
    """A word now means a unit."""

    word: str
    uom: str


@events.register("catalog.customer_name_added")
@dataclass(frozen=True, slots=True)
class CustomerNameAdded:
    """A customer is also known by another name."""

    customer: str
    name: str


@events.register("catalog.contact_added")
@dataclass(frozen=True, slots=True)
class ContactAdded:
    """A number or address now stands for a customer (the value itself stays out of the journal)."""

    customer: str
    kind: str


@events.register("catalog.equipment_set")
@dataclass(frozen=True, slots=True)
class EquipmentSet:
    """A node of the equipment hierarchy was made, named or placed."""

    code: str
    name: str
    level: str
    parent: str


@events.register("catalog.lot_scrapped")
@dataclass(frozen=True, slots=True)
class LotScrapped:
    """A lot was scrapped; ERP's stock alone could not tell."""

    lot: str
    sku: str
