"""The writers of the alias library: a person corrects, retires, restores, and settles what contradicts."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from obeya.catalog import queries as catalog
from obeya.journal import actions as journal
from obeya.journal.events import Origin
from obeya.lib import clock, live
from obeya.orders import alias_queries, conflicts, events, models
from obeya.people import queries as people

KEEPERS = (people.Function.ORDER_DESK, people.Function.COMMERCIAL)
"""Who looks after the alias library."""
MOST_WHY = 1_000


class CannotChangeAlias(Exception):
    """The alias cannot be changed like this; the text says why, for the person at the screen."""


def change_alias(
    *,
    alias_id: int,
    sku: str,
    uom: str,
    with_evidence: bool,
    why: str,
    access: people.Access,
    origin: Origin,
) -> int:
    """The words mean item `sku`, sold in `uom` ("" where they say nothing of the unit). Returns the alias.

    Another item starts with this one confirmation, and the old one is retired for these words; with
    `with_evidence` (the same thing under another code) what was confirmed of it goes along.
    Raises NoSuchAlias, CannotChangeAlias.
    """
    with transaction.atomic():
        row = _locked(alias_id, access)
        item = catalog.find_item(row.site_id, sku)
        if item is None:
            raise CannotChangeAlias(f"There is no item {sku[:60]}.")
        if uom and uom not in item.units:
            raise CannotChangeAlias(f"{item.sku} is sold in {', '.join(item.units)}, not in “{uom[:30]}”.")
        if (item.id, uom) == (row.item_id, row.uom):
            raise CannotChangeAlias("Nothing is different: choose another item or another unit.")
        if item.id == row.item_id:
            target = _set_unit(row, uom)
        else:
            target = _move(row, item.id, uom, with_evidence=with_evidence)
        told = events.AliasChanged(
            target.pk,
            _customer(row),
            row.words,
            row.item.sku,
            row.uom,
            item.sku,
            uom,
            with_evidence,
            _why(why),
        )
        _tell(target, told, origin)
        if target.pk != row.pk and item.id != row.item_id:
            _tell(
                row, events.AliasRetired(row.pk, _customer(row), row.words, row.item.sku, _why(why)), origin
            )
    return target.pk


def _set_unit(row: models.AliasRow, uom: str) -> models.AliasRow:
    """Another unit of the same item: the evidence stays, in one row where there is one already."""
    other = _standing(row, row.item_id, uom)
    if other is None:
        changed = models.AliasRow.objects.get(pk=row.pk)
        changed.uom, changed.revision = uom, row.revision + 1
        changed.save(update_fields=["uom", "revision"])
        return changed
    other.ok, other.bad = other.ok + row.ok, other.bad + row.bad
    other.revision += row.revision + 1  # never less in all, or a reader would not look again
    other.last_at = max(other.last_at, row.last_at)
    other.retired_at, other.conflict_at = row.retired_at, row.conflict_at
    models.AliasRow.objects.filter(pk=row.pk).delete()
    other.save()
    return other


def _move(row: models.AliasRow, item: int, uom: str, *, with_evidence: bool) -> models.AliasRow:
    """The words mean another item: they are retired for the old one, in all its units."""
    same = conflicts.same_words(row.site_id, row.customer_id, row.words)
    _retire([alias for alias in same if alias.item_id == row.item_id])
    _restore([alias for alias in same if alias.item_id == item])
    target = _standing(row, item, uom) or models.AliasRow(
        site_id=row.site_id, customer_id=row.customer_id, words=row.words, item_id=item, uom=uom
    )
    target.ok += max(1, row.ok) if with_evidence else 1
    target.bad += row.bad if with_evidence else 0
    if not conflicts.is_trusted(target):
        target.bad = 0  # a person says so now: what was corrected before does not outweigh it
    target.source, target.revision, target.last_at = "edit", target.revision + 1, clock.now()
    target.conflict_at = row.conflict_at
    target.save()
    _end_conflict(row)
    target.refresh_from_db()
    return target


def _standing(row: models.AliasRow, item: int, uom: str) -> models.AliasRow | None:
    found = models.AliasRow.objects.filter(
        site=row.site_id, customer=row.customer_id, words=row.words, item=item, uom=uom
    )
    return found.first()


def retire_alias(*, alias_id: int, why: str, access: people.Access, origin: Origin) -> None:
    """The words are used for this item no more, in whatever unit. Raises NoSuchAlias, CannotChangeAlias."""
    with transaction.atomic():
        row = _locked(alias_id, access)
        if row.retired_at is not None:
            raise CannotChangeAlias("It is retired already.")
        same = conflicts.same_words(row.site_id, row.customer_id, row.words)
        _retire([alias for alias in same if alias.item_id == row.item_id])
        _end_conflict(row)
        _tell(row, events.AliasRetired(row.pk, _customer(row), row.words, row.item.sku, _why(why)), origin)


def restore_alias(*, alias_id: int, why: str, access: people.Access, origin: Origin) -> None:
    """The words count for this item again. Raises NoSuchAlias, CannotChangeAlias."""
    with transaction.atomic():
        row = _locked(alias_id, access)
        if row.retired_at is None:
            raise CannotChangeAlias("It is in use.")
        same = conflicts.same_words(row.site_id, row.customer_id, row.words)
        rivals = [alias for alias in same if alias.item_id != row.item_id and conflicts.is_trusted(alias)]
        if rivals:
            raise CannotChangeAlias(f"These words mean {rivals[0].item.sku} now: retire that first.")
        _restore([alias for alias in same if alias.item_id == row.item_id])
        _tell(row, events.AliasRestored(row.pk, _customer(row), row.words, row.item.sku, _why(why)), origin)


def settle_conflict(*, alias_id: int, why: str, access: people.Access, origin: Origin) -> None:
    """Of several items for the same words this one is meant; the others are retired.

    Raises NoSuchAlias, CannotChangeAlias.
    """
    with transaction.atomic():
        row = _locked(alias_id, access)
        if row.conflict_at is None or row.retired_at is not None:
            raise CannotChangeAlias("Nothing contradicts it any more.")
        same = conflicts.same_words(row.site_id, row.customer_id, row.words)
        others = [alias for alias in same if alias.item_id != row.item_id and alias.retired_at is None]
        _retire(others)
        if not conflicts.is_trusted(row):
            models.AliasRow.objects.filter(pk=row.pk).update(ok=max(1, row.ok), bad=0)
        _end_conflict(row)
        skus = tuple(sorted({alias.item.sku for alias in others}))
        told = events.AliasConflictSettled(row.pk, _customer(row), row.words, row.item.sku, skus, _why(why))
        _tell(row, told, origin)


def _retire(rows: Sequence[models.AliasRow]) -> None:
    for row in rows:
        row.retired_at, row.conflict_at, row.revision = clock.now(), None, row.revision + 1
        row.save(update_fields=["retired_at", "conflict_at", "revision"])


def _restore(rows: Sequence[models.AliasRow]) -> None:
    for row in rows:
        row.retired_at, row.revision = None, row.revision + 1
        row.save(update_fields=["retired_at", "revision"])


def _end_conflict(row: models.AliasRow) -> None:
    """Where one item is left for the words, nothing contradicts it."""
    same = conflicts.same_words(row.site_id, row.customer_id, row.words)
    living = [alias for alias in same if alias.retired_at is None]
    if len({alias.item_id for alias in living}) > 1:
        return
    for alias in living:
        if alias.conflict_at is not None:
            alias.conflict_at, alias.revision = None, alias.revision + 1
            alias.save(update_fields=["conflict_at", "revision"])


def _locked(alias_id: int, access: people.Access) -> models.AliasRow:
    rows = models.AliasRow.objects.select_for_update(of=("self",)).select_related("item", "customer")
    row = rows.filter(pk=alias_id).first()
    if row is None:
        raise alias_queries.NoSuchAlias(str(alias_id))
    if not access.may(KEEPERS, row.site_id):
        raise CannotChangeAlias("Only the order desk and commercial of this site can do this.")
    return row


def _customer(row: models.AliasRow) -> str:
    return row.customer.code if row.customer else ""


def _why(why: str) -> str:
    """The reason in words. Raises CannotChangeAlias where there is none."""
    told = why.strip()[:MOST_WHY]
    if len(told) < 3:
        raise CannotChangeAlias("Say why, so that the next one who looks knows.")
    return told


def _tell(row: models.AliasRow, payload: object, origin: Origin) -> None:
    journal.append(journal.Draft(payload=payload, site=row.site_id, subject=f"alias:{row.pk}", origin=origin))
    live.publish(f"orders::{row.site_id}")
