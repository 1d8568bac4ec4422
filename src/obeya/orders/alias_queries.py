"""Reading the alias library: what customers' words mean, and what speaks for it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from obeya.catalog import queries as catalog
from obeya.orders import conflicts, models
from obeya.orders.reading import memory

MOST_SEEN = 12
MOST_LOOKED_AT = 2_000
"""So many of a customer's latest lines are looked through for the words."""
SHOWN = ("", "conflict", "corrected", "retired")
"""The parts of the library: all that is in use, in conflict, corrected at least once, retired."""


class NoSuchAlias(LookupError):
    """There is no alias with this number."""


@dataclass(frozen=True, slots=True)
class Alias:
    """What words mean. `customer_code` "" is for every customer; `uom` "" says nothing of the unit.

    `ok` and `bad`: how often it was confirmed and corrected. `source` is "fix" (a person said so on an
    order), "edit" (in the library), "confirmed" (in an order a person saw), "booked" (in one nobody saw).
    """

    id: int
    site: str
    customer_code: str
    customer_name: str
    words: str
    sku: str
    item_name: str
    item_active: bool
    uom: str
    ok: int
    bad: int
    source: str
    last_at: datetime
    conflict_at: datetime | None
    retired_at: datetime | None
    used: bool
    """True where the reader goes by it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An order line that held the words: what it became, or nothing yet (`sku` "")."""

    order_id: uuid.UUID
    number: str
    state: str
    received_at: datetime
    customer_name: str
    text: str
    sku: str
    quantity: Decimal | None
    uom: str
    fixed: bool
    same: bool
    """True where the line was booked as this alias says."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many aliases each part of the library holds."""

    used: int
    conflict: int
    corrected: int
    retired: int


def _rows(site: str) -> QuerySet[models.AliasRow]:
    """All but codes of buyers' systems: those are told by the electronic orders themselves."""
    rows = models.AliasRow.objects.filter(site=site).exclude(words__startswith=memory.CODE)
    return rows.select_related("item", "customer")


def list_aliases(*, site: str, show: str = "", text: str = "", limit: int = 100) -> list[Alias]:
    """One part of the library (of `SHOWN`), the last used first; words, item and customer hold `text`."""
    rows = _part(_rows(site), show)
    for word in text.replace("\0", " ").lower().split()[:8]:
        rows = rows.filter(
            Q(words__icontains=word)
            | Q(item__sku__icontains=word)
            | Q(item__description__icontains=word)
            | Q(customer__name__icontains=word)
            | Q(customer__code__icontains=word)
        )
    if show == "conflict":
        rows = rows.order_by("customer__name", "words", "pk")
    else:
        rows = rows.order_by("-last_at", "pk")
    return [_alias(row) for row in rows[: max(1, min(limit, 500))]]


def _part(rows: QuerySet[models.AliasRow], show: str) -> QuerySet[models.AliasRow]:
    if show == "retired":
        return rows.filter(retired_at__isnull=False)
    rows = rows.filter(retired_at__isnull=True)
    if show == "conflict":
        return rows.filter(conflict_at__isnull=False)
    return rows.filter(bad__gt=0) if show == "corrected" else rows


def counts(site: str) -> Counts:
    """How many there are of each part."""
    living = Q(retired_at__isnull=True)
    told = _rows(site).aggregate(
        used=Count("pk", filter=living),
        conflict=Count("pk", filter=living & Q(conflict_at__isnull=False)),
        corrected=Count("pk", filter=living & Q(bad__gt=0)),
        retired=Count("pk", filter=~living),
    )
    return Counts(told["used"], told["conflict"], told["corrected"], told["retired"])


def get_alias(alias_id: int) -> Alias:
    """The alias with this number. Raises NoSuchAlias."""
    row = models.AliasRow.objects.select_related("item", "customer").filter(pk=alias_id).first()
    if row is None:
        raise NoSuchAlias(str(alias_id))
    return _alias(row)


def list_rivals(alias: Alias) -> list[Alias]:
    """The other items that the same words stand for, retired ones last."""
    customer = catalog.find_customer(alias.site, alias.customer_code) if alias.customer_code else None
    same = conflicts.same_words(alias.site, customer.id if customer else None, alias.words)
    found = [_alias(row) for row in same if row.item.sku != alias.sku]
    return sorted(found, key=lambda other: (other.retired_at is not None, other.sku))


def list_seen(alias: Alias) -> list[Seen]:
    """The latest order lines that held the words, in any order of the words; at most `MOST_SEEN`."""
    rows = models.LineRow.objects.filter(order__site=alias.site).exclude(words="")
    if alias.customer_code:
        rows = rows.filter(order__customer__code=alias.customer_code)
    rows = rows.select_related("order", "order__customer", "item").order_by("-order__received_at", "position")
    told = rows.values_list("pk", "words")[:MOST_LOOKED_AT]
    key = conflicts.key_of(alias.words)
    hits = [pk for pk, words in told if conflicts.key_of(words) == key][:MOST_SEEN]
    by_pk = {row.pk: row for row in rows.filter(pk__in=hits)}
    return [_seen(by_pk[pk], alias.sku) for pk in hits if pk in by_pk]


def _seen(row: models.LineRow, sku: str) -> Seen:
    order = row.order
    return Seen(
        order_id=order.id,
        number=order.number,
        state=order.state,
        received_at=order.received_at,
        customer_name=order.customer.name if order.customer else order.sender_name or order.sender,
        text=row.text[:300],
        sku=row.item.sku if row.item else "",
        quantity=row.quantity,
        uom=row.uom,
        fixed=row.fixed_by_id is not None,
        same=row.item is not None and row.item.sku == sku and not row.dropped,
    )


def _alias(row: models.AliasRow) -> Alias:
    return Alias(
        id=row.pk,
        site=row.site_id,
        customer_code=row.customer.code if row.customer else "",
        customer_name=row.customer.name if row.customer else "",
        words=row.words,
        sku=row.item.sku,
        item_name=row.item.description,
        item_active=row.item.active,
        uom=row.uom,
        ok=row.ok,
        bad=row.bad,
        source=row.source,
        last_at=row.last_at,
        conflict_at=row.conflict_at,
        retired_at=row.retired_at,
        used=row.conflict_at is None and conflicts.is_trusted(row),
    )


def subject_of(alias: Alias) -> str:
    """The subject under which the journal keeps what people changed."""
    return f"alias:{alias.id}"
