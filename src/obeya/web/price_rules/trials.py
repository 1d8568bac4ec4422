"""From the dry run to its screen."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import dateparse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from obeya.orders.pricing import queries, wording
from obeya.web import shown
from obeya.web.decision_request.build import Viewer
from obeya.web.price_rules import page

STALE = timedelta(minutes=30)
"""A dry run that is not done by then has stopped: the longest takes about a minute."""


def state_of(trial: queries.Trial, revision: int, now: datetime) -> page.TrialState:
    """How a dry run stands beside the draft as it is now."""
    fits = trial.revision == revision
    if trial.state in ("asked", "running") and now - trial.asked_at > STALE:
        trial = dataclasses.replace(trial, state="failed", problem=_("It has stopped: run it again."))
    share = 100 * trial.tried // trial.total if trial.total else 0
    return page.TrialState(
        state=trial.state if fits or trial.state != "done" else "old",
        says=_says(trial, fits=fits),
        share=min(share, 100),
        fits=fits,
        url=reverse("web:price_trial"),
        made_at=trial.done_at,
    )


def _says(trial: queries.Trial, *, fits: bool) -> str:
    if trial.state == "asked":
        return _("It begins as soon as a worker is free.")
    if trial.state == "running":
        return _("%(n)d of %(total)d lines are judged.") % {"n": trial.tried, "total": trial.total}
    if trial.state == "failed":
        return trial.problem
    if not fits:
        return _("The draft was changed since: run it again.")
    told = trial.result or {}
    asked = ngettext(
        "%(n)d line would be asked about", "%(n)d lines would be asked about", int(told["asked"])
    ) % {"n": told["asked"]}
    other = ngettext(
        "%(n)d would get another price", "%(n)d would get another price", int(told["repriced"])
    ) % {"n": told["repriced"]}
    lines = _("of %(lines)d lines in %(orders)d orders") % {"lines": told["lines"], "orders": told["orders"]}
    return f"{asked}, {other}, {lines}."


def trial_page(site: str, viewer: Viewer) -> page.TrialPage:
    """What the last dry run of the site's draft found."""
    draft = queries.find_draft(site)
    if draft is None or draft.trial is None:
        return page.TrialPage(viewer.now, None)
    state, told = state_of(draft.trial, draft.revision, viewer.now), draft.trial.result
    if told is None:
        return page.TrialPage(viewer.now, state)
    return page.TrialPage(
        now=viewer.now,
        trial=state,
        tiles=_tiles(told),
        scope=_scope(told),
        tables=(
            _groups(_("By customer"), _("Customer"), told["customers"]),
            _groups(_("By item"), _("Item"), told["items"]),
            _lines(told),
        ),
        left_out=_left_out(told),
    )


def _scope(told: Mapping[str, Any]) -> str:
    since, until = (dateparse.parse_datetime(str(told[name])) for name in ("since", "until"))
    on = dateparse.parse_date(str(told["judged_on"]))
    assert since is not None
    assert until is not None
    assert on is not None
    words = _(
        "Orders received from %(since)s to %(until)s, with prices and costs of today, as if they had come on"
        " %(on)s. A line is judged at the price it was booked at; one that was booked at the price of the"
        " rules in force, at its new price."
    ) % {
        "since": wording.day(since.date()),
        "until": wording.day(until.date()),
        "on": wording.day(on),
    }
    left = int(told["not_looked_at"])
    if left:
        words += " " + ngettext(
            "%(n)d older order was not looked at.", "%(n)d older orders were not looked at.", left
        ) % {"n": left}
    return words


def _tiles(told: Mapping[str, Any]) -> tuple[shown.Fact, ...]:
    beside = (
        _("beside version %(n)d, which is in force") % {"n": told["base"]}
        if told["base"]
        else _("no rules are in force now")
    )
    facts = [
        shown.Fact(_("Orders looked at"), int(told["orders"]), beside),
        shown.Fact(_("Asked about, not now"), int(told["asked"]), _("lines below their floor")),
        shown.Fact(_("No longer asked about"), int(told["freed"]), _("lines")),
        shown.Fact(_("Another price"), int(told["repriced"]), _("lines")),
        shown.Fact(_("Not judged"), int(told["left_out"]), _("lines; see below why")),
    ]
    for one in told["totals"]:
        moved = shown.Money(Decimal(one["moved"]), one["currency"])
        facts.append(shown.Fact(_("Value moved"), moved, _("by other prices")))
        short = shown.Money(Decimal(one["short"]), one["currency"])
        facts.append(shown.Fact(_("Below the floor"), short, _("value that lines lack")))
    return tuple(facts)


def _groups(title: str, head: str, groups: list[dict[str, Any]]) -> shown.Table:
    rows = tuple(
        shown.TableRow(
            (
                f"{one['code']} {one['name']}".strip(),
                int(one["lines"]),
                int(one["asked"]),
                shown.Money(Decimal(one["moved"]), one["currency"]),
                shown.Money(Decimal(one["short"]), one["currency"]),
            )
        )
        for one in groups
    )
    columns = (
        shown.Column(head),
        shown.Column(_("Lines that change"), numeric=True),
        shown.Column(_("Asked about"), numeric=True),
        shown.Column(_("Value moved"), numeric=True),
        shown.Column(_("Below the floor"), numeric=True),
    )
    return shown.Table(title, columns, rows, _("Nothing changes."))


def _lines(told: Mapping[str, Any]) -> shown.Table:
    columns = (
        shown.Column(_("Order")),
        shown.Column(_("Item")),
        shown.Column(_("Quantity"), numeric=True),
        shown.Column(_("Booked at"), numeric=True),
        shown.Column(_("Price"), numeric=True),
        shown.Column(_("Floor"), numeric=True),
        shown.Column(_("Value moved"), numeric=True),
        shown.Column(_("Rows")),
    )
    rows = tuple(_line(one) for one in told["biggest"])
    return shown.Table(_("The biggest differences first"), columns, rows, _("No line changes."))


def _line(one: Mapping[str, Any]) -> shown.TableRow:
    badge = None
    if one["asked"]:
        badge = shown.Badge(_("asked about"), "warn")
    elif one["freed"]:
        badge = shown.Badge(_("no longer asked about"), "good")
    order = (
        shown.Link(one["order"], reverse("web:order", args=[one["order_id"]]))
        if one["order_id"]
        else one["order"]
    )
    return shown.TableRow(
        (
            order,
            f"{one['item']} {one['item_name']}, {one['customer_name']}",
            shown.Quantity(Decimal(one["quantity"]), one["uom"]),
            one["booked"],
            _from_to(one["price_before"], one["price_after"]),
            _from_to(one["floor_before"], one["floor_after"]),
            shown.Money(Decimal(one["moved"]), one["currency"]),
            ", ".join(map(str, one["rows"])),
        ),
        badge,
    )


def _from_to(before: str, after: str) -> str:
    none = _("none")
    return after or none if before == after else f"{before or none} → {after or none}"


def _left_out(told: Mapping[str, Any]) -> shown.Table | None:
    if not told["reasons"]:
        return None
    rows = tuple(shown.TableRow((why, int(count), example)) for why, count, example in told["reasons"])
    columns = (
        shown.Column(_("Why")),
        shown.Column(_("Lines"), numeric=True),
        shown.Column(_("For example")),
    )
    return shown.Table(_("Lines that could not be judged"), columns, rows)
