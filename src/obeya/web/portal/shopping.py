"""A new order: find items, have a list read, send. Drafts live in the browser; what is sent is kept first."""

from __future__ import annotations

import json
import uuid
from typing import Any

from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from pydantic import ValidationError

from obeya.catalog import offers
from obeya.orders import customer_queries, list_reading, portal_queries
from obeya.web import access
from obeya.web.portal import door, saying, sending

FOUND = 20


@access.buyer
@require_GET
def new_order(request: HttpRequest) -> HttpResponse:
    """The form. `repeat` names one of the customer's orders to begin with."""
    visitor = door.visitor(request)
    start = {
        "buyer": visitor.buyer.id,
        "places": visitor.customer.ship_to,
        "today": visitor.today.isoformat(),
        "usual": _usual(visitor),
        "lines": _repeated(visitor, request.GET.get("repeat", "")[:40]),
        "mostBytes": sending.MOST_BYTES,
        "mostFiles": sending.MOST_FILES,
    }
    context = {
        "start": json.dumps(start, ensure_ascii=False),
        "visitor": visitor,
        "most_text": sending.MOST_TEXT,
        "screen": "new",
    }
    return render(request, "web/portal/new.html", context)


def _usual(visitor: door.Visitor) -> list[dict[str, Any]]:
    """The usual items with the usual quantity and unit."""
    usual = customer_queries.usual_of(visitor.buyer.site, visitor.buyer.customer, most=sending.USUAL)
    skus = [one.sku for one in usual]
    items = offers.find(visitor.customer, skus, also=skus)
    shown = saying.offered(visitor, [items[sku] for sku in skus if sku in items])
    by_sku = {one["sku"]: one for one in shown}
    return [
        {**by_sku[one.sku], "quantity": f"{one.quantity.normalize():f}", "uom": one.uom}
        for one in usual
        if one.sku in by_sku
    ]


def _repeated(visitor: door.Visitor, order_id: str) -> list[dict[str, Any]]:
    """The lines of an order of the customer's own, as far as they can still be ordered."""
    try:
        found = portal_queries.find_mine(visitor.customer, uuid.UUID(order_id)) if order_id else None
    except ValueError:
        found = None
    if found is None:
        return []
    skus = [line.sku for line in found.lines if line.sku]
    items = offers.find(visitor.customer, skus, also=skus)
    by_sku = {one["sku"]: one for one in saying.offered(visitor, list(items.values()))}
    return [
        {
            **by_sku[line.sku],
            "quantity": f"{line.quantity.normalize():f}" if line.quantity else "",
            "uom": line.uom,
        }
        for line in found.lines
        if line.sku in by_sku
    ]


@access.buyer
@require_GET
def items(request: HttpRequest) -> JsonResponse:
    """Items for the search box, as this customer may see them."""
    visitor = door.visitor(request)
    text = request.GET.get("q", "")[:100].strip()
    found = offers.search(visitor.customer, text, limit=FOUND) if text else ()
    return JsonResponse({"items": saying.offered(visitor, found)})


@access.buyer
@require_POST
def read(request: HttpRequest) -> JsonResponse:
    """A pasted list as lines to confirm; nothing is kept."""
    visitor = door.visitor(request)
    text = request.POST.get("text", "").strip()
    if not 0 < len(text) <= sending.MOST_TEXT:
        words = _("Paste a list of at most %(n)d characters; send a longer one as a file.")
        return JsonResponse({"error": words % {"n": sending.MOST_TEXT}}, status=422)
    if not ratelimit.consume(request, action="portal_read", key=str(visitor.buyer.id)):
        return JsonResponse({"error": _("That was a lot at once. Wait a minute.")}, status=429)
    told = list_reading.read_list(visitor.customer, text, also=sending.known_before(visitor))
    lines = [
        {
            "text": line.text,
            "words": line.words[:200],
            "quantity": f"{line.quantity.normalize():f}" if line.quantity else "",
            "uom": line.uom,
            "sure": line.sure,
            "items": saying.offered(visitor, line.items),
        }
        for line in told.lines
    ]
    answer = {
        "lines": lines,
        "on": told.requested_on.isoformat() if told.requested_on else "",
        "po": told.po_number,
        "to": told.ship_to,
        "left": told.left_out,
    }
    return JsonResponse(answer)


@access.buyer
@require_POST
def send(request: HttpRequest) -> JsonResponse:
    """Take an order: checked at once, kept, booked a moment later. Sending it again is harmless."""
    visitor = door.visitor(request)
    try:
        form_id = str(uuid.UUID(request.POST.get("form_id", "")[:40]))
        told = sending.OrderIn.model_validate_json(request.POST.get("order", "")[:400_000])
        files = _files(request)
    except ValidationError as error:
        return _wrong([{"line": _line_of(one), "text": str(one["msg"])} for one in error.errors()[:20]])
    except (ValueError, _TooMuch) as error:
        return _wrong([{"line": None, "text": str(error)}])
    if not ratelimit.consume(request, action="portal_send", key=str(visitor.buyer.id)):
        return JsonResponse({"error": _("That was a lot at once. Wait a minute.")}, status=429)
    form = told.form()
    written = files and not form.lines
    problems = sending.problems_of(visitor, form)
    if written:
        problems = [one for one in problems if one.field != "lines"]
    if problems:
        return _wrong([{"line": one.line, "text": one.text} for one in problems])
    sent = {"url": reverse("portal:sent", args=[form_id])}
    try:
        if written:
            sending.keep_written(visitor, form_id, saying.in_words(form), files)
        else:
            sending.keep_form(visitor, form_id, form, files)
    except sending.SentBefore:
        said = _("This order has arrived already, as it was when you first sent it.")
        return JsonResponse({"error": said, **sent}, status=409)
    return JsonResponse(sent, status=201)


class _TooMuch(Exception):
    """The files are too many, or too large together."""


def _files(request: HttpRequest) -> list[sending.Upload]:
    """The chosen files. Raises _TooMuch."""
    chosen = [file for file in request.FILES.getlist("files") if file.size]
    if len(chosen) > sending.MOST_FILES or sum(file.size or 0 for file in chosen) > sending.MOST_BYTES:
        words = _("At most %(n)d files, %(mb)d MB together, can be sent.")
        raise _TooMuch(words % {"n": sending.MOST_FILES, "mb": sending.MOST_BYTES >> 20})
    return [
        sending.Upload((file.name or "")[:255], (file.content_type or "")[:100], file.read())
        for file in chosen
    ]


def _line_of(error: Any) -> int | None:
    place = error["loc"]
    return place[1] + 1 if len(place) > 1 and place[0] == "lines" and isinstance(place[1], int) else None


def _wrong(problems: list[dict[str, Any]]) -> JsonResponse:
    return JsonResponse({"error": problems[0]["text"], "problems": problems}, status=422)


@access.buyer
@require_GET
def sent(request: HttpRequest, form_id: uuid.UUID) -> HttpResponse:
    """Waits, a moment as a rule, until what was sent is an order; then leads to it."""
    kept = sending.find_kept(door.visitor(request), str(form_id))
    if kept is None:
        raise Http404
    if kept.order_id is not None:
        return redirect("portal:order", kept.order_id)
    context = {"waits": kept.signal.state == "received", "visitor": door.visitor(request)}
    return render(request, "web/portal/sent.html", context)
