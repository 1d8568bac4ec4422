"""The order desk by the keyboard alone."""

import pytest
from playwright.sync_api import expect

from obeya.orders import models
from obeya.orders import queries as orders
from tests.browser.test_screens_live import live
from tests.screens.conftest import take_order

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

UNCLEAR = "5 ctn 28 mm screw cap"
CAREFUL = "Please send 2 ctn CAP-28-WHT"


@pytest.fixture
def desk(log_in, world):
    """The desk with two orders; the newer one has a doubt about its item."""
    take_order(CAREFUL), take_order(CAREFUL)
    found = take_order(UNCLEAR)
    page = log_in("asha")
    page.goto("/orders?show=waiting")
    return live(page), found


def test_an_order_is_opened_and_its_shown_answer_accepted_by_keys(desk):
    page, order = desk
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("[data-doubt]").first).to_contain_text("may mean several items")
    page.keyboard.press("a")
    expect(page.locator("#order-detail")).not_to_contain_text("may mean several items")
    assert orders.get_order(order.id).lines[0].fixed_by is not None


def test_c_asks_r_rejects_and_no_key_works_in_a_dialog_or_a_field(desk):
    page, order = desk
    page.goto(f"/orders/{order.id}")
    live(page)
    page.keyboard.press("c")
    expect(page.get_by_role("heading", name="Ask the customer")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Ask the customer")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("#desk-q")).to_be_focused()
    page.keyboard.type("ra1?")
    expect(page.locator("#desk-q")).to_have_value("ra1?")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(page.get_by_role("heading", name="Reject the order")).to_be_visible()
    page.keyboard.press("a")
    assert orders.get_order(order.id).lines[0].fixed_by is None
    assert models.OrderRow.objects.get(pk=order.id).state == "waiting"


def test_the_keys_are_explained(desk):
    page, _ = desk
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("Reject the order")


def test_a_confirms_an_order_without_hard_doubts(desk, log_in):
    page, _ = desk
    ready = models.OrderRow.objects.filter(text=CAREFUL, state="waiting").first()
    page.goto(f"/orders/{ready.pk}")
    live(page)
    expect(page.get_by_role("button", name="Confirm the order")).to_be_visible()
    page.locator("body").press("a")
    expect(page.locator("#order-detail")).to_contain_text("Confirmed, not in ERP")
    expect(page.locator(f"#order-row-{ready.pk}")).to_contain_text("Confirmed, not in ERP")
    page.goto("about:blank")
