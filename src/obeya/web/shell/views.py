"""The frame's own small views: the navigation's counts, and the site a person works at."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_POST

from obeya.lib import clock
from obeya.web import access, context, shared
from obeya.web.shell import page


@dataclass(frozen=True, slots=True)
class _Marked:
    """Which entry of the navigation is where you are."""

    screen: str


@dataclass(frozen=True, slots=True)
class _NavOnly:
    """Of the frame, what the navigation shows: the rest costs more than all of it."""

    nav: tuple[page.NavItem, ...]


@access.person
@require_GET
def nav(request: HttpRequest) -> HttpResponse:
    """The navigation again, with its counts of now."""
    screen, site = request.GET.get("screen", "")[:40], access.site_of(request)

    def make() -> str:
        items = context.nav(access.access_of(request), site, clock.now())
        told = {"page": _Marked(screen), "shell": _NavOnly(items)}
        return render_to_string("web/shell/_nav.html", told, request)

    key = ("nav", context.alike(request), site, screen)
    return HttpResponse(shared.once(request, key, make, of=("requests",)))


@access.person
@require_POST
def site(request: HttpRequest) -> HttpResponse:
    """Work at another of one's own sites from now on."""
    code = request.POST.get("site", "")
    if code in access.access_of(request).sites:
        request.session["site"] = code
    return redirect("web:home")
