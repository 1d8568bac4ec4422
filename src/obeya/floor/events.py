"""What the floor tells."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal

from obeya.journal import events


@dataclass(frozen=True, slots=True)
class Lay:
    """So much of a lot lay at a place of this kind, in its base unit."""

    location: str
    kind: str
    quantity: Decimal


@events.register("floor.lot_held")
@dataclass(frozen=True, slots=True)
class LotHeld:
    """An operator put a lot on hold. `quantity` None means: all of it.

    `lay` says where ERP's mirror showed the lot at that moment: a release takes it back there.
    """

    hold: uuid.UUID
    sku: str
    lot: str
    quantity: Decimal | None
    uom: str
    reason: str
    note: str
    machine: str
    lay: tuple[Lay, ...] = ()


@events.register("floor.hold_ended")
@dataclass(frozen=True, slots=True)
class HoldEnded:
    """The hold was decided: "released", "hold" (it stays) or "scrapped"."""

    hold: uuid.UUID
    outcome: str
