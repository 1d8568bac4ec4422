"""A list that a buyer pasted, read at once and kept nowhere: lines for the buyer to confirm or choose in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from obeya.catalog import answers, offers
from obeya.orders import drafting
from obeya.orders.reading import types

MOST_CHOICES = 5
LONGEST_PART = 120
MOST_PARTS = 10


@dataclass(frozen=True, slots=True)
class ListLine:
    """One line as read. `items` are what may be meant, the likeliest first; `sure`: the first one is."""

    text: str
    words: str
    quantity: Decimal | None
    uom: str
    items: tuple[answers.Item, ...]
    sure: bool


@dataclass(frozen=True, slots=True)
class ReadList:
    """What a list says. `left_out` are pieces of it that became no line: the buyer must see them."""

    lines: tuple[ListLine, ...]
    requested_on: date | None
    po_number: str
    ship_to: str
    left_out: tuple[str, ...]


def read_list(customer: answers.Customer, text: str, *, also: Collection[str] = ()) -> ReadList:
    """Read a list for a customer, who sees no item in it that is not for them; `also` as in `offers.find`."""
    reading = drafting.read_text(customer.site, customer.code, text)
    wanted = {sku for line in reading.lines for sku in _skus(line)}
    items = offers.find(customer, wanted, also=also)
    return ReadList(
        lines=tuple(_line(line, text, items) for line in reading.lines),
        requested_on=reading.requested_date,
        po_number=reading.po_number or "",
        ship_to=reading.ship_to if reading.ship_to in customer.ship_to else "",
        left_out=_left_out(text, reading),
    )


def _skus(line: types.ReadLine) -> list[str]:
    first = [line.sku] if line.sku else []
    return list(dict.fromkeys([*first, *(one.sku for one in line.candidates)]))


def _line(line: types.ReadLine, text: str, items: dict[str, answers.Item]) -> ListLine:
    meant = [items[sku] for sku in _skus(line) if sku in items]
    words = text[slice(*line.item_span)] if line.item_span else line.text
    sold = bool(meant) and line.uom in meant[0].units
    clear = line.sku is not None and line.sku in items and not line.doubts and line.confidence >= 0.5
    return ListLine(
        text=line.text,
        words=" ".join(words.split()),
        quantity=line.qty,
        uom=line.uom or "" if sold else "",
        items=tuple(meant[:MOST_CHOICES]),
        sure=clear and line.qty is not None and sold,
    )


def _left_out(text: str, reading: types.Reading) -> tuple[str, ...]:
    """Unread words that stand in no line."""
    taken = [line.text for line in reading.lines]
    parts = [text[span.start : span.end].strip() for span in reading.spans if span.role == "unread"]
    kept = [part for part in dict.fromkeys(parts) if any(map(str.isalnum, part))]
    return tuple(part[:LONGEST_PART] for part in kept if not any(part in one for one in taken))[:MOST_PARTS]
