"""The records the reader takes and gives. Everything is frozen; quantities are Decimal, moments aware."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

INTENTS = (
    "order",
    "order_change",
    "cancel",
    "price_query",
    "stock_query",
    "status_query",
    "complaint",
    "payment",
    "greeting_or_other",
)
ORDER_INTENTS = frozenset({"order", "order_change"})
REVIEWS = (
    "ambiguous_item",
    "unknown_item",
    "ambiguous_quantity",
    "ambiguous_unit",
    "discontinued_item",
    "unknown_customer",
    "illegible",
    "contradiction",
)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing the company sells; `units` maps a unit word of the item master to base units (base: 1)."""

    sku: str
    description: str
    category: str = ""
    brand: str = ""
    base_uom: str = "pcs"
    active: bool = True
    substitute_sku: str | None = None
    units: Mapping[str, Decimal] = field(default_factory=dict)
    tax_code: str = ""


@dataclass(frozen=True, slots=True)
class Customer:
    """A known buyer; `ship_to` are the names of the delivery places as they are booked."""

    code: str
    name: str
    city: str = ""
    language: str = ""
    ship_to: tuple[str, ...] = ()
    contact_name: str = ""
    alternative_names: tuple[str, ...] = ()
    price_list: str = ""


@dataclass(frozen=True, slots=True)
class PastLine:
    """One line of a confirmed order."""

    sku: str
    qty: Decimal
    uom: str
    unit_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PastOrder:
    """A confirmed order with the text it was made from, where that was kept."""

    order_no: str
    customer: str
    ordered_at: datetime
    channel: str
    message: str | None
    lines: tuple[PastLine, ...]


@dataclass(frozen=True, slots=True)
class Company:
    """The seller: catalogue, customers and calendar. `week` are working days as "Mon".."Sun"."""

    name: str
    country: str
    currency: str
    timezone: str
    week: tuple[str, ...]
    languages: tuple[str, ...]
    items: tuple[Item, ...]
    customers: tuple[Customer, ...]
    uom_words: Mapping[str, str] = field(default_factory=dict)
    list_prices: Mapping[tuple[str, str, str, Decimal], Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """Cells of a spreadsheet or of a ruled table in a document. `struck` are rows marked as cancelled."""

    name: str
    rows: tuple[tuple[str, ...], ...]
    page: int | None = None
    struck: frozenset[int] = frozenset()
    coloured: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class TextPage:
    """The text of one page, with the layout kept by spaces where the source had columns."""

    name: str
    text: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An attachment nobody turned into text: a photo, a scan, audio, an encrypted file."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Scanned:
    """The tables and pages of this name were recognised in a picture: they never book by themselves.

    `unsure` are pieces of text that the recognition itself doubted, `foreign_digits` whether digits of
    another script than Latin were among what it saw.
    """

    name: str
    why: str
    page: int | None = None
    unsure: tuple[str, ...] = ()
    foreign_digits: bool = False


@dataclass(frozen=True, slots=True)
class ElectronicLine:
    """One line of an electronic order, as its sender's system states it.

    `units` are words for the unit code, likeliest first (empty: none was sent). `price` is per `price_per`
    of `price_units` (empty: of the line's unit). `action` is add, change, increase, decrease, cancel
    or same; `qty` is always the new quantity.
    """

    number: str
    seller_codes: tuple[str, ...] = ()
    buyer_codes: tuple[str, ...] = ()
    gtins: tuple[str, ...] = ()
    description: str = ""
    qty: Decimal | None = None
    units: tuple[str, ...] = ()
    unit_code: str = ""
    price: Decimal | None = None
    price_per: Decimal = Decimal(1)
    price_units: tuple[str, ...] = ()
    amount: Decimal | None = None
    charges: Decimal = Decimal(0)
    requested_on: date | None = None
    ship_to: str = ""
    action: str = "add"
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ElectronicOrder:
    """One order, change or cancellation sent by the buyer's system: X12, EDIFACT or UBL.

    `kind` is order, change or cancel; `complete` whether a change states all lines of the new order.
    `places` are what names the delivery place, `buyers` what names the buyer (names, GLNs, numbers).
    `total` is the sum of the lines' amounts as stated, `charges` what stands beside the lines.
    `problems` are what does not agree in the document itself, `notes` its free texts.
    """

    name: str
    standard: str
    kind: str
    number: str
    lines: tuple[ElectronicLine, ...] = ()
    complete: bool = True
    control: str = ""
    ordered_on: date | None = None
    requested_on: date | None = None
    places: tuple[str, ...] = ()
    buyers: tuple[str, ...] = ()
    currency: str = ""
    total: Decimal | None = None
    charges: Decimal = Decimal(0)
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


Attachment = Table | TextPage | Unreadable | Scanned | ElectronicOrder


@dataclass(frozen=True, slots=True)
class Turn:
    """Something said before; `from_` is "customer" or "company"."""

    from_: str
    sent_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be read. `customer` is a code, or None where the sender is unknown."""

    id: str
    channel: str
    customer: str | None
    sent_at: datetime
    text: str
    subject: str | None = None
    attachments: tuple[Attachment, ...] = ()
    thread: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of `Message.text` and what it was taken for.

    Roles: item, qty, unit, date, po, ship_to, price, op, noise, unread. `line` is the position of the
    read line it belongs to.
    """

    start: int
    end: int
    role: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that could be meant. `score` is 0..1, `why` a short reason for the screen."""

    sku: str
    score: float
    why: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why this cannot be booked unasked. `line` is the position of a read line, or None for the whole."""

    code: str
    line: int | None
    text: str


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One line as read. `source` says where it came from: text, table, thread, repeat."""

    position: int
    sku: str | None
    qty: Decimal | None
    uom: str | None
    confidence: float
    item_span: tuple[int, int] | None
    qty_span: tuple[int, int] | None
    text: str
    candidates: tuple[Candidate, ...] = ()
    doubts: tuple[str, ...] = ()
    source: str = "text"


@dataclass(frozen=True, slots=True)
class AskedPrice:
    """A price or a discount the customer states; `unit_price` is per `uom`, `discount_pct` in per cent."""

    sku: str
    unit_price: Decimal | None
    uom: str | None
    discount_pct: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message says, how sure that is and what is in doubt."""

    intent: str
    intent_confidence: float
    lines: tuple[ReadLine, ...] = ()
    requested_date: date | None = None
    po_number: str | None = None
    ship_to: str | None = None
    asked_prices: tuple[AskedPrice, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    review: str | None = None
    candidates: tuple[str, ...] = ()
    confidence: float = 0.0
    auto: bool = False
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Alias:
    """What a word or phrase was taken for. `customer` None: the whole company. `key` is a folded phrase."""

    customer: str | None
    key: str
    sku: str
    uom: str | None = None
    ok: int = 0
    bad: int = 0
    source: str = "history"
