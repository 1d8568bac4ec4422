"""What the catalog says of everything that a table of rules names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from obeya.catalog import price_facts
from obeya.catalog import queries as catalog
from obeya.orders import queries
from obeya.orders.pricing import checking, covering, table, wording
from obeya.people import queries as people


def facts_for(site: str, rows: Sequence[table.Row], now: datetime) -> checking.Facts:
    """The facts by which `rows` are checked, in about ten queries however many rows there are."""
    place = people.get_site(site)
    named = price_facts.customers_named(site, {row.customer for row in rows if row.customer})
    items = catalog.items_by_sku(site, {row.item for row in rows if row.item})
    prices = price_facts.base_prices(site, list(items.values()))
    return checking.Facts(
        currency=place.currency,
        today=now.astimezone(place.tz).date(),
        customers={
            one.code: checking.Customer(one.name, one.price_list, one.currency, one.active)
            for one in named.values()
        },
        items={
            one.sku: checking.Item(
                one.description, one.category, one.base_uom, one.units, one.cost, one.active
            )
            for one in items.values()
        },
        categories={
            name: checking.Category(one.items, one.without_cost, one.units)
            for name, one in price_facts.categories(site).items()
        },
        groups=price_facts.currencies_of_lists(site),
        currencies=price_facts.currencies_of_customers(site),
        prices={
            sku: [covering.ListPrice(p.price_list, p.currency, p.base_from, p.per_base) for p in told]
            for sku, told in prices.items()
        },
    )


def names_of(facts: checking.Facts) -> wording.Names:
    """What the facts call customers and items."""
    return wording.Names(
        {code: one.name for code, one in facts.customers.items()},
        {sku: one.name for sku, one in facts.items.items()},
    )


def names_for(site: str, rows: Sequence[table.Row]) -> wording.Names:
    """Names of the customers and items that `rows` name, in three queries."""
    named = price_facts.customers_named(site, {row.customer for row in rows if row.customer})
    items = catalog.items_by_sku(site, {row.item for row in rows if row.item})
    return wording.Names(
        {one.code: one.name for one in named.values()},
        {one.sku: one.description for one in items.values()},
    )


def with_codes(site: str, values: Mapping[str, str]) -> dict[str, str]:
    """What was typed, with the code of a customer or item that is meant by its name alone.

    A text that means none or several stays as it is: the checks then say that it is unknown.
    """
    told = dict(values)
    customer, item = told.get("customer", "").strip(), told.get("item", "").strip()
    if customer and customer not in price_facts.customers_named(site, [customer]):
        told["customer"] = _only(price_facts.find_customer_codes(site, customer, limit=2), customer)
    if item and catalog.find_item(site, item) is None:
        found = queries.find_items(site, item, limit=2)
        told["item"] = _only([(one.sku, one.description) for one in found], item)
    return told


def _only(found: Sequence[tuple[str, str]], text: str) -> str:
    """The one code that fits, or whose code or name is just this text."""
    same = [code for code, name in found if text.casefold() in (code.casefold(), name.casefold())]
    if len(same) == 1:
        return same[0]
    return found[0][0] if len(found) == 1 else text
