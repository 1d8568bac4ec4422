"""Exceptions: the list, and the page of one with its whole story."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from obeya.cases import actions, queries
from obeya.lib import clock
from obeya.web import access, doors, replies, shared, shown
from obeya.web.cases import build, page
from obeya.web.decision_request import views as decision_requests


def _list_page(request: HttpRequest) -> page.CaseListPage:
    return build.list_page([access.site_of(request)], request.GET.get("show", "")[:10], clock.now())


def _case_page(request: HttpRequest, case_id: uuid.UUID, typed: shown.Typed | None = None) -> page.CasePage:
    try:
        found = queries.get_case(case_id)
    except queries.NoSuchCase as error:
        raise Http404 from error
    access.require(request, found.site, *doors.CASES, looking=True)
    return build.case_page(found, build.Viewer(access.access_of(request), clock.now()), typed)


@access.holders(*doors.CASES, looking=True)
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """Exceptions of the site, the newest first."""
    return render(request, "web/cases/list.html", {"page": _list_page(request)})


@access.holders(*doors.CASES, looking=True)
@require_GET
def case_list(request: HttpRequest) -> HttpResponse:
    """The list alone; everybody at a site sees the same one."""
    site, show = access.site_of(request), request.GET.get("show", "")[:10]

    def make() -> str:
        told = {"page": page.CaseListPage(clock.now(), (), build.rows([site], show))}
        return render_to_string("web/cases/_list.html", told, request)

    return HttpResponse(shared.once(request, ("cases", site, show), make, of=("cases", "requests")))


@access.holders(*doors.CASES, looking=True)
@require_GET
def case(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """One exception: who has what, and the story."""
    return render(request, "web/cases/page.html", {"page": _case_page(request, case_id)})


@access.holders(*doors.CASES, looking=True)
@require_GET
def case_body(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """The exception alone, as it is now."""
    return render(request, "web/cases/_case.html", {"page": _case_page(request, case_id)})


@access.holders(*doors.CASES)
@require_POST
def case_withdraw(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """The exception was none: nobody is asked any more."""
    _case_page(request, case_id)
    reason, fragment = request.POST.get("reason", "")[:2_000], "web/cases/_case.html"
    then = reverse("web:case", args=[case_id])
    try:
        actions.withdraw(
            case_id=case_id,
            access=access.access_of(request),
            reason=reason,
            origin=decision_requests.origin_of(request),
        )
    except actions.CannotWithdrawCase as error:
        typed = replies.problem(error, reason=reason)
        told = {"page": _case_page(request, case_id, typed)}
        return replies.refused(request, fragment, told, typed=typed, then=then)
    told = {"page": _case_page(request, case_id)}
    return replies.done(request, fragment, told, said=_("Withdrawn. Nobody is asked any more."), then=then)
