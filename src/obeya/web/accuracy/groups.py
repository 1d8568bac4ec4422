"""From what was found in each channel and script to the page: what is booked unasked there, and why."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from obeya.orders import threshold_queries
from obeya.web import shown
from obeya.web.accuracy import page


def to_page(found: Iterable[threshold_queries.Group]) -> tuple[page.Group, ...]:
    """The groups as rows."""
    return tuple(_row(group) for group in found)


def _row(group: threshold_queries.Group) -> page.Group:
    return page.Group(
        label=f"{group.orders[:1].upper()}{group.orders[1:]}",
        by_itself=group.by_itself,
        held=group.held,
        compared=_compared(group),
        certified=_certified(group),
        threshold=_threshold(group),
        audited=_("%(share)s %% audited") % {"share": f"{(group.audit_share * 100).normalize():f}"},
        why=_why(group),
        since=group.since if group.level else None,
        tone=_tone(group),
    )


def _tone(group: threshold_queries.Group) -> shown.Tone:
    if group.score is None:
        return "bad"
    return "warn" if group.level else "good" if group.proven else "plain"


def _compared(group: threshold_queries.Group) -> str:
    if not group.looked:
        return _("none yet")
    told = {"wrong": group.wrong, "n": group.looked, "blind": group.blind}
    return _("%(wrong)d of %(n)d wrong, %(blind)d audited blind") % told


def _certified(group: threshold_queries.Group) -> str:
    """The bound in words, and whose it is; never one that was not reached."""
    if group.score is None:
        return _("a person looks at every order")
    if group.at_most is None:
        return _("nothing yet")
    told = {"most": f"{group.at_most * 100:.1f}"}
    if group.pooled:
        return _("at most %(most)s %% wrong over all orders together; too few of these") % told
    return _("at most %(most)s %% wrong") % told


def _threshold(group: threshold_queries.Group) -> str:
    if group.score is None:
        return _("a person confirms all")
    told = {"name": _(group.level_name), "score": f"{group.score:.2f}"}
    return _("%(name)s: from %(score)s on") % told


def _why(group: threshold_queries.Group) -> str:
    if not group.level:
        return ""
    if group.borrowed:
        return _("As all orders here: %(why)s") % {"why": group.why}
    return f"{group.why[:1].upper()}{group.why[1:]}"
