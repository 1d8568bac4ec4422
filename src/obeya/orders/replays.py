"""Messages with known lines, read again: what the nightly check learns from and compares on."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q

from obeya.inbox import queries as inbox
from obeya.orders import converting, knowledge, models, retraining_rules, scripts, threshold_words
from obeya.orders.reading import deciding, reader, typed, types
from obeya.people import queries as people

MOST = 600
"""Latest messages that are read again; a third of them, the newest, is the frozen replay."""
WINDOW = timedelta(days=365)
CHUNK = 100
"""So many messages are read by what was known before the first of them."""
MOST_S = 600.0
"""A check reads no longer; what is left then is left out, and that is said."""
Lines = frozenset[tuple[tuple[str, Decimal, str], int]]
"""Items with quantity and unit, and how often each is there."""


@dataclass(frozen=True, slots=True)
class Known:
    """A message whose lines somebody confirmed. `wrong`: a blind audit found these lines wrong."""

    customer: str
    channel: str
    text: str
    subject: str
    sent_at: datetime
    lines: Lines
    wrong: bool = False

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the groups that may not lose: channel with script, and the customer."""
        which = threshold_words.orders_of(self.channel, scripts.script_of(self.text))
        held_out = (retraining_rules.NEW,) if retraining_rules.is_held_out(self.customer) else ()
        return (which, f"customer {self.customer}", *held_out)

    def message(self, zone: Any) -> types.Message:
        """As the reader is given it."""
        return types.Message(
            id="",
            channel=self.channel,
            customer=self.customer,
            sent_at=self.sent_at.astimezone(zone),
            text=typed.without(self.text),
            subject=self.subject or None,
            attachments=tuple(converting.typed_orders(self.text)),
        )

    def judged(self, reading: types.Reading) -> bool | None:
        """Whether a reading is right; None where nobody can know: it differs from lines known to be wrong."""
        same = reading.intent == "order" and lines_of(reading) == self.lines
        return (False if same else None) if self.wrong else same


def lines_of(reading: types.Reading) -> Lines:
    """The lines that a reading would book."""
    told = [(line.sku or "", line.qty or Decimal(0), line.uom or "") for line in reading.lines]
    return frozenset(Counter(told).items())


def gather(site: str, *, now: datetime) -> list[Known]:
    """The latest messages with known lines, oldest first: orders that a person looked at, and imported ones.

    Messages with files are left out: reading those again takes too long. Orders booked by themselves at
    which nobody looked are no evidence.
    """
    found = [*_ours(site, now - WINDOW), *_imported(site, now - WINDOW)]
    return sorted(found, key=lambda known: known.sent_at)[-MOST:]


def _ours(site: str, since: datetime) -> Iterator[Known]:
    looked = Q(as_read_accepted=True) | Q(sure__looked_at__isnull=False) | Q(lines__fixed_by__isnull=False)
    rows = models.OrderRow.objects.filter(
        looked, site=site, state__in=["confirmed", "booked"], intent="order", received_at__gte=since
    )
    rows = rows.exclude(text="").exclude(channel="portal").select_related("customer", "sure").distinct()
    for row in rows.order_by("-received_at", "pk")[:MOST]:
        if row.customer is None or inbox.get_signal(row.signal).files:
            continue
        sure = getattr(row, "sure", None)
        yield Known(
            customer=row.customer.code,
            channel=row.channel,
            text=row.text,
            subject=row.subject,
            sent_at=row.sent_at,
            lines=_booked(row),
            wrong=bool(sure and sure.wrong and sure.blind),
        )


def _booked(row: models.OrderRow) -> Lines:
    lines = row.lines.filter(dropped=False, item__isnull=False).values_list("item__sku", "quantity", "uom")
    return frozenset(Counter((sku, quantity or Decimal(0), uom) for sku, quantity, uom in lines).items())


def _imported(site: str, since: datetime) -> Iterator[Known]:
    rows = models.PastOrderRow.objects.filter(site=site, message__isnull=False, ordered_at__gte=since)
    for row in rows.exclude(message="").order_by("-ordered_at", "-order_no")[:MOST]:
        told = Counter((line["sku"], Decimal(line["qty"]), line["uom"]) for line in row.lines)
        yield Known(row.customer, row.channel, row.message or "", "", row.ordered_at, frozenset(told.items()))


@dataclass(frozen=True, slots=True)
class Reread:
    """A message as it was read again."""

    known: Known
    reading: types.Reading
    right: bool

    def case(self) -> retraining_rules.Case:
        """What the comparison needs of it."""
        return retraining_rules.Case(
            customer=self.known.customer,
            groups=self.known.groups,
            intent=self.reading.intent,
            score=self.reading.confidence,
            codes=tuple(doubt.code for doubt in self.reading.doubts),
            right=self.right,
        )


class Watch:
    """How long a check may go on reading."""

    def __init__(self, most_s: float = MOST_S, clock: Callable[[], float] = time.monotonic) -> None:
        """Begins now; `clock` tells seconds."""
        self._clock, self._end = clock, clock() + most_s

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return self._clock() >= self._end


def read_as_then(site: str, known: Sequence[Known], watch: Watch) -> list[Reread]:
    """Each message read by what was known before its chunk began, scores told before any doubt."""
    found: list[Reread] = []
    start = knowledge.reader_of(site)
    for first in range(0, len(known), CHUNK):
        chunk = known[first : first + CHUNK]
        lessons = knowledge.lessons_of(site, before=chunk[0].sent_at)
        found += read(start.with_lessons(lessons).with_calibration(deciding.BARE), site, chunk, watch)
    return found


def read(by: reader.Reader, site: str, known: Sequence[Known], watch: Watch) -> list[Reread]:
    """Each message read by one reader, until the time is up; those that nobody can judge are left out."""
    zone, found = people.get_site(site).tz, []
    for one in known:
        if watch.is_over:
            break
        reading = by.read(one.message(zone))
        right = one.judged(reading)
        if right is not None:
            found.append(Reread(one, reading, right))
    return found
