"""The operator's terminal: place a quality hold. The tap is stored as a signal before anything is judged."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from obeya.floor import actions as floor
from obeya.floor import queries as holds
from obeya.people import queries as people
from obeya.web import access, doors, shown
from obeya.web.terminal import build, taps


def _place(request: HttpRequest, machine: str) -> build.Place:
    site = access.site_of(request)
    user = access.access_of(request).user_id
    assert user is not None
    wanted = machine or str(request.session.get("machine", ""))
    known = build.machines(site)
    chosen = next((m for m in known if m.code == wanted), known[0] if known else None)
    return build.Place(people.get_site(site), people.get_user(user), chosen)


@access.holders(*doors.TERMINAL)
@require_GET
def terminal(request: HttpRequest) -> HttpResponse:
    """The form for a hold, at the machine that is chosen or was last time."""
    place = _place(request, request.GET.get("machine", "")[:100])
    if place.machine and request.session.get("machine") != place.machine.code:
        request.session["machine"] = place.machine.code
    return render(request, "web/terminal/hold.html", {"page": build.hold_page(place)})


@access.holders(*doors.TERMINAL)
@require_GET
def terminal_lot(request: HttpRequest) -> HttpResponse:
    """The lots again, with the one that was scanned."""
    place = _place(request, request.GET.get("machine", "")[:100])
    found = build.find_lot(place.site.code, request.GET.get("code", ""))
    return render(request, "web/terminal/_lots.html", {"page": build.hold_page(place, found=found)})


@access.holders(*doors.TERMINAL)
@require_POST
def place_hold(request: HttpRequest) -> HttpResponse:
    """Keep the tap, then hold the lot and ask everybody concerned; sending twice holds once."""
    form = {name: request.POST.get(name, "")[:most].strip() for name, most in taps.FIELDS.items()}
    try:
        form["hold_id"] = str(uuid.UUID(form["hold_id"]))
    except ValueError:
        return HttpResponseBadRequest(_("The form has lost its number; reload the page."))
    place = _place(request, form["machine"])
    form["machine"] = place.machine.code if place.machine else ""
    site = place.site.code
    origin = taps.keep(site, form, place.person)
    found = taps.find_lot(site, form)
    try:
        hold = taps.carry_out(form, found, place.person, origin)
    except taps.CannotRead as error:
        return _again(request, place, found, form, error.field, str(error))
    except floor.CannotPlaceHold as error:
        return _again(request, place, found, form, "", str(error))
    return redirect("web:placed", hold.id)


def _again(
    request: HttpRequest, place: build.Place, found: build.Found, form: dict[str, str], field: str, words: str
) -> HttpResponse:
    typed = shown.Typed(form, (shown.FieldError(field, words),))
    context = {"page": build.hold_page(place, found=found, typed=typed)}
    return render(request, "web/terminal/hold.html", context, status=422)


@access.holders(*doors.TERMINAL)
@require_GET
def placed(request: HttpRequest, hold_id: uuid.UUID) -> HttpResponse:
    """The hold stands: who was asked, and what to do with the goods."""
    try:
        hold = holds.get_hold(hold_id)
    except holds.NoSuchHold as error:
        raise Http404 from error
    access.require(request, hold.site, *doors.TERMINAL)
    return render(request, "web/terminal/placed.html", {"page": build.placed_page(hold, _place(request, ""))})
