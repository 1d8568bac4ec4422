"""One page of one entity into the mirror; private to the room, called by `actions.apply_page`.

Runs in the caller's transaction with the entity's SyncState locked, so pages of one entity never
interleave. A row never replaces one that shows a later moment; what does not fit is set aside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pydantic
from django.db.models import Model, Q, QuerySet

from obeya.catalog import models, ports, rules, sheets
from obeya.catalog.sheets import Dated


class PageDoesNotFit(Exception):
    """The page holds rows of another entity, or its moment has no time zone."""


@dataclass(frozen=True, slots=True)
class Table:
    """How one entity is kept: its row type, how to write it, where it lies and what it is known by."""

    row_type: type
    write: Callable[[sheets.Known, Sequence[Dated[Any]]], None]
    model: type[Model]
    site_field: str
    live: Mapping[str, Any]
    """What makes a row count as there."""
    gone: Mapping[str, Any] | None
    """How a row that a complete page omits is marked; None: it is deleted."""
    keys: Callable[[QuerySet[Any]], Iterable[tuple[str, datetime]]]
    """(rules.key of the row, as_of) of a query's rows."""


def _keys(*fields: str) -> Callable[[QuerySet[Any]], Iterable[tuple[str, datetime]]]:
    def _of(rows: QuerySet[Any]) -> Iterable[tuple[str, datetime]]:
        for *parts, as_of in rows.values_list(*fields, "as_of"):
            yield rules.join(*parts), as_of

    return _of


TABLES: Mapping[ports.Entity, Table] = {
    "items": Table(
        ports.ItemRow,
        sheets.write_items,
        models.Item,
        "site",
        {"active": True},
        {"active": False},
        _keys("sku"),
    ),
    "customers": Table(
        ports.CustomerRow,
        sheets.write_customers,
        models.Customer,
        "site",
        {"active": True},
        {"active": False},
        _keys("code"),
    ),
    "prices": Table(
        ports.PriceRow,
        sheets.write_prices,
        models.Price,
        "price_list__site",
        {},
        None,
        _keys("price_list__code", "item__sku", "uom", "min_quantity"),
    ),
    "boms": Table(ports.BomRow, sheets.write_boms, models.Bom, "site", {}, None, _keys("erp_id")),
    "equipment": Table(
        ports.EquipmentRow,
        sheets.write_equipment,
        models.Equipment,
        "site",
        {"active": True, "erp_id__gt": ""},
        {"active": False},
        _keys("code"),
    ),
    "lots": Table(ports.LotRow, sheets.write_lots, models.Lot, "site", {}, {}, _keys("number", "item__sku")),
    "stock": Table(
        ports.StockRow,
        sheets.write_stock,
        models.Stock,
        "site",
        {},
        None,
        _keys("item__sku", "lot__number", "location__code"),
    ),
    "production_orders": Table(
        ports.ProductionOrderRow,
        sheets.write_production_orders,
        models.ProductionOrder,
        "site",
        {"active": True},
        {"active": False},
        _keys("number"),
    ),
    "sales_lines": Table(
        ports.SalesLineRow,
        sheets.write_sales_lines,
        models.SalesLine,
        "site",
        {"state": "open"},
        {"state": "closed"},
        _keys("line_id"),
    ),
}


def apply(state: models.SyncState, page: ports.Page) -> list[Dated[Any]]:
    """Write a page; returns the rows written. The caller holds the lock on `state` and saves it.

    Raises PageDoesNotFit.
    """
    table = TABLES[_entity(state)]
    if page.as_of.tzinfo is None or not all(isinstance(row, table.row_type) for row in page.rows):
        raise PageDoesNotFit(
            f"a page of {state.entity} needs rows of {table.row_type.__name__} and a time zone"
        )
    if state.complete_as_of is not None and page.as_of < state.complete_as_of:
        return []
    known, fitting, aside = _sort_out(state, _candidates(state, table, page))
    written = _drop_overtaken(state, table, fitting)
    if written:
        table.write(known, written)
    _keep_aside(state, table, page, aside)
    if page.complete:
        _retire(state, table, page.as_of)
    if state.entity == "stock":
        sheets.settle_lots(state.site_id)
    return written


def _entity(state: models.SyncState) -> ports.Entity:
    return next(entity for entity in ports.ENTITIES if entity == state.entity)


