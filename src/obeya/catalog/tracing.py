"""Reading where material is and what it touches: lots, stock, bills of materials, orders.

Offered to others through `queries`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import cast

from django.db.models import F, Q, QuerySet

from obeya.catalog import answers, models, rules

DEEPEST = 12
"""Steps of a bill of materials that are followed; deeper ones are a mistake in the data."""
OPEN_STATES: tuple[answers.OrderState, ...] = ("planned", "released", "running")


class NoSuchLot(LookupError):
    """There is no lot with this number at the site, or several items have one."""


class NoSuchProductionOrder(LookupError):
    """There is no production order with this number at the site."""


def _lot(row: models.Lot) -> answers.Lot:
    return answers.Lot(
        id=row.id,
        site=row.site_id,
        number=row.number,
        item_id=row.item_id,
        sku=row.item.sku,
        description=row.item.description,
        base_uom=row.item.base_uom,
        supplier=row.supplier,
        expires_on=row.expires_on,
        status=cast(answers.LotState, row.status),
        as_of=row.as_of,
    )


def _lots(rows: QuerySet[models.Lot]) -> tuple[answers.Lot, ...]:
    return tuple(_lot(row) for row in rows.select_related("item"))


def get_lot(site: str, number: str, sku: str = "") -> answers.Lot:
    """The lot with this number in any case, of this item where two items share it. Raises NoSuchLot."""
    rows = models.Lot.objects.filter(site=site, number__iexact=rules.asked(number).strip()).order_by("number")
    found = _lots(rows.filter(item__sku=sku) if sku else rows)
    if not found:
        raise NoSuchLot(f"There is no lot {number[:60]!r} at {site}.")
    if len(found) > 1:
        owners = ", ".join(lot.sku for lot in found[:5])
        raise NoSuchLot(f"Several items have a lot {number[:60]!r}: {owners}. Name the item.")
    return found[0]


def get_lot_by_id(lot_id: int) -> answers.Lot:
    """The lot with this key. Raises NoSuchLot."""
    found = lots_by_id([lot_id])
    if lot_id not in found:
        raise NoSuchLot(f"There is no lot with the key {lot_id}.")
    return found[lot_id]


def lots_by_id(ids: Collection[int]) -> dict[int, answers.Lot]:
    """Lots by key, in one query."""
    return {lot.id: lot for lot in _lots(models.Lot.objects.filter(pk__in=ids))}


def find_lots(site: str, prefix: str, *, limit: int = 20) -> tuple[answers.Lot, ...]:
    """Lots whose number starts so, in any case, by number: what a scan box shows while one types."""
    if not rules.asked(prefix).strip():
        return ()
    rows = models.Lot.objects.filter(site=site, number__istartswith=rules.asked(prefix).strip())
    return _lots(rows.order_by("number", "item__sku")[:limit])


def stock_of(site: str, *, sku: str = "", lot: str = "") -> tuple[answers.StockAt, ...]:
    """Where an item, or one lot, lies and how much of it; empty places are left out. Name one or both."""
    if not sku and not lot:
        raise ValueError("name an item or a lot")
    rows = models.Stock.objects.filter(site=site).exclude(quantity=0)
    rows = rows.filter(item__sku=rules.asked(sku)) if sku else rows
    rows = rows.filter(lot__number=rules.asked(lot)) if lot else rows
    full = rows.select_related("item", "lot", "location").order_by("location__code", "lot__number")
    return tuple(
        answers.StockAt(
            sku=row.item.sku,
            lot=row.lot.number if row.lot else "",
            location=row.location.code,
            location_kind=cast(answers.LocationKind, row.location.kind),
            quantity=rules.trim(row.quantity),
            uom=row.item.base_uom,
            as_of=row.as_of,
        )
        for row in full
    )


def list_locations(site: str, kind: answers.LocationKind | None = None) -> tuple[answers.Location, ...]:
    """The places of a site where stock lies, of one kind or all, by code."""
    rows = models.Location.objects.filter(site=site).order_by("code")
    found = rows.filter(kind=kind) if kind else rows
    return tuple(answers.Location(row.code, cast(answers.LocationKind, row.kind)) for row in found)


def boms_of(site: str, sku: str) -> tuple[answers.Bom, ...]:
    """The bills of materials of an item."""
    rows = models.Bom.objects.filter(site=site, item__sku=sku).prefetch_related("lines__item").order_by("id")
    return tuple(
        answers.Bom(
            sku=sku,
            name=row.name,
            output_quantity=rules.trim(row.output_quantity),
            lines=tuple(
                answers.BomLine(line.item.sku, rules.trim(line.quantity)) for line in row.lines.all()
            ),
        )
        for row in rows
    )


def where_used(site: str, sku: str) -> tuple[answers.Use, ...]:
    """The items made from an item, nearest first, each once, one query a step (at most twelve)."""
    found: dict[str, answers.Use] = {}
    above = [sku]
    for step in range(1, DEEPEST + 1):
        rows = models.BomLine.objects.filter(bom__site=site, item__sku__in=above).order_by("bom__item__sku")
        made = rows.values_list("bom__item_id", "bom__item__sku", "bom__item__description", "item__sku")
        new = {
            row[1]: answers.Use(row[0], row[1], row[2], step, row[3])
            for row in made
            if row[1] not in found and row[1] != sku
        }
        if not new:
            break
        found |= new
        above = list(new)
    return tuple(found.values())


def _production_order(row: models.ProductionOrder) -> answers.ProductionOrder:
    return answers.ProductionOrder(
        id=row.id,
        site=row.site_id,
        number=row.number,
        item_id=row.item_id,
        sku=row.item.sku,
        description=row.item.description,
        quantity=rules.trim(row.quantity),
        uom=row.item.base_uom,
        state=cast(answers.OrderState, row.state),
        starts_on=row.starts_on,
        due_on=row.due_on,
        work_center=row.work_center,
        output_lot=row.output_lot,
        inputs=tuple(
            answers.ProductionInput(i.item.sku, rules.trim(i.quantity), i.lot) for i in row.inputs.all()
        ),
        as_of=row.as_of,
    )


def _production_orders(rows: QuerySet[models.ProductionOrder]) -> Iterable[answers.ProductionOrder]:
    full = rows.select_related("item").prefetch_related("inputs__item")
    return (_production_order(row) for row in full.order_by(F("due_on").asc(nulls_last=True), "number"))


def list_production_orders(
    site: str, *, states: Collection[answers.OrderState] = OPEN_STATES, work_center: str = ""
) -> tuple[answers.ProductionOrder, ...]:
    """The production orders that ERP lists in these states, by due date."""
    rows = models.ProductionOrder.objects.filter(site=site, active=True, state__in=states)
    return tuple(_production_orders(rows.filter(work_center=work_center) if work_center else rows))


def get_production_order(site: str, number: str) -> answers.ProductionOrder:
    """The production order with this number. Raises NoSuchProductionOrder."""
    rows = models.ProductionOrder.objects.filter(site=site, number=rules.asked(number))
    found = next(iter(_production_orders(rows)), None)
    if found is None:
        raise NoSuchProductionOrder(f"There is no production order {number[:60]!r} at {site}.")
    return found


def production_orders_by_id(ids: Collection[int]) -> dict[int, answers.ProductionOrder]:
    """Production orders by key."""
    rows = models.ProductionOrder.objects.filter(pk__in=ids)
    return {order.id: order for order in _production_orders(rows)}


def production_orders_touching(site: str, sku: str, lot: str = "") -> tuple[answers.Touch, ...]:
    """Production orders that have to do with a lot (or, without one, with an item), by due date.

    Orders that name the lot count whatever their state: what was made of it matters in a recall.
    Orders that name no lot count while they are open, as needing or making the item.
    """
    open_now = Q(active=True, state__in=OPEN_STATES)
    needs = Q(inputs__item__sku=sku) & open_now
    makes = Q(item__sku=sku) & open_now
    named = Q(inputs__item__sku=sku, inputs__lot=lot) | Q(item__sku=sku, output_lot=lot) if lot else Q()
    hits = models.ProductionOrder.objects.filter(needs | makes | named if lot else needs | makes, site=site)
    rows = models.ProductionOrder.objects.filter(pk__in=hits.exclude(state="cancelled").values("pk"))
    touches = (_touch(order, sku, lot) for order in _production_orders(rows))
    return tuple(touch for touch in touches if touch is not None)


def _touch(order: answers.ProductionOrder, sku: str, lot: str) -> answers.Touch | None:
    """What an order has to do with a lot of an item; None when it names other lots."""
    own = [i for i in order.inputs if i.sku == sku]
    named = [i for i in own if lot and i.lot == lot]
    if named:
        return answers.Touch(order, "consumes_lot", sum((i.quantity for i in named), Decimal(0)))
    if lot and order.sku == sku and order.output_lot == lot:
        return answers.Touch(order, "produces_lot", order.quantity)
    free = [i for i in own if not i.lot or not lot]
    if free:
        return answers.Touch(order, "needs_item", sum((i.quantity for i in free), Decimal(0)))
    if order.sku == sku and (not lot or not order.output_lot):
        return answers.Touch(order, "makes_item", order.quantity)
    return None


def open_sales_touching(site: str, sku: str) -> tuple[answers.SalesLine, ...]:
    """Open sales lines of an item and of everything made from it, by due date.

    Sales lines name no lots, so a lot touches the same lines as its item.
    """
    through = {use.sku: sku for use in where_used(site, sku)}
    rows = models.SalesLine.objects.filter(
        site=site, state="open", open_quantity__gt=0, item__sku__in=[sku, *through]
    )
    return tuple(_sales_line(row, through.get(row.item.sku, "")) for row in _by_due(rows))


def list_open_sales(site: str, *, customer: str = "") -> tuple[answers.SalesLine, ...]:
    """Open sales lines of a site, or of one customer, by due date."""
    rows = models.SalesLine.objects.filter(site=site, state="open", open_quantity__gt=0)
    found = rows.filter(customer__code=customer) if customer else rows
    return tuple(_sales_line(row, "") for row in _by_due(found))


def _by_due(rows: QuerySet[models.SalesLine]) -> QuerySet[models.SalesLine]:
    order = (F("due_on").asc(nulls_last=True), "order_number", "line_id")
    return rows.select_related("item", "customer").order_by(*order)


def _sales_line(row: models.SalesLine, made_from: str) -> answers.SalesLine:
    return answers.SalesLine(
        order_number=row.order_number,
        line_id=row.line_id,
        customer=row.customer.code,
        customer_name=row.customer.name,
        sku=row.item.sku,
        description=row.item.description,
        uom=row.uom,
        quantity=rules.trim(row.quantity),
        open_quantity=rules.trim(row.open_quantity),
        unit_price=rules.trim(row.unit_price),
        currency=row.currency,
        ordered_on=row.ordered_on,
        due_on=row.due_on,
        customer_reference=row.customer_reference,
        made_from=made_from,
    )
