"""The addresses of the API, each with its rule."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, re_path
from ninja import NinjaAPI

from obeya.web import access
from obeya.web.api import (
    accuracy,
    cases,
    endings,
    events,
    leakage,
    orders,
    price_rules,
    problems,
    requests,
    signals,
)

ABOUT = """For programs that act for a person.

**Token.** Your IT team makes one for you; send it as `Authorization: Bearer …`. It may do what you may do.
**Again and again.** Reading changes nothing. A signal with the same `natural_key` is stored once; your own
decision sent again is answered as the first time; anything that was changed meanwhile is answered 409.
**Errors** are problem details (RFC 9457): `title` and `detail` are for people, `errors` name fields.
**Numbers.** Quantities and amounts are decimal text; times are RFC 3339 with their offset.
"""
View = Callable[..., HttpResponseBase]


def _make() -> NinjaAPI:
    api = NinjaAPI(title="Obeya", version="1", description=ABOUT, urls_namespace="api")
    problems.install(api)
    for room in (signals, events, accuracy, leakage, orders, price_rules, requests, cases, endings):
        api.add_router("", room.router)
    return api


API = _make()


def operation(view: View, mark: Callable[[View], View]) -> View:
    """An operation: reached before log-in (it checks its token), bounded, problems for its errors."""

    @mark
    @functools.wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        length = request.META.get("CONTENT_LENGTH") or "0"
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if most is not None and length.isdecimal() and int(length[:20]) > most:
            return problems.problem(413, f"At most {most / (1024 * 1024):g} MB can be sent here.")
        answer = view(request, *args, **kwargs)
        if isinstance(answer, HttpResponseNotAllowed):
            allowed = answer["Allow"]
            return problems.problem(405, f"Here you can only {allowed}.", headers={"Allow": allowed})
        return answer

    return door


@access.person
def _home(_request: HttpRequest) -> HttpResponse:
    """The API's own address leads to its description."""
    return redirect("api:openapi-view")


@access.anyone
def nothing(_request: HttpRequest) -> HttpResponse:
    """What is told at an address that is none."""
    return problems.problem(404, "The API has no such address. See /api/docs.")


nothing.csrf_exempt = True  # type: ignore[attr-defined]  # a wrong address is told so whatever is sent to it

_OTHERS: dict[str, View] = {"api-root": _home}
_RULES: dict[str, Callable[[View], View]] = {"openapi-json": access.anyone, "openapi-view": access.person}


def _declared(pattern: URLPattern | URLResolver) -> URLPattern | URLResolver:
    assert isinstance(pattern, URLPattern)
    name = pattern.name or ""
    view = _OTHERS.get(name, pattern.callback)
    pattern.callback = (
        _RULES[name](view) if name in _RULES else view if name in _OTHERS else operation(view, access.token())
    )
    return pattern


def urls() -> tuple[list[URLPattern | URLResolver], str, str]:
    """For `django.urls.path`: every address of the API, declared."""
    patterns, app_name, namespace = API.urls
    return [*map(_declared, patterns), re_path("^", nothing)], app_name, namespace
