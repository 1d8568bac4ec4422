"""What keeps an order from being booked, and what its lines cost: pure."""

from __future__ import annotations

import hashlib
import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

NOT_AN_ORDER = frozenset(
    {
        "price_query",
        "stock_query",
        "status_query",
        "complaint",
        "payment",
        "greeting_or_other",
        "cancel",
        "change_request",
    }
)
CHANGE_REQUEST = "change_request"
"""A buyer asked, in so many words, to change or cancel an order that stands."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a price was agreed for, exactly. `list_price` and `floor` per `uom`, None where none was set."""

    sku: str
    uom: str
    quantity: Decimal
    currency: str
    list_price: Decimal | None
    floor: Decimal | None


@dataclass(frozen=True, slots=True)
class Agreed:
    """A price per unit that was agreed, and on which terms; `what` is list, asked or counter."""

    what: str
    price: Decimal
    terms: Terms


@dataclass(frozen=True, slots=True)
class Line:
    """A line to be checked. Prices per `uom`; `units` maps the units the item is sold in to base units."""

    position: int
    sku: str
    name: str
    active: bool
    substitute: str
    units: Mapping[str, Decimal]
    quantity: Decimal | None
    uom: str
    text: str
    read_doubts: tuple[str, ...]
    confidence: Decimal
    """How sure the reader is of this line, 0 to 1."""
    fixed: bool
    list_price: Decimal | None
    floor: Decimal | None
    asked_price: Decimal | None
    price_problem: str
    floor_unknown: str = ""
    """Why a price rule cannot be worked out for it: then it is asked about."""
    price_rule: str = ""
    """Which price rules set its price or floor, in words; "" where ERP's list and the catalog do."""
    currency: str = ""
    agreed: Agreed | None = None
    offered: str = ""
    """How a counter-offer stands that waits for the customer, in a sentence."""
    offer_came_to: str = ""
    """What came of the last counter-offer, in a sentence."""


@dataclass(frozen=True, slots=True)
class Credit:
    """The customer's credit; `limit` None means: none is set. `exposure` already counts open orders."""

    limit: Decimal | None
    exposure: Decimal
    currency: str
    hard: bool


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing to be settled. `line` is a position, None for the whole order."""

    kind: str
    line: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Header:
    """The whole order, as far as it is known."""

    intent: str
    customer_known: bool
    auto: bool
    """The reader is sure, but for what it doubts in single lines."""
    accepted: bool
    reasons: tuple[str, ...]
    """What the reader doubts about the message as a whole."""
    credit: Credit | None
    credit_accepted: bool


UNSURE = Decimal("0.5")
"""A line read with less confidence is asked about, whatever else the reader says."""
QUANTITY_DOUBTS = {
    "ambiguous_quantity": "The quantity of {name} is not clear.",
    "unusual_quantity": "{quantity} {uom} of {name} is far from what this customer usually orders.",
}


def is_of_a_line(code: str) -> bool:
    """True for the reader's doubts that a line's own one-tap answers settle: item, quantity, unit."""
    return _is_of_the_item(code) or code.endswith("_unit") or code in QUANTITY_DOUBTS


def _is_of_the_item(code: str) -> bool:
    return code.endswith("_item") or code == "rival"


def doubts_of(header: Header, lines: Sequence[Line]) -> list[Doubt]:
    """Everything that keeps the order from being booked, in the order in which it should be settled.

    Prices are judged only once the customer is known and a line is complete, credit only once every
    line has its price.
    """
    found = _whole(header, lines)
    for line in lines:
        found.extend(_unclear(line))
    if header.customer_known:
        priced = [doubt for line in lines if not _unclear(line) and (doubt := _price(line))]
        found.extend(priced)
        if not found and (over := _credit(header, lines)):
            found.append(over)
    return found


def _whole(header: Header, lines: Sequence[Line]) -> list[Doubt]:
    if header.intent == CHANGE_REQUEST and not header.accepted:
        return [Doubt("message", None, " ".join(header.reasons))]
    if header.intent in NOT_AN_ORDER and not header.accepted:
        return [
            Doubt("message", None, f"This does not read like an order ({header.intent.replace('_', ' ')}).")
        ]
    if not header.customer_known:
        return [Doubt("customer", None, "Nobody in the customer list writes from this number or address.")]
    if header.accepted:
        return [] if lines else [Doubt("other", None, "There is no line to book.")]
    if not lines:
        return [Doubt("other", None, " ".join(header.reasons) or "No line could be read.")]
    if header.intent == "order_change":
        reason = "The customer changes an order; compare it with what is booked before you accept."
        return [Doubt("other", None, reason)]
    clear = not any(_unclear(line) for line in lines)
    if clear and (header.reasons or not header.auto):
        return [
            Doubt(
                "other", None, " ".join(header.reasons) or "The reading is not sure enough to book it unseen."
            )
        ]
    return []


def _unclear(line: Line) -> list[Doubt]:
    """What is not clear in a line: one thing at a time, the item before its quantity."""
    found = _unclear_item(line) or _unclear_quantity(line)
    return [Doubt(found[0], line.position, found[1])] if found else []


def _unclear_item(line: Line) -> tuple[str, str] | None:
    if not line.sku:
        return "item", f"Which item is “{line.text}”?"
    if not line.active:
        instead = f" Its substitute is {line.substitute}." if line.substitute else ""
        return "item", f"{line.name} is no longer sold.{instead}"
    if not line.fixed and any(_is_of_the_item(code) for code in line.read_doubts):
        return "item", f"“{line.text}” may mean several items."
    if not line.fixed and line.confidence < UNSURE and _unclear_quantity(line) is None:
        return "item", f"Is {_quoted(line)} really {line.name}?"
    return None


def _unclear_quantity(line: Line) -> tuple[str, str] | None:
    if line.quantity is None or line.quantity <= 0:
        return "quantity", f"How much of {line.name}?"
    if line.uom not in line.units:
        sold = ", ".join(line.units)
        return "unit", f"{line.name} is not sold in “{line.uom or '?'}”. It is sold in {sold}."
    if any(code.endswith("_unit") for code in line.read_doubts):
        sold = ", ".join(line.units)
        return "unit", f"The unit of {line.name} is not clear in {_quoted(line)}. It is sold in {sold}."
    for code, words in QUANTITY_DOUBTS.items():
        if code in line.read_doubts:
            quantity = plain(line.quantity)
            return "quantity", words.format(name=line.name, quantity=quantity, uom=line.uom)
    return None


def _quoted(line: Line) -> str:
    """The customer's words for a line; one that goes on an earlier message has none."""
    return f"“{line.text}”" if line.text else "this line"


