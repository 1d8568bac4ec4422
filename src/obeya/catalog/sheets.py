"""Canonical rows into the mirrored tables, one function an entity; private to the room.

Each takes rows whose references are known, with the moment each shows, and writes them set by set.
Runs inside the transaction of `actions.apply_page`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Generic, TypeVar

from django.db.models import Model

from obeya.catalog import models, ports, rules
from obeya.lib import contacts

BATCH = 2_000
R = TypeVar("R", bound=ports.Row)
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Dated(Generic[R]):
    """A row and the ERP's moment that it shows."""

    row: R
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """Keys of what rows refer to, for one site."""

    site: str
    items: Mapping[str, int]
    customers: Mapping[str, int]


def _upsert(model: type[M], rows: Sequence[M], *, unique: Sequence[str], keep: Sequence[str] = ()) -> list[M]:
    """Insert rows or replace all but `unique` and `keep` of those that exist; keys are set afterwards."""
    untouched = {"id", *unique, *keep}
    update = [f.name for f in model._meta.concrete_fields if f.name not in untouched]
    return model._default_manager.bulk_create(
        rows, batch_size=BATCH, update_conflicts=True, unique_fields=list(unique), update_fields=update
    )


def _replace(model: type[M], parent: str, parents: Iterable[int], children: Sequence[M]) -> None:
    """Give parents these children and no others."""
    model._default_manager.filter(**{f"{parent}__in": list(parents)}).delete()
    model._default_manager.bulk_create(children, batch_size=BATCH)


def write_items(known: Known, rows: Sequence[Dated[ports.ItemRow]]) -> None:
    """Items with their units."""
    saved = _upsert(
        models.Item,
        [
            models.Item(
                site_id=known.site,
                sku=d.row.sku,
                erp_id=d.row.erp_id,
                description=d.row.description,
                category=d.row.category,
                brand=d.row.brand,
                base_uom=d.row.base_uom,
                active=d.row.active,
                tax_code=d.row.tax_code,
                weight_kg=d.row.weight_kg,
                cost=d.row.cost,
                substitute_sku=d.row.substitute_sku,
                lot_tracked=d.row.lot_tracked,
                made=d.row.made,
                as_of=d.as_of,
            )
            for d in rows
        ],
        unique=("site", "sku"),
    )
    units = [
        models.ItemUnit(item=item, uom=uom, base_quantity=quantity)
        for item, d in zip(saved, rows, strict=True)
        for uom, quantity in d.row.units.items()
        if uom and uom != d.row.base_uom
    ]
    _replace(models.ItemUnit, "item", (item.id for item in saved), units)


def price_lists(site: str, codes: Iterable[str]) -> dict[str, int]:
    """Keys of price lists by code; unknown ones are made."""
    wanted = {code for code in codes if code}
    found = dict(models.PriceList.objects.filter(site=site, code__in=wanted).values_list("code", "id"))
    made = [models.PriceList(site_id=site, code=code) for code in sorted(wanted - found.keys())]
    for row in models.PriceList.objects.bulk_create(made):
        found[row.code] = row.id
    return found


def _contacts(customer: models.Customer, row: ports.CustomerRow) -> Iterable[models.CustomerContact]:
    """What of a customer's phones and addresses can be recognised; the rest is prose."""
    kinds: tuple[tuple[str, tuple[str, ...], Callable[[str], str]], ...] = (
        ("phone", row.phones, contacts.phone),
        ("email", row.emails, contacts.email),
    )
    for kind, texts, written in kinds:
        for text in texts:
            try:
                value = written(text)
            except contacts.NotAContact:
                continue
            yield models.CustomerContact(customer=customer, kind=kind, value=value, ours=False)


