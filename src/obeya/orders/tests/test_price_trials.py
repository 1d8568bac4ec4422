"""The dry run of price rules: what they would have made of the orders of the last month."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.worlds import desk, small

from obeya.catalog.models import Item as CatalogItem
from obeya.lib import clock
from obeya.orders import actions, models, tasks
from obeya.orders.pricing import trying
from obeya.orders.reading import types
from obeya.orders.tests import pricing_world as world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def plant():
    with desk.standing() as manual:
        yield manual


def past_order(number, *lines, days=5, customer="KRS01"):
    actions.add_past_orders(
        site=small.SITE,
        orders=[
            types.PastOrder(
                order_no=number,
                customer=customer,
                ordered_at=clock.now() - timedelta(days=days),
                channel="email",
                message=None,
                lines=tuple(types.PastLine(*line) for line in lines),
            )
        ],
    )


def test_a_dry_run_says_what_would_change_beside_the_rules_in_force():
    desk.write("Please send 2 ctn CAP-28-WHT")
    past_order("SO-1", ("CAP-28-RED", Decimal(10), "ctn", Decimal(2500)))
    past_order("SO-2", ("CAP-28-RED", Decimal(10), "ctn", Decimal(2500)), days=40)
    world.clock_forward()
    world.draft(world.TIER, {"category": "Caps", "floor_below_list_pct": "6"})
    told = world.try_out()
    assert (told.state, told.tried, told.total) == ("done", 2, 2)
    report = told.result
    assert (report["orders"], report["lines"], report["repriced"], report["asked"]) == (2, 2, 2, 1)
    first, second = report["biggest"]
    assert (first["order"], first["moved"], first["short"]) == ("SO-1", "-1350.00", "380.00")
    assert (first["price_before"], first["price_after"], first["floor_after"]) == ("2700", "2565", "2538")
    assert (second["moved"], second["asked"], second["rows"]) == ("-260.00", False, [1, 2])
    assert report["totals"] == [
        {
            "code": "",
            "currency": "INR",
            "name": "",
            "lines": 2,
            "asked": 1,
            "freed": 0,
            "moved": "-1610.00",
            "short": "380.00",
        }
    ]
    assert [one["code"] for one in report["customers"]] == ["KRS01"]
    assert json.dumps(report)


def test_a_dry_run_says_which_lines_it_could_not_judge_and_why():
    CatalogItem.objects.filter(sku="CAP-38-WHT").update(cost=None)
    past_order("SO-1", ("CAP-28-RED", Decimal(1), "ctn", None), ("GONE", Decimal(1), "ctn", Decimal(5)))
    past_order("SO-2", ("CAP-28-RED", Decimal(1), "tub", Decimal(5)))
    past_order("SO-3", ("CAP-28-RED", Decimal(1), "ctn", Decimal(5)), customer="WHO")
    past_order("SO-4", ("CAP-38-WHT", Decimal(1), "ctn", Decimal(2850)))
    world.draft({"category": "Caps", "floor_over_cost_pct": "10"})
    report = world.try_out().result
    assert (report["orders"], report["lines"], report["left_out"]) == (4, 0, 5)
    assert {why for why, _, _ in report["reasons"]} == {
        trying.NO_PRICE,
        "There is no item GONE.",
        "CAP-28-RED is not sold in tub; its units are pcs, box, ctn.",
        trying.UNKNOWN_CUSTOMER,
        "It would be asked about: price rule 1 cannot be worked out, ERP gives no cost for it.",
    }


def test_a_dry_run_can_be_made_for_a_day_to_come():
    past_order("SO-1", ("CAP-28-RED", Decimal(10), "ctn", Decimal(2700)))
    world.draft(world.TIER | {"valid_from": "2026-03-01"})
    assert world.try_out().result["repriced"] == 0
    assert world.try_out(on=date(2026, 3, 1)).result["repriced"] == 1


def test_a_dry_run_of_a_draft_that_was_changed_meanwhile_says_so():
    world.draft(world.TIER)
    trying.start_trial(
        site=small.SITE, revision=world.revision(), judged_on=world.TODAY, access=desk.access("nikhil")
    )
    row = models.PriceTrialRow.objects.get()
    world.save(world.OVER_COST)
    tasks.try_price_rules(draft_id=row.draft_id, revision=row.revision)
    told = world.trial()
    assert (told.state, told.problem) == ("failed", "The draft was changed meanwhile: run it again.")


def test_a_dry_run_looks_at_the_newest_orders_and_says_how_many_it_left(monkeypatch):
    monkeypatch.setattr(trying, "MOST_ORDERS", 2)
    for n in range(4):
        past_order(f"SO-{n}", ("CAP-28-RED", Decimal(10), "ctn", Decimal(2700)), days=n + 1)
    world.draft(world.TIER)
    report = world.try_out().result
    assert (report["orders"], report["not_looked_at"]) == (2, 2)
    assert [one["order"] for one in report["biggest"]] == ["SO-0", "SO-1"]


def test_an_order_of_ours_that_became_history_is_counted_once():
    order = desk.write("Please send 2 ctn CAP-28-WHT")
    past_order(order.number, ("CAP-28-WHT", Decimal(2), "ctn", Decimal(2600)), days=0)
    world.clock_forward()
    world.draft(world.TIER)
    assert world.try_out().result["orders"] == 1
