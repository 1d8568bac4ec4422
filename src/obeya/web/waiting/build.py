"""From decision requests to the list "Waiting for you"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from obeya.decisions import queries as decisions
from obeya.people import queries as people
from obeya.web import saying, shown
from obeya.web.decision_request import build as decision_request
from obeya.web.waiting import page

MINE, DECIDED = "mine", "decided"
Viewer = decision_request.Viewer


def listed(viewer: Viewer, show: str) -> Sequence[decisions.Brief]:
    """The requests behind one filter, the next one due first; what is decided, newest first."""
    if show == DECIDED:
        return decisions.list_decided(viewer.access)
    if show == MINE:
        return decisions.list_waiting_briefly(viewer.access, mine=True)
    if show not in ("", *people.Function):
        return []
    return decisions.list_waiting_briefly(viewer.access, function=show)


def tabs(viewer: Viewer, show: str) -> tuple[shown.Tab, ...]:
    """All, those in your hand, one for each of your functions if you hold several, what is decided."""
    load = decisions.load_of(viewer.access, now=viewer.now, soon=viewer.now)
    named = [("", _("All"), load.all), (MINE, _("In your hand"), load.mine)]
    if len(load.by_function) > 1:
        named += [(code, saying.function_name(code), count) for code, count in load.by_function.items()]
    counted = [shown.Tab(words, _url(code), count, code == show) for code, words, count in named]
    return (*counted, shown.Tab(_("Decided"), _url(DECIDED), None, show == DECIDED))


def _url(show: str) -> str:
    return reverse("web:waiting") + (f"?{urlencode({'show': show})}" if show else "")


def rows(
    requests: Iterable[decisions.Brief], viewer: Viewer, *, show: str = "", chosen: str = ""
) -> tuple[page.RequestRow, ...]:
    """The rows of a list; each leads to the list with that request beside it."""
    found = list(requests)
    holders = {request.claimed_by for request in found if request.claimed_by is not None}
    names = {id_: person.display_name for id_, person in people.get_users(holders).items()} if holders else {}
    return tuple(_row(request, viewer, names, show, chosen) for request in found)


def _row(
    found: decisions.Brief, viewer: Viewer, names: Mapping[int, str], show: str, chosen: str
) -> page.RequestRow:
    url = reverse("web:request", args=[found.id]) + (f"?{urlencode({'show': show})}" if show else "")
    return page.RequestRow(
        id=str(found.id),
        url=url,
        kind=saying.request_kind(found.kind),
        question=found.question,
        about=found.title,
        function_name=saying.function_name(found.function),
        window=saying.window(found),
        claimed_by=names.get(found.claimed_by or 0, ""),
        claimed_by_you=found.claimed_by is not None and found.claimed_by == viewer.access.user_id,
        escalated=found.escalated,
        chosen=str(found.id) == chosen,
        badge=saying.request_state(found, viewer.now)
        if found.state != "open" or found.is_held(viewer.now)
        else None,
    )