def write_customers(known: Known, rows: Sequence[Dated[ports.CustomerRow]]) -> None:
    """Customers with what ERP knows of their contacts and delivery places; Obeya's own stay."""
    lists = price_lists(known.site, (d.row.price_list for d in rows))
    saved = _upsert(
        models.Customer,
        [
            models.Customer(
                site_id=known.site,
                code=d.row.code,
                erp_id=d.row.erp_id,
                name=d.row.name,
                currency=d.row.currency,
                active=d.row.active,
                city=d.row.city,
                language=d.row.language,
                tax_id=d.row.tax_id,
                contact_name=d.row.contact_name,
                price_list_id=lists.get(d.row.price_list),
                credit_limit=d.row.credit_limit,
                exposure=d.row.exposure,
                credit_enforced=d.row.credit_enforced,
                as_of=d.as_of,
            )
            for d in rows
        ],
        unique=("site", "code"),
    )
    ids = [customer.id for customer in saved]
    models.CustomerContact.objects.filter(customer__in=ids, ours=False).delete()
    found = [c for customer, d in zip(saved, rows, strict=True) for c in _contacts(customer, d.row)]
    models.CustomerContact.objects.bulk_create(found, batch_size=BATCH, ignore_conflicts=True)
    places = [
        models.ShipTo(customer=customer, place=place, name=name)
        for customer, d in zip(saved, rows, strict=True)
        for place, name in enumerate(dict.fromkeys(filter(None, d.row.ship_to)))
    ]
    _replace(models.ShipTo, "customer", ids, places)


def write_prices(known: Known, rows: Sequence[Dated[ports.PriceRow]]) -> None:
    """Prices with their breaks."""
    lists = price_lists(known.site, (d.row.price_list for d in rows))
    prices = [
        models.Price(
            price_list_id=lists[d.row.price_list],
            item_id=known.items[d.row.sku],
            uom=d.row.uom,
            min_quantity=d.row.min_quantity,
            unit_price=d.row.unit_price,
            currency=d.row.currency,
            as_of=d.as_of,
        )
        for d in rows
    ]
    _upsert(models.Price, prices, unique=("price_list", "item", "uom", "min_quantity"))


def write_boms(known: Known, rows: Sequence[Dated[ports.BomRow]]) -> None:
    """Bills of materials with their lines."""
    boms = [
        models.Bom(
            site_id=known.site,
            erp_id=d.row.erp_id,
            item_id=known.items[d.row.sku],
            output_quantity=d.row.output_quantity,
            name=d.row.name,
            as_of=d.as_of,
        )
        for d in rows
    ]
    saved = _upsert(models.Bom, boms, unique=("site", "erp_id"))
    lines = [
        models.BomLine(bom=bom, item_id=known.items[line.sku], quantity=line.quantity)
        for bom, d in zip(saved, rows, strict=True)
        for line in d.row.lines
    ]
    _replace(models.BomLine, "bom", (bom.id for bom in saved), lines)


def write_equipment(known: Known, rows: Sequence[Dated[ports.EquipmentRow]]) -> None:
    """Work centers and units; where Obeya has placed one, its level and parent stay."""
    nodes = [
        models.Equipment(
            site_id=known.site,
            code=d.row.code,
            erp_id=d.row.erp_id or d.row.code,
            name=d.row.name or d.row.code,
            level="work_center",
            as_of=d.as_of,
        )
        for d in rows
    ]
    _upsert(models.Equipment, nodes, unique=("site", "code"), keep=("level", "parent", "placed"))
    _place_equipment(known.site, {d.row.code: d.row.parent for d in rows})


def _place_equipment(site: str, told: Mapping[str, str]) -> None:
    """Parents as ERP tells them (a circle is cut) and, for all that Obeya has not placed, the level."""
    nodes = {n.code: n for n in models.Equipment.objects.filter(site=site).select_related("parent")}
    parent_of = {code: node.parent.code if node.parent else "" for code, node in nodes.items()}
    for code, parent in told.items():
        if not nodes[code].placed:
            parent_of[code] = "" if rules.loops(code, parent, parent_of) else parent
    parents = set(parent_of.values())
    moved = []
    for code, node in nodes.items():
        if not node.placed and node.erp_id:
            above = nodes.get(parent_of[code])
            node.parent, node.level = above, rules.level(code, parent_of[code], parents)
            moved.append(node)
    models.Equipment.objects.bulk_update(moved, ["parent", "level"], batch_size=BATCH)


def write_lots(known: Known, rows: Sequence[Dated[ports.LotRow]]) -> None:
    """Lots; their status comes from stock."""
    lots = [
        models.Lot(
            site_id=known.site,
            item_id=known.items[d.row.sku],
            number=d.row.number,
            erp_id=d.row.erp_id,
            supplier=d.row.supplier,
            expires_on=d.row.expires_on,
            as_of=d.as_of,
        )
        for d in rows
    ]
    _upsert(models.Lot, lots, unique=("site", "number", "item"), keep=("status",))