def plain(value: Decimal) -> str:
    """A price or a quantity as people write it: no needless zeros, but two decimals where there are any."""
    told = value.normalize()
    exponent = told.as_tuple().exponent
    return f"{told:,.2f}" if isinstance(exponent, int) and exponent == -1 else f"{told:,f}"


def likely_price(asked: Decimal, list_price: Decimal, base_per_unit: Decimal) -> Decimal:
    """The asked price per unit of the line; a price per piece is multiplied out.

    Taken as per piece only where the words make no sense otherwise: it is less than a fifth of the list
    price, and times the pieces it comes within a third to three times of it.
    """
    per_piece = asked * base_per_unit
    if asked * 5 < list_price and list_price < per_piece * 3 and per_piece < list_price * 3:
        return per_piece
    return asked


def _price(line: Line) -> Doubt | None:
    if line.agreed is not None and not (changed := change_since(line, line.agreed)):
        return None
    if line.offered:
        return Doubt("counter", line.position, f"{line.name}: {line.offered}")
    told = _price_problem(line)
    if line.agreed is not None:
        told = f"{changed} {told}".strip()
    if told and line.offer_came_to:
        told = f"{told} {line.offer_came_to}"
    return Doubt("price", line.position, f"{line.name}: {told}") if told else None


def _price_problem(line: Line) -> str:
    """What somebody must decide about the price of a line of which nothing is agreed; "" for nothing."""
    if line.list_price is None:
        return f"{line.price_problem or 'there is no price'}."
    asked = line.asked_price
    if asked is not None and asked < line.list_price:
        below = line.floor is not None and asked < line.floor
        how = f"below the floor of {plain(line.floor)}" if below and line.floor else "below the list price"
        said = f"{plain(asked)} per {line.uom} is asked, {how} (list {plain(line.list_price)})."
        return f"{said} {_sentence(line.floor_unknown or line.price_rule)}".rstrip()
    if line.floor_unknown:
        return _sentence(line.floor_unknown)
    if line.floor is not None and line.list_price < line.floor:
        price = "the price" if line.price_rule else "the list price"
        said = f"{price} {plain(line.list_price)} is below the floor {plain(line.floor)}."
        return f"{said} {_sentence(line.price_rule)}".rstrip()
    return ""


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}." if words else ""


