"""Reading the floor."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from obeya.floor import models

REASONS = (
    ("dimension", "Size out of limits"),
    ("appearance", "Marks, dirt or colour"),
    ("short_shot", "Short shots"),
    ("leak", "Leaks or cracks"),
    ("wrong_material", "Wrong material"),
    ("damaged", "Damaged packing"),
    ("other", "Something else"),
)
"""Codes and words of the reasons an operator can tap."""


class NoSuchHold(LookupError):
    """There is no hold with this id."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold on a lot; `quantity` None means all of it, in the item's base unit."""

    id: uuid.UUID
    site: str
    sku: str
    item: str
    uom: str
    lot: str
    lot_id: int
    quantity: Decimal | None
    reason: str
    note: str
    machine: str
    state: str
    placed_at: datetime
    placed_by: int
    case_id: uuid.UUID | None


def reason_text(code: str) -> str:
    """The words of a reason."""
    return dict(REASONS).get(code, code)


def _hold(row: models.HoldRow) -> Hold:
    item = row.lot.item
    return Hold(
        id=row.id,
        site=row.site_id,
        sku=item.sku,
        item=item.description,
        uom=item.base_uom,
        lot=row.lot.number,
        lot_id=row.lot_id,
        quantity=row.quantity,
        reason=row.reason,
        note=row.note,
        machine=row.machine,
        state=row.state,
        placed_at=row.placed_at,
        placed_by=row.placed_by_id,
        case_id=row.case_id,
    )


def get_hold(hold_id: uuid.UUID | str) -> Hold:
    """The hold with this id. Raises NoSuchHold."""
    row = models.HoldRow.objects.select_related("lot__item").filter(pk=hold_id).first()
    if row is None:
        raise NoSuchHold(str(hold_id))
    return _hold(row)


def list_holds(*, sites: Sequence[str], placed_only: bool = False, limit: int = 100) -> list[Hold]:
    """Holds of some sites, the newest first."""
    rows = models.HoldRow.objects.select_related("lot__item").filter(site__in=sites)
    if placed_only:
        rows = rows.filter(state="placed")
    return [_hold(row) for row in rows.order_by("-placed_at")[:limit]]


def held_lots(lot_ids: Collection[int]) -> set[int]:
    """Which of these lots are on hold and not decided, or decided to stay on hold."""
    latest = (
        models.HoldRow.objects.filter(lot__in=lot_ids)
        .order_by("lot", "-placed_at")
        .distinct("lot")
        .values_list("lot", "state")
    )
    return {lot for lot, state in latest if state in ("placed", "hold")}
