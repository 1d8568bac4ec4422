"""What the steps of the demo ERP's set-up share."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from obeya.demo import erp_rpc, plant


@dataclass(slots=True)
class World:
    """What the steps share: the plant, the session and the ids made so far, by code."""

    plant: plant.Plant
    rpc: erp_rpc.Rpc
    seed_day: date
    company: int = 0
    currency: int = 0
    country: int = 0
    warehouse: int = 0
    storage: int = 0
    price_lists: dict[str, int] = field(default_factory=dict)
    parties: dict[str, int] = field(default_factory=dict)
    addresses: dict[str, int] = field(default_factory=dict)
    units: dict[tuple[str, str], int] = field(default_factory=dict)
    products: dict[str, int] = field(default_factory=dict)
    templates: dict[str, int] = field(default_factory=dict)
    boms: dict[str, int] = field(default_factory=dict)
    locations: dict[str, int] = field(default_factory=dict)
    lots: dict[tuple[str, str], int] = field(default_factory=dict)
    work_units: dict[str, int] = field(default_factory=dict)

    def on(self, day: int) -> date:
        """The date of a plant day."""
        return plant.on(day, self.seed_day)
