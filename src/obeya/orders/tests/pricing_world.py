"""Price rules in the small plant: a draft, its dry run, and rules that hold, in one word each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.worlds import desk, small

from obeya.journal import queries as journal
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.orders import models, tasks
from obeya.orders.pricing import actions as writing
from obeya.orders.pricing import queries, trying
from obeya.people import actions as people
from obeya.people.queries import Function

ORIGIN = Origin.fresh(source="web", actor="user:nikhil")
TODAY = small.START.date()
OVER_COST = {"category": "Caps", "floor_over_cost_pct": "60"}
"""60 % over the cost of 0.34 is 0.544 a cap, 2,720 a carton: above the list price of 2,600."""
TIER = {"customer": "KRS01", "category": "Caps", "price_off_list_pct": "5"}


def revision():
    draft = queries.find_draft(small.SITE)
    assert draft is not None
    return draft.revision


def rows_now():
    """The rows of the draft."""
    found = queries.find_draft(small.SITE)
    assert found is not None
    return found.rows


def trial():
    """The last dry run."""
    found = queries.find_trial(small.SITE)
    assert found is not None
    return found


def by_nikhil() -> dict[str, Any]:
    """Where, and who: for actions."""
    return {"site": small.SITE, "access": desk.access("nikhil"), "origin": ORIGIN}


def draft(*rows, who="nikhil"):
    """A draft with just these rows."""
    access = desk.access(who)
    writing.begin_draft(site=small.SITE, access=access, origin=ORIGIN)
    for row in rows_now():
        writing.delete_row(site=small.SITE, revision=revision(), row_id=row.id, access=access, origin=ORIGIN)
    return [save(row, who=who) for row in rows]


def save(values, *, row_id=None, place=None, who="nikhil"):
    return writing.save_row(
        site=small.SITE,
        revision=revision(),
        values=values,
        row_id=row_id,
        place=place,
        access=desk.access(who),
        origin=ORIGIN,
    )


def try_out(who="nikhil", on=TODAY):
    trying.start_trial(site=small.SITE, revision=revision(), judged_on=on, access=desk.access(who))
    row = models.PriceTrialRow.objects.get(draft__state="draft")
    tasks.try_price_rules(draft_id=row.draft_id, revision=row.revision)
    return trial()


def enforce(*rows):
    """These rows hold from now on."""
    draft(*rows)
    try_out()
    number = writing.put_in_force(
        site=small.SITE,
        revision=revision(),
        why="Resin went up",
        access=desk.access("nikhil"),
        origin=ORIGIN,
    )
    clock_forward()
    return number


def clock_forward(**by):
    clock.use(clock.ManualClock(clock.now() + timedelta(**(by or {"minutes": 1}))))


def second_keeper():
    person = people.create_user(username="leela", display_name="Leela Rao", origin=ORIGIN)
    people.grant(user_id=person.id, site=small.SITE, function=Function.COMMERCIAL, origin=ORIGIN)


def prices(order):
    return [doubt for doubt in desk.open_doubts(order) if doubt.kind == "price"]


def events(kind):
    return [event for event in journal.list_about(f"price_rules:{small.SITE}") if event.type == kind]


def put(who, why="Resin went up"):
    return writing.put_in_force(
        site=small.SITE, revision=revision(), why=why, access=desk.access(who), origin=ORIGIN
    )
