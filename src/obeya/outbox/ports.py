"""What an ERP connector's poster must offer: commands in, one of six answers out.

The six answers follow one rule: only what the ERP itself said counts. A posting whose
answer never came is `Unknown`, and is settled by `Poster.find` before anything is sent again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal, Protocol


class CommandKind(StrEnum):
    """The outcomes that Obeya posts to an ERP."""

    SALES_ORDER = "sales_order"
    PRODUCTION_CONFIRMATION = "production_confirmation"
    GOODS_MOVEMENT = "goods_movement"
    LOT_STATUS = "lot_status"
    DELIVERY = "delivery"
    REVERSE = "reverse"


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesOrderLine:
    """One ordered line: quantity in `uom` (one of the item's units), price per `uom`."""

    sku: str
    quantity: Decimal
    uom: str
    unit_price: Decimal
    base_quantity: Decimal
    """The same quantity in the item's base unit."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesOrder:
    """A confirmed customer order, to be created, quoted and confirmed in ERP."""

    kind: Literal[CommandKind.SALES_ORDER] = CommandKind.SALES_ORDER
    customer: str
    """Customer code in Obeya; the connector knows the ERP's id by it."""
    currency: str
    lines: tuple[SalesOrderLine, ...]
    ordered_on: date
    requested_on: date | None = None
    customer_reference: str = ""
    ship_to: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LotQuantity:
    """A quantity of one item, in its base unit, of one lot where the item is tracked."""

    sku: str
    quantity: Decimal
    lot: str | None = None
    location: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductionConfirmation:
    """Yield, scrap and consumption of one production order, as one command."""

    kind: Literal[CommandKind.PRODUCTION_CONFIRMATION] = CommandKind.PRODUCTION_CONFIRMATION
    production_order: str
    sku: str
    yield_quantity: Decimal
    scrap_quantity: Decimal
    consumed: tuple[LotQuantity, ...]
    output_lot: str | None
    posted_on: date
    final: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsMovement:
    """Stock moved from one location to another, in the item's base unit."""

    kind: Literal[CommandKind.GOODS_MOVEMENT] = CommandKind.GOODS_MOVEMENT
    moves: tuple[LotQuantity, ...]
    from_location: str
    to_location: str
    posted_on: date
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LotStatus:
    """A lot put on hold (its stock moves to the hold location) or released (it moves back).

    `moves` names each quantity with the location it is taken from (hold) or returned to (release).
    """

    kind: Literal[CommandKind.LOT_STATUS] = CommandKind.LOT_STATUS
    sku: str
    lot: str
    status: Literal["hold", "released", "scrapped"]
    moves: tuple[LotQuantity, ...]
    posted_on: date
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Goods of a sales order shipped (left the site) or delivered (the customer has them)."""

    kind: Literal[CommandKind.DELIVERY] = CommandKind.DELIVERY
    sales_order: str
    """The ERP's number of the sales order."""
    state: Literal["shipped", "delivered"]
    lines: tuple[LotQuantity, ...]
    happened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverse:
    """Undo what the command with `key_to_reverse` created, by the ERP's own means."""

    kind: Literal[CommandKind.REVERSE] = CommandKind.REVERSE
    key_to_reverse: str
    reason: str


Payload = SalesOrder | ProductionConfirmation | GoodsMovement | LotStatus | Delivery | Reverse


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One posting to send: `key` is the digest of the originating event, unique for ever.

    `step` is the cursor of an earlier, unfinished attempt ("" at first): the connector goes on
    from there. `erp_refs` holds what that attempt had learnt (document ids by name).
    """

    key: str
    payload: Payload
    step: str = ""
    erp_refs: Mapping[str, str] = dataclass_field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Posted:
    """The ERP has the document, by this command, now."""

    erp_refs: Mapping[str, str]
    """Names to values; "number" is what people call the document ("SO-0042"), "id" the ERP's own id."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """The ERP already had the document under this key; nothing was created."""

    erp_refs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Conflict:
    """The ERP has another document under this key; a person must look."""

    erp_refs: Mapping[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The ERP refused, for good, for a reason that a person can act upon.

    `step` and `erp_refs` say how far it got before the refusal (a quotation that cannot be confirmed).
    """

    code: str
    text: str
    field: str = ""
    step: str = ""
    erp_refs: Mapping[str, str] = dataclass_field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Accepted:
    """An asynchronous ERP took the command; ask again with `find` later."""

    ticket: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer came (time-out, broken connection, 5xx): it may or may not have happened.

    `step` and `erp_refs` say how far it surely got; `sent` is False when the request provably
    never left this machine (connection refused), so it may be sent again at once.
    """

    text: str
    step: str = ""
    erp_refs: Mapping[str, str] = dataclass_field(default_factory=dict)
    sent: bool = True


Answer = Posted | Replayed | Conflict | Rejected | Accepted | Unknown


@dataclass(frozen=True, slots=True)
class Found:
    """What the ERP holds under a key: `complete` is False where steps are still missing."""

    erp_refs: Mapping[str, str]
    complete: bool
    step: str
    """The cursor from which `Poster.post` goes on."""


class CannotAskErp(Exception):
    """The ERP cannot be asked at the moment; try again later."""


class Poster(Protocol):
    """The writing half of an ERP connector."""

    request_limit_s: float
    """After so many seconds the ERP has surely ended a request, one way or the other."""

    def post(self, command: Command) -> Answer:
        """Carry the command out from its step on; never raises for what the ERP or the line does."""
        ...

    def find(self, key: str, payload: Payload) -> Found | None:
        """What the ERP holds under `key`; None if nothing. Raises CannotAskErp."""
        ...
