"""The operator's terminal: place a quality hold. The tap is stored as a signal before anything is judged."""

from __future__ import annotations

import json
import uuid
from decimal import Decimal, InvalidOperation

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from obeya.catalog import queries as catalog
from obeya.floor import actions as floor
from obeya.floor import queries as holds
from obeya.inbox import actions as inbox
from obeya.journal.events import Origin
from obeya.people import queries as people
from obeya.web import access, doors, shown
from obeya.web.terminal import build

FIELDS = {"hold_id": 40, "machine": 100, "lot": 20, "lot_code": 64, "reason": 40, "note": 500, "extent": 10}
FIELDS |= {"quantity": 20}
"""What the form sends, and the most characters of each."""


class CannotRead(Exception):
    """The form is not filled in: which field, and what is wrong in words."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


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
    form = {name: request.POST.get(name, "")[:most].strip() for name, most in FIELDS.items()}
    try:
        hold_id = uuid.UUID(form["hold_id"])
    except ValueError:
        return HttpResponseBadRequest(_("The form has lost its number; reload the page."))
    place = _place(request, form["machine"])
    received = inbox.receive(
        site=place.site.code,
        source="terminal",
        natural_key=str(hold_id),
        body=json.dumps({**form, "by": place.person.username}, ensure_ascii=False).encode(),
        content_type="application/json",
    )
    origin = Origin("web.terminal", place.person.actor, received.correlation, None, received.signal_id)
    found = build.Found()
    try:
        found = _lot(place.site.code, form)
        assert found.lot is not None
        hold = floor.place_hold(
            hold_id=hold_id,
            lot_id=found.lot.id,
            quantity=_quantity(form),
            reason=form["reason"],
            note=form["note"],
            machine=place.machine.code if place.machine else "",
            by=place.person,
            origin=origin,
        )
    except CannotRead as error:
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


def _lot(site: str, form: dict[str, str]) -> build.Found:
    """The lot that was tapped, or typed. Raises CannotRead."""
    if form["lot"].isdecimal():
        try:
            lot = catalog.get_lot_by_id(int(form["lot"]))
        except catalog.NoSuchLot as error:
            raise CannotRead("lot", str(error)) from error
        if lot.site == site:
            return build.Found(lot=lot)
    found = build.find_lot(site, form["lot_code"])
    if found.lot is None:
        raise CannotRead("lot", found.words or _("Choose a lot, or scan its label."))
    return found


def _quantity(form: dict[str, str]) -> Decimal | None:
    """How much of the lot; None for the whole of it. Raises CannotRead."""
    if form["extent"] != "part":
        return None
    try:
        quantity = Decimal(form["quantity"].replace(",", "."))
    except InvalidOperation as error:
        raise CannotRead("quantity", _("Say how much, in figures.")) from error
    if not quantity.is_finite() or not Decimal(0) < quantity < Decimal(10) ** 9:
        raise CannotRead("quantity", _("The quantity must be more than nothing."))
    return quantity.quantize(Decimal("0.000001")).normalize() + 0


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
