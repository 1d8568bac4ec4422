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
from obeya.orders import countering, drafting, gate, models, price_asks, price_context, rules, telling
from obeya.orders.asking import closing
from obeya.orders.enquiries import replying

MINUTE = 60
FUNCTION = {"price": "commercial", "counter": "commercial", "credit": "commercial"}
"""Who settles what; everything else is the order desk's."""
WINDOW_S = {"price": 30 * MINUTE, "credit": 30 * MINUTE}
POINT_OUT = "line:"
"""What the options begin with that say that a line was read wrong; its position follows."""
MOST_POINTED_OUT = 40
Option = decision_rules.Option


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a request offers, and what the person must see."""

    options: tuple[Option, ...]
    context: dict[str, canonical.Json]
    window_s: int | None = None
    ladder: decision_rules.Ladder | None = None


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
    """The doubt is no longer open; a counter-offer that still waited for an answer is taken back."""
    if doubt.kind == "counter" and doubt.line_id is not None:
        countering.withdraw(doubt.order, doubt.line_id, telling.origin_of(doubt.order))
    closing.withdraw(doubt)
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
        window_s=asked.window_s or WINDOW_S.get(doubt.kind, 20 * MINUTE),
        ladder=asked.ladder,
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
    return _about_a_price(row, price_asks.price(row, line))


def _counter(row: models.OrderRow, line: models.LineRow | None) -> _Asked:
    assert line is not None
    return _about_a_price(row, price_asks.counter(row, line))


def _about_a_price(row: models.OrderRow, asked: price_asks.Asked) -> _Asked:
    options = (*asked.options, Option("drop", "Leave this line out", True), REFUSE)
    context = {"facts": _facts(row, *asked.facts), **asked.context}
    return _Asked(options, context, asked.window_s, asked.ladder)


def _credit(row: models.OrderRow, _line: models.LineRow | None) -> _Asked:
    assert row.customer is not None
    credit = catalog.credit_of(row.site_id, row.customer.code)
    options = [Option("check_again", "The limit was raised in ERP: check again", False, "good")]
    if credit.enforced != "hard":
        options.append(Option("release", "Book it above the limit", True, "warn"))
    options.append(REFUSE)
    says = {"hard": "refuses orders over the limit", "soft": "only warns", "none": "does not check"}
    facts = _facts(row, price_context.credit(row), ("ERP", says[credit.enforced]))
    return _Asked(tuple(options), {"facts": facts})


def _other(row: models.OrderRow, _line: models.LineRow | None) -> _Asked:
    options = (Option("as_read", "Book it as read", False, "good"), REFUSE)
    return _Asked(options, {"facts": _facts(row)})


def _watched(row: models.OrderRow, _line: models.LineRow | None) -> _Asked:
    """Nothing is doubtful but the group: one tap books it, and a line that was read wrong is pointed out."""
    lines = row.lines.select_related("item").filter(dropped=False, item__isnull=False)
    options = [Option("as_read", "I compared it with the message: book it", False, "good")]
    for line in lines[:MOST_POINTED_OUT]:
        read = f"{rules.plain(line.quantity)} {line.uom}" if line.quantity else ""
        named = line.item.description if line.item else line.text
        code = f"{POINT_OUT}{line.position}"
        options.append(Option(code, f"Read wrong: {read} {named}"[:120], False, "warn"))
    return _Asked((*options, REFUSE), {"facts": _facts(row)})


def _message(row: models.OrderRow, _line: models.LineRow | None) -> _Asked:
    told = {replying.SUGGESTION: row.reading.get(replying.SUGGESTION, "")}
    told |= {"said": row.text[:600], replying.WHY: row.reading.get(replying.WHY, "")}
    return _Asked(tuple(replying.options(row)), {"facts": _facts(row, *replying.facts(row)), **told})


_OFFERS = {
    "item": _item,
    "quantity": _quantity,
    "unit": _quantity,
    "customer": _customer,
    "price": _price,
    "counter": _counter,
    "credit": _credit,
    "other": _other,
    "message": _message,
    gate.WATCHED: _watched,
}


def open_doubt(request_id: uuid.UUID) -> models.DoubtRow | None:
    """The doubt behind a request, if it is still open."""
    rows = models.DoubtRow.objects.select_related("order", "line")
    return rows.filter(pk=request_id, settled_at__isnull=True).first()
