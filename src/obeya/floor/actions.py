"""The only writers of the floor."""

from __future__ import annotations

import uuid
from decimal import Decimal

from django.db import transaction

from obeya.cases import actions as cases
from obeya.cases import quality_hold
from obeya.catalog import answers, tracing
from obeya.floor import events, models, queries
from obeya.journal import actions as journal
from obeya.journal.events import Event, Origin
from obeya.lib import clock, live
from obeya.people import queries as people


class CannotPlaceHold(Exception):
    """The lot is on hold already, the reason is missing, or the quantity makes no sense."""


def place_hold(
    *,
    hold_id: uuid.UUID,
    lot_id: int,
    quantity: Decimal | None,
    reason: str,
    note: str,
    machine: str,
    by: people.Person,
    origin: Origin,
) -> queries.Hold:
    """Put a lot on hold and ask every function concerned, in one transaction.

    `hold_id` is made on the device: sending the same hold again changes nothing. `quantity` in the item's
    base unit, None for the whole lot. Raises CannotPlaceHold with words for the operator.
    """
    known = models.HoldRow.objects.filter(pk=hold_id).first()
    if known is not None:
        return queries.get_hold(known.id)
    lot = tracing.get_lot_by_id(lot_id)
    _check(lot, quantity, reason)
    with transaction.atomic():
        row = models.HoldRow(
            id=hold_id,
            site_id=lot.site,
            lot_id=lot.id,
            quantity=quantity,
            reason=reason,
            note=note.strip()[:2000],
            machine=machine[:100],
            placed_at=clock.now(),
            placed_by_id=by.id,
        )
        models.HoldRow.objects.bulk_create([row], ignore_conflicts=True)
        stored = models.HoldRow.objects.filter(pk=hold_id).first()
        if stored is None:
            raise CannotPlaceHold(f"Lot {lot.number} is on hold already. Nothing more to do.")
        if stored.case_id is None:
            _open_case(stored, lot, by, origin)
    return queries.get_hold(hold_id)


def _check(lot: answers.Lot, quantity: Decimal | None, reason: str) -> None:
    if reason not in dict(queries.REASONS):
        raise CannotPlaceHold("Tap the reason for the hold.")
    if quantity is None:
        return
    if quantity <= 0:
        raise CannotPlaceHold("The quantity must be more than nothing.")
    there = sum((at.quantity for at in tracing.stock_of(lot.site, sku=lot.sku, lot=lot.number)), Decimal(0))
    if there and quantity > there:
        raise CannotPlaceHold(f"There are only {there.normalize():f} {lot.base_uom} of this lot.")


def _open_case(row: models.HoldRow, lot: answers.Lot, by: people.Person, origin: Origin) -> None:
    stock = tracing.stock_of(lot.site, sku=lot.sku, lot=lot.number)
    told = events.LotHeld(
        hold=row.id,
        sku=lot.sku,
        lot=lot.number,
        quantity=row.quantity,
        uom=lot.base_uom,
        reason=row.reason,
        note=row.note,
        machine=row.machine,
        lay=tuple(events.Lay(at.location, at.location_kind, at.quantity) for at in stock),
    )
    (held,) = journal.append(
        journal.Draft(payload=told, site=lot.site, subject=f"lot:{lot.sku}:{lot.number}", origin=origin)
    )
    extent = f"{row.quantity.normalize():f} {lot.base_uom}" if row.quantity else "the whole lot"
    case = cases.open_case(
        key=f"hold:{row.id}",
        site=lot.site,
        kind=quality_hold.KIND,
        severity=2,
        about=quality_hold.about_lot(lot.sku, lot.number),
        title=f"Lot {lot.number} of {lot.description} on hold",
        facts={
            "item": f"{lot.sku} {lot.description}",
            "lot": lot.number,
            "reason": queries.reason_text(row.reason),
            "extent": extent,
            **quality_hold.where_it_lies(stock),
            "machine": row.machine,
            "note": row.note,
            "operator": by.display_name,
        },
        opened_by=by.id,
        origin=origin.after(held),
    )
    row.case_id = case.id
    row.save(update_fields=["case"])
    live.publish(f"holds:{row.id}:{lot.site}")


def end_hold(*, event: Event) -> None:
    """The exception of a hold closed: the hold ends as decided."""
    case_id = uuid.UUID(event.subject.removeprefix("case:"))
    with transaction.atomic():
        row = models.HoldRow.objects.select_for_update().filter(case=case_id, state="placed").first()
        if row is None:
            return
        outcome = str(event.data.get("outcome", "withdrawn"))
        row.state = outcome if outcome in models.STATES else "hold"
        row.ended_at = clock.now()
        row.save(update_fields=["state", "ended_at"])
        lot = tracing.get_lot_by_id(row.lot_id)
        journal.append(
            journal.Draft(
                payload=events.HoldEnded(row.id, row.state),
                site=row.site_id,
                subject=f"lot:{lot.sku}:{lot.number}",
                origin=event.origin,
            )
        )
        live.publish(f"holds:{row.id}:{row.site_id}")
