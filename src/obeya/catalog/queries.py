"""Reading the catalog: items, units, customers, prices, credit, equipment. what is traced is in `tracing`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, cast

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from obeya.catalog import answers, health, models, rules, tracing
from obeya.lib import contacts

UnitNotSold = rules.UnitNotSold
convert = rules.convert
in_base = rules.in_base
plain = rules.plain

NoSuchLot = tracing.NoSuchLot
NoSuchProductionOrder = tracing.NoSuchProductionOrder
get_lot = tracing.get_lot
get_lot_by_id = tracing.get_lot_by_id
lots_by_id = tracing.lots_by_id
find_lots = tracing.find_lots
stock_of = tracing.stock_of
list_locations = tracing.list_locations
boms_of = tracing.boms_of
where_used = tracing.where_used
list_production_orders = tracing.list_production_orders
get_production_order = tracing.get_production_order
production_orders_by_id = tracing.production_orders_by_id
production_orders_touching = tracing.production_orders_touching
open_sales_touching = tracing.open_sales_touching
list_open_sales = tracing.list_open_sales
connector_health = health.connector_health


class NoSuchItem(LookupError):
    """There is no item with this SKU at the site."""


class NoSuchCustomer(LookupError):
    """There is no customer with this code at the site."""


class NoSuchEquipment(LookupError):
    """There is no equipment with this code at the site."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line to be priced: how much of what, in which unit."""

    sku: str
    uom: str
    quantity: Decimal


def _trimmed(value: Decimal | None) -> Decimal | None:
    return None if value is None else rules.trim(value)


# Items


def _item(row: models.Item) -> answers.Item:
    units = {row.base_uom: Decimal(1)} | {u.uom: rules.trim(u.base_quantity) for u in row.units.all()}
    return answers.Item(
        id=row.id,
        site=row.site_id,
        sku=row.sku,
        description=row.description,
        category=row.category,
        brand=row.brand,
        base_uom=row.base_uom,
        units=units,
        active=row.active,
        tax_code=row.tax_code,
        weight_kg=_trimmed(row.weight_kg),
        cost=_trimmed(row.cost),
        substitute_sku=row.substitute_sku,
        lot_tracked=row.lot_tracked,
        made=row.made,
        as_of=row.as_of,
    )


def _items(rows: QuerySet[models.Item]) -> Iterable[answers.Item]:
    return (_item(row) for row in rows.prefetch_related("units"))


def list_items(site: str, *, active_only: bool = True) -> tuple[answers.Item, ...]:
    """The items of a site with their units, by SKU, in two queries."""
    rows = models.Item.objects.filter(site=site).order_by("sku")
    return tuple(_items(rows.filter(active=True) if active_only else rows))


def items_by_sku(site: str, skus: Collection[str]) -> dict[str, answers.Item]:
    """Items by SKU, active or not, in two queries; unknown ones are left out."""
    rows = models.Item.objects.filter(site=site, sku__in=[rules.asked(sku) for sku in skus])
    return {item.sku: item for item in _items(rows)}


def items_by_id(ids: Collection[int]) -> dict[int, answers.Item]:
    """Items by key, in two queries."""
    return {item.id: item for item in _items(models.Item.objects.filter(pk__in=ids))}


def find_item(site: str, sku: str) -> answers.Item | None:
    """The item with this SKU, active or not."""
    return items_by_sku(site, [sku]).get(rules.asked(sku))


def get_item(site: str, sku: str) -> answers.Item:
    """The item with this SKU, active or not. Raises NoSuchItem."""
    item = find_item(site, sku)
    if item is None:
        raise NoSuchItem(f"There is no item {sku[:60]!r} at {site}.")
    return item


def items_version(site: str) -> str:
    """Changes whenever the items of a site may have changed: for those who keep a copy."""
    states = models.SyncState.objects.filter(site=site, entity="items").order_by("id")
    return "|".join(str(moment) for moment in states.values_list("as_of", flat=True))


def units_of(site: str, sku: str) -> Mapping[str, Decimal]:
    """Every unit an item is sold in, the base unit too, with its base units. Raises NoSuchItem."""
    return get_item(site, sku).units


def uom_words(site: str) -> dict[str, str]:
    """The company's words for units, in small letters ("peti" -> "ctn")."""
    return dict(models.UomWord.objects.filter(site=site).values_list("word", "uom"))


# Customers


