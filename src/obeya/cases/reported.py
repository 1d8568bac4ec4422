"""What customers and suppliers report: complaints, failed deliveries, late supplies. Who sees what of it.

Whoever opens such a case gives what the message says as facts (`FACTS`); the rest is looked up here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from obeya.cases import contexts, models, outcomes, outside_routes, rules
from obeya.cases.contexts import About, Context, Table
from obeya.catalog import answers as catalog_answers
from obeya.catalog import queries as catalog

COMPLAINT, DELIVERY, SUPPLY = "quality_complaint", "delivery_failure", "material_shortage"
KINDS = (COMPLAINT, DELIVERY, SUPPLY)
FACTS: Mapping[str, str] = {
    "customer": "Customer",
    "supplier": "Supplier",
    "contact": "Written from",
    "order": "Order",
    "items": "Items",
    "message": "The message",
    "files": "Files with it",
    "received": "Received",
    "our_number": "At the order desk",
}
"""The facts of such a case in the order in which people read them; `customer_code` besides."""
MOST_ROWS = 20


def _shared(about: About) -> tuple[tuple[str, str], ...]:
    """What every function sees first."""
    return tuple((label, str(about.facts[name])) for name, label in FACTS.items() if about.facts.get(name))


def _code(about: About) -> str:
    return str(about.facts.get("customer_code") or "")


def _much(quantity: Decimal, uom: str) -> str:
    return f"{quantity.normalize():,f} {uom}"


def _open_lines(about: About) -> tuple[catalog_answers.SalesLine, ...]:
    """The open sales lines of the customer; the named order's alone where it is among them."""
    code = _code(about)
    if not code:
        return ()
    lines = about.look_up("open_sales", lambda: catalog.list_open_sales(about.site, customer=code))
    named = tuple(line for line in lines if line.order_number == about.facts.get("order"))
    return named or lines


def _orders(about: About) -> Table:
    rows = tuple(
        (
            line.order_number,
            line.description,
            _much(line.quantity, line.uom),
            _much(line.open_quantity, line.uom),
            line.due_on.isoformat() if line.due_on else "-",
        )
        for line in _open_lines(about)[:MOST_ROWS]
    )
    columns = ("Order", "Item", "Ordered", "Still to ship", "Promised")
    return Table("Open orders of the customer", columns, rows, "ERP lists no open order of this customer.")


def _earlier(about: About) -> Table:
    """Other exceptions that this customer or supplier reported, the newest first."""
    who = "customer_code" if _code(about) else "supplier"
    told = str(about.facts.get(who) or "")
    found = models.CaseRow.objects.filter(site=about.site, kind__in=KINDS, **{f"facts__{who}": told})
    rows = tuple(
        (
            row.number,
            row.opened_at.date().isoformat(),
            str(row.facts.get("message", ""))[:120],
            row.outcome_text or row.state,
        )
        for row in (found.order_by("-opened_at")[: MOST_ROWS + 1] if told else ())
        if row.facts != about.facts
    )
    columns = ("Exception", "Day", "The message", "What came of it")
    return Table("What they reported before", columns, rows, "Nothing was reported before.")


def _skus(about: About) -> Sequence[str]:
    """The items that the message names, else those of the named order."""
    named = [sku.strip() for sku in str(about.facts.get("items") or "").split(",") if sku.strip()]
    of_order = [line.sku for line in _open_lines(about) if line.order_number == about.facts.get("order")]
    return list(dict.fromkeys(named or of_order))[:MOST_ROWS]


def _stock(about: About) -> Table:
    rows = tuple(
        (at.sku, at.lot or "-", at.location, _much(at.quantity, at.uom))
        for sku in _skus(about)
        for at in catalog.stock_of(about.site, sku=sku)
    )
    empty = "The message names no item that is in stock."
    return Table("Lots of these items here", ("Item", "Lot", "Where", "Quantity"), rows[:MOST_ROWS], empty)


def _making(about: About) -> Table:
    orders = catalog.list_production_orders(about.site)
    wanted = set(_skus(about))
    rows = tuple(
        (
            order.number,
            order.description,
            _much(order.quantity, order.uom),
            order.work_center or "-",
            order.state,
        )
        for order in orders
        if order.sku in wanted and order.state in ("released", "running", "done")
    )
    columns = ("Production order", "Makes", "Quantity", "Machine", "State")
    return Table(
        "Where these items are made", columns, rows[:MOST_ROWS], "No production order makes them now."
    )


def _needing(about: About) -> Table:
    """Production orders that consume the items of a late supply."""
    wanted = _skus(about)
    rows = tuple(
        (
            touch.order.number,
            touch.order.description,
            f"{_much(touch.quantity, catalog.get_item(about.site, sku).base_uom)} {sku}",
            touch.order.starts_on.isoformat() if touch.order.starts_on else "-",
            touch.order.due_on.isoformat() if touch.order.due_on else "-",
        )
        for sku in wanted
        for touch in catalog.production_orders_touching(about.site, sku)
        if touch.how == "needs_item"
    )
    columns = ("Production order", "Makes", "Needs", "Starts", "Due")
    empty = "The message names no material that a production order needs: look at it yourself."
    return Table("Production orders that need it", columns, rows[:MOST_ROWS], empty)


def _for_customer_service(about: About) -> Context:
    return Context(
        tables=(_orders(about), _earlier(about)),
        advice="The customer was told the number of this exception and that somebody will answer.",
        shared=_shared(about),
    )


def _for_quality(about: About) -> Context:
    return Context(tables=(_stock(about), _earlier(about)), shared=_shared(about))


def _for_production(about: About) -> Context:
    return Context(tables=(_making(about), _stock(about)), shared=_shared(about))


def _for_dispatch(about: About) -> Context:
    return Context(
        tables=(_orders(about),),
        advice="ERP's finished deliveries are not mirrored: look there for what left the house.",
        shared=_shared(about),
    )


def _for_materials(about: About) -> Context:
    return Context(
        tables=(_stock(about), _earlier(about)),
        advice="Open purchase orders are not mirrored yet; look at them in ERP.",
        shared=_shared(about),
    )


def _for_planning(about: About) -> Context:
    return Context(tables=(_needing(about), _stock(about)), shared=_shared(about))


def _resolve(about: About, given: Mapping[str, rules.Answer]) -> outcomes.Outcome:
    """What each function said, in its own words; nothing is posted to ERP."""
    said = [f"{_label(about.kind, answer)} {answer.rationale}".strip() for answer in given.values()]
    codes = [answer.option for answer in given.values()]
    return outcomes.Outcome("+".join(codes)[:100], " ".join(_ended(one) for one in said))


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?", "।", "۔")) else f"{text}."


def _label(kind: str, answer: rules.Answer) -> str:
    for route in outside_routes.ALL:
        if (route.kind, route.function) == (kind, answer.function):
            label = dict(route.options).get(answer.option)
            if label:
                return f"{label}:" if answer.rationale else label
    return f"{answer.option}:" if answer.rationale else answer.option


def register() -> None:
    """Make what is reported from outside known to the router."""
    for kind in (COMPLAINT, DELIVERY):
        contexts.register(kind, "customer_service", _for_customer_service)
        contexts.register(kind, "quality", _for_quality)
        outcomes.register(kind, _resolve)
    contexts.register(COMPLAINT, "production", _for_production)
    contexts.register(DELIVERY, "dispatch", _for_dispatch)
    contexts.register(SUPPLY, "materials", _for_materials)
    contexts.register(SUPPLY, "planning", _for_planning)
    outcomes.register(SUPPLY, _resolve)