def _candidates(state: models.SyncState, table: Table, page: ports.Page) -> list[Dated[Any]]:
    """The page's rows (the last of each key) and, unless it is complete, what was set aside before."""
    found: dict[str, Dated[Any]] = {}
    if not page.complete:
        adapter: pydantic.TypeAdapter[Any] = pydantic.TypeAdapter(table.row_type)
        for kept in models.SetAside.objects.filter(state=state, row__isnull=False):
            found[kept.key] = Dated(adapter.validate_python(kept.row), kept.as_of)
    for row in page.rows:
        key = rules.key(row)
        if key not in found or found[key].as_of <= page.as_of:
            found[key] = Dated(row, page.as_of)
    return list(found.values())


def _sort_out(
    state: models.SyncState, rows: Sequence[Dated[Any]]
) -> tuple[sheets.Known, list[Dated[Any]], list[tuple[Dated[Any], str]]]:
    """Which rows can be written now, and which cannot, and why."""
    known, by_kind = _known(state.site_id, rows)
    fitting: list[Dated[Any]] = []
    aside: list[tuple[Dated[Any], str]] = []
    for dated in rows:
        reason = rules.fault(dated.row)
        missing = [
            f"{kind} {name}" for kind, name in rules.references(dated.row) if name not in by_kind[kind]
        ]
        if not reason and missing:
            reason = f"unknown {missing[0]}"
        if reason:
            aside.append((dated, reason))
        else:
            fitting.append(dated)
    return known, fitting, aside


def _known(site: str, rows: Sequence[Dated[Any]]) -> tuple[sheets.Known, dict[str, Mapping[str, Any]]]:
    wanted: dict[str, set[str]] = {"item": set(), "customer": set(), "equipment": set()}
    for dated in rows:
        for kind, name in rules.references(dated.row):
            wanted[kind].add(name)
    items = models.Item.objects.filter(site=site, sku__in=_clean(wanted["item"]))
    customers = models.Customer.objects.filter(site=site, code__in=_clean(wanted["customer"]))
    nodes = models.Equipment.objects.filter(site=site, code__in=_clean(wanted["equipment"]))
    known = sheets.Known(
        site, dict(items.values_list("sku", "id")), dict(customers.values_list("code", "id"))
    )
    codes = dict(nodes.values_list("code", "id")) if wanted["equipment"] else {}
    here = {d.row.code: 0 for d in rows if isinstance(d.row, ports.EquipmentRow)}
    return known, {"item": known.items, "customer": known.customers, "equipment": here | codes}


def _clean(names: Iterable[str]) -> list[str]:
    """Names that may be asked for; PostgreSQL refuses a NUL even in a question."""
    return [name for name in names if "\x00" not in name]


def _drop_overtaken(state: models.SyncState, table: Table, rows: Sequence[Dated[Any]]) -> list[Dated[Any]]:
    """Leave out rows that show an earlier moment than the mirror does; only a late page has any."""
    oldest = min((dated.as_of for dated in rows), default=None)
    if oldest is None or state.as_of is None or oldest >= state.as_of:
        return list(rows)
    newer = dict(table.keys(_rows(state, table).filter(as_of__gt=oldest)))
    return [d for d in rows if newer.get(rules.key(d.row), d.as_of) <= d.as_of]


def _rows(state: models.SyncState, table: Table) -> QuerySet[Any]:
    return table.model._default_manager.filter(**{table.site_field: state.site_id})


def _keep_aside(
    state: models.SyncState, table: Table, page: ports.Page, aside: Sequence[tuple[Dated[Any], str]]
) -> None:
    """Keep what did not fit in place of what was kept before; faulty rows only by name, ERP has them."""
    kept = models.SetAside.objects.filter(state=state)
    if not page.complete:
        kept = kept.filter(
            Q(row__isnull=False) | Q(key__in=[_printable(rules.key(row)) for row in page.rows])
        )
    kept.delete()
    adapter: pydantic.TypeAdapter[Any] = pydantic.TypeAdapter(table.row_type)
    models.SetAside.objects.bulk_create(
        [
            models.SetAside(
                state=state,
                key=_printable(rules.key(dated.row)),
                reason=_printable(reason),
                row=None if rules.fault(dated.row) else adapter.dump_python(dated.row, mode="json"),
                as_of=dated.as_of,
            )
            for dated, reason in aside
        ],
        batch_size=sheets.BATCH,
        ignore_conflicts=True,
    )


def _printable(text: str) -> str:
    return text.replace("\x00", "?")[:500]


def _retire(state: models.SyncState, table: Table, as_of: datetime) -> None:
    """Mark or delete what a complete page no longer lists."""
    gone = _rows(state, table).filter(**table.live, as_of__lt=as_of)
    if table.gone is None:
        gone.delete()
    elif table.gone:
        gone.update(**table.gone)


def count(state: models.SyncState) -> int:
    """How many live rows of the entity the mirror holds."""
    table = TABLES[_entity(state)]
    return _rows(state, table).filter(**table.live).count()
