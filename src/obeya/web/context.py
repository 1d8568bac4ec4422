"""The frame around every screen: who you are, where you may go, what is missing."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Literal, cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from obeya.catalog import queries as catalog
from obeya.decisions import queries as decisions
from obeya.lib import clock
from obeya.outbox import queries as outbox
from obeya.people import queries as people
from obeya.people.queries import Function
from obeya.web import access, doors, saying, shared, shown
from obeya.web.shell import page

URGENT = timedelta(minutes=2)
TELL_MISSING = (Function.IT, Function.ORDER_DESK)
"""Who is told on every screen that a connector does not work (and the plant manager, who looks)."""


def shell(request: HttpRequest) -> dict[str, object]:
    """Context processor: `shell`, made when a template first asks for it."""
    return {"shell": SimpleLazyObject(lambda: build(request))}


def build(request: HttpRequest) -> page.Shell | None:
    """The frame of one page; None before log-in."""
    held = access.access_of(request) if hasattr(request, "user") else people.NOBODY
    if held.user_id is None or not held.sites:
        return None
    now, code = clock.now(), access.site_of(request)
    sites = {site.code: site for site in people.list_sites_of(request.user)}
    person = people.get_user(held.user_id)
    shifts = people.list_shifts_at(code, now)
    return page.Shell(
        user_name=person.display_name,
        initials=initials(person.display_name),
        function_name=saying.function_names(ranked(held.functions(code))),
        site_name=sites[code].name,
        sites=_sites(sites, code),
        nav=nav(held, code, now),
        now=now,
        shift_name=_("Shift %(name)s") % {"name": shifts[0].shift.name} if shifts else "",
        missing=_missing(held, code),
        theme=_theme(request),
        position=str(getattr(request, "live_position", "")),
        unread=outbox.count_unread(held),
    )


def initials(name: str) -> str:
    """Two letters for a person: of the first and the last name."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def ranked(functions: frozenset[Function]) -> list[Function]:
    """Functions in the order of `Function`, the plant manager first: that is what a person is foremost."""
    order = [Function.PLANT_MANAGER, *Function]
    return sorted(functions, key=order.index)


def _sites(sites: dict[str, people.Site], code: str) -> tuple[shown.Choice, ...]:
    if len(sites) < 2:
        return ()
    return tuple(shown.Choice(site.code, site.name, chosen=site.code == code) for site in sites.values())


def alike(request: HttpRequest) -> tuple[Hashable, ...]:
    """Same for all to whom the same requests wait: holders of the same functions with none in hand."""
    held = access.access_of(request)
    functions = tuple(sorted((site, held.functions(site)) for site in held.sites))
    named = shared.once(request, ("named",), decisions.people_named, of=("requests",))
    return (functions, held.user_id if held.user_id in named else None)


def nav(held: people.Access, site: str, now: datetime) -> tuple[page.NavItem, ...]:
    """Where a person may go, with the number of requests that wait."""
    waiting, first = decisions.count_waiting(held)
    urgent = first is not None and first <= now + URGENT
    items = [
        page.NavItem("home", _("Home"), reverse("web:home"), "home"),
        page.NavItem("waiting", _("Waiting for you"), reverse("web:waiting"), "waiting", waiting, urgent),
    ]
    if held.may_see(doors.ORDERS, site):
        items.append(page.NavItem("orders", _("Order desk"), reverse("web:order_desk"), "orders"))
    if held.may_see(doors.PRICE_RULES, site):
        rules = reverse("web:price_rules")
        items.append(page.NavItem("price_rules", _("Price rules"), rules, "money", on_phone=False))
    if held.may_see(doors.CASES, site):
        items.append(page.NavItem("cases", _("Exceptions"), reverse("web:cases"), "exception"))
    if held.may(doors.TERMINAL, site):
        items.append(page.NavItem("terminal", _("Terminal"), reverse("web:terminal"), "terminal"))
    items.append(
        page.NavItem("search", _("Search"), reverse("web:search"), "search", on_phone=len(items) < 5)
    )
    if held.may_see(doors.CUSTOMERS, site):
        customers = reverse("web:customers")
        items.append(page.NavItem("customers", _("Customers"), customers, "customer", on_phone=False))
    if held.may_see(doors.CONNECTORS, site):
        on_phone = len(items) < 5
        items.append(
            page.NavItem(
                "connectors", _("Connectors"), reverse("web:connectors"), "connectors", on_phone=on_phone
            )
        )
    return tuple(items)


def _missing(held: people.Access, site: str) -> tuple[page.Missing, ...]:
    """What does not work now and stops orders or postings; only for those who can do something about it."""
    if not held.may_see(TELL_MISSING, site):
        return ()
    more = shown.Link(_("See"), reverse("web:connectors")) if held.may_see(doors.CONNECTORS, site) else None
    gaps = [
        page.Missing(
            _("%(erp)s cannot be read") % {"erp": health.connector.title()}, health.text, "warn", more
        )
        for health in catalog.connector_health()
        if health.site == site and not health.healthy and health.entities
    ]
    gaps += [
        page.Missing(_("Postings to %(erp)s wait") % {"erp": health.title}, health.text, "bad", more)
        for health in outbox.health()
        if health.paused_until is not None or not health.registered
    ]
    return tuple(gaps)


def _theme(request: HttpRequest) -> Literal["auto", "light", "dark"]:
    chosen = request.COOKIES.get("theme", "")
    return cast(Literal["light", "dark"], chosen) if chosen in ("light", "dark") else "auto"
