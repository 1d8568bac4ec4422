"""What price rules ask of the catalog: what is named exists, is sold in which units, at which prices."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q

from obeya.catalog import answers, models, rules


@dataclass(frozen=True, slots=True)
class CategoryFacts:
    """The active items of a category: how many, how many without cost, and by which units they are sold."""

    items: int
    without_cost: int
    units: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """A customer as a price rule sees one; `price_list` "" where there is none."""

    code: str
    name: str
    price_list: str
    currency: str
    active: bool


@dataclass(frozen=True, slots=True)
class BasePrice:
    """A price of a list, per base unit of its item, from a quantity in base units on."""

    price_list: str
    currency: str
    base_from: Decimal
    per_base: Decimal


def customers_named(site: str, codes: Collection[str]) -> dict[str, CustomerFacts]:
    """The customers with these codes, active or not, in one query; unknown ones are left out."""
    wanted = [rules.asked(code) for code in codes]
    rows = models.Customer.objects.filter(site=site, code__in=wanted)
    told = rows.values_list("code", "name", "price_list__code", "currency", "active")
    return {
        code: CustomerFacts(code, name, group or "", currency, active)
        for code, name, group, currency, active in told
    }


def find_customer_codes(site: str, text: str, *, limit: int = 8) -> list[tuple[str, str]]:
    """Codes and names of active customers that hold `text`, those whose code it is first."""
    text = rules.asked(text).strip()
    rows = models.Customer.objects.filter(site=site, active=True)
    exact = rows.filter(Q(code__iexact=text) | Q(name__iexact=text)).values_list("code", "name")[:limit]
    holding = rows.filter(Q(code__icontains=text) | Q(name__icontains=text)).order_by("code")
    found = dict(exact) | dict(holding.values_list("code", "name")[:limit])
    return list(found.items())[:limit]


def currencies_of_lists(site: str) -> dict[str, frozenset[str]]:
    """Every price list of a site with the currencies of its prices, in one query."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    lists = models.PriceList.objects.filter(site=site)
    for code, currency in lists.values_list("code", "prices__currency").distinct():
        found[code] |= {currency} if currency else set()
    return {code: frozenset(currencies) for code, currencies in found.items()}


def currencies_of_customers(site: str) -> frozenset[str]:
    """What the customers of a site pay in."""
    rows = models.Customer.objects.filter(site=site).values_list("currency", flat=True)
    return frozenset(rows.order_by().distinct())


def categories(site: str) -> dict[str, CategoryFacts]:
    """The categories of a site's active items, and "" for all its items, in four queries."""
    items = models.Item.objects.filter(site=site, active=True).order_by()
    counts = items.values_list("category").annotate(
        items=Count("pk"), bare=Count("pk", filter=Q(cost__isnull=True) | Q(cost=0))
    )
    units: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for category, uom, number in items.values_list("category", "base_uom").annotate(n=Count("pk")):
        units[category][uom] += number
    packs = models.ItemUnit.objects.filter(item__site=site, item__active=True).order_by()
    for category, uom, number in packs.values_list("item__category", "uom").annotate(n=Count("pk")):
        units[category][uom] += number
    found = {name: CategoryFacts(n, bare, units[name]) for name, n, bare in counts if name}
    every: Counter[str] = sum(units.values(), Counter())
    told = [(n, bare) for _, n, bare in counts]
    return found | {"": CategoryFacts(sum(n for n, _ in told), sum(bare for _, bare in told), every)}


def base_prices(site: str, items: Sequence[answers.Item]) -> dict[str, tuple[BasePrice, ...]]:
    """Every list's prices of some items, by SKU, per base unit, in one query."""
    by_id = {item.id: item for item in items}
    found: defaultdict[str, list[BasePrice]] = defaultdict(list)
    rows = models.Price.objects.filter(price_list__site=site, item__in=by_id).select_related("price_list")
    for row in rows:
        item = by_id[row.item_id]
        if per := item.units.get(row.uom):
            price = rules.trim(row.unit_price / per)
            found[item.sku].append(
                BasePrice(row.price_list.code, row.currency, row.min_quantity * per, price)
            )
    return {sku: tuple(prices) for sku, prices in found.items()}
