"""Waiting for you: the list, and the request that is chosen beside it."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET

from obeya.web import access, context, shared
from obeya.web.decision_request import build as decision_request
from obeya.web.decision_request import views as decision_requests
from obeya.web.waiting import build, page


def _page(request: HttpRequest, chosen: uuid.UUID | None = None) -> page.WaitingPage:
    viewer = decision_requests.viewer_of(request)
    show = request.GET.get("show", "")[:40]
    marked = str(chosen) if chosen else request.GET.get("chosen", "")[:40]
    detail = None
    if chosen is not None:
        found = decision_requests.find(request, chosen)
        detail = decision_request.detail(found, viewer, url=reverse("web:request", args=[chosen]))
    return page.WaitingPage(
        now=viewer.now,
        tabs=build.tabs(viewer, show),
        requests=build.rows(build.listed(viewer, show), viewer, show=show, chosen=marked),
        chosen=detail,
    )


@access.person
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """Every open request of your functions, the next one due first."""
    return render(request, "web/waiting/page.html", {"page": _page(request)})


@access.person
@require_GET
def chosen_request(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """The list with one request beside it."""
    return render(request, "web/waiting/page.html", {"page": _page(request, request_id)})


@access.person
@require_GET
def waiting_list(request: HttpRequest) -> HttpResponse:
    """The list alone. People of the same functions see the same one, but for what somebody has in hand."""
    viewer = decision_requests.viewer_of(request)
    show, marked = request.GET.get("show", "")[:40], request.GET.get("chosen", "")[:40]
    own = viewer.access.user_id if show else None

    def make() -> str:
        rows = build.rows(build.listed(viewer, show), viewer, show=show, chosen=marked)
        told = {"page": page.WaitingPage(viewer.now, (), rows)}
        return render_to_string("web/waiting/_list.html", told, request)

    key = ("waiting", context.alike(request), show, marked, own)
    return HttpResponse(shared.once(request, key, make, of=("requests",)))
