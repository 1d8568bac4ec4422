"""From the figures of the desk to their page."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_FLOOR, Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from obeya.orders import audits, figures, threshold_queries
from obeya.web import shown
from obeya.web.accuracy import groups, learning, page
from obeya.web.decision_request.build import Viewer
from obeya.web.order_desk import states

PERIODS = (4, figures.AUDIT_WEEKS, 52)


def accuracy_page(
    site: str, viewer: Viewer, weeks: int, *, typed: shown.Typed | None = None
) -> page.AccuracyPage:
    """The figures of the last `weeks` weeks, one of `PERIODS`."""
    told = figures.accuracy(site, now=viewer.now, weeks=weeks)
    return page.AccuracyPage(
        now=viewer.now,
        periods=tuple(
            shown.Tab(_("%(n)d weeks") % {"n": n}, f"{reverse('web:accuracy')}?weeks={n}", None, n == weeks)
            for n in PERIODS
        ),
        tiles=_tiles(told.total),
        parts=(
            page.Part(_("By week"), _("Week of"), _rows(told.weeks)),
            page.Part(_("By channel"), _("Channel"), _rows(told.channels)),
            page.Part(_("By customer"), _("Customer"), _rows(told.customers)),
        ),
        groups=groups.to_page(threshold_queries.list_groups(site, now=viewer.now, since=told.since)),
        learning=learning.to_page(site, viewer),
        share=f"{(told.audit_share * 100).normalize():f}",
        may_set=viewer.access.may(audits.SETTERS, site),
        typed=typed or shown.Typed(),
    )


def percent(share: Decimal | None) -> int:
    """A share in whole percent, never rounded up: what did not go through is not counted as if it had."""
    return int((share * 100).to_integral_value(ROUND_FLOOR)) if share is not None else 0


def wrong_of(told: figures.Figures) -> str:
    """What audits found, in words."""
    if not told.audited:
        return _("none audited yet")
    return _("%(wrong)d of %(n)d audited") % {"wrong": told.wrong, "n": told.audited}


def _tiles(told: figures.Figures) -> tuple[page.Tile, ...]:
    orders = ngettext("of %(n)d order received", "of %(n)d orders received", told.received)
    share = told.straight_through
    return (
        page.Tile(
            _("Straight through"),
            shown.Quantity(Decimal(percent(share)), "%") if share is not None else _("no order yet"),
            orders % {"n": told.received},
        ),
        page.Tile(
            _("Wrong found by audit"),
            wrong_of(told),
            _bound(told),
            "bad" if told.wrong else "good" if told.audited else "plain",
        ),
        page.Tile(_("By a person"), told.by_person, _("booked after somebody looked")),
        page.Tile(_("Waiting or refused"), told.waiting + told.refused, _("received, not booked")),
    )


def _bound(told: figures.Figures) -> str:
    if not told.audited:
        waiting = ngettext("%(n)d audit waits", "%(n)d audits wait", told.asked) % {"n": told.asked}
        return waiting if told.asked else _("so nothing is known of it yet")
    most = f"{told.wrong_at_most * 100:.1f}"
    return _("so at most %(most)s %% are wrong, 95 %% sure") % {"most": most}


def _rows(groups: Iterable[figures.Group]) -> tuple[page.Row, ...]:
    return tuple(_row(group) for group in groups)


def _row(group: figures.Group) -> page.Row:
    told = group.figures
    return page.Row(
        label=group.name or (states.channel_name(group.code) if group.code else ""),
        week_of=group.week,
        received=told.received,
        by_itself=told.by_itself,
        share=percent(told.straight_through),
        by_person=told.by_person,
        refused=told.refused,
        waiting=told.waiting,
        audited=_("%(wrong)d of %(n)d") % {"wrong": told.wrong, "n": told.audited} if told.audited else "–",
        tone="bad" if told.wrong else "plain",
    )
