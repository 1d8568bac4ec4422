"""Search: one box over what memory holds, as far as your functions may see it."""

from __future__ import annotations

import dataclasses
import time

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from obeya.lib import clock
from obeya.web import access
from obeya.web.search import build, page


def _page(request: HttpRequest) -> page.SearchPage:
    started = time.perf_counter()
    text = " ".join(request.GET.get("q", "")[:200].replace("\0", " ").split())
    kind = request.GET.get("kind", "")[:40]
    found = build.search_page(text, kind, access.access_of(request), clock.now())
    took_ms = round((time.perf_counter() - started) * 1000)
    return dataclasses.replace(found, took_ms=max(1, took_ms)) if text else found


@access.person
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """The box and what was found."""
    return render(request, "web/search/page.html", {"page": _page(request)})


@access.person
@require_GET
def search_results(request: HttpRequest) -> HttpResponse:
    """What was found alone, as one types."""
    return render(request, "web/search/_results.html", {"page": _page(request)})
