"""Connectors: how they are, and the few things IT can press."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from obeya.catalog import actions as catalog
from obeya.catalog import readers
from obeya.inbox import actions as inbox
from obeya.inbox import queries as signals
from obeya.lib import clock
from obeya.outbox import actions as outbox
from obeya.outbox import queries as postings
from obeya.web import access, doors, replies
from obeya.web.connectors import build, page
from obeya.web.decision_request import views as decision_requests

FRAGMENT = "web/connectors/_body.html"


def _page(request: HttpRequest) -> page.ConnectorsPage:
    site = access.site_of(request)
    may_act = access.access_of(request).may(doors.CONNECTORS, site)
    return build.connectors_page(site, clock.now(), may_act=may_act)


@access.holders(*doors.CONNECTORS, looking=True)
@require_GET
def connectors(request: HttpRequest) -> HttpResponse:
    """Every connector, the unwell ones first."""
    return render(request, "web/connectors/page.html", {"page": _page(request)})


@access.holders(*doors.CONNECTORS, looking=True)
@require_GET
def connectors_body(request: HttpRequest) -> HttpResponse:
    """The connectors again, as they are now."""
    return render(request, FRAGMENT, {"page": _page(request)})


def _act(request: HttpRequest, act: Callable[[], object], said: str) -> HttpResponse:
    then = reverse("web:connectors")
    try:
        act()
    except (outbox.CannotRetryPosting, outbox.CannotRetryMessage, inbox.CannotRetrySignal) as error:
        typed = replies.problem(error)
        return replies.refused(request, FRAGMENT, {"page": _page(request)}, typed=typed, then=then)
    return replies.done(request, FRAGMENT, {"page": _page(request)}, said=said, then=then)


@access.holders(*doors.CONNECTORS)
@require_POST
def posting_retry(request: HttpRequest, posting_id: uuid.UUID) -> HttpResponse:
    """Try a posting again now."""
    try:
        access.require(request, postings.get_posting(posting_id).site, *doors.CONNECTORS)
    except postings.NoSuchPosting as error:
        raise Http404 from error
    origin = decision_requests.origin_of(request)

    def _retry() -> None:
        outbox.retry_posting(posting_id=posting_id, origin=origin)

    return _act(request, _retry, _("It is tried again now."))


@access.holders(*doors.CONNECTORS)
@require_POST
def message_retry(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    """Send a message again."""
    site = access.site_of(request)
    if message_id not in {found.id for found in postings.list_message_trouble([site])}:
        raise Http404
    origin = decision_requests.origin_of(request)

    def _retry() -> None:
        outbox.retry_message(message_id=message_id, origin=origin)

    return _act(request, _retry, _("It is sent again."))


@access.holders(*doors.CONNECTORS)
@require_POST
def signal_retry(request: HttpRequest, signal_id: uuid.UUID) -> HttpResponse:
    """Try again to understand a signal."""
    try:
        access.require(request, signals.get_signal(signal_id).site, *doors.CONNECTORS)
    except signals.NoSuchSignal as error:
        raise Http404 from error
    actor = decision_requests.origin_of(request).actor

    def _retry() -> None:
        inbox.retry(signal_id=signal_id, actor=actor)

    return _act(request, _retry, _("It is read again."))


@access.holders(*doors.CONNECTORS)
@require_POST
def connector_sync(request: HttpRequest, connector: str) -> HttpResponse:
    """Have what has changed in ERP read now, by a worker."""
    site = access.site_of(request)
    if connector not in readers.names() or site not in readers.get(connector).sites:
        raise Http404

    actor = decision_requests.origin_of(request).actor

    def _read() -> None:
        catalog.read_soon(connector=connector, actor=actor)

    return _act(request, _read, _("It is read now. The page shows what comes out."))
