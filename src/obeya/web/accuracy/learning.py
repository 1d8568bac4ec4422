"""From the nightly checks of what was learned to their part of the page."""

from __future__ import annotations

from django.utils.translation import gettext as _

from obeya.orders import audits, learning_queries, threshold_words
from obeya.people import queries as people
from obeya.web import shown
from obeya.web.accuracy import page
from obeya.web.decision_request.build import Viewer

SHOWN = 5


def to_page(site: str, viewer: Viewer) -> page.Learning:
    """The latest checks, and whose constants are in use."""
    found = learning_queries.list_checks(site, limit=SHOWN)
    in_use = learning_queries.find_in_use(site)
    return page.Learning(
        in_use=_in_use(in_use, site),
        checks=tuple(_check(check) for check in found),
        may_go_back=in_use is not None and viewer.access.may(audits.SETTERS, site),
    )


def _in_use(check: learning_queries.Check | None, site: str) -> str:
    if check is None:
        return _("How sure Obeya is of a reading is told by the figures that every plant starts with.")
    on = threshold_words.on(check.at, people.get_site(site).tz)
    return _("How sure Obeya is of a reading is told by figures learned here on %(day)s.") % {"day": on}


def _check(check: learning_queries.Check) -> page.Check:
    told = {"older": check.fitted_on, "newer": check.replayed}
    compared = _("learned from %(older)d older messages, compared on %(newer)d newer ones") % told
    if check.left_out:
        compared += _("; %(n)d left out for lack of time") % {"n": check.left_out}
    return page.Check(
        at=check.at,
        verdict=_verdict(check),
        why=check.why,
        compared=compared,
        words=check.words,
        groups=tuple(_group(group) for group in check.groups),
    )


def _verdict(check: learning_queries.Check) -> shown.Badge:
    if check.rolled_back_at is not None:
        return shown.Badge(_("Taken back"), "warn", "back")
    if check.code == "promoted":
        return shown.Badge(_("In use") if check.in_use else _("Promoted, replaced since"), "good", "check")
    if check.code == "too_little":
        return shown.Badge(_("Too little to learn from"), "plain")
    return shown.Badge(_("Not promoted"), "plain")


def _group(group: learning_queries.Group) -> str:
    told = {
        "name": group.name[:1].upper() + group.name[1:],
        "n": group.cases,
        "auto": group.champion[0],
        "wrong": group.champion[1],
        "new_auto": group.challenger[0],
        "new_wrong": group.challenger[1],
    }
    return (
        _(
            "%(name)s, %(n)d messages: %(auto)d by itself, %(wrong)d wrong;"
            " newly learned %(new_auto)d, %(new_wrong)d wrong"
        )
        % told
    )
