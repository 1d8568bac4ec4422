"""From the price rules to their screens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from obeya.orders.pricing import checking, differing, queries, table, typed, wording
from obeya.people import queries as people
from obeya.web import shown
from obeya.web.decision_request.build import Viewer
from obeya.web.price_rules import page, trials

MOST_SHOWN = 200
"""Rows of the list that are shown at once; a search finds the others."""
MOST_CHANGES = 30


def rules_page(
    site: str,
    viewer: Viewer,
    *,
    query: str = "",
    chosen: int | None = None,
    typed_: shown.Typed | None = None,
) -> page.RulesPage:
    """The draft where somebody writes one, else what is in force."""
    draft = queries.find_draft(site)
    current = queries.find_current(site)
    rows = draft.rows if draft else current.rows if current else ()
    names = queries.names_for(site, rows)
    troubles = _troubles(site, rows, viewer.now) if draft else {}
    found = _rows(rows, names, troubles, query=query, chosen=chosen, editable=draft is not None)
    versions = queries.list_versions(site)
    return page.RulesPage(
        now=viewer.now,
        rows=found[:MOST_SHOWN],
        count=len(rows),
        hidden=max(0, len(found) - MOST_SHOWN),
        query=query,
        draft=_draft(site, draft, current, troubles, viewer) if draft else None,
        versions=tuple(_version(one, _people(versions)) for one in versions),
        may_write=queries.may_write(site, viewer.access),
        typed=typed_ or shown.Typed(),
    )


def _troubles(site: str, rows: Sequence[table.Row], now: datetime) -> dict[int, list[checking.Problem]]:
    found: dict[int, list[checking.Problem]] = {}
    for problem in queries.problems_of(site, rows, now):
        found.setdefault(problem.place, []).append(problem)
    return found


def _rows(
    rows: Sequence[table.Row],
    names: wording.Names,
    troubles: Mapping[int, list[checking.Problem]],
    *,
    query: str,
    chosen: int | None,
    editable: bool,
) -> tuple[page.RuleRow, ...]:
    kept = f"?{urlencode({'words': query})}" if query else ""
    wanted = query.casefold().split()
    found = []
    for place, row in enumerate(rows, 1):
        sentence = wording.sentence(row, names)
        said = f"{place} {sentence} {row.note} {' '.join(row.key)}".casefold()
        if all(word in said for word in wanted):
            url = reverse("web:price_row", args=[row.id]) + kept if editable else ""
            told = trouble_of(troubles.get(place, ()))
            found.append(page.RuleRow(row.id, place, sentence, row.note, url, told, row.id == chosen))
    return tuple(found)


def trouble_of(problems: Iterable[checking.Problem]) -> tuple[page.Trouble, ...]:
    """Problems as the screen shows them."""
    return tuple(page.Trouble(problem.text, problem.grade != "look") for problem in problems)


def _draft(
    site: str,
    draft: queries.Draft,
    current: queries.Version | None,
    troubles: Mapping[int, list[checking.Problem]],
    viewer: Viewer,
) -> page.DraftState:
    problems = [problem for told in troubles.values() for problem in told]
    stops = sum(problem.grade != "look" for problem in problems)
    difference = queries.difference(current.rows if current else (), draft.rows)
    changes, more = changes_of(difference, _names_of(site, difference))
    return page.DraftState(
        revision=draft.revision,
        saved_at=draft.saved_at,
        saved_by=people.get_user(draft.saved_by).display_name,
        stops=stops,
        looks=len(problems) - stops,
        trial=trials.state_of(draft.trial, draft.revision, viewer.now) if draft.trial else None,
        judged_on=_judged_on(site, draft, viewer.now),
        changes=changes,
        more_changes=more,
        waits_for=_waits_for(site, draft, stops, viewer),
    )


def _judged_on(site: str, draft: queries.Draft, now: datetime) -> date:
    """Today, or the day from which all rows of the draft hold where that comes later."""
    today = now.astimezone(people.get_site(site).tz).date()
    return max([today, *(row.valid_from for row in draft.rows if row.valid_from)])


def _waits_for(site: str, draft: queries.Draft, stops: int, viewer: Viewer) -> str:
    if stops:
        return ngettext(
            "%(n)d row has to be put right first.", "%(n)d rows have to be put right first.", stops
        ) % {"n": stops}
    if not draft.is_tried:
        return _("Make the dry run of the draft as it is now first.")
    alone = not queries.needs_another(site, draft.saved_by)
    if draft.saved_by == viewer.access.user_id and not alone:
        return _("You saved it last: somebody else in Commercial looks at it and puts it in force.")
    return ""


def _names_of(site: str, difference: differing.Difference) -> wording.Names:
    rows = [row for change in difference.changes for row in (change.before, change.after) if row]
    return queries.names_for(site, rows)


def changes_of(difference: differing.Difference, names: wording.Names) -> tuple[tuple[str, ...], int]:
    """The first changes in sentences, and how many more there are."""
    told = [_change(change, names) for change in difference.changes[:MOST_CHANGES]]
    if difference.moved:
        told.append(_("Rows stand in another order."))
    return tuple(told), max(0, len(difference.changes) - MOST_CHANGES)


def _change(change: differing.Change, names: wording.Names) -> str:
    before = wording.sentence(change.before, names) if change.before else ""
    after = wording.sentence(change.after, names) if change.after else ""
    if not before:
        return _("New, row %(place)d: %(rule)s") % {"place": change.place, "rule": after}
    if not after:
        return _("Gone: %(rule)s") % {"rule": before}
    if before == after:
        return _("Row %(place)d: another note") % {"place": change.place}
    told = {"place": change.place, "before": before, "after": after}
    return _("Row %(place)d: was “%(before)s”, is “%(after)s”") % told


def _people(versions: Iterable[queries.Version]) -> dict[int, people.Person]:
    return people.get_users({user for one in versions for user in (one.saved_by, one.in_force_by)})


def _version(version: queries.Version, known: Mapping[int, people.Person]) -> page.VersionRow:
    return page.VersionRow(
        number=version.number,
        url=reverse("web:price_version", args=[version.number]),
        at=version.in_force_at,
        who=known[version.in_force_by].display_name,
        why=version.why,
        count=version.count,
        in_force=version.state == "in_force",
    )


def version_page(site: str, number: int, viewer: Viewer) -> page.VersionPage:
    """One version and what it changed against the one before. Raises queries.NoSuchVersion."""
    version = queries.get_version(site, number)
    before = queries.get_version(site, number - 1).rows if number > 1 else ()
    difference = queries.difference(before, version.rows)
    names = queries.names_for(site, [*before, *version.rows])
    changes, more = changes_of(difference, names)
    known = _people([version])
    return page.VersionPage(
        now=viewer.now,
        version=_version(version, known),
        saved_by=known[version.saved_by].display_name,
        ended_at=version.ended_at,
        rows=_rows(version.rows, names, {}, query="", chosen=None, editable=False),
        changes=changes,
        more_changes=more,
    )


def row_form(
    site: str, draft: queries.Draft, row_id: int, viewer: Viewer, *, typed_: shown.Typed | None = None
) -> page.RowForm | None:
    """The form of a row of the draft, of a new one where `row_id` is 0; None where there is no such row."""
    found = draft.find_row(row_id) if row_id else (len(draft.rows) + 1, table.Row())
    if found is None:
        return None
    place, row = found
    rows = [row] if row_id else []
    facts = queries.facts_for(site, rows, viewer.now)
    names = queries.names_of(facts)
    values = shown.Typed(typed.texts_of(row)) if typed_ is None else typed_
    if not row_id and typed_ is None:
        values = shown.Typed({**values.values, "currency": facts.currency})
    item = facts.items.get(row.item)
    known = item.units if item else facts.categories[""].units
    troubles = [one for one in queries.problems_of(site, draft.rows, viewer.now) if one.place == place]
    return page.RowForm(
        id=row_id,
        place=place,
        of=len(draft.rows),
        revision=draft.revision,
        sentence=wording.sentence(row, names) if row_id else "",
        typed=values,
        customer_name=names.customers.get(row.customer, ""),
        item_name=names.items.get(row.item, ""),
        groups=tuple(sorted(facts.groups)),
        categories=tuple(sorted(name for name in facts.categories if name)),
        units=tuple(sorted(known)),
        currencies=tuple(sorted(facts.currencies | {facts.currency})),
        troubles=trouble_of(troubles) if row_id else (),
    )
