"""The writers of price rules: a draft is written, tried out, and put in force by a second person."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence

from django.db import connection, transaction
from django.db.models import Max

from obeya.journal import actions as journal
from obeya.journal.events import Origin
from obeya.lib import canonical, clock, live
from obeya.orders.pricing import checking as checks
from obeya.orders.pricing import differing, events, facts, models, queries, table, typed, wording
from obeya.people import queries as people

MOST_CHANGES = 200
"""Changes that one event tells."""
MOST_WHY = 1_000
Rows = tuple[table.Row, ...]


class CannotChangePriceRules(Exception):
    """The price rules cannot be changed like this; the text says why, for the person at the screen."""


class NotAGoodRow(CannotChangePriceRules):
    """The row cannot be saved; `faults` says what is wrong with which field."""

    def __init__(self, faults: Sequence[typed.Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(" ".join(fault.text for fault in self.faults))


def begin_draft(*, site: str, access: people.Access, origin: Origin) -> None:
    """Begin to write new rules, with those in force to start from; a draft that stands already goes on.

    Raises CannotChangePriceRules.
    """
    del origin  # nothing is said until something is saved
    user = _require_keeper(site, access)
    with transaction.atomic():
        _lock(site)
        if models.PriceTableRow.objects.filter(site=site, state="draft").exists():
            return
        base = models.PriceTableRow.objects.filter(site=site, state="in_force").first()
        place = people.get_site(site)
        latest = models.PriceTableRow.objects.filter(site=site).aggregate(most=Max("next_row"))["most"]
        models.PriceTableRow.objects.create(
            site_id=site,
            rows=base.rows if base else [],
            next_row=latest or 1,
            currency=place.currency,
            timezone=place.timezone,
            begun_at=clock.now(),
            saved_at=clock.now(),
            saved_by_id=user,
        )
        live.publish(f"orders::{site}")


def save_row(
    *,
    site: str,
    revision: int,
    values: Mapping[str, str],
    row_id: int | None,
    place: int | None,
    access: people.Access,
    origin: Origin,
) -> int:
    """Save one row of the draft: a new one where `row_id` is None. Returns its id.

    `place` (from 1) is where it shall stand; None leaves it, a new one goes to the end. A customer or an
    item may be given by its name where only one has it. Raises NotAGoodRow, CannotChangePriceRules.
    """
    with transaction.atomic():
        draft = locked_draft(site, revision, access)
        before = queries.rows_of(draft.rows)
        known = row_id is not None and any(row.id == row_id for row in before)
        if row_id is not None and not known:
            raise CannotChangePriceRules("Somebody deleted this row meanwhile.")
        if row_id is None and len(before) >= table.MOST_ROWS:
            raise CannotChangePriceRules(f"A table has at most {table.MOST_ROWS:,} rows.")
        key = draft.next_row if row_id is None else row_id
        row = _good_row(site, values, key)
        rows = [row if one.id == key else one for one in before]
        if row_id is None:
            rows.append(row)
            draft.next_row += 1
        _save(draft, before, _moved(rows, key, place), access, origin)
    return key


def _good_row(site: str, values: Mapping[str, str], row_id: int) -> table.Row:
    try:
        row = typed.row_of(facts.with_codes(site, values), row_id=row_id)
    except typed.NotARow as error:
        raise NotAGoodRow(error.faults) from error
    told = facts.facts_for(site, [row], clock.now())
    wrong = [one for one in checks.row_problems(1, row, told) if one.grade == "wrong"]
    if wrong:
        raise NotAGoodRow([typed.Fault(one.field, one.text) for one in wrong])
    return row


def _moved(rows: Sequence[table.Row], row_id: int, place: int | None) -> Rows:
    if place is None:
        return tuple(rows)
    mine = [row for row in rows if row.id == row_id]
    others = [row for row in rows if row.id != row_id]
    at = min(max(place - 1, 0), len(others))
    return (*others[:at], *mine, *others[at:])


def move_row(
    *, site: str, revision: int, row_id: int, by: int, access: people.Access, origin: Origin
) -> None:
    """Move a row up (`by` negative) or down. Raises CannotChangePriceRules."""

    def change(rows: Rows, place: int) -> Rows:
        return _moved(rows, row_id, min(max(place + by, 1), len(rows)))

    _change_row(site, revision, row_id, change, access, origin)


def delete_row(*, site: str, revision: int, row_id: int, access: people.Access, origin: Origin) -> None:
    """Take a row out of the draft. Raises CannotChangePriceRules."""

    def change(rows: Rows, place: int) -> Rows:
        return (*rows[: place - 1], *rows[place:])

    _change_row(site, revision, row_id, change, access, origin)


def _change_row(
    site: str,
    revision: int,
    row_id: int,
    change: Callable[[Rows, int], Rows],
    access: people.Access,
    origin: Origin,
) -> None:
    with transaction.atomic():
        draft = locked_draft(site, revision, access)
        before = queries.rows_of(draft.rows)
        place = next((place for place, row in enumerate(before, 1) if row.id == row_id), None)
        if place is None:
            raise CannotChangePriceRules("Somebody deleted this row meanwhile.")
        _save(draft, before, change(before, place), access, origin)


def duplicate_row(*, site: str, revision: int, row_id: int, access: people.Access, origin: Origin) -> int:
    """Put a copy of a row right below it, to be changed then. Returns its id.

    Raises CannotChangePriceRules.
    """
    with transaction.atomic():
        draft = locked_draft(site, revision, access)
        before = queries.rows_of(draft.rows)
        if len(before) >= table.MOST_ROWS:
            raise CannotChangePriceRules(f"A table has at most {table.MOST_ROWS:,} rows.")
        place = next((place for place, row in enumerate(before, 1) if row.id == row_id), None)
        if place is None:
            raise CannotChangePriceRules("Somebody deleted this row meanwhile.")
        copy = dataclasses.replace(before[place - 1], id=draft.next_row)
        draft.next_row += 1
        _save(draft, before, (*before[:place], copy, *before[place:]), access, origin)
    return copy.id


def replace_rows(*, site: str, revision: int, text: str, access: people.Access, origin: Origin) -> int:
    """Let the draft be what a file (CSV) says. Returns how many rows it has then.

    Nothing is taken where one row is wrong. Raises CannotChangePriceRules with the lines that are.
    """
    with transaction.atomic():
        draft = locked_draft(site, revision, access)
        before = queries.rows_of(draft.rows)
        try:
            told = typed.from_csv(text)
        except typed.NotAFile as error:
            raise CannotChangePriceRules(str(error)) from error
        rows, draft.next_row = differing.with_known_ids(told, before, draft.next_row)
        _require_good(site, rows)
        _save(draft, before, rows, access, origin)
    return len(rows)


def _require_good(site: str, rows: Rows) -> None:
    known = facts.facts_for(site, rows, clock.now())
    wrong = [
        f"row {place}: {problem.text}"
        for place, row in enumerate(rows, 1)
        for problem in checks.row_problems(place, row, known)
        if problem.grade == "wrong"
    ]
    if wrong:
        more = f" And {len(wrong) - typed.MOST_TOLD} more." if len(wrong) > typed.MOST_TOLD else ""
        raise CannotChangePriceRules(f"Nothing was taken. {' '.join(wrong[: typed.MOST_TOLD])}{more}")


def drop_draft(*, site: str, revision: int, access: people.Access, origin: Origin) -> None:
    """Throw the draft away; the rules in force stay. Raises CannotChangePriceRules."""
    with transaction.atomic():
        draft = locked_draft(site, revision, access)
        told = events.PriceRulesDropped(draft.revision, len(draft.rows))
        draft.delete()
        _tell(site, told, origin)


def put_in_force(*, site: str, revision: int, why: str, access: people.Access, origin: Origin) -> int:
    """The draft holds from now on, for orders received from now on. Returns its number.

    It must have been tried out as it is, nothing in it may be wrong, and whoever saved it last needs
    somebody else for this where the site has one. Raises CannotChangePriceRules.
    """
    with transaction.atomic():
        draft = locked_draft(site, revision, access)
        alone = _require_second(draft, access)
        rows = queries.rows_of(draft.rows)
        _require_ready(draft, rows)
        told_why = why.strip()[:MOST_WHY]
        if len(told_why) < 3:
            raise CannotChangePriceRules("Say why, so that the next one who looks knows.")
        before = models.PriceTableRow.objects.filter(site=site, state="in_force").first()
        now = clock.now()
        if before is not None:
            before.state, before.ended_at = "ended", now
            before.save(update_fields=["state", "ended_at"])
        numbers = models.PriceTableRow.objects.filter(site=site).aggregate(most=Max("number"))
        draft.number, draft.state = (numbers["most"] or 0) + 1, "in_force"
        draft.in_force_at, draft.in_force_by_id, draft.why = now, access.user_id, told_why
        draft.save()
        _tell(site, _in_force(draft, before, rows, alone=alone), origin)
    return draft.number


def _require_second(draft: models.PriceTableRow, access: people.Access) -> bool:
    """True where the saver stands alone. Raises CannotChangePriceRules where somebody else must do it."""
    if draft.saved_by_id != access.user_id:
        return False
    if queries.needs_another(draft.site_id, draft.saved_by_id):
        raise CannotChangePriceRules(
            "You saved this draft last, so somebody else in Commercial must look at it and put it in force."
        )
    return True


def _require_ready(draft: models.PriceTableRow, rows: Rows) -> None:
    trial = models.PriceTrialRow.objects.filter(draft=draft).first()
    if trial is None or trial.revision != draft.revision or trial.state != "done":
        raise CannotChangePriceRules("Make the dry run of the draft as it is now, and look at it first.")
    told = queries.problems_of(draft.site_id, rows, clock.now())
    stops = [problem for problem in told if problem.grade in ("wrong", "stop")]
    if stops:
        first = stops[0]
        raise CannotChangePriceRules(f"Row {first.place}: {first.text}")


def _in_force(
    draft: models.PriceTableRow, before: models.PriceTableRow | None, rows: Rows, *, alone: bool
) -> events.PriceRulesPutInForce:
    difference = differing.between(queries.rows_of(before.rows) if before else (), rows)
    return events.PriceRulesPutInForce(
        number=draft.number or 0,
        before=(before.number or 0) if before else 0,
        rows=len(rows),
        digest=canonical.digest(draft.rows),
        saved_by=people.get_user(draft.saved_by_id).actor,
        alone=alone,
        why=draft.why,
        changed=len(difference.changes),
        moved=difference.moved,
        changes=_changes(difference),
    )


def _save(
    draft: models.PriceTableRow,
    before: Rows,
    rows: Sequence[table.Row],
    access: people.Access,
    origin: Origin,
) -> None:
    """Keep the rows and tell what changed; nothing happens where nothing did."""
    difference = differing.between(before, rows)
    if not difference:
        return
    draft.rows, draft.revision = [typed.kept(row) for row in rows], draft.revision + 1
    draft.saved_at = clock.now()
    draft.saved_by_id = _require_keeper(draft.site_id, access)
    draft.save()
    told = events.PriceRulesSaved(
        draft.revision, len(rows), len(difference.changes), difference.moved, _changes(difference)
    )
    _tell(draft.site_id, told, origin)


def _changes(difference: differing.Difference) -> tuple[events.RowChange, ...]:
    return tuple(
        events.RowChange(
            change.place,
            wording.sentence(change.before) if change.before else "",
            wording.sentence(change.after) if change.after else "",
        )
        for change in difference.changes[:MOST_CHANGES]
    )


def _require_keeper(site: str, access: people.Access) -> int:
    if not queries.may_write(site, access) or access.user_id is None:
        raise CannotChangePriceRules("Only Commercial of this site writes price rules.")
    return access.user_id


def locked_draft(site: str, revision: int, access: people.Access) -> models.PriceTableRow:
    """The draft as whoever changes it saw it, locked. Raises CannotChangePriceRules."""
    _require_keeper(site, access)
    _lock(site)
    row = models.PriceTableRow.objects.select_for_update().filter(site=site, state="draft").first()
    if row is None:
        raise CannotChangePriceRules("There is no draft any more.")
    if row.revision != revision:
        raise CannotChangePriceRules("Somebody else changed the draft meanwhile. Look again, then change it.")
    return row


def _lock(site: str) -> None:
    """One writer of a site's rules at a time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('orders.price_rules:' || %s, 0))", [site]
        )


def _tell(site: str, payload: object, origin: Origin) -> None:
    draft = journal.Draft(payload=payload, site=site, subject=f"price_rules:{site}", origin=origin)
    journal.append(draft)
    live.publish(f"orders::{site}")
