"""Notices: the list, and marking what was seen as read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from obeya.lib import clock
from obeya.outbox import actions, queries
from obeya.web import access
from obeya.web.notices import page


def _page(request: HttpRequest) -> page.NoticesPage:
    found = queries.list_notices(access.access_of(request))
    rows = tuple(
        page.NoticeRow(
            str(notice.id),
            notice.title,
            notice.body,
            notice.url if notice.url.startswith("/") and not notice.url.startswith("//") else "",
            notice.created_at,
            notice.read_at is None,
        )
        for notice in found
    )
    return page.NoticesPage(clock.now(), rows)


@access.person
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """What was told to you and to your functions."""
    return render(request, "web/notices/page.html", {"page": _page(request)})


@access.person
@require_GET
def notice_list(request: HttpRequest) -> HttpResponse:
    """The list alone."""
    return render(request, "web/notices/_list.html", {"page": _page(request)})


@access.person
@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    held = access.access_of(request)
    assert held.user_id is not None
    unread = [notice.id for notice in queries.list_notices(held, unread_only=True, limit=1_000)]
    actions.mark_read(message_ids=unread, user_id=held.user_id)
    return redirect("web:notices")
