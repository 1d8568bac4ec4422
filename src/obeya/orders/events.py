"""What the order desk tells."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal

from obeya.journal import events


@events.register("orders.message_read")
@dataclass(frozen=True, slots=True)
class MessageRead:
    """A message was read: what it is, how many lines, how sure (0 to 1)."""

    order: uuid.UUID
    number: str
    customer: str
    channel: str
    intent: str
    lines: int
    confidence: Decimal
    auto: bool


@events.register("orders.message_reread")
@dataclass(frozen=True, slots=True)
class MessageReread:
    """The message of a waiting order was read anew, because of `why`; the order is what it says now."""

    order: uuid.UUID
    number: str
    why: str
    intent: str
    lines: int
    confidence: Decimal
    auto: bool


@events.register("orders.line_fixed")
@dataclass(frozen=True, slots=True)
class LineFixed:
    """A person settled what a line means; it is remembered as an alias."""

    order: uuid.UUID
    line: int
    text: str
    before: str
    sku: str
    quantity: Decimal | None
    uom: str


@dataclass(frozen=True, slots=True)
class ConfirmedLine:
    """One line of a confirmed order."""

    sku: str
    quantity: Decimal
    uom: str
    unit_price: Decimal


@events.register("orders.order_confirmed")
@dataclass(frozen=True, slots=True)
class OrderConfirmed:
    """The order is complete and checked; ERP is next, if one is connected. `auto`: no person touched it."""

    order: uuid.UUID
    number: str
    customer: str
    currency: str
    total: Decimal
    auto: bool
    lines: tuple[ConfirmedLine, ...]


@events.register("orders.order_not_posted")
@dataclass(frozen=True, slots=True)
class OrderNotPosted:
    """The order is confirmed, but no ERP is connected for its site: nothing was posted."""

    order: uuid.UUID
    number: str


@events.register("orders.order_booked")
@dataclass(frozen=True, slots=True)
class OrderBooked:
    """ERP has the order under `erp_number`."""

    order: uuid.UUID
    number: str
    customer: str
    erp_number: str


@events.register("orders.order_refused")
@dataclass(frozen=True, slots=True)
class OrderRefused:
    """The order will not be booked."""

    order: uuid.UUID
    number: str
    reason: str
    note: str


@events.register("orders.message_answered")
@dataclass(frozen=True, slots=True)
class MessageAnswered:
    """The message was no order, and a person has dealt with it."""

    order: uuid.UUID
    number: str


@events.register("orders.alias_conflict_found")
@dataclass(frozen=True, slots=True)
class AliasConflictFound:
    """Two fixes of one customer contradict each other: none of the items is used for these words."""

    customer: str
    words: str
    skus: tuple[str, ...]


@events.register("orders.alias_conflict_settled")
@dataclass(frozen=True, slots=True)
class AliasConflictSettled:
    """A person said which item the words mean; the others are retired."""

    alias: int
    customer: str
    words: str
    sku: str
    instead_of: tuple[str, ...]
    why: str


@events.register("orders.alias_changed")
@dataclass(frozen=True, slots=True)
class AliasChanged:
    """A person corrected what the words mean: another item, another unit, or both.

    `with_evidence`: what was confirmed of the old item counts for the new one.
    """

    alias: int
    customer: str
    words: str
    before_sku: str
    before_uom: str
    sku: str
    uom: str
    with_evidence: bool
    why: str


@events.register("orders.alias_retired")
@dataclass(frozen=True, slots=True)
class AliasRetired:
    """A person wants the words used for this item no more."""

    alias: int
    customer: str
    words: str
    sku: str
    why: str


@events.register("orders.alias_restored")
@dataclass(frozen=True, slots=True)
class AliasRestored:
    """Words that were retired for this item count again."""

    alias: int
    customer: str
    words: str
    sku: str
    why: str


@events.register("orders.order_audited")
@dataclass(frozen=True, slots=True)
class OrderAudited:
    """A person compared an order that was booked by itself with its message; the order stays as it is."""

    order: uuid.UUID
    number: str
    wrong: bool
    findings: tuple[str, ...]
    note: str


@events.register("orders.audit_share_set")
@dataclass(frozen=True, slots=True)
class AuditShareSet:
    """How many of the orders booked by themselves are audited from now on (0 to 1)."""

    before: Decimal
    share: Decimal
    why: str


@events.register("orders.learned_from_export")
@dataclass(frozen=True, slots=True)
class LearnedFromExport:
    """Past orders (by number) got the messages they were made from, out of exported chats and mail."""

    orders: tuple[str, ...]
    unsure_messages: int
