"""The portal's door: ask for a link, open it by a button, leave. The same answer for whoever asks."""

from __future__ import annotations

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from obeya.people import buyers
from obeya.web import access, tasks
from obeya.web.portal import door

MOST_CONTACT = 254
ASKS = "portal_link"
"""The rate limit's name in the settings."""


@access.anyone
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Ask for a link. Whether anybody is known at the address is neither said nor to be measured here."""
    if request.method == "GET":
        if door.find_visitor(request) is not None:
            return redirect("portal:orders")
        return render(request, "web/portal/login.html", {"asked": False})
    contact = " ".join(request.POST.get("contact", "")[:MOST_CONTACT].split())
    if not contact:
        return _asked(request, _("Write your e-mail address or your phone number."), status=422)
    if not ratelimit.consume(request, action=ASKS, key=contact.lower()):
        return _asked(request, _("Too many tries. Wait a minute."), status=429)
    tasks.send_portal_links.defer(contact=contact)
    return render(request, "web/portal/login.html", {"asked": True})


def _asked(request: HttpRequest, error: str, *, status: int) -> HttpResponse:
    return render(request, "web/portal/login.html", {"asked": False, "error": error}, status=status)


@access.anyone
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """A link was opened. Looking at it uses nothing up (mail scanners look): the button does."""
    if request.method == "GET":
        key = request.GET.get("key", "")[: buyers.LONGEST_SECRET]
        return render(request, "web/portal/enter.html", {"key": key})
    try:
        session = buyers.open_invitation(secret=request.POST.get("key", "")[: buyers.LONGEST_SECRET])
    except buyers.CannotOpen:
        return render(request, "web/portal/enter.html", {"spent": True}, status=410)
    response = redirect("portal:orders")
    door.let_in(response, session)
    return response


@access.anyone
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """End the session; harmless for whoever has none."""
    response = redirect("portal:login")
    door.let_out(request, response)
    return response
