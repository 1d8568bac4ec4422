"""Home by function: what waits for you, what is live now, what just happened."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from obeya.cases import queries as cases
from obeya.decisions import queries as decisions
from obeya.floor import queries as floor
from obeya.orders import figures
from obeya.orders import queries as orders
from obeya.people import queries as people
from obeya.web import context, doors, saying, shown
from obeya.web.connectors import build as connectors
from obeya.web.decision_request.build import Viewer
from obeya.web.home import page
from obeya.web.order_desk import build as order_desk
from obeya.web.waiting import build as waiting

FEW = 6
SOON = timedelta(minutes=10)
TOPICS = "orders requests cases holds"


def home_page(viewer: Viewer, site: people.Site, person: people.Person) -> page.HomePage:
    """What one person sees first at one site."""
    load = decisions.load_of(viewer.access, now=viewer.now, soon=viewer.now + SOON)
    held = viewer.access.functions(site.code)
    sees_orders = viewer.access.may_see(doors.ORDERS, site.code)
    sees_cases = viewer.access.may_see(doors.CASES, site.code)
    tiles: list[page.Tile] = []
    panels: list[page.LivePanel] = []
    topics = TOPICS
    if sees_orders:
        tiles += _order_tiles(site, viewer.now)
        panels.append(_orders(site.code))
    if sees_cases:
        tiles += _case_tiles(cases.count_open([site.code]), load)
        panels.append(_cases(cases.list_cases(sites=[site.code], open_only=True, limit=FEW)))
    if viewer.access.may_see(doors.TERMINAL, site.code):
        panels.append(_holds(site.code, may_place=viewer.access.may(doors.TERMINAL, site.code)))
    if viewer.access.may_see(doors.CONNECTORS, site.code):
        panels.append(_connectors(site.code, viewer.now))
        topics += " connectors signals"
    return page.HomePage(
        now=viewer.now,
        greeting=_("Good day, %(name)s") % {"name": person.display_name.split()[0]},
        function_name=saying.function_names(context.ranked(held)),
        requests=waiting.rows(decisions.list_waiting_briefly(viewer.access, limit=FEW), viewer),
        waiting_total=load.all,
        tiles=tuple(tiles),
        panels=tuple(panels),
        topics=topics,
    )


def _order_tiles(site: people.Site, now: datetime) -> list[page.Tile]:
    counted = order_desk.counts(site, now)
    url = reverse("web:order_desk")
    share = 100 * counted.booked_unseen // counted.orders if counted.orders else None
    tiles = [
        page.Tile(_("Orders today"), counted.received, _("messages received"), url=url),
        page.Tile(
            _("Orders that wait"),
            counted.waiting,
            _("something is doubtful"),
            "warn" if counted.waiting else "plain",
            f"{url}?show=waiting",
        ),
    ]
    if share is not None:
        audited = order_desk.wrong_words(figures.audited(site.code, now=now))
        words = _("of %(n)d orders today; wrong by audit: %(audited)s (%(weeks)d weeks)") % {
            "n": counted.orders,
            "audited": audited,
            "weeks": figures.AUDIT_WEEKS,
        }
        value = shown.Quantity(order_desk.whole(share), "%")
        tiles.append(page.Tile(_("Booked by itself"), value, words, "good", reverse("web:accuracy")))
    return tiles


def _case_tiles(running: int, load: decisions.Load) -> list[page.Tile]:
    overdue, soon = load.overdue, load.soon
    tiles = [page.Tile(_("Open exceptions"), running, _("at this site"), url=reverse("web:cases"))]
    if load.all:
        tone: shown.Tone = "bad" if overdue else "warn" if soon else "plain"
        label = _("Overdue") if overdue else _("Due soon")
        words = _("nobody has answered in time") if overdue else _("within 10 minutes")
        tiles.append(page.Tile(label, overdue or soon, words, tone, reverse("web:waiting")))
    return tiles


def _orders(site: str) -> page.LivePanel:
    rows = tuple(
        page.LiveRow(
            key=f"order-{row.id}",
            title=row.customer_name,
            text=row.text,
            url=reverse("web:order", args=[row.id]),
            icon=order_desk.channel_icon(row.channel),
            at=row.received_at,
            badge=order_desk.state_badge(row.state, unposted=row.unposted),
        )
        for row in orders.list_orders(sites=[site], limit=FEW)
    )
    more = shown.Link(_("All orders"), reverse("web:order_desk"))
    return page.LivePanel(
        _("Orders"), rows, _("No message has come in yet. Orders appear here by themselves."), more
    )


def _cases(running: list[cases.Brief]) -> page.LivePanel:
    rows = tuple(
        page.LiveRow(
            key=f"case-{case.id}",
            title=case.title,
            text=_waits_for(case),
            url=reverse("web:case", args=[case.id]),
            icon=saying.case_kind(case.kind).icon,
            at=case.opened_at,
            badge=saying.case_state(case.state),
        )
        for case in running
    )
    more = shown.Link(_("All exceptions"), reverse("web:cases"))
    return page.LivePanel(_("Exceptions"), rows, _("No exception is open."), more)


def _waits_for(case: cases.Brief) -> str:
    waits = [waiting.function for waiting in case.waits]
    return _("waits for %(names)s") % {"names": saying.function_names(waits)} if waits else case.outcome_text


def _holds(site: str, *, may_place: bool) -> page.LivePanel:
    words = {"placed": (_("Being decided"), "warn"), "hold": (_("Stays on hold"), "hold")}
    words |= {"released": (_("Released"), "good"), "scrapped": (_("Scrapped"), "bad")}
    rows = tuple(
        page.LiveRow(
            key=f"hold-{hold.id}",
            title=_("Lot %(lot)s") % {"lot": hold.lot},
            text=f"{hold.item} · {_(floor.reason_text(hold.reason))}",
            url=reverse("web:case", args=[hold.case_id]) if hold.case_id else reverse("web:cases"),
            icon="hold",
            at=hold.placed_at,
            badge=shown.Badge(*words[hold.state]) if hold.state in words else None,  # type: ignore[arg-type]  # tones above
        )
        for hold in floor.list_holds(sites=[site], limit=FEW)
    )
    more = shown.Link(_("Place a hold"), reverse("web:terminal")) if may_place else None
    return page.LivePanel(_("Quality holds"), rows, _("No lot has been put on hold."), more)


def _connectors(site: str, now: datetime) -> page.LivePanel:
    found = connectors.connectors_page(site, now, may_act=False)
    rows = tuple(
        page.LiveRow(
            key=f"connector-{connector.id}",
            title=connector.name,
            text=connector.words,
            url=f"{reverse('web:connectors')}#connector-{connector.id}",
            icon=connector.icon,
            at=connector.checked_at or now,
            badge=connector.badge,
        )
        for connector in found.connectors
    )
    more = shown.Link(_("All connectors"), reverse("web:connectors"))
    return page.LivePanel(_("Connectors"), rows, _("No connector is set up yet."), more)
