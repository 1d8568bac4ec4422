"""A great many believable events in bulk: the stories of orders and quality holds at several plants.

Everything but the ids follows from a fixed seed. Texts are such as people write: several scripts, signs,
names in their own letters.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from obeya.decisions import events as decisions
from obeya.floor import events as floor
from obeya.inbox import events as inbox
from obeya.journal import actions, events
from obeya.lib import ids
from obeya.orders import events as orders
from obeya.outbox import events as outbox

SITES = ("PUNE", "SURAT", "HOSUR", "BADDI")
SHARES = (8, 4, 2, 1)
"""How busy each site is."""
SKUS = ("CAP-28-WHT", "CAP-28-BLU", "JAR-500-CLR", "LID-95", "POUCH-FILM-320", "BTL-1L-YEL", "CRC-38-WHT")
CUSTOMERS = ("KRS01", "SHB01", "ANR01", "SWR01", "MGM01", "SNJ01", "TJM01", "GRJ01")
NOTES = (
    "Neck 0.3 mm under drawing, first 40 pieces of cavity 6",
    "ढक्कन ढीला है, क्वालिटी को दिखाओ",
    "गळती दिसत आहे – खोके 12 ते 18",
    "Farbe weicht ab (ΔE > 2), siehe Muster",
    "",
)
SEED = 20_260_201
EVERY = timedelta(seconds=11)
BEGIN = datetime(2026, 1, 5, 6, tzinfo=UTC)


@dataclass(slots=True)
class Story:
    """What goes on at one site about one thing; gives the drafts, one step after the other."""

    chance: random.Random
    site: str
    at: datetime
    origin: events.Origin
    signal: UUID

    def tell(self, payload: object, subject: str) -> actions.Draft:
        """The next fact, some seconds later."""
        self.at += timedelta(microseconds=self.chance.randint(40_000, 9_000_000))
        return actions.Draft(
            payload=payload, site=self.site, subject=subject, origin=self.origin, occurred_at=self.at
        )

    def order(self, number: int) -> Iterator[actions.Draft]:
        """A message that becomes a booked order and is confirmed to the customer."""
        order, posting, message = ids.new_id(), ids.new_id(), ids.new_id()
        name, customer = f"SO-{number:07}", self.chance.choice(CUSTOMERS)
        about = f"order:{order}"
        lines = tuple(self._line() for _ in range(self.chance.randint(1, 5)))
        total = sum((line.quantity * line.unit_price for line in lines), Decimal())
        posted: dict[str, Any] = {"posting_id": posting, "connector": "tryton", "kind": "sales_order"}
        posted |= {"document": about, "subject": about}
        told: dict[str, Any] = {"message_id": message, "channel": "whatsapp", "subject": about}
        yield self._received("whatsapp", f"wamid.{order.hex.upper()}")
        yield self.tell(
            orders.MessageRead(
                order, name, customer, "whatsapp", "order", len(lines), Decimal("0.97"), auto=True
            ),
            about,
        )
        yield self.tell(
            orders.OrderConfirmed(order, name, customer, "INR", total, auto=True, lines=lines), about
        )
        yield self.tell(inbox.SignalUnderstood(self.signal, about), f"signal:{self.signal}")
        yield self.tell(outbox.PostingQueued(**posted, key=f"{order.hex}:confirm"), f"posting:{posting}")
        yield self.tell(
            outbox.PostingPosted(**posted, erp_refs={"number": f"{number}"}, replayed=False, attempts=1),
            f"posting:{posting}",
        )
        yield self.tell(orders.OrderBooked(order, name, customer, f"{number}"), about)
        yield self.tell(outbox.MessageQueued(**told), about)
        yield self.tell(outbox.MessageSent(**told), about)

    def hold(self, number: int) -> Iterator[actions.Draft]:
        """A lot that is held, four functions asked, and released."""
        hold, case = ids.new_id(), ids.new_id()
        lot = f"L-{number:07}"
        quantity = Decimal(self.chance.randint(100, 90_000)) / 10
        note = self.chance.choice(NOTES)
        yield self._received("web.terminal", f"hold:{hold}")
        yield self.tell(
            floor.LotHeld(hold, self.chance.choice(SKUS), lot, quantity, "pcs", "dimension", note, "IM-3"),
            f"lot:{lot}",
        )
        for function in ("quality", "planning", "materials", "customer_service"):
            request, due = ids.new_id(), self.at + timedelta(minutes=30)
            question = f"{lot}: what is to be done with {quantity} pcs?"
            yield self.tell(
                decisions.RequestOpened(request, "quality_hold", function, question, due), f"case:{case}"
            )
            yield self.tell(
                decisions.RequestDecided(request, "quality_hold", function, "release", note), f"case:{case}"
            )
        yield self.tell(floor.HoldEnded(hold, "released"), f"lot:{lot}")

    def _received(self, source: str, key: str) -> actions.Draft:
        size = self.chance.randint(180, 4_000)
        return self.tell(inbox.SignalReceived(self.signal, source, key, size), f"signal:{self.signal}")

    def _line(self) -> orders.ConfirmedLine:
        price = Decimal(self.chance.randint(12, 90_000)) / 100
        return orders.ConfirmedLine(
            self.chance.choice(SKUS), Decimal(self.chance.randint(1, 400)), "ctn", price
        )


def drafts() -> Iterator[actions.Draft]:
    """Events without end, in the order in which they happened at their site."""
    chance, at, number = random.Random(SEED), BEGIN, 0
    while True:
        number, at = number + 1, at + EVERY
        site, signal = chance.choices(SITES, SHARES)[0], ids.new_id()
        is_hold = number % 8 == 0
        source = "web.terminal" if is_hold else "whatsapp"
        actor = "user:lata" if is_hold else f"customer:{chance.choice(CUSTOMERS)}"
        origin = events.Origin.fresh(source=source, actor=actor, signal=signal)
        story = Story(chance, site, at, origin, signal)
        yield from story.hold(number) if is_hold else story.order(number)