def _customer(row: models.Customer) -> answers.Customer:
    known = list(row.contacts.all())
    return answers.Customer(
        id=row.id,
        site=row.site_id,
        code=row.code,
        erp_id=row.erp_id,
        name=row.name,
        other_names=tuple(n.name for n in row.names.all()),
        currency=row.currency,
        active=row.active,
        city=row.city,
        language=row.language,
        tax_id=row.tax_id,
        contact_name=row.contact_name,
        price_list=row.price_list.code if row.price_list else "",
        phones=tuple(c.value for c in known if c.kind == "phone"),
        emails=tuple(c.value for c in known if c.kind == "email"),
        ship_to=tuple(s.name for s in sorted(row.ship_to.all(), key=lambda s: s.place)),
        as_of=row.as_of,
    )


def _customers(rows: QuerySet[models.Customer]) -> tuple[answers.Customer, ...]:
    full = rows.select_related("price_list").prefetch_related("contacts", "names", "ship_to")
    return tuple(_customer(row) for row in full.order_by("code"))


def list_customers(site: str, *, active_only: bool = True) -> tuple[answers.Customer, ...]:
    """The customers of a site, by code, in four queries."""
    rows = models.Customer.objects.filter(site=site)
    return _customers(rows.filter(active=True) if active_only else rows)


def customers_by_id(ids: Collection[int]) -> dict[int, answers.Customer]:
    """Customers by key."""
    return {customer.id: customer for customer in _customers(models.Customer.objects.filter(pk__in=ids))}


def find_customer(site: str, code: str) -> answers.Customer | None:
    """The customer with this code, active or not."""
    return next(iter(_customers(models.Customer.objects.filter(site=site, code=rules.asked(code)))), None)


def get_customer(site: str, code: str) -> answers.Customer:
    """The customer with this code, active or not. Raises NoSuchCustomer."""
    customer = find_customer(site, code)
    if customer is None:
        raise NoSuchCustomer(f"There is no customer {code[:60]!r} at {site}.")
    return customer


def find_customers_by_contact(
    site: str, kind: Literal["phone", "email"], value: str
) -> tuple[answers.Customer, ...]:
    """The active customers for whom a number or address writes, by code; several may share one.

    A number known with its country code wins over ones that ERP holds without.
    """
    try:
        forms = contacts.phone_forms(value) if kind == "phone" else (contacts.email(value),)
    except contacts.NotAContact:
        return ()
    known = models.CustomerContact.objects.filter(customer=OuterRef("pk"), kind=kind)
    rows = models.Customer.objects.filter(site=site, active=True)
    exact = _customers(rows.filter(Exists(known.filter(value=forms[0]))))
    return exact or _customers(rows.filter(Exists(known.filter(value__in=forms[1:]))))


def find_customers_by_domain(site: str, address: str) -> tuple[answers.Customer, ...]:
    """The active customers that have a mail address at the same company as `address`, by code."""
    domain = contacts.company_domain(address)
    if not domain:
        return ()
    known = models.CustomerContact.objects.filter(customer=OuterRef("pk"), kind="email")
    rows = models.Customer.objects.filter(site=site, active=True)
    return _customers(rows.filter(Exists(known.filter(value__endswith=f"@{domain}"))))


def search_customers(site: str, text: str, *, limit: int = 20) -> tuple[answers.Customer, ...]:
    """Active customers whose code or any name holds `text`, for pick lists."""
    text = rules.asked(text).strip()
    named = models.CustomerName.objects.filter(customer=OuterRef("pk"), name__icontains=text)
    hit = Q(code__icontains=text) | Q(name__icontains=text) | Q(Exists(named))
    found = models.Customer.objects.filter(hit, site=site, active=True).order_by("code")
    return _customers(models.Customer.objects.filter(pk__in=[row.pk for row in found[:limit]]))


def credit_of(site: str, customer: str) -> answers.CreditAnswer:
    """A customer's credit as ERP showed it last. Raises NoSuchCustomer."""
    row = models.Customer.objects.filter(site=site, code=rules.asked(customer)).first()
    if row is None:
        raise NoSuchCustomer(f"There is no customer {customer[:60]!r} at {site}.")
    lines = models.SalesLine.objects.filter(customer=row, state="open", currency=row.currency)
    total = lines.aggregate(total=Sum(F("open_quantity") * F("unit_price")))["total"]
    return answers.CreditAnswer(
        customer=row.code,
        currency=row.currency,
        limit=_trimmed(row.credit_limit),
        exposure=rules.trim(row.exposure),
        open_amount=rules.trim(total or Decimal(0)),
        enforced=cast(Literal["hard", "soft", "none"], row.credit_enforced),
        as_of=row.as_of,
    )


# Prices


def price_for(
    site: str, *, customer: str, sku: str, uom: str, quantity: Decimal, on: date
) -> answers.PriceAnswer:
    """What one line should cost a customer; see `prices_for`. Raises NoSuchCustomer."""
    return prices_for(site, customer=customer, lines=[Wanted(sku, uom, quantity)], on=on)[0]


