"""What whoever decides a price must know: customer, deal, margin, credit, and what was decided before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Q

from obeya.catalog import queries as catalog
from obeya.lib import canonical, clock
from obeya.orders import drafting, models, rules
from obeya.people import queries as people

YEAR = timedelta(days=365)
Fact = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Bought:
    """One line that the customer bought; `price` per `uom`, None where it is not known."""

    order: str
    at: datetime
    sku: str
    quantity: Decimal
    uom: str
    price: Decimal | None


def facts(row: models.OrderRow, line: models.LineRow) -> list[Fact]:
    """What is known of the price, the deal and the customer, each in a few words."""
    per = f" per {line.uom}"
    told = [
        ("Quantity", f"{rules.plain(line.quantity)} {line.uom}" if line.quantity else "-"),
        ("Asked", rules.plain(line.asked_price) + per if line.asked_price else "no price stated"),
        ("List price", rules.plain(line.list_price) + per if line.list_price else "none"),
        ("Floor", rules.plain(line.floor) + per if line.floor else "none set"),
        *_deal(row, line),
    ]
    if row.customer is None:
        return told
    return [*told, *_history(row, line), credit(row)]


def _deal(row: models.OrderRow, line: models.LineRow) -> list[Fact]:
    if not row.total or not line.quantity or line.list_price is None:
        return []
    share = line.quantity * (line.unit_price or line.list_price) / row.total * 100
    return [("This order", f"{row.currency} {row.total:,.2f}, this line {share:.0f} %")]


def credit(row: models.OrderRow) -> Fact:
    """What the customer owes and has on order, with the limit; orders on their way count."""
    assert row.customer is not None
    told = catalog.credit_of(row.site_id, row.customer.code)
    exposure = told.exposure + drafting.pending_value(row.customer.id, row.id, as_of=told.as_of)
    if told.limit is None:
        return ("Owes and has on order", f"{told.currency} {exposure:,.2f}, no limit set")
    limit = f"{told.currency} {exposure:,.2f} of {told.limit:,.2f}"
    over = exposure + (row.total or Decimal(0)) - told.limit
    return ("Owes and has on order", f"{limit}; {over:,.2f} over with this order" if over > 0 else limit)


def _history(row: models.OrderRow, line: models.LineRow) -> list[Fact]:
    assert row.customer is not None
    bought = _bought(row, clock.now() - YEAR)
    orders = {one.order for one in bought}
    if not orders:
        return [("Last 12 months", "no order of this customer")]
    known = [one for one in bought if one.price is not None]
    value = sum((one.quantity * one.price for one in known if one.price is not None), Decimal(0))
    some = "" if len(known) == len(bought) else f" (prices known for {len(known)} of {len(bought)} lines)"
    count = f"{len(orders)} order{'s' if len(orders) > 1 else ''}"
    told = [("Last 12 months", f"{count}, {row.customer.currency} {value:,.2f}{some}")]
    return [*told, *_of_the_item(row, line, bought)]


def _of_the_item(row: models.OrderRow, line: models.LineRow, bought: Sequence[_Bought]) -> list[Fact]:
    if line.item is None:
        return []
    own = [one for one in bought if one.sku == line.item.sku]
    if not own:
        return [("This item", "not bought in the last 12 months")]
    units = catalog.units_of(row.site_id, line.item.sku)
    mine = units.get(line.uom, Decimal(1))
    told = []
    paid = [one for one in own if one.price is not None and one.uom in units]
    if paid:
        last = max(paid, key=lambda one: one.at)
        assert last.price is not None
        price = rules.plain((last.price * mine / units[last.uom]).quantize(Decimal("0.0001")))
        told.append(("Last price paid", f"{price} per {line.uom} on {last.at:%Y-%m-%d}"))
    amounts = sorted(one.quantity * units[one.uom] / mine for one in own if one.uom in units)
    if amounts:
        middle = rules.plain(amounts[len(amounts) // 2].quantize(Decimal("0.01")))
        times = f"{len(amounts)} order{'s' if len(amounts) > 1 else ''}"
        told.append(("Usual quantity", f"{middle} {line.uom} (middle of {times})"))
    return told


def _bought(row: models.OrderRow, since: datetime) -> list[_Bought]:
    """What the customer bought since then: what is kept as history, and what is on its way to ERP."""
    assert row.customer is not None
    found = []
    past = models.PastOrderRow.objects.filter(
        site=row.site_id, customer=row.customer.code, ordered_at__gte=since
    )
    for order_no, at, lines in past.values_list("order_no", "ordered_at", "lines"):
        for one in lines:
            price = None if one["unit_price"] is None else Decimal(one["unit_price"])
            found.append(_Bought(order_no, at, one["sku"], Decimal(one["qty"]), one["uom"], price))
    kept = {one.order for one in found}
    under_way = models.LineRow.objects.filter(
        order__customer=row.customer_id,
        order__state__in=["confirmed", "booked"],
        order__confirmed_at__gte=since,
        dropped=False,
        item__isnull=False,
        quantity__isnull=False,
    )
    for line in under_way.select_related("order", "item"):
        if line.order.number not in kept and line.item and line.quantity and line.order.confirmed_at:
            at = line.order.confirmed_at
            sku, price = line.item.sku, line.unit_price
            found.append(_Bought(line.order.number, at, sku, line.quantity, line.uom, price))
    return found


def margins(row: models.OrderRow, line: models.LineRow) -> dict[str, canonical.Json]:
    """A table of what each price means: below list, the margin of the line and its impact, in money."""
    cost = _cost(row, line)
    rows: list[canonical.Json] = []
    for name, price in (("List", line.list_price), ("Asked", line.asked_price), ("Floor", line.floor)):
        if price and line.quantity:
            rows.append(list(_price_row(name, price, line, cost)))
    columns: list[canonical.Json] = ["Price", f"{row.currency} per {line.uom}", "Against list"]
    return {
        "title": "What each price means" if cost is not None else "What each price means (cost unknown)",
        "columns": [*columns, "Margin of the line"] if cost is not None else columns,
        "rows": rows,
        "empty": "No price is known.",
    }


def _price_row(name: str, price: Decimal, line: models.LineRow, cost: Decimal | None) -> tuple[str, ...]:
    quantity, listed = line.quantity or Decimal(0), line.list_price
    against = "-"
    if listed:
        against = f"{(price - listed) * quantity:+,.2f} ({(price - listed) / listed * 100:+.1f} %)"
    told = (name, rules.plain(price), against if price != listed else "-")
    if cost is None:
        return told
    return (*told, f"{(price - cost) * quantity:,.2f} ({(price - cost) / price * 100:.1f} %)")


def _cost(row: models.OrderRow, line: models.LineRow) -> Decimal | None:
    """What a unit of the line costs, where ERP knows it, in the order's currency."""
    if line.item is None or line.item.cost is None or people.get_site(row.site_id).currency != row.currency:
        return None
    units = catalog.units_of(row.site_id, line.item.sku)
    return line.item.cost * units[line.uom] if line.uom in units else None


