"""Answers to forms: a fragment for htmx, a redirect for a browser without it, and a toast for both."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from obeya.web import shown


def is_fragment(request: HttpRequest) -> bool:
    """True where htmx asks and swaps a part of the page."""
    return request.headers.get("HX-Request") == "true"


def done(
    request: HttpRequest, template: str, context: Mapping[str, object], *, said: str, then: str
) -> HttpResponse:
    """The action succeeded: the fragment with a toast, or a redirect to `then` that shows the words there."""
    if is_fragment(request):
        answer = render(request, template, context)
        answer["HX-Trigger"] = json.dumps({"toast": {"text": said, "kind": "good"}})
        return answer
    messages.add_message(request, messages.SUCCESS, said, extra_tags="good")
    return redirect(then)


def refused(
    request: HttpRequest, template: str, context: Mapping[str, object], *, typed: shown.Typed, then: str
) -> HttpResponse:
    """The action said no: the fragment with what was typed (409), or a redirect that shows the words."""
    if is_fragment(request):
        return render(request, template, context, status=409)
    for error in typed.errors:
        messages.add_message(request, messages.ERROR, error.message, extra_tags="bad")
    return redirect(then)


def problem(message: object, *, field: str = "", **values: str) -> shown.Typed:
    """A form that comes back: what was typed, and one thing that is wrong with it."""
    return shown.Typed(dict(values), (shown.FieldError(field, str(message)),))
