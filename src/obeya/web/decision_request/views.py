"""One request: on a page of its own, as a fragment, and its four answers."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from obeya.decisions import actions
from obeya.decisions import queries as decisions
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.orders import actions as orders
from obeya.people import queries as people
from obeya.web import access, replies, shown
from obeya.web.decision_request import build, page

FRAGMENT = "web/decision_request/_detail.html"
LONGEST = 2_000


def viewer_of(request: HttpRequest) -> build.Viewer:
    """Who looks, and when."""
    return build.Viewer(access.access_of(request), clock.now())


def find(request: HttpRequest, request_id: uuid.UUID) -> decisions.Request:
    """The request, for those who may see it; for everybody else there is none (404)."""
    try:
        found = decisions.get_request(request_id)
    except decisions.NoSuchRequest as error:
        raise Http404 from error
    if not build.may_see(found, access.access_of(request)):
        raise Http404
    return found


def origin_of(request: HttpRequest) -> Origin:
    """Who acts, through these screens; the story is the request's own."""
    user = access.access_of(request).user_id
    assert user is not None
    return Origin.fresh(source="web", actor=people.get_user(user).actor)


def show(request: HttpRequest, request_id: uuid.UUID, typed: shown.Typed | None = None) -> dict[str, object]:
    """What the fragment needs."""
    viewer = viewer_of(request)
    url = reverse("web:request_page", args=[request_id])
    chosen = build.detail(find(request, request_id), viewer, url=url, typed=typed)
    return {"request_": chosen, "now": viewer.now}


@access.person
@require_GET
def request_page(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """The page that a link in a message opens."""
    told = show(request, request_id)
    chosen = told["request_"]
    assert isinstance(chosen, page.RequestDetail)
    return render(
        request,
        "web/decision_request/page.html",
        {"page": page.RequestPage(viewer_of(request).now, chosen)},
    )


@access.person
@require_GET
def request_detail(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """The fragment alone."""
    return render(request, FRAGMENT, show(request, request_id))


def _act(request: HttpRequest, request_id: uuid.UUID, act: Callable[[], object], said: str) -> HttpResponse:
    """Call one action and answer with the fragment as it is then."""
    find(request, request_id)
    then = reverse("web:request_page", args=[request_id])
    try:
        act()
    except (actions.CannotAnswer, orders.CannotChangeOrder) as error:
        typed = shown.Typed(_typed(request.POST), (shown.FieldError("", str(error)),))
        return replies.refused(request, FRAGMENT, show(request, request_id, typed), typed=typed, then=then)
    return replies.done(request, FRAGMENT, show(request, request_id), said=said, then=then)


def _typed(form: QueryDict) -> dict[str, str]:
    return {
        name: form.get(name, "")[:LONGEST]
        for name in (
            "option",
            "rationale",
            "constraints",
            "note",
            "to",
            "worked",
            "text",
            "price",
            "offer_note",
        )
    }


@access.person
@require_POST
def request_claim(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Take it in hand."""
    held, origin = access.access_of(request), origin_of(request)

    def _claim() -> None:
        actions.claim(request_id=request_id, access=held, origin=origin)

    return _act(request, request_id, _claim, _("It is in your hand; the others see that."))


@access.person
@require_POST
def request_release(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Give it back."""
    held, origin = access.access_of(request), origin_of(request)

    def _release() -> None:
        actions.release(request_id=request_id, access=held, origin=origin)

    return _act(request, request_id, _release, _("It waits for everybody again."))


@access.person
@require_POST
def request_delegate(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Hand it to one person of the functions asked."""
    held, origin = access.access_of(request), origin_of(request)

    def _delegate() -> None:
        person = _person(request.POST.get("to", ""))
        actions.delegate(
            request_id=request_id,
            access=held,
            to=person.id,
            to_access=people.access_of(person),
            note=request.POST.get("note", "")[:LONGEST],
            origin=origin,
        )

    return _act(request, request_id, _delegate, _("Handed over. The window stays as it is."))


def _person(text: str) -> people.Person:
    try:
        return people.get_user(int(text[:12]))
    except (ValueError, people.NoSuchUser) as error:
        raise actions.CannotAnswer(_("Choose to whom you hand it.")) from error


@access.person
@require_POST
def request_decide(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Answer it: an option, the reason, the conditions."""
    held, origin = access.access_of(request), origin_of(request)
    option = request.POST.get("option", "")[:200]
    rationale = request.POST.get("rationale", "")[:LONGEST]
    written = request.POST.getlist("constraint") + request.POST.get("constraints", "").splitlines()
    constraints = [line[:500] for line in written if line.strip()][:20]

    def _decide() -> None:
        if find(request, request_id).subject.startswith("order:"):
            orders.answer_doubt(
                request_id=request_id,
                access=held,
                origin=origin,
                option=option,
                price=_price(request.POST.get("price", "")) if option == build.COUNTER else None,
                note=request.POST.get("offer_note", "")[:LONGEST] if option == build.COUNTER else "",
                rationale=rationale,
                constraints=constraints,
            )
            return
        actions.decide(
            request_id=request_id,
            access=held,
            option=option,
            rationale=rationale,
            constraints=constraints,
            origin=origin,
        )

    return _act(request, request_id, _decide, _("Decided. Everybody concerned sees it now."))


def _price(text: str) -> Decimal | None:
    """A typed price; None where none was typed. Raises CannotAnswer."""
    text = text.strip()[:30].replace("\u00a0", "").replace(" ", "").replace(",", "")
    if not text:
        return None
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise actions.CannotAnswer(_("Write the price in figures.")) from error


@access.person
@require_POST
def request_outcome(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Tell what came of the decision."""
    held, origin = access.access_of(request), origin_of(request)
    word, text = request.POST.get("worked", "")[:20], request.POST.get("text", "")[:LONGEST]

    def _tell() -> None:
        if word not in build.OUTCOMES:
            raise actions.CannotAnswer(_("Choose whether it worked."))
        actions.record_outcome(
            request_id=request_id, access=held, worked=build.OUTCOMES[word], text=text, origin=origin
        )

    return _act(
        request, request_id, _tell, _("Noted. The story shows it, and whoever decides next can read it.")
    )
