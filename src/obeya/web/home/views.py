"""Home."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from obeya.people import queries as people
from obeya.web import access
from obeya.web.decision_request import views as decision_requests
from obeya.web.home import build, page


def _page(request: HttpRequest) -> page.HomePage:
    viewer = decision_requests.viewer_of(request)
    assert viewer.access.user_id is not None
    person = people.get_user(viewer.access.user_id)
    return build.home_page(viewer, people.get_site(access.site_of(request)), person)


@access.person
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What you see first."""
    return render(request, "web/home/page.html", {"page": _page(request)})


@access.person
@require_GET
def home_body(request: HttpRequest) -> HttpResponse:
    """The same again, as it is now."""
    return render(request, "web/home/_body.html", {"page": _page(request)})
