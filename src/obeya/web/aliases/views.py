"""The alias library: look, correct, retire, restore, settle."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from obeya.catalog import queries as catalog
from obeya.orders import alias_queries as library
from obeya.orders import aliases as actions
from obeya.orders import queries
from obeya.web import access, doors, replies, shown
from obeya.web.aliases import build, page
from obeya.web.decision_request import views as decision_requests

FRAGMENT = "web/aliases/_detail.html"
LONGEST = 1_000
LARGEST = 2**63 - 1


def find(request: HttpRequest, alias_id: int) -> library.Alias:
    """The alias, for those who may see the library of its site. 404 where there is none, 403 for others."""
    if alias_id > LARGEST:
        raise Http404
    try:
        found = library.get_alias(alias_id)
    except library.NoSuchAlias as error:
        raise Http404 from error
    access.require(request, found.site, *doors.ALIASES, looking=True)
    return found


def _page(request: HttpRequest, chosen: int | None = None) -> page.AliasPage:
    viewer, site = decision_requests.viewer_of(request), access.site_of(request)
    show = request.GET.get("show", "")[:20]
    query = " ".join(request.GET.get("words", "")[:100].replace("\0", " ").split())
    marked = str(chosen) if chosen is not None else request.GET.get("chosen", "")[:20]
    return page.AliasPage(
        now=viewer.now,
        tabs=build.tabs(site, show, query),
        query=query,
        show=show,
        aliases=build.rows(site, show, query, marked),
        chosen=build.detail(find(request, chosen), viewer) if chosen is not None else None,
    )


@access.holders(*doors.ALIASES, looking=True)
@require_GET
def aliases(request: HttpRequest) -> HttpResponse:
    """The library of the site, the last used first."""
    return render(request, "web/aliases/page.html", {"page": _page(request)})


@access.holders(*doors.ALIASES, looking=True)
@require_GET
def alias(request: HttpRequest, alias_id: int) -> HttpResponse:
    """The list with one alias beside it."""
    return render(request, "web/aliases/page.html", {"page": _page(request, alias_id)})


@access.holders(*doors.ALIASES, looking=True)
@require_GET
def alias_list(request: HttpRequest) -> HttpResponse:
    """The list alone, as one types."""
    return render(request, "web/aliases/_list.html", {"page": _page(request)})


@access.holders(*doors.ALIASES, looking=True)
@require_GET
def alias_items(request: HttpRequest) -> HttpResponse:
    """Items for the search box."""
    found = queries.find_items(access.site_of(request), request.GET.get("item", "")[:100])
    items = [shown.Choice(item.sku, item.description) for item in found]
    return render(request, "web/order_desk/_items.html", {"items": items})


def _show(request: HttpRequest, alias_id: int, typed: shown.Typed | None = None) -> dict[str, object]:
    viewer = decision_requests.viewer_of(request)
    return {"alias": build.detail(find(request, alias_id), viewer, typed=typed), "now": viewer.now}


@access.holders(*doors.ALIASES)
@require_POST
def alias_change(request: HttpRequest, alias_id: int) -> HttpResponse:
    """Do what the pressed button says: change, retire, restore or settle."""
    found = find(request, alias_id)
    act = _ACTS.get(request.POST.get("do", ""))
    try:
        if act is None:
            raise actions.CannotChangeAlias(_("Choose what to do."))
        then, said = act(request, found)
    except actions.CannotChangeAlias as error:
        told = {name: request.POST.get(name, "")[:LONGEST] for name in ("item", "unit", "why", "evidence")}
        typed = replies.problem(error, **told)
        url = reverse("web:alias", args=[alias_id])
        return replies.refused(request, FRAGMENT, _show(request, alias_id, typed), typed=typed, then=url)
    url = reverse("web:alias", args=[then])
    return replies.done(request, FRAGMENT, _show(request, then), said=said, then=url)


def _change(request: HttpRequest, found: library.Alias) -> tuple[int, str]:
    form = request.POST
    changed = actions.change_alias(
        alias_id=found.id,
        sku=_item(found, form.get("item", "")),
        uom=form.get("unit", "").strip()[:60],
        with_evidence=form.get("evidence") == "yes",
        why=form.get("why", "")[:LONGEST],
        access=access.access_of(request),
        origin=decision_requests.origin_of(request),
    )
    return changed, _("Changed. The next message is read by it.")


def _item(found: library.Alias, text: str) -> str:
    """The one item that the typed text means; none typed: the one it is. Raises CannotChangeAlias."""
    text = text.strip()[:100]
    if not text or catalog.find_item(found.site, text) is not None:
        return text or found.sku
    fitting = queries.find_items(found.site, text, limit=5)
    if len(fitting) == 1:
        return fitting[0].sku
    if not fitting:
        raise actions.CannotChangeAlias(_("No item has “%(text)s” in its code or name.") % {"text": text})
    names = ", ".join(item.sku for item in fitting)
    raise actions.CannotChangeAlias(_("Several items fit: %(names)s.") % {"names": names})


def _retire(request: HttpRequest, found: library.Alias) -> tuple[int, str]:
    _call(request, actions.retire_alias, found.id)
    return found.id, _("Retired. A person is asked about these words from now on.")


def _restore(request: HttpRequest, found: library.Alias) -> tuple[int, str]:
    _call(request, actions.restore_alias, found.id)
    return found.id, _("In use again.")


def _settle(request: HttpRequest, found: library.Alias) -> tuple[int, str]:
    text = request.POST.get("keep", "")[:20]
    kept = int(text) if text.isascii() and text.isdigit() else found.id
    others = {other.id for other in library.list_rivals(found)}
    if kept not in {found.id, *others}:
        raise actions.CannotChangeAlias(_("Choose one of the items."))
    _call(request, actions.settle_conflict, kept)
    return kept, _("Settled. The next message is read by it.")


def _call(request: HttpRequest, act: Callable[..., object], alias_id: int) -> None:
    act(
        alias_id=alias_id,
        why=request.POST.get("why", "")[:LONGEST],
        access=access.access_of(request),
        origin=decision_requests.origin_of(request),
    )


_ACTS: dict[str, Callable[[HttpRequest, library.Alias], tuple[int, str]]] = {
    "change": _change,
    "retire": _retire,
    "restore": _restore,
    "settle": _settle,
}
