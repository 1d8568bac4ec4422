"""What a customer may see of the catalogue, and how their orders stand in ERP: for the portal."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from obeya.catalog import answers, models, queries, rules

MOST_WORDS = 8
LONGEST_WORD = 60


@dataclass(frozen=True, slots=True)
class Offer:
    """An item as a customer sees it; `units` in the order of their size, the base unit first.

    `prices` are per unit by the customer's list, from the least quantity on; empty where none may be shown.
    `available` None: it may not be shown.
    """

    sku: str
    name: str
    units: tuple[str, ...]
    base_quantities: Mapping[str, Decimal]
    prices: Mapping[str, Decimal]
    currency: str
    available: bool | None


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line of an order in ERP: how much was ordered and is still to come, in `uom`, as of a moment."""

    sku: str
    name: str
    uom: str
    quantity: Decimal
    open_quantity: Decimal
    due_on: date | None
    state: str
    as_of: datetime


def search(
    customer: answers.Customer, text: str, *, limit: int = 20, offset: int = 0
) -> tuple[answers.Item, ...]:
    """Items that a customer may see whose code, name, brand or category holds every word of `text`."""
    rows = _visible(customer)
    for word in rules.asked(text).split()[:MOST_WORDS]:
        part = word[:LONGEST_WORD]
        named = Q(sku__icontains=part) | Q(description__icontains=part)
        rows = rows.filter(named | Q(category__icontains=part) | Q(brand__icontains=part))
    found = rows.order_by("description", "sku").values_list("pk", flat=True)[offset : offset + limit]
    keys = list(found)
    items = queries.items_by_id(keys)
    return tuple(items[key] for key in keys)


def find(
    customer: answers.Customer, skus: Collection[str], *, also: Collection[str] = ()
) -> dict[str, answers.Item]:
    """Those of `skus` that a customer may see, by SKU; `also` are ones that they know from before."""
    wanted = {rules.asked(sku) for sku in skus}
    rows = _visible(customer, also=wanted & set(also)).filter(sku__in=wanted)
    items = queries.items_by_id(list(rows.values_list("pk", flat=True)))
    return {item.sku: item for item in items.values()}


def _visible(customer: answers.Customer, *, also: Collection[str] = ()) -> QuerySet[models.Item]:
    """Active items with a price on the customer's list: what the plant keeps for itself has none there."""
    rows = models.Item.objects.filter(site=customer.site, active=True)
    if not customer.price_list:
        return rows
    priced = models.Price.objects.filter(
        item=OuterRef("pk"), price_list__site=customer.site, price_list__code=customer.price_list
    )
    return rows.filter(Exists(priced) | Q(sku__in=also))


def offers_of(
    customer: answers.Customer,
    items: Sequence[answers.Item],
    *,
    prices: bool,
    stock: bool,
    on: date,
) -> tuple[Offer, ...]:
    """Items as a customer sees them; their own list prices and what is in stock only where it is said so."""
    listed = _prices(customer, items, on) if prices else {}
    there = _in_stock([item.id for item in items]) if stock else frozenset()
    return tuple(
        Offer(
            sku=item.sku,
            name=item.description,
            units=tuple(sorted(item.units, key=lambda uom: (item.units[uom], uom))),
            base_quantities=item.units,
            prices={uom: listed[item.sku, uom] for uom in item.units if (item.sku, uom) in listed},
            currency=customer.currency,
            available=item.id in there if stock else None,
        )
        for item in items
    )


def _prices(
    customer: answers.Customer, items: Sequence[answers.Item], on: date
) -> dict[tuple[str, str], Decimal]:
    wanted = [queries.Wanted(item.sku, uom, Decimal(1)) for item in items for uom in item.units]
    found = queries.prices_for(customer.site, customer=customer.code, lines=wanted, on=on)
    return {(one.sku, one.uom): one.list_price for one in found if one.list_price is not None}


def _in_stock(items: Collection[int]) -> frozenset[int]:
    """The items of which something lies in a store."""
    stored = models.Stock.objects.filter(item__in=items, location__kind="store").values("item")
    return frozenset(row["item"] for row in stored.annotate(there=Sum("quantity")) if row["there"] > 0)


def order_lines(customer: answers.Customer, numbers: Collection[str]) -> dict[str, tuple[OrderLine, ...]]:
    """The lines of a customer's own orders with these numbers of ERP, by number, whatever their state."""
    rows = models.SalesLine.objects.filter(
        site=customer.site, customer=customer.id, order_number__in=[number for number in numbers if number]
    )
    found: dict[str, list[OrderLine]] = {}
    for row in rows.select_related("item").order_by("order_number", "line_id"):
        found.setdefault(row.order_number, []).append(
            OrderLine(
                sku=row.item.sku,
                name=row.item.description,
                uom=row.uom,
                quantity=rules.trim(row.quantity),
                open_quantity=rules.trim(row.open_quantity),
                due_on=row.due_on,
                state=row.state,
                as_of=row.as_of,
            )
        )
    return {number: tuple(lines) for number, lines in found.items()}
