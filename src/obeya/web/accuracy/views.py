"""How accurate the desk is; and how many orders are audited, which the plant manager says."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from obeya.orders import audits, figures, retraining
from obeya.web import access, doors, replies, shown
from obeya.web.accuracy import build
from obeya.web.decision_request import views as decision_requests

FRAGMENT = "web/accuracy/_body.html"
LONGEST = 1_000


def _show(request: HttpRequest, typed: shown.Typed | None = None) -> dict[str, object]:
    asked = request.GET.get("weeks", "")
    weeks = next((weeks for weeks in build.PERIODS if str(weeks) == asked), figures.AUDIT_WEEKS)
    viewer = decision_requests.viewer_of(request)
    return {"page": build.accuracy_page(access.site_of(request), viewer, weeks, typed=typed)}


@access.holders(*doors.ORDERS, looking=True)
@require_GET
def accuracy(request: HttpRequest) -> HttpResponse:
    """Both numbers of the site."""
    return render(request, "web/accuracy/page.html", _show(request))


@access.holders(*audits.SETTERS)
@require_POST
def audit_share(request: HttpRequest) -> HttpResponse:
    """Set how many of the orders booked by themselves are audited."""
    then, form = reverse("web:accuracy"), request.POST
    try:
        audits.set_share(
            site=access.site_of(request),
            share=_share(form.get("share", "")),
            why=form.get("why", "")[:LONGEST],
            access=access.access_of(request),
            origin=decision_requests.origin_of(request),
        )
    except audits.CannotAudit as error:
        typed = replies.problem(error, share=form.get("share", "")[:20], why=form.get("why", "")[:LONGEST])
        return replies.refused(request, FRAGMENT, _show(request, typed), typed=typed, then=then)
    return replies.done(request, FRAGMENT, _show(request), said=_("Set; it counts from now on."), then=then)


@access.holders(*audits.SETTERS)
@require_POST
def learning_back(request: HttpRequest) -> HttpResponse:
    """Use the figures again that were in use before the last ones learned."""
    then = reverse("web:accuracy")
    try:
        retraining.go_back(
            site=access.site_of(request),
            access=access.access_of(request),
            origin=decision_requests.origin_of(request),
        )
    except retraining.CannotGoBack as error:
        typed = replies.problem(error)
        return replies.refused(request, FRAGMENT, _show(request, typed), typed=typed, then=then)
    said = _("Taken back; the figures before are in use again.")
    return replies.done(request, FRAGMENT, _show(request), said=said, then=then)


def _share(text: str) -> Decimal:
    """A typed percentage as a share. Raises CannotAudit."""
    try:
        percent = Decimal(text.strip()[:20].replace(",", "."))
    except InvalidOperation as error:
        raise audits.CannotAudit(_("Write the share in figures, such as 3.")) from error
    if not percent.is_finite():
        raise audits.CannotAudit(_("Write the share in figures, such as 3."))
    return (percent / 100).quantize(Decimal("0.0001")) if abs(percent) < 1_000 else percent