def prices_for(
    site: str, *, customer: str, lines: Sequence[Wanted], on: date
) -> tuple[answers.PriceAnswer, ...]:
    """What each line should cost a customer by the list, and its floor, in five queries.

    A line that cannot be priced says why in `problem`. ERP's rows carry no validity yet: today's list
    holds for any day `on`, which is only written into the answer. Raises NoSuchCustomer.
    """
    row = (
        models.Customer.objects.filter(site=site, code=rules.asked(customer))
        .select_related("price_list")
        .first()
    )
    if row is None:
        raise NoSuchCustomer(f"There is no customer {customer[:60]!r} at {site}.")
    items = items_by_sku(site, {line.sku for line in lines})
    ids = [item.id for item in items.values()]
    breaks = _breaks(row.price_list_id, ids)
    floors = _floors(row.price_list_id, ids)
    code = row.price_list.code if row.price_list else ""
    return tuple(
        _priced(line, items.get(line.sku), breaks, floors, price_list=code, currency=row.currency, on=on)
        for line in lines
    )


def _breaks(price_list: int | None, items: Collection[int]) -> Mapping[int, list[rules.Break]]:
    found: defaultdict[int, list[rules.Break]] = defaultdict(list)
    if price_list is not None:
        for row in models.Price.objects.filter(price_list=price_list, item__in=items):
            found[row.item_id].append(rules.Break(row.uom, row.min_quantity, row.unit_price, row.currency))
    return found


def _floors(price_list: int | None, items: Collection[int]) -> Mapping[int, list[rules.Floor]]:
    found: defaultdict[int, list[rules.Floor]] = defaultdict(list)
    holds = Q(price_list__isnull=True) | Q(price_list=price_list)
    for row in models.PriceFloor.objects.filter(holds, item__in=items):
        own = row.price_list_id is not None
        found[row.item_id].append(rules.Floor(row.uom, row.floor, row.currency, own))
    return found


def _priced(
    line: Wanted,
    item: answers.Item | None,
    breaks: Mapping[int, list[rules.Break]],
    floors: Mapping[int, list[rules.Floor]],
    *,
    price_list: str,
    currency: str,
    on: date,
) -> answers.PriceAnswer:
    priced = rules.Priced(None, "", None, "none", "")
    floor = None
    if item is None:
        problem = f"there is no item {line.sku[:60]}"
    elif line.uom not in item.units:
        problem = f"{item.sku} is not sold in {line.uom[:40]}; its units are {', '.join(item.units)}"
    else:
        priced = rules.price(breaks.get(item.id, []), item.units, item.base_uom, line.uom, line.quantity)
        floor = rules.floor(floors.get(item.id, []), item.units, line.uom, priced.currency or currency)
        problem = "" if priced.unit_price is not None else priced.text
        problem = problem if price_list else "the customer has no price list"
    return answers.PriceAnswer(
        sku=line.sku,
        uom=line.uom,
        quantity=line.quantity,
        list_price=priced.unit_price,
        floor=floor,
        currency=priced.currency or currency,
        break_from=priced.break_from,
        source=priced.source,
        text=priced.text,
        problem=problem,
        price_list=price_list,
        cost=rules.trim(item.cost * item.units[line.uom])
        if item and item.cost and line.uom in item.units
        else None,
        on=on,
        category=item.category if item else "",
        units=item.units if item else {},
    )


# Equipment


def _equipment(row: models.Equipment) -> answers.Equipment:
    return answers.Equipment(
        id=row.id,
        site=row.site_id,
        code=row.code,
        name=row.name,
        level=cast(answers.Level, row.level),
        parent=row.parent.code if row.parent else "",
        active=row.active,
    )


def list_equipment(site: str, *, level: answers.Level | None = None) -> tuple[answers.Equipment, ...]:
    """The active equipment of a site, of one level or all, by code."""
    rows = models.Equipment.objects.filter(site=site, active=True).select_related("parent").order_by("code")
    return tuple(_equipment(row) for row in (rows.filter(level=level) if level else rows))


def equipment_by_id(ids: Collection[int]) -> dict[int, answers.Equipment]:
    """Equipment by key, active or not."""
    rows = models.Equipment.objects.filter(pk__in=ids).select_related("parent")
    return {row.id: _equipment(row) for row in rows}


def get_equipment(site: str, code: str) -> answers.Equipment:
    """The equipment with this code, active or not. Raises NoSuchEquipment."""
    row = models.Equipment.objects.filter(site=site, code=rules.asked(code)).select_related("parent").first()
    if row is None:
        raise NoSuchEquipment(f"There is no equipment {code[:60]!r} at {site}.")
    return _equipment(row)