MOST_SIMILAR, LOOKED_AT = 5, 200


def similar(row: models.OrderRow, line: models.LineRow) -> list[canonical.Json]:
    """Price decisions for this item or its category, of this customer or others on its price list.

    The nearest first: the same item, then the same customer, then the latest. Each with why, by whom, and
    what came of it.
    """
    if row.customer is None or line.item is None:
        return []
    like = Q(line__item=line.item_id)
    if line.item.category:
        like |= Q(line__item__category=line.item.category)
    alike = Q(order__customer=row.customer_id)
    if row.customer.price_list_id:
        alike |= Q(order__customer__price_list=row.customer.price_list_id)
    found = models.DoubtRow.objects.filter(
        like, alike, kind="price", order__site=row.site_id, request__state="decided"
    )
    told = list(
        found.exclude(order=row)
        .select_related("order__customer", "line__item", "request__decision")
        .order_by("-request__closed_at")[:LOOKED_AT]
    )
    told.sort(key=lambda one: (not _is_of(one, line), one.order.customer_id != row.customer_id))
    names = people.get_users(
        one.request.decision.decided_by_id
        for one in told[:MOST_SIMILAR]
        if one.request.decision.decided_by_id
    )
    return [_past(one, names) for one in told[:MOST_SIMILAR]]


def _is_of(doubt: models.DoubtRow, line: models.LineRow) -> bool:
    return doubt.line is not None and doubt.line.item_id == line.item_id


def _past(doubt: models.DoubtRow, names: dict[int, people.Person]) -> canonical.Json:
    decision, order, line = doubt.request.decision, doubt.order, doubt.line
    assert line is not None
    label = next((o["label"] for o in doubt.request.options if o["code"] == decision.option), decision.option)
    if decision.option == "counter" and decision.values.get("price"):
        label = f"Counter-offer of {rules.plain(Decimal(str(decision.values['price'])))}"
    who = names.get(decision.decided_by_id or 0)
    asked = f", asked {rules.plain(line.asked_price)}" if line.asked_price else ""
    return {
        "title": f"{order.number} {order.customer.name if order.customer else ''}".strip()
        + f": {line.item.sku if line.item else ''}{asked}",
        "url": f"/orders/{order.id}",
        "decided": label,
        "by": who.display_name if who else "",
        "why": decision.rationale,
        "on": decision.decided_at.isoformat(),
        "came": came_of(doubt),
    }


_OFFERS = {
    "open": "offer waits for the customer",
    "accepted": "offer accepted",
    "declined": "offer declined",
    "unanswered": "offer not answered",
    "withdrawn": "offer taken back",
}


def came_of(doubt: models.DoubtRow) -> str:
    """What came of a price decision: the offer, the order, and whether the customer ordered again."""
    order = doubt.order
    offer = models.CounterOfferRow.objects.filter(request=doubt.request_id).first()
    states = {"refused": "order refused", "waiting": "order still open"}
    told = [_OFFERS[offer.state]] if offer is not None else []
    told.append(states.get(order.state, order.state))
    if order.customer is not None and order.state != "waiting":
        again = _orders_after(order)
        told.append(f"ordered {again} time{'s' if again > 1 else ''} since" if again else "no order since")
    return ", ".join(told)


def _orders_after(order: models.OrderRow) -> int:
    assert order.customer is not None
    since = order.closed_at or order.confirmed_at or order.received_at
    past = models.PastOrderRow.objects.filter(
        site=order.site_id, customer=order.customer.code, ordered_at__gt=since
    ).exclude(order_no=order.number)
    numbers = set(past.values_list("order_no", flat=True))
    own = models.OrderRow.objects.filter(
        customer=order.customer_id, state__in=["confirmed", "booked"], confirmed_at__gt=since
    ).exclude(pk=order.pk)
    return len(numbers | set(own.values_list("number", flat=True)))
