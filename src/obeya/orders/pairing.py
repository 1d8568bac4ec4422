"""Which message of an export an order was made from: pure, and the same in every run."""

from __future__ import annotations

import bisect
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal

from obeya.orders.reading import letters, numbers

WINDOW = timedelta(hours=72)
"""So long after its message an order may have been entered."""
DAY = timedelta(days=1)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_WORD = re.compile(r"[^\W\d_]+")
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a known customer (`customer`: code), as the export holds it."""

    customer: str
    channel: str
    sent_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Order:
    """A past order: its moment (midnight by the site's clock: only the day is known) and quantities."""

    order_no: str
    customer: str
    ordered_at: datetime
    quantities: frozenset[Decimal]


@dataclass(slots=True)
class Pairs:
    """What was found: `paired` by order number, in the order of time; the rest is counted."""

    paired: dict[str, Message] = field(default_factory=dict)
    messages: int = 0
    unsure: int = 0
    followed_by_none: int = 0


def numbers_in(text: str) -> frozenset[Decimal]:
    """Every number that a text says, in digits of any script or in words."""
    folded = _GROUPED.sub("", letters.fold(text).text)
    said = {Decimal(found) for found in _NUMBER.findall(folded)}
    named = (numbers.value(word) for word in _WORD.findall(folded))
    return frozenset(said.union(value for value in named if value is not None))


def pair(messages: Iterable[Message], orders: Sequence[Order]) -> Pairs:
    """Pair each message with the one order that followed it and all of whose quantities it says.

    A message that fits several orders equally soon, and an order that several different messages fit, are
    left out as unsure. At most one message per order is held in memory.
    """
    by_customer: Mapping[str, list[Order]] = _by_customer(orders)
    found, disputed = Pairs(), set[str]()
    for message in messages:
        found.messages += 1
        fitting = _fitting(message, by_customer.get(message.customer, ()))
        if not fitting:
            found.followed_by_none += 1
        elif len(fitting) > 1:
            found.unsure += 1
        else:
            _claim(found, disputed, fitting[0].order_no, message)
    for order_no in disputed:
        del found.paired[order_no]
    return found


def _claim(found: Pairs, disputed: set[str], order_no: str, message: Message) -> None:
    before = found.paired.setdefault(order_no, message)
    if before is message:
        return
    if " ".join(before.text.split()) != " ".join(message.text.split()):
        found.unsure += 1 if order_no in disputed else 2
        disputed.add(order_no)


def _by_customer(orders: Sequence[Order]) -> Mapping[str, list[Order]]:
    found: dict[str, list[Order]] = defaultdict(list)
    for order in sorted(orders, key=lambda one: (one.ordered_at, one.order_no)):
        if order.quantities:
            found[order.customer].append(order)
    return found


def _fitting(message: Message, orders: Sequence[Order]) -> list[Order]:
    """The soonest orders after a message that hold only quantities it says; several where it is unclear."""
    first = bisect.bisect_left(orders, message.sent_at - DAY, key=lambda order: order.ordered_at)
    last = bisect.bisect_right(orders, message.sent_at + WINDOW, key=lambda order: order.ordered_at)
    near = [order for order in orders[first:last] if _follows(message.sent_at, order.ordered_at)]
    if not near:
        return []
    said = numbers_in(message.text)
    fitting = [order for order in near if order.quantities <= said]
    return [order for order in fitting if order.ordered_at == fitting[0].ordered_at]


def _follows(sent_at: datetime, ordered_at: datetime) -> bool:
    if ordered_at.time() == time(0):
        sent_at = datetime.combine(sent_at.astimezone(ordered_at.tzinfo), time(0), ordered_at.tzinfo)
    return timedelta(0) <= ordered_at - sent_at <= WINDOW