def _lots(known: Known, rows: Sequence[Dated[ports.StockRow]]) -> dict[tuple[str, int], int]:
    """Keys of the lots that stock rows name; one that ERP has not listed yet is made."""
    wanted = {(d.row.lot, known.items[d.row.sku]): d.as_of for d in rows if d.row.lot}
    numbers = {number for number, _ in wanted}
    rows_found = models.Lot.objects.filter(site=known.site, number__in=numbers)
    found = {(number, item): id_ for number, item, id_ in rows_found.values_list("number", "item_id", "id")}
    made = [
        models.Lot(site_id=known.site, number=number, item_id=item, as_of=as_of)
        for (number, item), as_of in wanted.items()
        if (number, item) not in found
    ]
    for lot in models.Lot.objects.bulk_create(made, batch_size=BATCH):
        found[lot.number, lot.item_id] = lot.id
    return found


def _locations(known: Known, rows: Sequence[Dated[ports.StockRow]]) -> dict[str, int]:
    kinds = {d.row.location: d.row.location_kind for d in rows}
    places = [models.Location(site_id=known.site, code=code, kind=kind) for code, kind in kinds.items()]
    return {place.code: place.id for place in _upsert(models.Location, places, unique=("site", "code"))}


def write_stock(known: Known, rows: Sequence[Dated[ports.StockRow]]) -> None:
    """Stock by lot and location; `settle_lots` follows."""
    lots, locations = _lots(known, rows), _locations(known, rows)
    stock = [
        models.Stock(
            site_id=known.site,
            item_id=known.items[d.row.sku],
            lot_id=lots[d.row.lot, known.items[d.row.sku]] if d.row.lot else None,
            location_id=locations[d.row.location],
            quantity=d.row.quantity,
            as_of=d.as_of,
        )
        for d in rows
    ]
    _upsert(models.Stock, stock, unique=("item", "lot", "location"))


def settle_lots(site: str) -> None:
    """Bring every lot's status in line with where its stock lies now."""
    lying: dict[int | None, list[tuple[str, Decimal]]] = {}
    stock = models.Stock.objects.filter(site=site, lot__isnull=False)
    for lot, kind, quantity in stock.values_list("lot_id", "location__kind", "quantity"):
        lying.setdefault(lot, []).append((kind, quantity))
    moved: dict[str, list[int]] = {}
    for lot_id, before in models.Lot.objects.filter(site=site).values_list("id", "status"):
        after = rules.lot_status(before, lying.get(lot_id, ()))
        if after != before:
            moved.setdefault(after, []).append(lot_id)
    for status, ids in moved.items():
        models.Lot.objects.filter(pk__in=ids).update(status=status)


def write_production_orders(known: Known, rows: Sequence[Dated[ports.ProductionOrderRow]]) -> None:
    """Production orders with their inputs."""
    orders = [
        models.ProductionOrder(
            site_id=known.site,
            number=d.row.number,
            erp_id=d.row.erp_id,
            item_id=known.items[d.row.sku],
            quantity=d.row.quantity,
            state=d.row.state,
            starts_on=d.row.starts_on,
            due_on=d.row.due_on,
            work_center=d.row.work_center,
            output_lot=d.row.output_lot,
            as_of=d.as_of,
        )
        for d in rows
    ]
    saved = _upsert(models.ProductionOrder, orders, unique=("site", "number"))
    inputs = [
        models.ProductionInput(order=order, item_id=known.items[i.sku], quantity=i.quantity, lot=i.lot)
        for order, d in zip(saved, rows, strict=True)
        for i in d.row.inputs
    ]
    _replace(models.ProductionInput, "order", (order.id for order in saved), inputs)


def write_sales_lines(known: Known, rows: Sequence[Dated[ports.SalesLineRow]]) -> None:
    """Lines of confirmed sales orders."""
    lines = [
        models.SalesLine(
            site_id=known.site,
            line_id=d.row.line_id,
            order_number=d.row.order_number,
            customer_id=known.customers[d.row.customer],
            item_id=known.items[d.row.sku],
            uom=d.row.uom,
            quantity=d.row.quantity,
            open_quantity=d.row.open_quantity,
            unit_price=d.row.unit_price,
            currency=d.row.currency,
            ordered_on=d.row.ordered_on,
            due_on=d.row.due_on,
            customer_reference=d.row.customer_reference,
            state=d.row.state,
            as_of=d.as_of,
        )
        for d in rows
    ]
    _upsert(models.SalesLine, lines, unique=("site", "line_id"))
