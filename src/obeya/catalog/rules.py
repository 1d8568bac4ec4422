"""Units, prices, lot status, levels and the faults of rows: pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from obeya.catalog import ports

PLACES = Decimal(1).scaleb(-8)
LARGEST = Decimal(10) ** 15
LEVELS = ("enterprise", "site", "area", "work_center", "work_unit")
"""ISA-95 (IEC 62264-1) equipment levels, from the top."""
LONGEST = 2_000
"""Characters: what an ERP sends is bounded before it meets the database."""


class UnitNotSold(LookupError):
    """The item is not sold in this unit; the text names those it is sold in."""


@dataclass(frozen=True, slots=True)
class Break:
    """A price per `uom` from a quantity (in that uom) on."""

    uom: str
    min_quantity: Decimal
    unit_price: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Floor:
    """A lowest price per `uom`; `own` where it belongs to the price list and not to all."""

    uom: str
    floor: Decimal
    currency: str
    own: bool


@dataclass(frozen=True, slots=True)
class Priced:
    """The price found, per asked unit, with the break it comes from."""

    unit_price: Decimal | None
    currency: str
    break_from: Decimal | None
    source: Literal["list", "converted", "none"]
    text: str


def trim(value: Decimal) -> Decimal:
    """The same number without needless zeros ("5000", "0.52")."""
    whole = value.to_integral_value()
    return whole if whole == value else value.normalize()


def plain(value: Decimal) -> str:
    """The number as people write it, without exponent and needless zeros."""
    return f"{trim(value):f}"


def asked(text: str) -> str:
    """Text that someone asks for, fit for the database: no NUL, of bounded length."""
    return text.replace("\x00", "")[:LONGEST]


def in_base(quantity: Decimal, uom: str, units: Mapping[str, Decimal]) -> Decimal:
    """A quantity in base units. Raises UnitNotSold."""
    try:
        return trim(quantity * units[uom])
    except KeyError:
        raise UnitNotSold(f"not sold in {uom[:40]}; the units are {', '.join(sorted(units))}") from None


def convert(quantity: Decimal, uom: str, to: str, units: Mapping[str, Decimal]) -> Decimal:
    """A quantity in another unit, to eight places. Raises UnitNotSold."""
    return _rounded(in_base(quantity, uom, units) / in_base(Decimal(1), to, units))


def _rounded(value: Decimal) -> Decimal:
    return trim(value.quantize(PLACES, ROUND_HALF_UP))


def _best(breaks: Iterable[Break], quantity: Decimal) -> Break | None:
    reached = [b for b in breaks if b.min_quantity <= quantity]
    return max(reached, key=lambda b: b.min_quantity, default=None)


def price(
    breaks: Sequence[Break], units: Mapping[str, Decimal], base_uom: str, uom: str, quantity: Decimal
) -> Priced:
    """The price per `uom` for `quantity` of it.

    A price in the asked unit wins. Otherwise one in another unit is converted (the base unit first,
    then the smallest), and its break is chosen by the same quantity in that unit. Raises UnitNotSold.
    """
    in_base(quantity, uom, units)
    usable = [b for b in breaks if b.uom in units]
    if not usable:
        return Priced(None, "", None, "none", "the list has no price for this item")
    priced = {b.uom for b in usable}
    unit = uom if uom in priced else min(priced, key=lambda u: (u != base_uom, units[u], u))
    same_unit = [b for b in usable if b.uom == unit]
    best = _best(same_unit, convert(quantity, uom, unit, units))
    if best is None:
        lowest = min(b.min_quantity for b in same_unit)
        text = f"the list has a price only from {plain(lowest)} {unit} on"
        return Priced(None, same_unit[0].currency, None, "none", text)
    text = f"{plain(best.unit_price)} {best.currency} per {unit} from {plain(best.min_quantity)} {unit}"
    if unit == uom:
        return Priced(trim(best.unit_price), best.currency, trim(best.min_quantity), "list", text)
    factor = units[uom] / units[unit]
    text += f", converted: 1 {uom} = {plain(_rounded(factor))} {unit}"
    break_from = convert(best.min_quantity, unit, uom, units)
    return Priced(
        _rounded(best.unit_price * units[uom] / units[unit]), best.currency, break_from, "converted", text
    )


def floor(floors: Sequence[Floor], units: Mapping[str, Decimal], uom: str, currency: str) -> Decimal | None:
    """The lowest price per `uom` in `currency`; the list's own floor before the general one.

    Within each, a floor in the asked unit wins, otherwise the strictest converted one. A floor in
    another currency says nothing about this price.
    """
    for own in (True, False):
        fitting = [f for f in floors if f.own is own and f.uom in units and f.currency == currency]
        exact = [f.floor for f in fitting if f.uom == uom]
        if exact or fitting:
            return trim(max(exact or [_rounded(f.floor * units[uom] / units[f.uom]) for f in fitting]))
    return None


def lot_status(
    before: str, stock: Iterable[tuple[str, Decimal]]
) -> Literal["available", "on_hold", "scrapped"]:
    """A lot's status from (kind of location, quantity): on hold as soon as any of it lies on hold.

    A scrapped lot stays scrapped until ERP shows some of it in a store or at a line again.
    """
    kinds = {kind for kind, quantity in stock if quantity > 0}
    if "hold" in kinds:
        return "on_hold"
    return "scrapped" if before == "scrapped" and not kinds & {"store", "line"} else "available"


def level(code: str, parent: str, parents: Iterable[str]) -> Literal["work_center", "work_unit"]:
    """The ISA-95 level of an ERP work center: a leaf below another one is a work unit."""
    return "work_unit" if parent and code not in parents else "work_center"


def loops(code: str, parent: str, parent_of: Mapping[str, str]) -> bool:
    """True where putting `code` below `parent` would make a circle."""
    seen = {code}
    while parent:
        if parent in seen:
            return True
        seen.add(parent)
        parent = parent_of.get(parent, "")
    return False


def join(*parts: str | Decimal | None) -> str:
    """Parts of a key as one text; numbers without needless zeros, nothing as ""."""
    return "\x1f".join(plain(part) if isinstance(part, Decimal) else part or "" for part in parts)


def key(row: ports.Row) -> str:
    """What makes a row the same row when it comes again, as one text."""
    match row:
        case ports.ItemRow():
            return join(row.sku)
        case ports.CustomerRow() | ports.EquipmentRow():
            return join(row.code)
        case ports.PriceRow():
            finite = row.min_quantity.is_finite()
            return join(row.price_list, row.sku, row.uom, row.min_quantity if finite else "?")
        case ports.BomRow():
            return join(row.erp_id)
        case ports.ProductionOrderRow():
            return join(row.number)
        case ports.LotRow():
            return join(row.number, row.sku)
        case ports.StockRow():
            return join(row.sku, row.lot, row.location)
        case ports.SalesLineRow():
            return join(row.line_id)


REQUIRED: Mapping[type, tuple[str, ...]] = {
    ports.ItemRow: ("sku", "base_uom"),
    ports.CustomerRow: ("code", "name", "currency"),
    ports.EquipmentRow: ("code",),
    ports.PriceRow: ("price_list", "sku", "uom", "currency"),
    ports.BomRow: ("erp_id", "sku"),
    ports.ProductionOrderRow: ("number", "sku"),
    ports.LotRow: ("number", "sku"),
    ports.StockRow: ("sku", "location"),
    ports.SalesLineRow: ("line_id", "order_number", "customer", "sku", "uom"),
}
POSITIVE: Mapping[type, tuple[str, ...]] = {
    ports.BomRow: ("output_quantity",),
    ports.ProductionOrderRow: ("quantity",),
}
NOT_NEGATIVE: Mapping[type, tuple[str, ...]] = {
    ports.PriceRow: ("unit_price", "min_quantity"),
    ports.SalesLineRow: ("quantity", "open_quantity", "unit_price"),
}


def fault(row: ports.Row) -> str:
    """Why a row cannot be mirrored as it is, in plain words; "" where it can."""
    for name in REQUIRED[type(row)]:
        if not getattr(row, name):
            return f"{name} is empty"
    if problem := _bad_value(row):
        return problem
    for name in POSITIVE.get(type(row), ()):
        if getattr(row, name) <= 0:
            return f"{name} is not above zero"
    for name in NOT_NEGATIVE.get(type(row), ()):
        if getattr(row, name) < 0:
            return f"{name} is below zero"
    if isinstance(row, ports.ItemRow) and any(factor <= 0 for factor in row.units.values()):
        return "a unit holds no base units"
    return ""


def _bad_value(value: object, name: str = "") -> str:
    """The first text or number within a row that no table can hold."""
    if isinstance(value, str):
        if len(value) > LONGEST or "\x00" in value:
            return f"{name} is too long or holds control characters"
    elif isinstance(value, Decimal):
        if not value.is_finite() or abs(value) >= LARGEST:
            return f"{name} is not a number of sensible size"
    elif isinstance(value, Mapping):
        return next(filter(None, (_bad_value(v, name) or _bad_value(k, name) for k, v in value.items())), "")
    elif isinstance(value, tuple):
        return next(filter(None, (_bad_value(part, name) for part in value)), "")
    elif dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        return next(filter(None, (_bad_value(getattr(value, f.name), f.name) for f in fields)), "")
    return ""


def references(row: ports.Row) -> tuple[tuple[Literal["item", "customer", "equipment"], str], ...]:
    """What must be known before this row can be mirrored."""
    match row:
        case ports.PriceRow() | ports.LotRow() | ports.StockRow():
            return (("item", row.sku),)
        case ports.BomRow():
            return (("item", row.sku), *(("item", line.sku) for line in row.lines))
        case ports.ProductionOrderRow():
            return (("item", row.sku), *(("item", line.sku) for line in row.inputs))
        case ports.SalesLineRow():
            return (("item", row.sku), ("customer", row.customer))
        case ports.EquipmentRow():
            return (("equipment", row.parent),) if row.parent else ()
        case _:
            return ()
