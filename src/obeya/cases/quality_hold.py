"""The quality hold: what each function sees, and what goes to ERP."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from obeya.cases import contexts, models, outcomes, rules
from obeya.cases.contexts import About, Context, Table
from obeya.catalog import answers as catalog_answers
from obeya.catalog import queries as catalog
from obeya.catalog import tracing
from obeya.lib import clock
from obeya.lib.canonical import Json
from obeya.outbox import ports

KIND = "quality_hold"
PLACES = "places"
"""The fact that names where the lot lay when it was held: rows of location, its kind, quantity."""


def about_lot(sku: str, lot: str) -> str:
    """The `about` of a hold on a lot."""
    return f"lot:{sku}:{lot}"


def _lot(about: About) -> tuple[str, str]:
    _, sku, lot = about.about.split(":", 2)
    return sku, lot


def _item(about: About) -> catalog_answers.Item:
    sku, _ = _lot(about)
    return about.look_up("item", lambda: catalog.get_item(about.site, sku))


def _details(about: About) -> catalog_answers.Lot:
    sku, lot = _lot(about)
    return about.look_up("lot", lambda: tracing.get_lot(about.site, lot, sku))


def _stock(about: About) -> tuple[catalog_answers.StockAt, ...]:
    """Stock of the item in all its lots."""
    sku, _ = _lot(about)
    return about.look_up("stock", lambda: tracing.stock_of(about.site, sku=sku))


def _touches(about: About) -> tuple[catalog_answers.Touch, ...]:
    """Production orders that have to do with the lot."""
    sku, lot = _lot(about)
    return about.look_up("touches", lambda: tracing.production_orders_touching(about.site, sku, lot))


def _quantity(quantity: Decimal, uom: str) -> str:
    return f"{quantity.normalize():,f} {uom}"


def _shared(about: About) -> tuple[tuple[str, str], ...]:
    """What every function sees first."""
    names = {
        "item": "Item",
        "lot": "Lot",
        "reason": "Reason",
        "extent": "How much",
        "where": "Lies at",
        "machine": "Found at",
        "note": "Operator's note",
        "operator": "Held by",
    }
    return tuple((label, str(about.facts[name])) for name, label in names.items() if about.facts.get(name))


def _stock_table(title: str, stock: Iterable[catalog_answers.StockAt], empty: str) -> Table:
    rows = tuple((at.lot or "-", at.location, _quantity(at.quantity, at.uom)) for at in stock)
    return Table(title, ("Lot", "Where", "Quantity"), rows, empty)


def _orders_table(touches: Iterable[catalog_answers.Touch]) -> Table:
    how = {
        "consumes_lot": "uses this lot",
        "produces_lot": "makes this lot",
        "needs_item": "needs the item",
        "makes_item": "makes the item",
    }
    rows = tuple(
        (
            touch.order.number,
            touch.order.description,
            how[touch.how],
            _quantity(touch.quantity, touch.order.uom),
            touch.order.work_center or "-",
            touch.order.due_on.isoformat() if touch.order.due_on else "-",
            touch.order.state,
        )
        for touch in touches
    )
    columns = ("Production order", "Makes", "How", "Quantity", "Machine", "Due", "State")
    return Table("Production orders touched", columns, rows, "No production order is touched.")


def _earlier_holds(about: About) -> Table:
    sku, _ = _lot(about)
    rows = models.CaseRow.objects.filter(site=about.site, kind=KIND, about__startswith=f"lot:{sku}:").exclude(
        about=about.about, state="open"
    )
    found = rows.order_by("-opened_at")[:10]
    told = tuple(
        (
            row.number,
            row.about.split(":", 2)[2],
            str(row.facts.get("reason", "")),
            row.outcome_text or row.state,
        )
        for row in found
    )
    columns = ("Exception", "Lot", "Reason", "What came of it")
    return Table("Earlier holds of this item", columns, told, "This item was never held before.")


def _for_quality(about: About) -> Context:
    _, lot = _lot(about)
    found = _details(about)
    facts = [("Supplier", found.supplier)] if found.supplier else []
    if found.expires_on:
        facts.append(("Expires", found.expires_on.isoformat()))
    stock = [at for at in _stock(about) if at.lot == lot]
    touched = [t for t in _touches(about) if t.how.endswith("lot")]
    return Context(
        facts=tuple(facts),
        tables=(
            _stock_table("Where the lot lies", stock, "ERP shows no stock of this lot."),
            _orders_table(touched),
            _earlier_holds(about),
        ),
        advice="Your answer decides what happens to the goods. ERP gets it when everybody has answered.",
        shared=_shared(about),
    )


def _for_planning(about: About) -> Context:
    _, lot = _lot(about)
    touches = _touches(about)
    others = [at for at in _stock(about) if at.lot != lot and at.location_kind != "hold"]
    total = sum((at.quantity for at in others), Decimal(0))
    item = _item(about)
    return Context(
        facts=(("Usable in other lots", _quantity(total, item.base_uom)),),
        tables=(
            _orders_table(touches),
            _stock_table("Other lots to use instead", others, "There is no other lot of this item."),
        ),
        advice="Until quality decides, plan as if the lot could not be used.",
        shared=_shared(about),
    )


def _for_materials(about: About) -> Context:
    sku, lot = _lot(about)
    item = _item(about)
    found = _details(about)
    needs = [t for t in tracing.production_orders_touching(about.site, sku) if t.how == "needs_item"]
    needed = sum((touch.quantity for touch in needs), Decimal(0))
    stock = _stock(about)
    usable = sum((at.quantity for at in stock if at.lot != lot and at.location_kind != "hold"), Decimal(0))
    return Context(
        facts=(
            ("Bought or made", "made here" if item.made else f"bought from {found.supplier or 'unknown'}"),
            ("Open production orders need", _quantity(needed, item.base_uom)),
            ("Usable without this lot", _quantity(usable, item.base_uom)),
            ("Short by", _quantity(max(Decimal(0), needed - usable), item.base_uom)),
        ),
        tables=(_stock_table("Stock by lot and place", stock, "There is no stock of this item."),),
        advice="Open purchase orders are not mirrored yet; look at them in ERP.",
        shared=_shared(about),
    )


def _for_customer_service(about: About) -> Context:
    sku, _ = _lot(about)
    lines = tracing.open_sales_touching(about.site, sku)
    rows = tuple(
        (
            line.customer_name,
            line.order_number,
            line.description,
            _quantity(line.open_quantity, line.uom),
            line.due_on.isoformat() if line.due_on else "-",
        )
        for line in lines
    )
    columns = ("Customer", "Order", "Item", "Still to ship", "Promised")
    customers = sorted({line.customer_name for line in lines})
    return Context(
        facts=(("Customers with open orders", ", ".join(customers) or "none"),),
        tables=(Table("Promises at risk", columns, rows, "No open customer order needs this item."),),
        advice="Sales orders name no lots, so every open order of the item is listed.",
        shared=_shared(about),
    )


def _moves(stock: Iterable[catalog_answers.StockAt]) -> tuple[ports.LotQuantity, ...]:
    return tuple(
        ports.LotQuantity(sku=at.sku, quantity=at.quantity, lot=at.lot or None, location=at.location)
        for at in stock
        if at.quantity > 0
    )


def _resolve(about: About, given: Mapping[str, rules.Answer]) -> outcomes.Outcome:
    """Quality's answer rules. Goods move in ERP only where they are not yet where they belong."""
    sku, lot = _lot(about)
    quality = given["quality"]
    stock = tracing.stock_of(about.site, sku=sku, lot=lot)
    if quality.option == "release":
        moves = _moves_back(about, [at for at in stock if at.location_kind == "hold"])
        return _outcome("released", f"Lot {lot} is released: {quality.rationale}", about, moves)
    status = "scrapped" if quality.option == "scrap" else "hold"
    taken = stock if status == "scrapped" else [at for at in stock if at.location_kind != "hold"]
    text = f"Lot {lot} is scrapped" if status == "scrapped" else f"Lot {lot} stays on hold"
    return _outcome(status, f"{text}: {quality.rationale}", about, _moves(taken))


