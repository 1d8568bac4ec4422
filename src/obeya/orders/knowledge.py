"""What the reader knows of a site: its catalogue and all that was learned; kept per process."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Max, Q, Sum

from obeya.catalog import answers
from obeya.catalog import queries as catalog
from obeya.lib import clock
from obeya.orders import conflicts, models
from obeya.orders.reading import deciding, lessons, reader, types
from obeya.people import queries as people

FRESH = timedelta(minutes=5)
"""How long orders that were booked without a fix may be unknown to the reader."""
MOST_PAST_ORDERS = 5_000
UNSEEN = "booked"
"""Source of an alias that only orders taught at which nobody looked: it alone wakes no reader.

Learning anew takes seconds where the history is long; a plant books orders faster than that.
"""


@dataclass(slots=True)
class _Kept:
    reader: reader.Reader
    company: types.Company
    items_version: str
    alias_version: str
    learned_at: datetime
    calibration: deciding.Calibration = deciding.TODAY


@dataclass(slots=True)
class _Shelf:
    lock: threading.Lock = field(default_factory=threading.Lock)
    kept: dict[str, _Kept] = field(default_factory=dict)


_shelf = _Shelf()


def reader_of(site: str) -> reader.Reader:
    """The reader of a site: a fix is known at once, a changed catalogue too, other orders after `FRESH`."""
    with _shelf.lock:
        now = clock.now()
        items_version, alias_version = catalog.items_version(site), _alias_version(site)
        kept = _shelf.kept.get(site)
        if kept is None or (kept.items_version != items_version and company_of(site) != kept.company):
            company = company_of(site)
            made = reader.Reader(company, lessons_of(site))
            kept = _Kept(made, company, items_version, alias_version, now)
        elif kept.alias_version != alias_version or now - kept.learned_at > FRESH:
            newer = kept.reader.with_lessons(lessons_of(site))
            kept = _Kept(newer, kept.company, items_version, alias_version, now, kept.calibration)
        kept.items_version = items_version
        _shelf.kept[site] = kept
        if (calibration := calibration_of(site)) != kept.calibration:
            kept.reader, kept.calibration = kept.reader.with_calibration(calibration), calibration
        return kept.reader


def calibration_of(site: str) -> deciding.Calibration:
    """The constants by which a site tells how sure it is: its own, where it learned better ones."""
    row = models.LearningRow.objects.filter(site=site, active=True).only("constants").first()
    if row is None:
        return deciding.TODAY
    told = row.constants
    return dataclasses.replace(
        deciding.TODAY,
        factors=deciding.TODAY.factors | told["factors"],
        grades=tuple((float(low), float(share)) for low, share in told["grades"]),
    )


def forget() -> None:
    """Drop what is kept in this process (tests, after an import)."""
    with _shelf.lock:
        _shelf.kept.clear()


def relearn(site: str) -> None:
    """Let the next reader know every order at once, also those booked without a fix."""
    with _shelf.lock:
        if site in _shelf.kept:
            _shelf.kept[site].alias_version = ""


def _alias_version(site: str) -> str:
    told = models.AliasRow.objects.filter(site=site).aggregate(
        last=Max("last_at", filter=~Q(source=UNSEEN)), changes=Sum("revision")
    )
    return f"{told['last']} {told['changes'] or 0}"


def company_of(site: str) -> types.Company:
    """The catalogue, customers and calendar of a site in the reader's terms."""
    place = people.get_site(site)
    customers = catalog.list_customers(site)
    spoken = {customer.language for customer in customers if customer.language}
    return types.Company(
        name=place.name,
        country=place.country,
        currency=place.currency,
        timezone=place.timezone,
        week=tuple(day.capitalize()[:3] for day in place.week),
        languages=(place.language, *sorted(spoken - {place.language})),
        items=tuple(_item(item) for item in catalog.list_items(site, active_only=False)),
        customers=tuple(_customer(customer) for customer in customers),
        uom_words=catalog.uom_words(site),
    )


def _item(item: answers.Item) -> types.Item:
    return types.Item(
        sku=item.sku,
        description=item.description,
        category=item.category,
        brand=item.brand,
        base_uom=item.base_uom,
        active=item.active,
        substitute_sku=item.substitute_sku or None,
        units=dict(item.units),
        tax_code=item.tax_code,
    )


def _customer(customer: answers.Customer) -> types.Customer:
    return types.Customer(
        code=customer.code,
        name=customer.name,
        city=customer.city,
        language=customer.language,
        ship_to=customer.ship_to,
        contact_name=customer.contact_name,
        alternative_names=customer.other_names,
        price_list=customer.price_list,
    )


def lessons_of(
    site: str, *, before: datetime | None = None, without: Collection[int] = ()
) -> lessons.Lessons:
    """What a site knows, or knew `before` a moment; `without` some aliases, by id.

    Of an alias that was confirmed again since then it is not known what it was worth before: left out.
    """
    orders = models.PastOrderRow.objects.filter(site=site).order_by("-ordered_at", "-order_no")
    rows = models.AliasRow.objects.filter(site=site).select_related("customer", "item").order_by("pk")
    if before is not None:
        orders, rows = orders.filter(ordered_at__lt=before), rows.filter(last_at__lt=before)
    if without:
        rows = rows.exclude(pk__in=without)
    return lessons.Lessons.from_parts(
        past_orders=[_past_order(row) for row in reversed(orders[:MOST_PAST_ORDERS])],
        aliases=[
            types.Alias(
                customer=row.customer.code if row.customer else None,
                key=row.words,
                sku=row.item.sku,
                uom=row.uom or None,
                ok=row.ok,
                bad=row.bad,
                source=row.source,
            )
            for row in _usable(rows)
        ],
    )


def _usable(rows: Iterable[models.AliasRow]) -> Iterator[models.AliasRow]:
    """Those that a reader may know: no words in conflict, and none retired, in whatever order they stand."""
    found = list(rows)
    disputed = {(row.customer_id, conflicts.key_of(row.words)) for row in found if row.conflict_at}
    retired = {(row.customer_id, row.item_id, conflicts.key_of(row.words)) for row in found if row.retired_at}
    if not disputed and not retired:
        yield from found
        return
    for row in found:
        key = conflicts.key_of(row.words)
        if (row.customer_id, key) not in disputed and (row.customer_id, row.item_id, key) not in retired:
            yield row


def _past_order(row: models.PastOrderRow) -> types.PastOrder:
    return types.PastOrder(
        order_no=row.order_no,
        customer=row.customer,
        ordered_at=row.ordered_at,
        channel=row.channel,
        message=row.message,
        lines=tuple(
            types.PastLine(
                line["sku"],
                Decimal(line["qty"]),
                line["uom"],
                Decimal(line["unit_price"]) if line.get("unit_price") else None,
            )
            for line in row.lines
        ),
    )
