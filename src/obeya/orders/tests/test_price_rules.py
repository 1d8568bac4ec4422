"""Price rules: written by Commercial, put in force by a second person, kept with every version."""

from __future__ import annotations

import pytest
from tests.worlds import desk, small

from obeya.lib import clock
from obeya.orders.pricing import actions as writing
from obeya.orders.pricing import queries
from obeya.orders.tests import pricing_world as world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def plant():
    with desk.standing() as manual:
        yield manual


def test_a_row_is_saved_with_codes_where_names_are_typed_and_the_journal_tells_it():
    world.draft({"customer": "krushnai traders", "category": "Caps", "floor_over_cost_pct": "12"})
    (row,) = world.rows_now()
    assert row.customer == "KRS01"
    told = world.events("orders.price_rules_saved")[-1].data
    assert told["changes"] == [{"place": 1, "before": "", "after": "KRS01: at least 12 % over cost on Caps"}]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"customer": "NOBODY", "floor_over_cost_pct": "12"}, "customer"),
        ({"category": "Caps"}, ""),
        ({"category": "Caps", "floor_over_cost_pct": "12,5"}, "floor_over_cost_pct"),
        ({"category": "Caps", "floor_price": "1", "unit": "pcs", "currency": "AED"}, "currency"),
    ],
)
def test_a_row_that_is_wrong_is_not_saved(values, field):
    world.draft()
    with pytest.raises(writing.NotAGoodRow) as refused:
        world.save(values)
    assert [fault.field for fault in refused.value.faults] == [field]
    assert world.rows_now() == ()


def test_rows_are_changed_copied_moved_and_deleted():
    first, second = world.draft(world.OVER_COST, world.TIER)
    told = world.by_nikhil()
    world.save(world.TIER | {"price_off_list_pct": "7"}, row_id=second)
    copy = writing.duplicate_row(revision=world.revision(), row_id=first, **told)
    writing.move_row(revision=world.revision(), row_id=second, by=-1, **told)
    assert [row.id for row in world.rows_now()] == [first, second, copy]
    world.save(world.TIER | {"price_off_list_pct": "7"}, row_id=second, place=1)
    writing.delete_row(revision=world.revision(), row_id=first, **told)
    assert [row.id for row in world.rows_now()] == [second, copy]
    assert world.rows_now()[0].price_off_list_pct == 7


def test_two_who_write_at_once_do_not_overwrite_each_other():
    world.draft(world.OVER_COST)
    seen = world.revision()
    world.save(world.TIER)
    with pytest.raises(writing.CannotChangePriceRules, match="meanwhile"):
        writing.delete_row(
            site=small.SITE, revision=seen, row_id=1, access=desk.access("nikhil"), origin=world.ORIGIN
        )


@pytest.mark.parametrize("who", [name for name, _, function in small.PEOPLE if function != "commercial"])
def test_only_commercial_writes_price_rules(who):
    with pytest.raises(writing.CannotChangePriceRules, match="Only Commercial"):
        writing.begin_draft(site=small.SITE, access=desk.access(who), origin=world.ORIGIN)
    world.draft(world.OVER_COST)
    with pytest.raises(writing.CannotChangePriceRules, match="Only Commercial"):
        world.save(world.TIER, who=who)
    with pytest.raises(writing.CannotChangePriceRules, match="Only Commercial"):
        world.try_out(who=who)
    with pytest.raises(writing.CannotChangePriceRules, match="Only Commercial"):
        world.put(who)
    assert queries.find_in_force(small.SITE, clock.now()) is None


def test_what_was_not_tried_out_as_it_is_is_not_put_in_force():
    world.draft(world.OVER_COST)
    with pytest.raises(writing.CannotChangePriceRules, match="dry run"):
        world.put("nikhil")
    world.try_out()
    world.save(world.TIER)
    with pytest.raises(writing.CannotChangePriceRules, match="dry run"):
        world.put("nikhil")


def test_a_row_that_can_never_hit_keeps_the_table_out_of_force():
    world.draft(world.OVER_COST, {"item": "CAP-28-WHT", "floor_over_cost_pct": "5"})
    world.try_out()
    with pytest.raises(writing.CannotChangePriceRules, match="Row 2: It can never hit: row 1"):
        world.put("nikhil")


def test_nobody_puts_in_force_what_they_saved_themselves_where_there_is_a_second():
    world.second_keeper()
    world.draft(world.OVER_COST)
    world.try_out()
    with pytest.raises(writing.CannotChangePriceRules, match="somebody else"):
        world.put("nikhil")
    assert world.put("leela") == 1
    (told,) = world.events("orders.price_rules_put_in_force")
    assert (told.data["saved_by"], told.data["alone"]) == ("user:nikhil", False)


def test_who_is_alone_in_commercial_may_and_the_journal_says_so():
    world.draft(world.OVER_COST)
    world.try_out()
    with pytest.raises(writing.CannotChangePriceRules, match="Say why"):
        world.put("nikhil", why=" ")
    assert world.put("nikhil") == 1
    (told,) = world.events("orders.price_rules_put_in_force")
    assert told.data["alone"] is True
    assert told.data["why"] == "Resin went up"


def test_old_versions_stay_as_they_were():
    world.enforce(world.OVER_COST)
    world.enforce(world.TIER)
    first, second = queries.get_version(small.SITE, 1), queries.get_version(small.SITE, 2)
    assert (first.state, second.state) == ("ended", "in_force")
    assert first.ended_at == second.in_force_at
    assert [row.floor_over_cost_pct for row in first.rows] == [60]
    assert [version.number for version in queries.list_versions(small.SITE)] == [2, 1]
    with pytest.raises(queries.NoSuchVersion):
        queries.get_version(small.SITE, 3)


def test_a_draft_begins_with_what_is_in_force_and_can_be_thrown_away():
    world.enforce(world.OVER_COST)
    writing.begin_draft(site=small.SITE, access=desk.access("nikhil"), origin=world.ORIGIN)
    assert len(world.rows_now()) == 1
    writing.drop_draft(
        site=small.SITE, revision=world.revision(), access=desk.access("nikhil"), origin=world.ORIGIN
    )
    assert queries.find_draft(small.SITE) is None
    assert queries.get_version(small.SITE, 1).state == "in_force"
    assert world.events("orders.price_rules_dropped")


def test_a_file_replaces_the_rows_or_none_where_one_is_wrong():
    world.draft(world.OVER_COST)
    told = world.by_nikhil()
    good = "customer,category,price_off_list_pct\nKRS01,Caps,5\n,Caps,2\n"
    assert writing.replace_rows(revision=world.revision(), text=good, **told) == 2
    with pytest.raises(writing.CannotChangePriceRules, match="row 2: There is no customer"):
        writing.replace_rows(revision=world.revision(), text=good.replace("\n,Caps", "\nX,Caps"), **told)
    assert [row.price_off_list_pct for row in world.rows_now()] == [5, 2]


def test_a_table_is_bounded():
    world.draft()
    rows = "\n".join(f"{percent / 100},Caps" for percent in range(1, 2_001))
    writing.replace_rows(
        site=small.SITE,
        revision=world.revision(),
        text=f"price_off_list_pct,category\n{rows}",
        access=desk.access("nikhil"),
        origin=world.ORIGIN,
    )
    with pytest.raises(writing.CannotChangePriceRules, match="at most 2,000"):
        world.save(world.TIER)
    (told,) = world.events("orders.price_rules_saved")
    assert (told.data["changed"], len(told.data["changes"])) == (2_000, 200)
