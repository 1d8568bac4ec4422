"""Goods movements and lot holds: one internal shipment each, waiting, assigned, done.

Where all moves go from one place to one place they are created with the shipment. Otherwise Tryton takes
them only once the shipment waits: `fill` then writes them all at once, if they are not there yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from obeya.integrations.tryton import client, documents, lookups, stamps, wire
from obeya.outbox import ports

INTERNAL = documents.Kind(
    model="stock.shipment.internal",
    stamp_field="reference",
    buttons={"request": "draft", "draft": "wait", "waiting": "assign_try", "assigned": "do"},
    done=("done",),
    fields=("number", "state", "reference", "moves"),
)
_DAYS = ("planned_start_date", "planned_date", "effective_start_date", "effective_date")

WHY = 80
"""So many characters of the reason stand on the shipment."""

Movement = ports.GoodsMovement | ports.LotStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What moves from where to where, and the two places that the shipment itself names."""

    legs: tuple[tuple[ports.LotQuantity, lookups.Place, lookups.Place], ...]
    source: lookups.Place
    target: lookups.Place

    @property
    def is_direct(self) -> bool:
        """Whether every move goes between just these two places."""
        return all((start, end) == (self.source, self.target) for _, start, end in self.legs)


def create(erp: client.Client, key: str, movement: Movement) -> wire.Record:
    """The shipment with its stamp, in one transaction. Raises Refused for what the ERP does not know.

    A lot without stock gives a shipment without moves: the ERP then still shows that it was held.
    """
    plan = _plan(erp, movement)
    moves = _moves(erp, plan)
    values: dict[str, Any] = {
        "reference": f"{stamps.stamp(key, movement)} {_why(movement)}".strip(),
        "company": erp.connection.company,
        "from_location": plan.source.id,
        "to_location": plan.target.id,
        **dict.fromkeys(_DAYS, movement.posted_on),
    }
    if plan.is_direct:
        values["moves"] = [["create", moves]]
    return erp.create(INTERNAL.model, values, INTERNAL.fields)


def _why(movement: Movement) -> str:
    """The reason in a few words, for whoever looks at the shipment. It can never look like a stamp."""
    text = movement.note if isinstance(movement, ports.GoodsMovement) else movement.reason
    return " ".join(text.replace(":", " ").split())[:WHY]


def fill(erp: client.Client, movement: Movement, record: wire.Record) -> None:
    """Write the moves of a waiting shipment that has none yet."""
    if record["state"] == "waiting" and movement.moves and not record["moves"]:
        moves = _moves(erp, _plan(erp, movement))
        erp.write(INTERNAL.model, record["id"], {"moves": [["create", moves]]})


def _plan(erp: client.Client, movement: Movement) -> Plan:
    known = lookups.places(erp)
    if isinstance(movement, ports.GoodsMovement):
        return _movement_plan(known, movement)
    return _lot_plan(erp, known, movement)


def _movement_plan(known: dict[str, lookups.Place], movement: ports.GoodsMovement) -> Plan:
    """A line's own location is where it is taken from."""
    source, target = (lookups.place(known, code) for code in (movement.from_location, movement.to_location))
    legs = tuple(
        (line, lookups.place(known, line.location) if line.location else source, target)
        for line in movement.moves
    )
    return Plan(legs=legs, source=_around([leg[1] for leg in legs] or [source], known), target=target)


def _lot_plan(erp: client.Client, known: dict[str, lookups.Place], status: ports.LotStatus) -> Plan:
    """Into the hold location, back from it, or out of stock as scrap."""
    hold = lookups.place(known, erp.connection.hold_location)
    warehouse = lookups.warehouse(erp, known)
    default = hold if status.status == "scrapped" else warehouse.storage
    named = [
        (line, lookups.place(known, line.location) if line.location else default) for line in status.moves
    ]
    around = _around([place for _, place in named] or [default], known)
    if status.status == "released":
        legs = tuple((line, hold, place) for line, place in named)
        return Plan(legs=legs, source=hold, target=around)
    target = hold if status.status == "hold" else _scrap(known, warehouse)
    return Plan(legs=tuple((line, place, target) for line, place in named), source=around, target=target)


def _scrap(known: dict[str, lookups.Place], warehouse: lookups.Warehouse) -> lookups.Place:
    for place in known.values():
        if place.id == warehouse.scrap:
            return place
    raise client.Refused(
        "the ERP's warehouse has no waste location to scrap to", code="unknown_location", field="status"
    )


def _around(places: list[lookups.Place], known: dict[str, lookups.Place]) -> lookups.Place:
    """The smallest place that holds all of them: themselves if they are one."""
    around = [
        place
        for place in known.values()
        if place.type in ("storage", "view", "lost_found")
        and all(place.left <= one.left and one.right <= place.right for one in places)
    ]
    if not around:
        raise client.Refused(
            "the ERP cannot move stock from such different places in one document: "
            + ", ".join(sorted({place.code for place in places})),
            code="places_too_far_apart",
            field="moves",
        )
    return min(around, key=lambda place: place.right - place.left)


def _moves(erp: client.Client, plan: Plan) -> list[wire.Record]:
    lines: Iterable[ports.LotQuantity] = [line for line, _, _ in plan.legs]
    products = lookups.products(erp, (line.sku for line in lines))
    lots = lookups.lots(erp, [(products[line.sku], line.lot) for line in lines if line.lot])
    return [
        lookups.move(
            product=products[line.sku],
            quantity=line.quantity,
            source=start.id,
            target=end.id,
            company=erp.connection.company,
            lot_id=lookups.lot(lots, line.sku, line.lot) if line.lot else None,
        )
        for line, start, end in plan.legs
    ]
