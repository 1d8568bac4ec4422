"""What the desk answers by itself: look, set it, and keep the suppliers' addresses."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from obeya.orders.enquiries import settings
from obeya.people.queries import Function
from obeya.web import access, doors, replies, shown
from obeya.web.decision_request import views as decision_requests
from obeya.web.desk_answers import build

FRAGMENT = "web/desk_answers/_body.html"
LONGEST = 1_000
LOOK = (*doors.ORDERS, Function.MATERIALS)
"""Who sees it: the desk, and those who keep the suppliers."""


def _show(request: HttpRequest, typed: shown.Typed | None = None) -> dict[str, object]:
    viewer = decision_requests.viewer_of(request)
    return {"page": build.answers_page(access.site_of(request), viewer, typed=typed)}


def _act(request: HttpRequest, act: Callable[[], None], said: str) -> HttpResponse:
    then = reverse("web:desk_answers")
    try:
        act()
    except settings.CannotSetAnswers as error:
        typed = replies.problem(
            error, **{name: request.POST.get(name, "")[:LONGEST] for name in request.POST}
        )
        return replies.refused(request, FRAGMENT, _show(request, typed), typed=typed, then=then)
    return replies.done(request, FRAGMENT, _show(request), said=said, then=then)


@access.holders(*LOOK, looking=True)
@require_GET
def desk_answers(request: HttpRequest) -> HttpResponse:
    """How the site is set."""
    return render(request, "web/desk_answers/page.html", _show(request))


@access.holders(*settings.SETTERS)
@require_POST
def desk_answers_set(request: HttpRequest) -> HttpResponse:
    """Set what customers are told by itself."""
    form, site = request.POST, access.site_of(request)

    def _set() -> None:
        most = form.get("most_an_hour", "").strip()[:4]
        if not most.isascii() or not most.isdecimal():
            raise settings.CannotSetAnswers(_("Give a number of messages an hour from 0 to 60."))
        answering = settings.Answering(
            form.get("prices", "")[:40], form.get("stock", "")[:40], form.get("greetings", "")[:40], int(most)
        )
        settings.set_answers(
            site=site,
            answering=answering,
            why=form.get("why", "")[:LONGEST],
            access=access.access_of(request),
            origin=decision_requests.origin_of(request),
        )

    return _act(request, _set, _("Set; it counts from now on."))


@access.holders(*settings.SUPPLIER_SETTERS)
@require_POST
def supplier_add(request: HttpRequest) -> HttpResponse:
    """Know an address as a supplier's."""
    form, site = request.POST, access.site_of(request)

    def _add() -> None:
        settings.add_supplier(
            site=site,
            name=form.get("name", ""),
            contact=form.get("contact", ""),
            access=access.access_of(request),
            origin=decision_requests.origin_of(request),
        )

    return _act(request, _add, _("Listed. What they write is a supplier's from now on."))


@access.holders(*settings.SUPPLIER_SETTERS)
@require_POST
def supplier_remove(request: HttpRequest, supplier_id: int) -> HttpResponse:
    """Forget an address of a supplier."""
    site = access.site_of(request)
    if supplier_id not in {one.id for one in settings.list_suppliers(site)}:
        raise Http404

    def _remove() -> None:
        settings.remove_supplier(
            site=site,
            supplier_id=supplier_id,
            access=access.access_of(request),
            origin=decision_requests.origin_of(request),
        )

    return _act(request, _remove, _("Taken off the list."))
