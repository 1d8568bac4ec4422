"""Orders that arrive as lines, from the portal or a buyer's system: checked, and read without guessing.

Nothing is looked up here: the caller brings the items that the buyer may order.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from obeya.catalog import answers
from obeya.orders.reading import types

MOST_LINES = 200
MOST_NOTE = 1_000
MOST_WORDS = 200
LONGEST_PO = 60
LONGEST_PLACE = 200
FARTHEST = timedelta(days=365)
MOST_QUANTITY = Decimal(10) ** 9
LEAST_QUANTITY = Decimal("0.000001")
NOTE = "note"
FILE = "file_beside"
INACTIVE = "inactive_customer"


@dataclass(frozen=True, slots=True)
class FormLine:
    """One line: an item, how much of it, and the buyer's own words where they chose the item for words."""

    sku: str
    quantity: Decimal
    uom: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """An order as a buyer fills it in. `ship_to` is one of the customer's delivery places, or ""."""

    lines: tuple[FormLine, ...]
    requested_on: date | None = None
    ship_to: str = ""
    po_number: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, in the buyer's words. `line` counts from 1, None: the order; `field` is the form's."""

    line: int | None
    field: str
    text: str


def problems_of(
    form: Form, items: Mapping[str, answers.Item], *, places: Collection[str], today: date
) -> list[Problem]:
    """What keeps a form from being taken; `items` are those the buyer may order, by SKU."""
    found = _whole(form, places, today)
    for number, line in enumerate(form.lines[:MOST_LINES], 1):
        if wrong := _of_line(line, items.get(line.sku)):
            found.append(Problem(number, wrong[0], f"Line {number}: {wrong[1]}"))
    return found


def _whole(form: Form, places: Collection[str], today: date) -> list[Problem]:
    found = []
    if not form.lines:
        found.append(Problem(None, "lines", "There is no line yet: add an item."))
    if len(form.lines) > MOST_LINES:
        found.append(Problem(None, "lines", f"One order can have {MOST_LINES} lines. Send it as two."))
    if form.requested_on is not None and not today <= form.requested_on <= today + FARTHEST:
        found.append(
            Problem(None, "requested_on", "Choose a delivery day between today and a year from now.")
        )
    if form.ship_to and form.ship_to not in places:
        known = ", ".join(places) or "none is known"
        found.append(
            Problem(
                None, "ship_to", f"{form.ship_to[:60]} is not one of your places of delivery ({known[:300]})."
            )
        )
    for field, text, most in (("po_number", form.po_number, LONGEST_PO), ("note", form.note, MOST_NOTE)):
        if len(text) > most:
            named = "purchase order number" if field == "po_number" else "note"
            found.append(Problem(None, field, f"The {named} may have {most} letters."))
    return found


def _of_line(line: FormLine, item: answers.Item | None) -> tuple[str, str] | None:
    if item is None:
        return "sku", f"{line.sku[:60] or 'this'} is not among the items you can order."
    if not line.quantity.is_finite() or line.quantity <= 0:
        return "quantity", f"say how much of {item.description}."
    if line.quantity >= MOST_QUANTITY or line.quantity != line.quantity.quantize(LEAST_QUANTITY):
        return "quantity", f"{line.quantity.normalize()} of {item.description} cannot be written down."
    if line.uom not in item.units:
        sold = ", ".join(item.units)
        return "uom", f"{item.description} is not sold in “{line.uom[:40] or '?'}”. It is sold in {sold}."
    return None


def reading_of(
    form: Form, items: Mapping[str, answers.Item], *, doubts: Sequence[types.Doubt] = ()
) -> tuple[str, types.Reading]:
    """The form as a message's text, and what it says: sure, but for `doubts` about the order as a whole."""
    texts, lines, spans, at = [], [], [], 0
    for position, line in enumerate(form.lines):
        text, item_span, qty_span = _line_text(line, items.get(line.sku), at)
        texts.append(text)
        lines.append(
            types.ReadLine(
                position=position,
                sku=line.sku,
                qty=line.quantity,
                uom=line.uom,
                confidence=1.0,
                item_span=item_span,
                qty_span=qty_span,
                text=text,
                source="form",
            )
        )
        spans += [
            types.Span(*qty_span, role="qty", line=position),
            types.Span(*item_span, role="item", line=position),
        ]
        at += len(text) + 1
    text = "\n".join([*texts, *_head(form)])
    return text, types.Reading(
        intent="order",
        intent_confidence=1.0,
        lines=tuple(lines),
        requested_date=form.requested_on,
        po_number=form.po_number or None,
        ship_to=form.ship_to or None,
        doubts=tuple(doubts),
        confidence=1.0,
        auto=not doubts,
        spans=tuple(spans),
    )


def label_of(sku: str, name: str) -> str:
    """What stands for an item in the text of a form where the buyer used no words of their own."""
    return f"{sku} {name}".strip()


def _line_text(
    line: FormLine, item: answers.Item | None, at: int
) -> tuple[str, tuple[int, int], tuple[int, int]]:
    """A line written out, with where its item and its quantity stand in the whole text."""
    words = " ".join(line.words.split())[:MOST_WORDS] or label_of(line.sku, item.description if item else "")
    front = f"{line.quantity.normalize():f} {line.uom} "
    start = at + len(front)
    return front + words, (start, start + len(words)), (at, at + len(front.split(" ")[0]))


def _head(form: Form) -> list[str]:
    told = (
        ("PO", form.po_number),
        ("Deliver to", form.ship_to),
        ("Deliver on", form.requested_on.isoformat() if form.requested_on else ""),
        ("Note", form.note),
    )
    return [f"{name}: {value}" for name, value in told if value]
