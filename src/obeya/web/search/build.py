"""From memory's answers to groups of results with the found words marked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from obeya.memory import queries as memory
from obeya.people import queries as people
from obeya.web import saying, shown
from obeya.web.search import page

FEW = 6
MOST = 60
_KINDS = {
    "case": ("Exceptions", "exception"),
    "order": ("Orders", "orders"),
    "decision": ("Decisions", "decision"),
}
_ORDER_STATES: dict[str, tuple[str, shown.Tone]] = {
    "waiting": ("Waits", "warn"),
    "confirmed": ("Confirmed", "info"),
    "booked": ("Booked", "good"),
    "refused": ("Refused", "bad"),
    "answered": ("Answered", "plain"),
}


def search_page(text: str, kind: str, access: people.Access, now: datetime) -> page.SearchPage:
    """What was found for `text`: the best few of each kind, or all of one kind."""
    if not text:
        return page.SearchPage(now, "")
    found = memory.search(text, access=access, limit=MOST)
    by_kind: defaultdict[str, list[memory.Hit]] = defaultdict(list)
    for hit in found:
        by_kind[hit.kind].append(hit)
    groups = [_group(code, hits, text, kind) for code, hits in by_kind.items() if kind in ("", code)]
    tabs = [shown.Tab(_("Everything"), _url(text), len(found), not kind)]
    tabs += [
        shown.Tab(_name(code), _url(text, code), len(hits), code == kind) for code, hits in by_kind.items()
    ]
    return page.SearchPage(
        now=now,
        query=text,
        groups=tuple(groups),
        kinds=tuple(tabs) if len(by_kind) > 1 else (),
        total=sum(group.total for group in groups),
    )


def _name(code: str) -> str:
    return _(_KINDS.get(code, (code.replace("_", " ").capitalize(), ""))[0])


def _url(text: str, kind: str = "") -> str:
    query = {"q": text, "kind": kind} if kind else {"q": text}
    return f"{reverse('web:search')}?{urlencode(query)}"


def _group(code: str, hits: list[memory.Hit], text: str, kind: str) -> page.Group:
    few = hits if kind else hits[:FEW]
    more = shown.Link(_("All %(n)d") % {"n": len(hits)}, _url(text, code)) if len(few) < len(hits) else None
    icon = _KINDS.get(code, ("", "memory"))[1]
    return page.Group(_name(code), icon, tuple(_hit(hit) for hit in few), len(hits), more)


def _hit(hit: memory.Hit) -> page.Hit:
    return page.Hit(
        url=hit.url if hit.url.startswith("/") and not hit.url.startswith("//") else reverse("web:search"),
        title=tuple(parts(hit.title)),
        text=tuple(parts(hit.excerpt)),
        at=hit.happened_at,
        badge=_badge(hit),
    )


def _badge(hit: memory.Hit) -> shown.Badge | None:
    state = str(hit.facets.get("state", ""))
    if hit.kind == "order" and state in _ORDER_STATES:
        words, tone = _ORDER_STATES[state]
        return shown.Badge(_(words), tone)
    return saying.case_state(state) if hit.kind == "case" and state in saying.CASE_STATES else None


def parts(marked: str) -> Iterator[shown.TextPart]:
    """The runs of a text whose found words stand between memory's START and STOP."""
    for number, run in enumerate(marked.split(memory.START)):
        hit, stop, rest = run.partition(memory.STOP)
        if number and stop:
            yield shown.TextPart(hit, hit=True)
        plain = rest if number and stop else run
        if plain:
            yield shown.TextPart(plain)
