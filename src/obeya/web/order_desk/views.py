"""The order desk: look."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from obeya.catalog import queries as catalog
from obeya.orders import queries
from obeya.people import queries as people
from obeya.web import access, doors, shown
from obeya.web.decision_request import views as decision_requests
from obeya.web.decision_request.build import Viewer
from obeya.web.order_desk import build, filters, page
from obeya.web.story import build as story


def find(request: HttpRequest, order_id: uuid.UUID) -> queries.Order:
    """The order, for those who may see orders of its site. 404 where there is none, 403 for others."""
    try:
        found = queries.get_order(order_id)
    except queries.NoSuchOrder as error:
        raise Http404 from error
    access.require(request, found.site, *doors.ORDERS, looking=True)
    return found


def show(request: HttpRequest, order_id: uuid.UUID, typed: shown.Typed | None = None) -> dict[str, object]:
    """What the fragment of one order needs."""
    viewer = decision_requests.viewer_of(request)
    return {"order": build.detail(find(request, order_id), viewer, typed=typed), "now": viewer.now}


def _page(request: HttpRequest, chosen: uuid.UUID | None = None) -> page.OrderDeskPage:
    viewer = decision_requests.viewer_of(request)
    site = people.get_site(access.site_of(request))
    return replace(
        _listed(request, str(chosen) if chosen else request.GET.get("chosen", "")[:40]),
        **_tools(request),
        chosen=build.detail(find(request, chosen), viewer) if chosen else None,
        may_see_aliases=viewer.access.may_see(doors.ALIASES, site.code),
        may_see_leakage=viewer.access.may_see(doors.LEAKAGE, site.code),
    )


def _listed(request: HttpRequest, marked: str) -> page.OrderDeskPage:
    now = decision_requests.viewer_of(request).now
    site = people.get_site(access.site_of(request))
    return build.queued(site, filters.asked(request.GET), request.GET.get("after", ""), marked, now)


def _tools(request: HttpRequest) -> dict[str, Any]:
    viewer, wanted = decision_requests.viewer_of(request), filters.asked(request.GET)
    site = people.get_site(access.site_of(request))
    counted = build.counts(site, viewer.now)
    return {
        "tabs": filters.tabs(wanted, counted.waiting),
        "filters": filters.to_page(wanted),
        "today": build.today(site, counted, viewer.now),
        "paste_url": _paste_url(viewer, site.code),
    }


def _paste_url(viewer: Viewer, site: str) -> str:
    return reverse("web:order_paste") if viewer.access.may(doors.ORDERS_ACT, site) else ""


@access.holders(*doors.ORDERS, looking=True)
@require_GET
def order_desk(request: HttpRequest) -> HttpResponse:
    """The orders of the site, the newest first."""
    return render(request, "web/order_desk/page.html", {"page": _page(request)})


@access.holders(*doors.ORDERS, looking=True)
@require_GET
def order(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    """The list with one order beside it."""
    return render(request, "web/order_desk/page.html", {"page": _page(request, order_id)})


@access.holders(*doors.ORDERS, looking=True)
@require_GET
def order_list(request: HttpRequest) -> HttpResponse:
    """The list alone."""
    listed = _listed(request, request.GET.get("chosen", "")[:40])
    return render(request, "web/order_desk/_list.html", {"page": listed})


@access.holders(*doors.ORDERS, looking=True)
@require_GET
def order_tools(request: HttpRequest) -> HttpResponse:
    """The filters and the day's figures alone."""
    told = page.OrderDeskPage(decision_requests.viewer_of(request).now, orders=(), **_tools(request))
    return render(request, "web/order_desk/_tools.html", {"page": told})


@access.holders(*doors.ORDERS, looking=True)
@require_GET
def order_detail(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    """One order alone."""
    return render(request, "web/order_desk/_detail.html", show(request, order_id))


@access.holders(*doors.ORDERS, looking=True)
@require_GET
def order_items(request: HttpRequest, order_id: uuid.UUID, doubt_id: uuid.UUID) -> HttpResponse:
    """Items for the search box of a doubt."""
    del doubt_id
    found = queries.find_items(find(request, order_id).site, request.GET.get("item_search", "")[:100])
    items = [shown.Choice(item.sku, item.description) for item in found]
    return render(request, "web/order_desk/_items.html", {"items": items})


@access.holders(*doors.ORDERS, looking=True)
@require_GET
def order_customers(request: HttpRequest, order_id: uuid.UUID, doubt_id: uuid.UUID) -> HttpResponse:
    """Customers for the search box of a doubt."""
    del doubt_id
    text = request.GET.get("customer_search", "")[:100]
    site = find(request, order_id).site
    found = catalog.search_customers(site, text) if text.strip() else ()
    items = [shown.Choice(customer.code, customer.name) for customer in found]
    return render(request, "web/order_desk/_items.html", {"items": items})


def _story(request: HttpRequest, order_id: uuid.UUID) -> page.OrderStoryPage:
    found = find(request, order_id)
    return page.OrderStoryPage(
        now=decision_requests.viewer_of(request).now,
        id=str(found.id),
        number=found.number,
        customer=found.customer_name or found.sender_name or found.sender,
        order_url=reverse("web:order", args=[order_id]),
        story=story.of_correlation(found.correlation, found.signal),
    )


@access.holders(*doors.ORDERS, looking=True)
@require_GET
def order_story(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    """Everything that happened to one order."""
    return render(request, "web/order_desk/story.html", {"page": _story(request, order_id)})


@access.holders(*doors.ORDERS, looking=True)
@require_GET
def order_story_body(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    """The story alone, as it is now."""
    return render(request, "web/parts/story.html", {"story": _story(request, order_id).story})
