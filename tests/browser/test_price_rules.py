"""Price rules by the keyboard: a row, its sentence as one types, a copy, and the dry run as it moves on."""

import pytest
from playwright.sync_api import expect

from obeya.orders import models, tasks
from obeya.orders.pricing import queries
from tests.browser.test_screens_live import live
from tests.worlds import small

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def editor(log_in, world):
    """Commercial, at an empty draft."""
    page = log_in("nikhil")
    page.goto("/price-rules")
    page.keyboard.press("e")
    expect(page.get_by_role("heading", name="The draft")).to_be_visible()
    return live(page)


def test_a_row_is_written_copied_moved_and_deleted_by_keys(editor):
    page = editor
    page.keyboard.press("n")
    page.locator("#rule-customer").fill("krush")
    expect(page.locator("#rule-customers option")).to_have_count(1)
    page.locator("#rule-customer").fill("KRS01")
    page.locator("#rule-floor_over_cost_pct").fill("12")
    expect(page.locator("#rule-says")).to_have_text("Krushnai Traders: at least 12 % over cost on everything")
    page.locator("#rule-floor_over_cost_pct").press("Enter")
    expect(page.get_by_role("heading", name="Row 1 of 1")).to_be_visible()
    page.keyboard.press("d")
    expect(page.get_by_role("heading", name="Row 2 of 2")).to_be_visible()
    expect(page.locator("#rule-list")).to_contain_text("It can never hit")
    page.keyboard.press("u")
    expect(page.get_by_role("heading", name="Row 1 of 2")).to_be_visible()
    page.keyboard.press("x")
    expect(page.get_by_role("heading", name="The draft")).to_be_visible()
    found = queries.find_draft(small.SITE)
    assert found is not None
    assert [row.customer for row in found.rows] == ["KRS01"]


def test_the_dry_run_shows_by_itself_that_it_is_done(editor):
    page = editor
    page.keyboard.press("n")
    page.locator("#rule-price_off_list_pct").fill("5")
    page.locator("#rule-price_off_list_pct").press("Enter")
    expect(page.get_by_role("heading", name="Row 1 of 1")).to_be_visible()
    page.goto("/price-rules")
    live(page)
    page.keyboard.press("t")
    expect(page.locator("#trial-state")).to_contain_text("as soon as a worker is free")
    live(page)
    trial = models.PriceTrialRow.objects.get()
    tasks.try_price_rules(draft_id=trial.draft_id, revision=trial.revision)
    expect(page.locator("#trial-state")).to_contain_text("The dry run is done")