def change_since(line: Line, agreed: Agreed) -> str:
    """What changed since a price was agreed, in words for whoever must agree anew; "" where it holds.

    A price holds for just the item, unit, quantity and currency it was agreed for, while the list price
    is the same, and as long as the floor is not raised above it.
    """
    terms = agreed.terms
    what = f"{plain(agreed.price)} per {terms.uom} was agreed"
    if line.sku != terms.sku:
        return f"{what} for {terms.sku}, and the item is another now."
    if (line.uom, line.quantity) != (terms.uom, terms.quantity):
        now = f"{plain(line.quantity)} {line.uom}" if line.quantity is not None else "not clear"
        return f"{what} for {plain(terms.quantity)} {terms.uom}, and now it is {now}."
    if line.currency != terms.currency:
        return f"{what} in {terms.currency}, and now prices are in {line.currency or 'no currency'}."
    if line.list_price != terms.list_price:
        before, now = (
            plain(one) if one is not None else "none" for one in (terms.list_price, line.list_price)
        )
        return f"{what} while the list price was {before}, and now it is {now}."
    floor = line.floor
    if floor is not None and agreed.price < floor and (terms.floor is None or terms.floor < floor):
        before = plain(terms.floor) if terms.floor is not None else "none"
        return f"{what} while the floor was {before}, and now it is {plain(floor)}."
    return ""


def price_of(line: Line) -> Decimal | None:
    """The price a line is booked at: what was agreed, as long as it holds, else the list's."""
    if line.agreed is not None and not change_since(line, line.agreed):
        return line.agreed.price
    return line.list_price


def _credit(header: Header, lines: Sequence[Line]) -> Doubt | None:
    credit = header.credit
    if credit is None or credit.limit is None or header.credit_accepted:
        return None
    total = total_of(lines)
    over = credit.exposure + total - credit.limit
    if over <= 0:
        return None
    money = f"{credit.currency} {over:,.2f}"
    reason = (
        f"With this order ({credit.currency} {total:,.2f}) the customer is {money} over the credit limit of"
        f" {credit.currency} {credit.limit:,.2f}."
    )
    return Doubt("credit", None, reason)


def total_of(lines: Sequence[Line]) -> Decimal:
    """The order's value: quantity times price over all lines, not rounded (ERP rounds its own way)."""
    return sum(
        (line.quantity * price for line in lines if line.quantity and (price := price_of(line))), Decimal(0)
    )


AUDIT_SHARE = Decimal("0.03")
"""Of the orders booked by themselves so many are audited, where a site has not chosen otherwise."""
LINE_FINDINGS = {
    "item": "another item",
    "quantity": "another quantity or unit",
    "extra": "not ordered",
}
ORDER_FINDINGS = {
    "missing": "something is missing",
    "customer": "another customer",
    "delivery": "another date or place of delivery",
    "other": "something else is wrong",
}
"""What an audit may find, of a line and of the whole order."""


def is_sampled(order_id: uuid.UUID, share: Decimal) -> bool:
    """Whether an order is audited: a digest of its id decides, so that nobody can choose."""
    digest = hashlib.sha256(b"orders.audit:" + order_id.bytes).digest()
    return Decimal(int.from_bytes(digest[:8], "big")) < share * 2**64


def at_most(wrong: int, audited: int, *, sure: float = 0.95) -> float:
    """The share of wrong orders that is not exceeded, 0 to 1, as sure as `sure`; 1 where none was audited.

    One-sided exact binomial limit (Clopper and Pearson 1934), found by halving the interval.
    """
    if audited == 0 or wrong >= audited:
        return 1.0
    low, high = wrong / audited, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        if _at_most_wrong(wrong, audited, middle) > 1 - sure:
            low = middle
        else:
            high = middle
    return high


def _at_most_wrong(wrong: int, audited: int, share: float) -> float:
    """The probability of at most `wrong` among `audited`, each wrong with probability `share`."""
    if share >= 1.0:
        return 0.0
    return sum(
        math.exp(
            math.lgamma(audited + 1)
            - math.lgamma(k + 1)
            - math.lgamma(audited - k + 1)
            + k * math.log(share or 1e-300)
            + (audited - k) * math.log1p(-share)
        )
        for k in range(wrong + 1)
    )
