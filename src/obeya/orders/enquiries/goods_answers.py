"""What the sender may be told of goods: prices of the own list, and stock, as ERP showed them last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal

from obeya.catalog import answers, tiers
from obeya.catalog import queries as catalog
from obeya.lib import clock
from obeya.orders import drafting, models, rules
from obeya.orders.enquiries import asking, goods, sayings, settings
from obeya.people import queries as people

STOCK_FRESH = timedelta(minutes=30)
"""Stock that ERP told longer ago is not given out by itself."""
PRICES_FRESH = timedelta(hours=24)
"""Nor are prices: lists change seldom, but a mirror that stands still for a day may miss that."""
MOST_TIERS = 6


class NotForThem(Exception):
    """It cannot be told by itself; the text says why, for the person who answers instead."""


@dataclass(frozen=True, slots=True)
class Told:
    """An answer, the items it speaks of, and the moment from which its facts are."""

    text: str
    skus: tuple[str, ...]
    as_of: datetime


def answer(row: models.OrderRow, asked: asking.Asked, language: str, set_as: settings.Answering) -> Told:
    """The whole answer to a question about goods. Raises NotForThem where any part of it is not certain."""
    _require_allowed(asked, set_as)
    if not asked.goods:
        raise NotForThem("No item is named.")
    assert row.customer is not None
    asker = goods.Asker(row.site_id, row.customer.code, row.channel, clock.now())
    try:
        named = [goods.named(asker, words) for words in asked.goods]
    except goods.NotUnderstood as error:
        raise NotForThem(f"It is not certain which item “{error}” is.") from error
    parts, moments = [], []
    if asking.PRICE in asked.kinds:
        moments.append(_read_at(row.site_id, ("prices", "items"), PRICES_FRESH))
        parts.append(_prices(row, named, language))
    if asking.STOCK in asked.kinds:
        moments.append(_read_at(row.site_id, ("stock", "sales_lines"), STOCK_FRESH))
        parts.append(_stock(row, named, language, moments[-1], exactly=set_as.stock == "exact"))
    skus = tuple(dict.fromkeys(item.sku for one in named for item in one.items))
    return Told("\n\n".join(parts), skus, min(moments))


def _require_allowed(asked: asking.Asked, set_as: settings.Answering) -> None:
    if asking.PRICE in asked.kinds and set_as.prices == "nothing":
        raise NotForThem("Prices are not told by themselves at this site.")
    if asking.STOCK in asked.kinds and set_as.stock == "nothing":
        raise NotForThem("Stock is not told by itself at this site.")


def _read_at(site: str, entities: Iterable[str], fresh: timedelta) -> datetime:
    """The oldest moment at which ERP told these of a site. Raises NotForThem where one is not fresh."""
    wanted = set(entities)
    found = {
        entity.entity: entity
        for connector in catalog.connector_health()
        if connector.site == site
        for entity in connector.entities
        if entity.entity in wanted
    }
    moments = [one.as_of for one in found.values() if one.as_of is not None and not one.error]
    if len(moments) != len(wanted) or clock.now() - min(moments) > fresh:
        raise NotForThem("ERP was not read lately enough to tell it.")
    return min(moments)


def _sold(site: str, item: answers.Item, language: str) -> tuple[str, answers.Item]:
    """The item itself, or the one sold in its place, with what to say of that. Raises NotForThem."""
    if item.active:
        return "", item
    instead = catalog.find_item(site, item.substitute_sku) if item.substitute_sku else None
    if instead is None or not instead.active:
        raise NotForThem(f"{item.description} is no longer sold, and nothing is named in its place.")
    return sayings.say("substitute", language, item=_name(item)), instead


def _name(item: answers.Item) -> str:
    return f"{item.description} ({item.sku})"


def _heading(one: goods.Named, language: str) -> list[str]:
    return [] if one.sure else [sayings.say("which", language, words=one.words)]


# Prices


def _prices(row: models.OrderRow, named: Sequence[goods.Named], language: str) -> str:
    today = clock.now().astimezone(people.get_site(row.site_id).tz).date()
    lines = [sayings.say("prices", language, on=today.isoformat())]
    for one in named:
        lines += _heading(one, language)
        for item in one.items:
            replaced, sold = _sold(row.site_id, item, language)
            lines += [replaced] if replaced else []
            lines.append(f"- {_name(sold)}: {_price_words(row, sold, one, language)}")
    return "\n".join(lines)


def _price_words(row: models.OrderRow, item: answers.Item, one: goods.Named, language: str) -> str:
    """What an item costs this customer: for the quantity asked for, else by the steps of the list."""
    assert row.customer is not None
    if one.quantity is not None:
        (price,) = _priced(row, item, [(one.quantity, one.uom)])
        return f"{rules.plain(one.quantity)} {one.uom}: {price}"
    known = tiers.of_item(row.site_id, customer=row.customer.code, sku=item.sku)[:MOST_TIERS]
    if not known:
        raise NotForThem(f"{item.description} has no price in the customer's list.")
    prices = _priced(row, item, [(max(step.quantity, Decimal(1)), step.uom) for step in known])
    told = []
    for step, price in zip(known, prices, strict=True):
        since = {"quantity": rules.plain(step.quantity), "uom": step.uom, "price": price}
        told.append(price if step.quantity <= 1 else sayings.say("from", language, **since))
    return "; ".join(told)


def _priced(row: models.OrderRow, item: answers.Item, wanted: Sequence[tuple[Decimal, str]]) -> list[str]:
    """Prices in words, priced as an order is. Raises NotForThem where one could not be booked unasked."""
    today = clock.now().astimezone(people.get_site(row.site_id).tz).date()
    lines = [
        models.LineRow(order=row, item_id=item.id, quantity=quantity, uom=uom) for quantity, uom in wanted
    ]
    drafting.price_lines(row, lines, today)
    for line in lines:
        if line.list_price is None:
            raise NotForThem(f"{item.description}: {line.price_text or 'there is no price'}.")
        if line.floor_unknown or (line.floor is not None and line.list_price < line.floor):
            raise NotForThem(f"{item.description}: commercial has to decide this price first.")
    return [f"{row.currency} {rules.plain(line.list_price or Decimal(0))} / {line.uom}" for line in lines]


# Stock


def _stock(
    row: models.OrderRow, named: Sequence[goods.Named], language: str, as_of: datetime, *, exactly: bool
) -> str:
    at = as_of.astimezone(people.get_site(row.site_id).tz)
    lines = [sayings.say("stock", language, at=f"{at:%Y-%m-%d %H:%M}")]
    for one in named:
        lines += _heading(one, language)
        for item in one.items:
            replaced, sold = _sold(row.site_id, item, language)
            lines += [replaced] if replaced else []
            lines.append(f"- {_stock_words(row.site_id, sold, one, language, exactly=exactly)}")
    return "\n".join(lines)


def _stock_words(site: str, item: answers.Item, one: goods.Named, language: str, *, exactly: bool) -> str:
    uom = one.uom if one.uom in item.units else item.base_uom
    much = (free(site, item) / item.units[uom]).to_integral_value(ROUND_FLOOR)
    wanted = one.quantity if one.quantity is not None and uom == one.uom else None
    if much <= 0 and (wanted is None or exactly):
        return sayings.say("not_there", language, item=_name(item))
    if exactly:
        return sayings.say("there_much", language, item=_name(item), quantity=rules.plain(much), uom=uom)
    if wanted is None:
        return sayings.say("there", language, item=_name(item))
    what = "there_much" if much >= wanted else "not_that_much"
    return sayings.say(what, language, item=_name(item), quantity=rules.plain(wanted), uom=uom)


def free(site: str, item: answers.Item) -> Decimal:
    """How much of an item lies in stores and is promised to nobody, in its base unit; never below zero.

    Held and scrapped lots do not count, nor does what is on its way to ERP; open sales lines are taken off.
    """
    at = [one for one in catalog.stock_of(site, sku=item.sku) if one.location_kind == "store"]
    blocked = {lot for lot in {one.lot for one in at} if lot and _is_blocked(site, lot, item.sku)}
    there = sum((one.quantity for one in at if one.lot not in blocked), Decimal(0))
    promised = sum(
        (
            line.open_quantity * item.units.get(line.uom, Decimal(1))
            for line in catalog.list_open_sales(site)
            if line.sku == item.sku
        ),
        Decimal(0),
    )
    under_way = models.LineRow.objects.filter(
        order__site=site, order__state="confirmed", item=item.id, dropped=False, quantity__isnull=False
    )
    ours = sum(
        ((line.quantity or Decimal(0)) * item.units.get(line.uom, Decimal(1)) for line in under_way),
        Decimal(0),
    )
    return max(Decimal(0), there - promised - ours)


def _is_blocked(site: str, lot: str, sku: str) -> bool:
    return catalog.get_lot(site, lot, sku).status != "available"
