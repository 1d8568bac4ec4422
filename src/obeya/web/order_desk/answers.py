"""The order desk: act. One action a view; what cannot be done comes back in words."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from obeya.catalog import queries as catalog
from obeya.catalog import readers
from obeya.orders import actions, queries, questions
from obeya.web import access, doors, replies
from obeya.web.decision_request import views as decision_requests
from obeya.web.order_desk import states, views

FRAGMENT = "web/order_desk/_detail.html"
LONGEST = 1_000


def _act(request: HttpRequest, order_id: uuid.UUID, act: Callable[[], object], said: str) -> HttpResponse:
    """Call one action for an order one may see, and answer with the order as it is then."""
    views.find(request, order_id)
    then = reverse("web:order", args=[order_id])
    try:
        act()
    except actions.CannotChangeOrder as error:
        typed = replies.problem(error)
        told = views.show(request, order_id, typed)
        return replies.refused(request, FRAGMENT, told, typed=typed, then=then)
    return replies.done(request, FRAGMENT, views.show(request, order_id), said=said, then=then)


@access.holders(*doors.ORDERS)
@require_POST
def order_answer(request: HttpRequest, order_id: uuid.UUID, doubt_id: uuid.UUID) -> HttpResponse:
    """Settle one doubt: an item, a quantity with its unit, a customer, or one of the options."""
    found = views.find(request, order_id)
    if doubt_id not in {doubt.id for doubt in found.doubts}:
        raise Http404
    held, origin = access.access_of(request), decision_requests.origin_of(request)
    form = request.POST

    def _settle() -> None:
        sku = form.get("item", "")[:200] or _searched_item(found.site, form.get("item_search", ""))
        actions.answer_doubt(
            request_id=doubt_id,
            access=held,
            origin=origin,
            option=form.get("option", "")[:200],
            sku=sku,
            quantity=_quantity(form.get("quantity", "")),
            uom=form.get("unit", "")[:60],
            customer=searched_customer(found.site, form.get("customer_search", "")),
            rationale=form.get("rationale", "")[:LONGEST],
        )

    return _act(request, order_id, _settle, _("Settled, and remembered for the next order."))


def _searched_item(site: str, text: str) -> str:
    """The one item that the typed text means. Raises CannotChangeOrder."""
    text = text.strip()[:100]
    if not text:
        return ""
    exact = catalog.find_item(site, text)
    found = [exact] if exact else queries.find_items(site, text, limit=5)
    if len(found) == 1:
        return found[0].sku
    if not found:
        raise actions.CannotChangeOrder(_("No item has “%(text)s” in its code or name.") % {"text": text})
    names = ", ".join(item.sku for item in found)
    raise actions.CannotChangeOrder(
        _("Several items fit: %(names)s. Choose one from the list.") % {"names": names}
    )


def searched_customer(site: str, text: str) -> str:
    """The one customer that the typed text means. Raises CannotChangeOrder."""
    text = text.strip()[:100]
    if not text:
        return ""
    exact = catalog.find_customer(site, text)
    found = [exact] if exact else catalog.search_customers(site, text, limit=5)
    if len(found) == 1:
        return found[0].code
    if not found:
        raise actions.CannotChangeOrder(_("No customer has “%(text)s” in its code or name.") % {"text": text})
    names = ", ".join(f"{customer.code} {customer.name}" for customer in found)
    raise actions.CannotChangeOrder(_("Several customers fit: %(names)s.") % {"names": names})


def _quantity(text: str) -> Decimal | None:
    """A typed quantity; None where none was typed. Raises CannotChangeOrder."""
    text = text.strip()[:20].replace(",", ".")
    if not text:
        return None
    try:
        quantity = Decimal(text)
    except InvalidOperation as error:
        raise actions.CannotChangeOrder(_("Write the quantity in figures.")) from error
    if not quantity.is_finite():
        raise actions.CannotChangeOrder(_("Write the quantity in figures."))
    return quantity


@access.holders(*doors.ORDERS_ACT)
@require_POST
def order_confirm(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    """Accept the reading as a whole and book it."""
    held, origin = access.access_of(request), decision_requests.origin_of(request)

    def _confirm() -> None:
        actions.confirm(order_id=order_id, access=held, origin=origin)

    connected = readers.serving(views.find(request, order_id).site)
    said = _("Confirmed; it goes to ERP now.") if connected else _("Confirmed. No ERP is connected.")
    return _act(request, order_id, _confirm, said)


@access.holders(*doors.ORDERS_ACT)
@require_POST
def order_ask(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    """Ask the customer in the channel they wrote in: a doubt with answers to tap, or in free words."""
    held, origin = access.access_of(request), decision_requests.origin_of(request)
    text, doubt = request.POST.get("text", "")[:LONGEST], request.POST.get("doubt", "")

    def _ask() -> None:
        if doubt:
            choices = [choice[:200] for choice in request.POST.getlist("choice")[:10]]
            questions.ask(
                order_id=order_id,
                doubt_id=_id_of(doubt),
                text=text,
                choices=choices,
                access=held,
                origin=origin,
            )
            return
        actions.ask_customer(order_id=order_id, text=text, access=held, origin=origin)

    return _act(request, order_id, _ask, _("The question is on its way to the customer."))


def _id_of(text: str) -> uuid.UUID:
    """The id of a doubt from a form. Raises CannotChangeOrder."""
    try:
        return uuid.UUID(text[:40])
    except ValueError as error:
        raise actions.CannotChangeOrder(_("This is settled already.")) from error


@access.holders(*doors.ORDERS_ACT)
@require_POST
def order_reject(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    """Refuse the order, with a reason."""
    held, origin = access.access_of(request), decision_requests.origin_of(request)

    def _refuse() -> None:
        reason = states.reason_words(request.POST.get("reason", "")[:40])
        note = request.POST.get("note", "")[:LONGEST]
        actions.refuse(order_id=order_id, reason=reason, note=note, access=held, origin=origin)

    return _act(request, order_id, _refuse, _("Refused. Nothing was booked."))
