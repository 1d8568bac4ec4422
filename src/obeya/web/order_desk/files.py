"""The files of a message: as they came, drawn as pages, asked for again."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from obeya.inbox import actions as inbox_actions
from obeya.inbox import previews
from obeya.inbox import queries as inbox
from obeya.web import access, doors, replies
from obeya.web.decision_request import views as decision_requests
from obeya.web.order_desk import attachments, views

HARMLESS = "sandbox; default-src 'none'"
"""The policy of a file as it came: it can run nothing in our name."""
COMES_AGAIN_S = 2
"""Seconds after which a page is asked for again while another one is drawn."""


def _find(request: HttpRequest, order_id: uuid.UUID, digest: str) -> inbox.File:
    signal = inbox.get_signal(views.find(request, order_id).signal)
    found = next((file for file in signal.files if file.digest == digest), None)
    if found is None:
        raise Http404
    return found


@access.holders(*doors.ORDERS, looking=True)
@require_GET
def order_file(request: HttpRequest, order_id: uuid.UUID, digest: str) -> HttpResponse:
    """A file that came with the message, as it arrived; it can run nothing in our name."""
    found = _find(request, order_id, digest)
    try:
        content = inbox.read_media(digest)
    except inbox.NoSuchMedia as error:
        raise Http404 from error
    safe = found.content_type in attachments.INLINE
    answer = _piece(request, content) if found.content_type in attachments.AUDIO else HttpResponse(content)
    answer.headers["Content-Type"] = found.content_type if safe else "application/octet-stream"
    answer.headers["Content-Security-Policy"] = HARMLESS
    if not safe:
        answer.headers["Content-Disposition"] = "attachment"
    return answer


def _piece(request: HttpRequest, content: bytes) -> HttpResponse:
    """The whole, or the one range that a player asks for to jump to (RFC 9110, 14.2)."""
    asked = request.headers.get("Range", "")
    first, dash, last = asked.removeprefix("bytes=").partition("-")
    if not (asked.startswith("bytes=") and dash and first.isdecimal() and (not last or last.isdecimal())):
        return HttpResponse(content, headers={"Accept-Ranges": "bytes"})
    start, end = int(first[:12]), min(int(last[:12]) if last else len(content) - 1, len(content) - 1)
    if start > end:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{len(content)}"})
    answer = HttpResponse(content[start : end + 1], status=206, headers={"Accept-Ranges": "bytes"})
    answer.headers["Content-Range"] = f"bytes {start}-{end}/{len(content)}"
    return answer


@access.holders(*doors.ORDERS, looking=True)
@require_GET
def order_file_page(request: HttpRequest, order_id: uuid.UUID, digest: str, number: int) -> HttpResponse:
    """One page of a PDF, or a picture, drawn anew: small, and without whatever else the file holds."""
    found = _find(request, order_id, digest)
    try:
        preview = previews.page_of(found, number)
    except inbox.NoSuchMedia as error:
        raise Http404 from error
    except previews.NotYet as error:
        return HttpResponse(str(error), status=503, headers={"Retry-After": str(COMES_AGAIN_S)})
    except previews.NoPreview as error:
        return HttpResponse(str(error), status=404, content_type="text/plain; charset=utf-8")
    answer = HttpResponse(preview.jpeg, content_type="image/jpeg")
    answer.headers["Content-Security-Policy"] = HARMLESS
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


@access.holders(*doors.ORDERS, looking=True)
@require_GET
def order_file_pages(request: HttpRequest, order_id: uuid.UUID, digest: str, number: int) -> HttpResponse:
    """The sheet that shows one page of a file, with the way to the others; says why where it cannot."""
    found = _find(request, order_id, digest)
    pages, problem, again = 1, "", ""
    try:
        pages = min(previews.page_of(found, number).pages, previews.MOST_PAGES)
    except previews.NotYet as error:
        problem, again = str(error), reverse("web:order_file_pages", args=[order_id, digest, number])
    except (previews.NoPreview, inbox.NoSuchMedia) as error:
        problem = str(error)

    def _turn(to: int) -> str:
        return reverse("web:order_file_pages", args=[order_id, digest, to]) if 1 <= to <= pages else ""

    sheet = {
        "image": reverse("web:order_file_page", args=[order_id, digest, number]),
        "name": found.name or _("file"),
        "url": reverse("web:order_file", args=[order_id, digest]),
        "number": number,
        "pages": pages,
        "earlier": _turn(number - 1),
        "later": _turn(number + 1),
        "problem": problem,
        "again": again,
        "again_s": COMES_AGAIN_S,
        "target": f"pages-{digest}",
    }
    return render(request, "web/order_desk/_pages.html", {"sheet": sheet})


@access.holders(*doors.ORDERS_ACT)
@require_POST
def order_fetch(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    """Ask once more for the files that are missing."""
    found = views.find(request, order_id)
    then = reverse("web:order", args=[order_id])
    fragment = "web/order_desk/_detail.html"
    try:
        inbox_actions.fetch_again(signal_id=found.signal, actor=decision_requests.origin_of(request).actor)
    except inbox_actions.CannotRetrySignal as error:
        typed = replies.problem(error)
        return replies.refused(
            request, fragment, views.show(request, order_id, typed), typed=typed, then=then
        )
    said = _("The file is asked for again.")
    return replies.done(request, fragment, views.show(request, order_id), said=said, then=then)
