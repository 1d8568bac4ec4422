"""A buyer's own orders: where each stands, what has gone, and what the buyer wants changed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from obeya.orders import buying, portal_queries
from obeya.people import buyer_queries
from obeya.people import queries as people
from obeya.web import access, shown
from obeya.web.portal import door, saying, sending

PAGE = 30
MOST_SAID = 1_000
UNSETTLED = ("waiting", "confirmed")
Keeping = Callable[[str], sending.Kept]


@dataclass(frozen=True, slots=True)
class Row:
    """One order in the list."""

    id: uuid.UUID
    number: str
    erp_number: str
    po_number: str
    received_at: datetime
    lines: int
    badge: shown.Badge


@dataclass(frozen=True, slots=True)
class Line:
    """One line, with what ERP says of it in words."""

    position: int
    name: str
    sku: str
    words: str
    quantity: shown.Quantity | None
    amount: shown.Money | None
    delivery: str


@dataclass(frozen=True, slots=True)
class Topic:
    """What the desk looks at, with answers that the buyer can give."""

    words: str
    choices: tuple[tuple[str, str, str], ...]
    """Code, label, and the id under which the answer is sent."""


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One order."""

    order: portal_queries.MyOrder
    badge: shown.Badge
    headline: str
    lines: tuple[Line, ...]
    topics: tuple[Topic, ...]
    wishes: tuple[str, ...]
    total: shown.Money | None
    asks: bool
    moving: bool
    wish_id: str


@access.buyer
@require_GET
def orders(request: HttpRequest) -> HttpResponse:
    """The customer's orders, the newest first."""
    visitor = door.visitor(request)
    page = max(0, min(_number(request.GET.get("page", "")), 1_000))
    found = portal_queries.list_mine(visitor.customer, limit=PAGE + 1, offset=page * PAGE)
    rows = [
        Row(
            one.id,
            one.number,
            one.erp_number,
            one.po_number,
            one.received_at,
            one.lines,
            saying.state_of(one),
        )
        for one in found[:PAGE]
    ]
    context = {
        "rows": rows,
        "visitor": visitor,
        "screen": "orders",
        "newer": page - 1 if page else None,
        "older": page + 1 if len(found) > PAGE else None,
        "site": people.get_site(visitor.buyer.site),
    }
    return render(request, "web/portal/orders.html", context)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


@access.buyer
@require_GET
def order(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    """One order; while it moves the browser asks again for its part."""
    visitor = door.visitor(request)
    page = _page(visitor, order_id)
    part = request.headers.get("X-Part") == "order"
    name = f"web/portal/{'_order' if part else 'order'}.html"
    answer = render(request, name, {"page": page, "visitor": visitor, "screen": "orders"})
    answer.headers["X-Moving"] = "yes" if page.moving else "no"
    return answer


def _page(visitor: door.Visitor, order_id: uuid.UUID) -> OrderPage:
    found = portal_queries.find_mine(visitor.customer, order_id)
    if found is None:
        raise Http404
    prices = buyer_queries.portal_of(visitor.buyer.site).shows_prices
    total = shown.Money(found.total, found.currency) if prices and found.total else None
    return OrderPage(
        order=found,
        badge=saying.state_of(found),
        headline=saying.headline(found),
        lines=tuple(_line(line, found.currency, prices=prices) for line in found.lines),
        topics=tuple(_topic(one) for one in found.topics),
        wishes=tuple(saying.wish(one) for one in found.wishes),
        total=total,
        asks=found.state in ("waiting", "confirmed", "booked") and found.delivery != "done",
        moving=found.state in UNSETTLED or any(one.state == "waiting" for one in found.wishes),
        wish_id=str(uuid.uuid4()),
    )


def _line(line: portal_queries.MyLine, currency: str, *, prices: bool) -> Line:
    return Line(
        position=line.position,
        name=line.name or line.words,
        sku=line.sku,
        words=line.words,
        quantity=shown.Quantity(line.quantity, line.uom) if line.quantity is not None else None,
        amount=shown.Money(line.amount, currency) if prices and line.amount else None,
        delivery=_delivery(line),
    )


def _delivery(line: portal_queries.MyLine) -> str:
    if line.still_open is None or line.quantity is None:
        return ""
    if line.still_open == 0:
        return _("Delivered")
    due = _(", promised for %(day)s") % {"day": line.due_on.isoformat()} if line.due_on else ""
    if line.still_open >= line.quantity:
        return _("Not dispatched yet") + due
    gone = line.quantity - line.still_open
    values = {"gone": f"{gone.normalize():f}", "all": f"{line.quantity.normalize():f}", "uom": line.uom}
    return _("%(gone)s of %(all)s %(uom)s dispatched") % values + due


def _topic(one: portal_queries.Topic) -> Topic:
    choices = tuple((code, label, str(uuid.uuid4())) for code, label in one.choices)
    return Topic(_("We look at this: %(what)s") % {"what": saying.topic(one)}, choices)


@access.buyer
@require_POST
def wish(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    """Ask to change or cancel an order: kept, then asked at the desk; nothing is changed silently."""
    visitor = door.visitor(request)
    _mine_or_404(visitor, order_id)
    what, said = request.POST.get("wish", ""), request.POST.get("said", "")[:MOST_SAID].strip()
    if what not in buying.SUBJECTS or (what == buying.CHANGE and not said):
        return _again(request, visitor, order_id, _("Say what you want changed."))
    return _keep(
        request,
        visitor,
        order_id,
        lambda form_id: sending.keep_wish(visitor, form_id, order_id, what, said),
    )


@access.buyer
@require_POST
def choose(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    """Say which item or unit is meant where a line is in doubt."""
    visitor = door.visitor(request)
    _mine_or_404(visitor, order_id)
    choice = request.POST.get("choice", "")[:200]
    return _keep(
        request,
        visitor,
        order_id,
        lambda form_id: sending.keep_choice(visitor, form_id, order_id, choice),
    )


def _mine_or_404(visitor: door.Visitor, order_id: uuid.UUID) -> None:
    if portal_queries.find_mine(visitor.customer, order_id) is None:
        raise Http404


def _keep(request: HttpRequest, visitor: door.Visitor, order_id: uuid.UUID, keep: Keeping) -> HttpResponse:
    try:
        form_id = str(uuid.UUID(request.POST.get("form_id", "")[:40]))
    except ValueError:
        return _again(request, visitor, order_id, _("That did not work. Try again."))
    if not ratelimit.consume(request, action="portal_send", key=str(visitor.buyer.id)):
        return _again(request, visitor, order_id, _("That was a lot at once. Wait a minute."), status=429)
    try:
        keep(form_id)
    except sending.SentBefore:
        return _again(request, visitor, order_id, _("This was sent before. Look at it anew."), status=409)
    return redirect("portal:order", order_id)


def _again(
    request: HttpRequest, visitor: door.Visitor, order_id: uuid.UUID, error: str, *, status: int = 422
) -> HttpResponse:
    context = {
        "page": _page(visitor, order_id),
        "visitor": visitor,
        "screen": "orders",
        "error": error,
    }
    return render(request, "web/portal/order.html", context, status=status)