def _moves_back(about: About, held: Sequence[catalog_answers.StockAt]) -> tuple[ports.LotQuantity, ...]:
    """Held stock goes back to where it lay when its hold was placed."""
    sku, lot = _lot(about)
    known = {place.code for place in tracing.list_locations(about.site) if place.kind != "hold"}
    stores = tracing.list_locations(about.site, "store")
    total = sum((at.quantity for at in held if at.quantity > 0), Decimal(0))
    back = rules.places_back(total, _lays(about, known), stores[0].code if stores else "")
    return tuple(
        ports.LotQuantity(sku=sku, quantity=quantity, lot=lot or None, location=place)
        for place, quantity in back
    )


def _lays(about: About, known: Collection[str]) -> list[rules.Lay]:
    """Where the lot lay at this hold and at earlier ones, the latest first; only places ERP still has."""
    earlier = models.CaseRow.objects.filter(site=about.site, kind=KIND, about=about.about)
    facts = earlier.exclude(state="open").order_by("-opened_at").values_list("facts", flat=True)[:20]
    return [_lay(found[PLACES], known) for found in (about.facts, *facts) if PLACES in found]


def _lay(stored: Any, known: Collection[str]) -> rules.Lay:
    placed = [(str(place), str(kind), Decimal(str(quantity))) for place, kind, quantity in stored]
    return rules.Lay(
        held=sum((quantity for _, kind, quantity in placed if kind == "hold"), Decimal(0)),
        elsewhere=tuple((place, quantity) for place, _, quantity in placed if place in known),
    )


def where_it_lies(stock: Sequence[catalog_answers.StockAt]) -> dict[str, Json]:
    """The facts of a hold that say where the lot lies now, for people and for its way back."""
    there = [at for at in stock if at.quantity > 0]
    return {
        "where": ", ".join(f"{at.location}: {_quantity(at.quantity, at.uom)}" for at in there),
        PLACES: [[at.location, at.location_kind, f"{at.quantity:f}"] for at in there],
    }


def _outcome(status: str, text: str, about: About, moves: tuple[ports.LotQuantity, ...]) -> outcomes.Outcome:
    sku, lot = _lot(about)
    if not moves:
        return outcomes.Outcome(status, f"{text} Nothing has to move in ERP.")
    payload = ports.LotStatus(
        sku=sku,
        lot=lot,
        status="released" if status == "released" else "scrapped" if status == "scrapped" else "hold",
        moves=moves,
        posted_on=clock.now().date(),
        reason=str(about.facts.get("reason", ""))[:200],
    )
    return outcomes.Outcome(status, text, (outcomes.Planned(about.about, payload),))


def register() -> None:
    """Make the quality hold known to the router."""
    contexts.register(KIND, "quality", _for_quality)
    contexts.register(KIND, "planning", _for_planning)
    contexts.register(KIND, "materials", _for_materials)
    contexts.register(KIND, "customer_service", _for_customer_service)
    outcomes.register(KIND, _resolve)
