"""Doubts become decision requests with one-tap answers; answers become changes of the order."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from obeya.catalog import answers
from obeya.catalog import queries as catalog
from obeya.decisions import actions as decisions
from obeya.decisions import rules as decision_rules
from obeya.journal.events import Origin
from obeya.lib import canonical, clock
from obeya.orders import agreements, drafting, models, rules

MINUTE = 60
FUNCTION = {"price": "commercial", "credit": "commercial"}
"""Who settles what; everything else is the order desk's."""
WINDOW_S = {"price": 30 * MINUTE, "credit": 30 * MINUTE}
Option = decision_rules.Option


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a request offers, and what the person must see."""

    options: tuple[Option, ...]
    context: dict[str, canonical.Json]


def renew(
    row: models.OrderRow, lines: Sequence[models.LineRow], doubts: Sequence[rules.Doubt], origin: Origin
) -> None:
    """Open a request for each new doubt and withdraw those whose reason is gone."""
    by_position = {line.position: line for line in lines}
    wanted = {(doubt.line, doubt.kind): doubt for doubt in doubts}
    for standing in row.doubts.filter(settled_at__isnull=True).select_related("line"):
        place = (standing.line.position if standing.line else None, standing.kind)
        if place in wanted and wanted[place].reason == standing.reason:
            del wanted[place]
            continue
        settle(standing)
        decisions.withdraw(request_id=standing.request_id, reason="Settled otherwise.", origin=origin)
    for (position, _), doubt in wanted.items():
        _open(row, by_position.get(position) if position is not None else None, doubt, origin)


def settle(doubt: models.DoubtRow) -> None:
    """The doubt is no longer open."""
    doubt.settled_at = clock.now()
    doubt.save(update_fields=["settled_at"])


def _open(
    row: models.OrderRow, line: models.LineRow | None, doubt: rules.Doubt, origin: Origin
) -> models.DoubtRow:
    asked = _OFFERS[doubt.kind](row, line)
    who = row.customer.name if row.customer else row.sender_name or row.sender
    request = decisions.open_request(
        key=f"order:{row.id}:{doubt.kind}:{doubt.line or 0}:{row.doubts.count()}",
        site=row.site_id,
        kind=f"order_doubt.{doubt.kind}",
        subject=f"order:{row.id}",
        function=FUNCTION.get(doubt.kind, "order_desk"),
        title=f"{row.number} from {who}",
        question=doubt.reason,
        options=asked.options,
        window_s=WINDOW_S.get(doubt.kind, 20 * MINUTE),
        context=asked.context,
        origin=origin,
    )
    return models.DoubtRow.objects.create(
        request_id=request.id, order=row, line=line, kind=doubt.kind, reason=doubt.reason
    )


def _facts(row: models.OrderRow, *more: tuple[str, str]) -> canonical.Json:
    facts = [
        ("Customer", row.customer.name if row.customer else "unknown"),
        ("Message", row.text[:600] or "(no text)"),
        *more,
    ]
    return [{"label": label, "value": value} for label, value in facts]


REFUSE = Option("refuse", "Refuse the order", True, "bad")


def _item(row: models.OrderRow, line: models.LineRow | None) -> _Asked:
    assert line is not None
    offered = {str(sku): (score, str(why)) for sku, score, why in line.candidates}
    if line.item is not None:
        offered.setdefault(line.item.sku, (float(line.confidence), "as read"))
        if line.item.substitute_sku:
            offered.setdefault(line.item.substitute_sku, (0.5, "the substitute"))
    items = catalog.items_by_sku(row.site_id, set(offered))
    usable = [items[sku] for sku in offered if sku in items and items[sku].active][:5]
    options = [Option(f"item:{item.sku}", f"{item.sku} {item.description}", False) for item in usable]
    options += [
        Option("other_item", "Another item", False, "plain", "Search for it by name or code."),
        Option("drop", "Leave this line out", True, "warn"),
        REFUSE,
    ]
    candidates: list[canonical.Json] = [
        {
            "sku": item.sku,
            "name": item.description,
            "score": str(round(float(offered[item.sku][0]), 2)),
            "why": offered[item.sku][1],
        }
        for item in usable
    ]
    facts = _facts(row, ("Words", line.text))
    return _Asked(tuple(options), {"facts": facts, "line": line.position, "candidates": candidates})


def _units(item: answers.Item) -> list[canonical.Json]:
    return [
        {
            "uom": uom,
            "label": uom if uom == item.base_uom else f"{uom} of {count.normalize():f} {item.base_uom}",
        }
        for uom, count in item.units.items()
    ]


def _quantity(row: models.OrderRow, line: models.LineRow | None) -> _Asked:
    """Quantity and unit: a tap for each unit the item is sold in, or both typed."""
    assert line is not None
    assert line.item is not None
    item = catalog.get_item(row.site_id, line.item.sku)
    said = f"{line.quantity.normalize():f}" if line.quantity else ""
    taps = [Option(f"uom:{uom}", f"{said} {uom}", False) for uom in item.units] if said else []
    options = (
        *taps,
        Option("set", "Set quantity and unit", False),
        Option("drop", "Leave this line out", True, "warn"),
        REFUSE,
    )
    context: dict[str, canonical.Json] = {
        "facts": _facts(row, ("Words", line.text), ("Item", item.description)),
        "line": line.position,
        "units": _units(item),
        "quantity": said or None,
    }
    return _Asked(options, context)


def _customer(row: models.OrderRow, _line: models.LineRow | None) -> _Asked:
    sharing = drafting.writing_from(row.site_id, row.sender)
    named = catalog.search_customers(row.site_id, row.sender_name, limit=4) if row.sender_name else ()
    known = {customer.code: customer for customer in (*sharing, *named)}
    options = [
        Option(f"customer:{code}", f"{customer.name}, {customer.city}".rstrip(", "), False)
        for code, customer in known.items()
    ]
    options += [
        Option("other_customer", "Another customer", False, "plain", "Choose from the list."),
        Option("refuse", "Not a customer of ours", True, "bad"),
    ]
    facts = _facts(row, ("Written from", row.sender), ("Calls themselves", row.sender_name or "-"))
    return _Asked(tuple(options), {"facts": facts})


def _price(row: models.OrderRow, line: models.LineRow | None) -> _Asked:
    assert line is not None
    per = f" per {line.uom}"
    facts = _facts(
        row,
        ("Line", line.text),
        ("Asked", rules.plain(line.asked_price) + per if line.asked_price else "no price stated"),
        ("List price", rules.plain(line.list_price) + per if line.list_price else "none"),
        ("Floor", rules.plain(line.floor) + per if line.floor else "none set"),
        ("Quantity", f"{rules.plain(line.quantity)} {line.uom}" if line.quantity else "-"),
        *_margin(row, line),
        *_history(row),
    )
    options = [_at_list(line, per)] if line.list_price else []
    if line.asked_price:
        options.append(Option("asked", f"Agree to {rules.plain(line.asked_price)}{per}", True, "warn"))
    options += [Option("drop", "Leave this line out", True), REFUSE]
    context: dict[str, canonical.Json] = {"facts": facts, "line": line.position}
    if terms := agreements.terms_of(line, row.currency):
        context[agreements.TERMS] = agreements.stored(terms)
    return _Asked(tuple(options), context)


def _at_list(line: models.LineRow, per: str) -> Option:
    """Booking at the list price; a reason is due where the list itself lies below the floor."""
    assert line.list_price is not None
    below = line.floor is not None and line.list_price < line.floor
    label = f"Book at the list price, {rules.plain(line.list_price)}{per}"
    return Option("list", label, below, "warn" if below else "good")


def _margin(row: models.OrderRow, line: models.LineRow) -> list[tuple[str, str]]:
    """What the asked and the list price leave over the cost, where ERP knows the cost."""
    if line.item is None or line.item.cost is None:
        return []
    item = catalog.get_item(row.site_id, line.item.sku)
    cost = (item.cost or 0) * item.units.get(line.uom, 1)
    told = []
    for name, price in (("asked", line.asked_price), ("list", line.list_price)):
        if price:
            told.append((f"Margin at {name} price", f"{(price - cost) / price * 100:.1f} %"))
    return told


def _history(row: models.OrderRow) -> list[tuple[str, str]]:
    if row.customer is None:
        return []
    booked = models.OrderRow.objects.filter(customer=row.customer_id, state__in=["confirmed", "booked"])
    past = models.PastOrderRow.objects.filter(site=row.site_id, customer=row.customer.code)
    credit = catalog.credit_of(row.site_id, row.customer.code)
    limit = f"{credit.limit:,.2f}" if credit.limit is not None else "none"
    return [
        ("Earlier orders", str(booked.count() + past.count())),
        ("Owes and has on order", f"{credit.currency} {credit.exposure:,.2f} of {limit}"),
    ]


def _credit(row: models.OrderRow, _line: models.LineRow | None) -> _Asked:
    assert row.customer is not None
    credit = catalog.credit_of(row.site_id, row.customer.code)
    options = [Option("check_again", "The limit was raised in ERP: check again", False, "good")]
    if credit.enforced != "hard":
        options.append(Option("release", "Book it above the limit", True, "warn"))
    options.append(REFUSE)
    says = {"hard": "refuses orders over the limit", "soft": "only warns", "none": "does not check"}
    facts = _facts(row, *_history(row), ("ERP", says[credit.enforced]))
    return _Asked(tuple(options), {"facts": facts})


def _other(row: models.OrderRow, _line: models.LineRow | None) -> _Asked:
    options = (Option("as_read", "Book it as read", False, "good"), REFUSE)
    return _Asked(options, {"facts": _facts(row)})


def _message(row: models.OrderRow, _line: models.LineRow | None) -> _Asked:
    options = (
        Option("answered", "I have dealt with it", False, "good"),
        Option("as_read", "It is an order: book what was read", False),
        Option("refuse", "Nothing to do", True),
    )
    return _Asked(options, {"facts": _facts(row)})


_OFFERS = {
    "item": _item,
    "quantity": _quantity,
    "unit": _quantity,
    "customer": _customer,
    "price": _price,
    "credit": _credit,
    "other": _other,
    "message": _message,
}


def open_doubt(request_id: uuid.UUID) -> models.DoubtRow | None:
    """The doubt behind a request, if it is still open."""
    rows = models.DoubtRow.objects.select_related("order", "line")
    return rows.filter(pk=request_id, settled_at__isnull=True).first()
