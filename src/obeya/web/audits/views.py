"""A blind audit: look, and say line by line whether it is as the message says."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from obeya.orders import audits as actions
from obeya.orders import figures
from obeya.orders import queries as orders
from obeya.web import access, doors, replies, shown
from obeya.web.audits import build
from obeya.web.decision_request import views as decision_requests

FRAGMENT = "web/audits/_body.html"
LONGEST = 1_000


def find(request: HttpRequest, request_id: uuid.UUID) -> figures.Audit:
    """The audit behind a request, for those who see the desk. 404 where there is none, 403 for others."""
    try:
        found = figures.get_audit(request_id)
    except figures.NoSuchAudit as error:
        raise Http404 from error
    access.require(request, found.site, *doors.ORDERS, looking=True)
    return found


def _show(request: HttpRequest, request_id: uuid.UUID, typed: shown.Typed | None = None) -> dict[str, object]:
    viewer = decision_requests.viewer_of(request)
    return {"page": build.audit_page(find(request, request_id), viewer, typed=typed)}


@access.holders(*doors.ORDERS, looking=True)
@require_GET
def audit(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """The message and the order beside each other."""
    return render(request, "web/audits/page.html", _show(request, request_id))


@access.holders(*doors.ORDERS_ACT)
@require_POST
def audit_judge(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Take the answer; an order found wrong becomes a request to put it right."""
    found, form = find(request, request_id), request.POST
    then = reverse("web:audit", args=[request_id])
    try:
        findings = _findings(form, orders.get_order(found.order_id))
        actions.judge(
            request_id=request_id,
            findings=findings,
            note=form.get("note", "")[:LONGEST],
            access=access.access_of(request),
            origin=decision_requests.origin_of(request),
        )
    except actions.CannotAudit as error:
        typed = replies.problem(error, **{name: form.get(name, "")[:LONGEST] for name in form})
        return replies.refused(request, FRAGMENT, _show(request, request_id, typed), typed=typed, then=then)
    said = _("Thank you. It waits to be put right.") if findings else _("Thank you. It counts as right.")
    return replies.done(request, FRAGMENT, _show(request, request_id), said=said, then=then)


def _findings(form: QueryDict, order: orders.Order) -> list[actions.Finding]:
    """What is wrong, by line and of the whole. Raises CannotAudit where a line was not looked at."""
    found: list[actions.Finding] = []
    for line in order.lines:
        said = form.get(build.field_of(line.position), "")
        if line.dropped or said == build.RIGHT:
            continue
        if said not in figures.line_findings():
            raise actions.CannotAudit(_("Say of each line whether it is right."))
        found.append((line.position, said))
    return found + [(None, code) for code in figures.order_findings() if form.get(code) == "yes"]
