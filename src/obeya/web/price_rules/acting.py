"""Price rules: what the buttons do. Every form posts, and leads back to the page that shows the outcome."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from obeya.orders.pricing import actions, queries, trying, typed
from obeya.web import access, doors, replies, shown
from obeya.web.decision_request import views as decision_requests
from obeya.web.price_rules import views

MOST_BYTES = 4 * typed.MOST_FILE
LONGEST = 1_000


def _told(request: HttpRequest) -> dict[str, Any]:
    """Where, by whom, and of which revision of the draft. 404 where there is no draft."""
    site = access.site_of(request)
    if queries.find_draft(site) is None:
        raise Http404
    revision = request.POST.get("revision", "")[:10]
    return {
        "site": site,
        "revision": int(revision) if revision.isascii() and revision.isdecimal() else -1,
        "access": access.access_of(request),
        "origin": decision_requests.origin_of(request),
    }


def _back(request: HttpRequest, said: str, *, row_id: int | None = None) -> HttpResponseRedirect:
    messages.add_message(request, messages.SUCCESS, said, extra_tags="good")
    if row_id is None:
        return redirect("web:price_rules")
    return redirect(f"{reverse('web:price_row', args=[row_id])}#rule-{row_id}")


@access.holders(*doors.PRICE_RULES)
@require_POST
def price_begin(request: HttpRequest) -> HttpResponse:
    """Begin to write, from what is in force."""
    site = access.site_of(request)
    try:
        actions.begin_draft(
            site=site, access=access.access_of(request), origin=decision_requests.origin_of(request)
        )
    except actions.CannotChangePriceRules as error:
        return views.whole(request, typed_=replies.problem(error), status=409)
    return _back(request, _("This is the draft now. Nothing of it holds until it is put in force."))


@access.holders(*doors.PRICE_RULES)
@require_POST
def price_row_change(request: HttpRequest, row_id: int) -> HttpResponse:
    """Save, move, copy or delete a row of the draft; 0 is a new one."""
    told, do = _told(request), request.POST.get("do", "")
    try:
        if do in ("save", "next"):
            return _save(request, row_id, told, then_new=do == "next")
        act = _ROW_ACTS.get(do)
        if act is None or not row_id:
            raise actions.CannotChangePriceRules(_("Choose what to do."))
        said, then = act(told, row_id)
    except actions.NotAGoodRow as error:
        faults = tuple(shown.FieldError(fault.field, fault.text) for fault in error.faults)
        return views.whole(request, chosen=row_id, typed_=shown.Typed(_values(request), faults), status=409)
    except actions.CannotChangePriceRules as error:
        return _refused(request, row_id, error)
    return _back(request, said, row_id=then)


def _refused(request: HttpRequest, row_id: int, error: Exception) -> HttpResponse:
    """The page again with the words; without the form where the row is gone."""
    draft = queries.find_draft(access.site_of(request))
    if row_id and (draft is None or draft.find_row(row_id) is None):
        return views.whole(request, typed_=replies.problem(error), status=409)
    typed_ = replies.problem(error, **_values(request)) if "do" in request.POST else replies.problem(error)
    return views.whole(request, chosen=row_id, typed_=typed_, status=409)


def _values(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "")[:600] for name in (*typed.FIELDS, "place")}


def _save(request: HttpRequest, row_id: int, told: dict[str, Any], *, then_new: bool) -> HttpResponse:
    place = request.POST.get("place", "").strip()[:6]
    saved = actions.save_row(
        values=_values(request),
        row_id=row_id or None,
        place=int(place) if place.isascii() and place.isdecimal() else None,
        **told,
    )
    return _back(request, _("Saved in the draft."), row_id=0 if then_new else saved)


def _up(told: dict[str, Any], row_id: int) -> tuple[str, int | None]:
    actions.move_row(row_id=row_id, by=-1, **told)
    return _("Moved up."), row_id


def _down(told: dict[str, Any], row_id: int) -> tuple[str, int | None]:
    actions.move_row(row_id=row_id, by=1, **told)
    return _("Moved down."), row_id


def _duplicate(told: dict[str, Any], row_id: int) -> tuple[str, int | None]:
    copy = actions.duplicate_row(row_id=row_id, **told)
    return _("This is the copy: change what is different."), copy


def _delete(told: dict[str, Any], row_id: int) -> tuple[str, int | None]:
    actions.delete_row(row_id=row_id, **told)
    return _("Deleted from the draft."), None


_ROW_ACTS: dict[str, Callable[[dict[str, Any], int], tuple[str, int | None]]] = {
    "up": _up,
    "down": _down,
    "duplicate": _duplicate,
    "delete": _delete,
}


@access.holders(*doors.PRICE_RULES)
@require_POST
def price_draft_change(request: HttpRequest) -> HttpResponse:
    """Try the draft out, put it in force, take a file into it, or throw it away."""
    told = _told(request)
    act = _DRAFT_ACTS.get(request.POST.get("do", ""))
    try:
        if act is None:
            raise actions.CannotChangePriceRules(_("Choose what to do."))
        said = act(request, told)
    except actions.CannotChangePriceRules as error:
        typed_ = replies.problem(error, why=request.POST.get("why", "")[:LONGEST])
        return views.whole(request, typed_=typed_, status=409)
    return _back(request, said)


def _try(request: HttpRequest, told: dict[str, Any]) -> str:
    try:
        on = date.fromisoformat(request.POST.get("on", "")[:10])
    except ValueError as error:
        raise actions.CannotChangePriceRules(_("Say for which day, such as 2026-03-31.")) from error
    trying.start_trial(site=told["site"], revision=told["revision"], judged_on=on, access=told["access"])
    return _("The dry run is asked for; it shows here how far it is.")


def _enforce(request: HttpRequest, told: dict[str, Any]) -> str:
    number = actions.put_in_force(why=request.POST.get("why", "")[:LONGEST], **told)
    return _("Version %(n)d holds from now on.") % {"n": number}


def _drop(request: HttpRequest, told: dict[str, Any]) -> str:
    del request
    actions.drop_draft(**told)
    return _("The draft is gone. The rules in force stay.")


def _import(request: HttpRequest, told: dict[str, Any]) -> str:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise actions.CannotChangePriceRules(_("Choose the file first."))
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise actions.CannotChangePriceRules(_("The file is too large for a table of prices."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise actions.CannotChangePriceRules(_("Save the file as CSV (UTF-8).")) from error
    count = actions.replace_rows(text=text, **told)
    return ngettext("The draft has %(n)d row now.", "The draft has %(n)d rows now.", count) % {"n": count}


_DRAFT_ACTS: dict[str, Callable[[HttpRequest, dict[str, Any]], str]] = {
    "try": _try,
    "enforce": _enforce,
    "drop": _drop,
    "import": _import,
}
