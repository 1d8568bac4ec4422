"""What the floor tells."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal

from obeya.journal import events


@events.register("floor.lot_held")
@dataclass(frozen=True, slots=True)
class LotHeld:
    """An operator put a lot on hold. `quantity` None means: all of it."""

    hold: uuid.UUID
    sku: str
    lot: str
    quantity: Decimal | None
    uom: str
    reason: str
    note: str
    machine: str


@events.register("floor.hold_ended")
@dataclass(frozen=True, slots=True)
class HoldEnded:
    """The hold was decided: "released", "hold" (it stays) or "scrapped"."""

    hold: uuid.UUID
    outcome: str
