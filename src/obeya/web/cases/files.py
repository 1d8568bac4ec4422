"""The files that came with the message of an exception, as they arrived."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from obeya.cases import queries, reported
from obeya.inbox import queries as inbox
from obeya.web import access, doors
from obeya.web.cases import page

HARMLESS = "sandbox; default-src 'none'"
"""The policy of a file as it came: it can run nothing in our name."""
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})


def of_case(case: queries.Case) -> tuple[page.File, ...]:
    """What came with the message that reported an exception; nothing for exceptions of the floor."""
    if case.signal is None or case.kind not in reported.KINDS:
        return ()
    return tuple(
        page.File(
            name=file.name or _("file"),
            url=reverse("web:case_file", args=[case.id, file.digest]),
            is_picture=file.content_type in PICTURES,
        )
        for file in inbox.get_signal(case.signal).files
    )


@access.holders(*doors.CASES, looking=True)
@require_GET
def case_file(request: HttpRequest, case_id: uuid.UUID, digest: str) -> HttpResponse:
    """One file, for those who see the exception; it can run nothing in our name."""
    try:
        case = queries.get_case(case_id)
    except queries.NoSuchCase as error:
        raise Http404 from error
    access.require(request, case.site, *doors.CASES, looking=True)
    files = inbox.get_signal(case.signal).files if case.signal and case.kind in reported.KINDS else ()
    found = next((file for file in files if file.digest == digest), None)
    if found is None:
        raise Http404
    try:
        answer = HttpResponse(inbox.read_media(digest))
    except inbox.NoSuchMedia as error:
        raise Http404 from error
    safe = found.content_type in PICTURES
    answer.headers["Content-Type"] = found.content_type if safe else "application/octet-stream"
    answer.headers["Content-Security-Policy"] = HARMLESS
    if not safe:
        answer.headers["Content-Disposition"] = "attachment"
    return answer
