"""Which items the words of a question name, as sure as an order would have to be."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from obeya.catalog import answers
from obeya.catalog import queries as catalog
from obeya.orders import knowledge
from obeya.orders.reading import deciding, reader, types

OF_THE_QUANTITY = frozenset({"ambiguous_quantity", "unusual_quantity", "ambiguous_unit"})
"""Doubts that leave the item as certain as it is: a question names no quantity, or any."""
OF_THE_CHOICE = frozenset({"ambiguous_item", "new_item", "rival"})
"""Doubts about which of some items is meant: the answer names them all."""
WORTH_NAMING = 0.1
MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class Named:
    """Goods of a question: the one item, or those that could be meant; with a quantity where one was said."""

    words: str
    items: tuple[answers.Item, ...]
    quantity: Decimal | None = None
    uom: str = ""

    @property
    def sure(self) -> bool:
        """Whether one item is meant and no other."""
        return len(self.items) == 1


class NotUnderstood(Exception):
    """The words name no item that the reader is sure of, nor a few that could be meant."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: the site, the customer's code, the channel and the moment."""

    site: str
    customer: str
    channel: str
    at: datetime


def named(asker: Asker, words: str) -> Named:
    """The item that some words name. Raises NotUnderstood.

    They are read as a line of an order, by the same reader and through the same gates; words without a
    quantity with one piece of what they seem to name.
    """
    known = knowledge.reader_of(asker.site)
    found = _read(known, asker, words)
    line = _only_line(found)
    said = line is not None and line.qty_span is not None and line.qty is not None and bool(line.uom)
    if not said:
        found = next((one for one in _tried(known, asker, words, line) if _only_line(one)), found)
        line = _only_line(found)
    if line is None:
        raise NotUnderstood(words)
    items = _meant(asker.site, found, line)
    return Named(words, items, line.qty if said else None, (line.uom or "") if said else "")


def _read(known: reader.Reader, asker: Asker, words: str) -> types.Reading:
    message = types.Message("question", asker.channel, asker.customer, asker.at, words)
    return known.read(message)


def _tried(
    known: reader.Reader, asker: Asker, words: str, line: types.ReadLine | None
) -> Iterator[types.Reading]:
    """The words with one piece before them, in the units that the item may be sold in."""
    item = catalog.find_item(asker.site, line.sku) if line is not None and line.sku else None
    usual = Counter(one.base_uom for one in known.company.items).most_common(1)
    units = list(item.units) if item else [uom for uom, _ in usual]
    for uom in units[:4]:
        yield _read(known, asker, f"1 {uom} {words}")


def _only_line(found: types.Reading) -> types.ReadLine | None:
    is_order = found.intent in types.ORDER_INTENTS
    return found.lines[0] if is_order and len(found.lines) == 1 else None


def _meant(site: str, found: types.Reading, line: types.ReadLine) -> tuple[answers.Item, ...]:
    """The item of a line, or those between which the customer has to choose. Raises NotUnderstood."""
    codes = {doubt.code for doubt in found.doubts} - OF_THE_QUANTITY - {"discontinued_item"}
    if line.sku and not codes and _is_sure(line):
        return (catalog.get_item(site, line.sku),)
    if not codes <= OF_THE_CHOICE:
        raise NotUnderstood(line.text)
    offered = [one.sku for one in line.candidates if one.score >= WORTH_NAMING]
    items = catalog.items_by_sku(site, offered)
    active = tuple(items[sku] for sku in offered if sku in items and items[sku].active)
    if not 1 <= len(active) <= MOST_NAMED:
        raise NotUnderstood(line.text)
    return active


def _is_sure(line: types.ReadLine) -> bool:
    """Whether a line is as certain as one that is booked unseen, but for its quantity."""
    lessened = math.prod(deciding.FACTORS.get(code, 0.5) for code in set(line.doubts))
    return line.confidence / lessened >= reader.THRESHOLD
