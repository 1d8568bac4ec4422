"""Doubts of an order as questions with one-tap answers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from django.urls import reverse
from django.utils.translation import gettext as _

from obeya.decisions import queries as decisions
from obeya.orders import queries as orders
from obeya.orders.enquiries import replying
from obeya.people import queries as people
from obeya.web import doors, saying, shown
from obeya.web.decision_request.build import COUNTER, NEEDS_A_VALUE
from obeya.web.order_desk import page

_KINDS: Mapping[str, page.DoubtKind] = {
    "item": "item",
    "quantity": "quantity",
    "unit": "quantity",
    "customer": "customer",
    "price": "price",
    "counter": "price",
    "credit": "credit",
}


def open_doubts(order: orders.Order) -> list[orders.Doubt]:
    """What is not settled yet."""
    return [doubt for doubt in order.doubts if not doubt.settled and doubt.request.state == "open"]


def to_page(doubt: orders.Doubt, access: people.Access) -> page.Doubt:
    """A doubt with the answers that the person may tap."""
    request = doubt.request
    stored = cast(Mapping[str, Any], request.context)
    yours = request.may_answer(access)
    candidates = _candidates(stored) if yours else ()
    options = _options(request, access, bool(candidates)) if yours else ()
    return page.Doubt(
        id=str(doubt.id),
        kind=_KINDS.get(doubt.kind, "other"),
        question=doubt.reason,
        reason=_advice(stored),
        window=saying.window(request),
        candidates=candidates,
        options=options,
        needs_reason=any(o.needs_rationale for o in request.options if o.code in {c.value for c in options}),
        quantity=_decimal(stored.get("quantity")),
        units=_units(stored),
        yours=yours,
        asked=_("%(functions)s decides") % {"functions": saying.function_names(request.asked)},
        counter=yours and any(option.code == COUNTER for option in request.options),
        note=request.hold_note,
        request_url=reverse("web:request_page", args=[doubt.id]),
    )


def _advice(stored: Mapping[str, Any]) -> str:
    return str(stored.get("advice", ""))


def _decimal(value: object) -> Decimal | None:
    return Decimal(str(value)).normalize() + 0 if value else None


def _candidates(stored: Mapping[str, Any]) -> tuple[page.Candidate, ...]:
    return tuple(
        page.Candidate(
            item_id=str(found["sku"]),
            code=str(found["sku"]),
            name=str(found["name"]),
            confidence=int(Decimal(str(found["score"])) * 100),
            why=str(found.get("why", "")),
        )
        for found in stored.get("candidates", ())
    )


def _units(stored: Mapping[str, Any]) -> tuple[shown.Choice, ...]:
    return tuple(shown.Choice(str(unit["uom"]), str(unit["label"])) for unit in stored.get("units", ()))


def _options(request: decisions.Request, access: people.Access, tapped: bool) -> tuple[shown.Choice, ...]:
    """The options as buttons; those that have a button or a field of their own elsewhere are left out."""
    desk = access.may(doors.ORDERS_ACT, request.site)
    hidden = NEEDS_A_VALUE | {COUNTER, replying.SEND} | ({"refuse"} if desk else set())
    return tuple(
        shown.Choice(option.code, option.label, option.hint, option.tone == "good")
        for option in request.options
        if option.code not in hidden and not (tapped and option.code.startswith("item:"))
    )
