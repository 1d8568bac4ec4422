"""Every answer carries a content security policy; every view is checked before it runs."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _

from obeya.lib import ids
from obeya.people import queries as people
from obeya.web import access, hub, replies, shared
from obeya.web.portal import door

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none';"
    " base-uri 'none'; form-action 'self'{doors}; frame-ancestors 'none'"
)
"""`doors`: the company's own log-in, to which our log-in form leads on."""
LIBRARY_VIEWS = ("allauth.",)
"""Views of libraries that bring their own checks: the log-in pages."""
REQUEST_ID = "X-Request-ID"
_GOOD_ID = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
_log = structlog.get_logger("obeya.web")


def policy() -> str:
    """The content security policy; browsers check it for redirects of forms too."""
    providers = cast(Mapping[str, Any], settings.SOCIALACCOUNT_PROVIDERS)
    apps = providers.get("openid_connect", {}).get("APPS", [])
    servers = [urlsplit(app["settings"]["server_url"]) for app in apps]
    return POLICY.format(doors="".join(f" {server.scheme}://{server.netloc}" for server in servers))


class NamedRequests:
    """Every request has an id, the proxy's where it gave one; lines in the log carry it, the answer too.

    It stays until the next request: Django tells of a refusal after its middleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serve the request; what it was and how long it took is logged, without what it asked or said."""
        given = request.headers.get(REQUEST_ID, "")
        named = given if _GOOD_ID.fullmatch(given) else ids.new_id().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=named)
        began = time.monotonic()
        response = self._get_response(request)
        took_ms = round((time.monotonic() - began) * 1000)
        _log.info("served", method=request.method, path=request.path, status=response.status_code, ms=took_ms)
        response.headers[REQUEST_ID] = named
        return response


class SecurityPolicy(MiddlewareMixin):
    """Adds the content security policy and keeps pages with people's data out of shared caches."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Set the headers that every answer carries."""
        response.headers.setdefault("Content-Security-Policy", policy())
        response.headers.setdefault(
            "Permissions-Policy", "camera=(self), microphone=(self), geolocation=(self)"
        )
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class WholeFiles(MiddlewareMixin):
    """Sends a static file in one piece: whitenoise streams in a way that ASGI servers warn about.

    The files are style, script and icons of this product, at most a few hundred kilobytes.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Read a streamed static file and answer with its bytes."""
        if not (isinstance(response, FileResponse) and request.path.startswith(settings.STATIC_URL)):
            return response
        whole = HttpResponse(response.getvalue(), status=response.status_code, headers=dict(response.headers))
        response.close()
        return whole


class AccessControl(MiddlewareMixin):
    """Lets nobody into a view that does not say who may open it."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        _view_args: tuple[Any, ...],
        _view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Check the view's rule; whoever is not logged in goes to the log-in page first."""
        if view_func.__module__.startswith(LIBRARY_VIEWS):
            return None
        request.live_position = hub.HUB.position  # type: ignore[attr-defined]  # read before the page's data
        rule = access.rule_of(view_func)
        if rule is not None and rule.kind == "buyer":
            return door.turn_away(request)
        if rule is not None and not rule.before_login and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        access.check(request, rule)
        return None


class StorableText(MiddlewareMixin):
    """Takes no text with a NUL, which PostgreSQL cannot store: no view has to think of it, and none fails.

    Views that take what is no form (the API, webhooks) check what they read by themselves.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        _view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Answer 400 in words where a field, a part of the address or a file's type holds a NUL."""
        if getattr(view_func, "csrf_exempt", False):
            return None
        if not any("\0" in text for text in (*map(str, view_kwargs.values()), *_sent(request))):
            return None
        words = _("The text holds a character that cannot be stored. Type it instead. Nothing was changed.")
        if not replies.is_fragment(request):
            return render(request, "web/shell/unstorable.html", {"words": words}, status=400)
        answer = HttpResponse(words, status=400, content_type="text/plain; charset=utf-8")
        answer.headers["HX-Reswap"] = "none"
        answer.headers["HX-Trigger"] = json.dumps({"toast": {"text": words, "kind": "bad"}})
        return answer


def _sent(request: HttpRequest) -> Iterator[str]:
    """Every text of the address and the form."""
    for fields in (request.GET, request.POST):
        for name, values in fields.lists():
            yield name
            yield from map(str, values)
    for _name, files in request.FILES.lists():
        yield from (f"{file.name}{file.content_type}" for file in files)


class SiteClock(MiddlewareMixin):
    """Screens tell times by the clock on the wall of the site where the person works."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        _view_args: tuple[Any, ...],
        _view_kwargs: dict[str, Any],
    ) -> None:
        """Use the site's time zone for this request; a view that is open for anyone needs none."""
        timezone.deactivate()
        rule = access.rule_of(view_func)
        if rule is not None and (site := _site_of(request, rule)):
            found = shared.once(request, ("site", site), lambda: people.get_site(site), of=())
            timezone.activate(found.tz)
            structlog.contextvars.bind_contextvars(site=site)


def _site_of(request: HttpRequest, rule: access.Rule) -> str:
    """Whose clock tells the time: the buyer's site, or where the person works; "" before log-in."""
    if rule.kind == "buyer":
        visitor = door.find_visitor(request)
        return visitor.buyer.site if visitor else ""
    return "" if rule.before_login else access.site_of(request)
