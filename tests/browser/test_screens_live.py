"""The screens in a real browser: they change by themselves, without a reload."""

import pytest
from playwright.sync_api import expect

from tests.screens.conftest import place_hold, take_order
from tests.worlds import small

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ASKED = {
    "meera": "What happens to the held goods?",
    "ravi": "How does the plan go on without this lot?",
    "imran": "Where does replacement material come from?",
    "kavita": "What do we tell the customers?",
}
BURST = """([code]) => [...code, "Enter"].forEach((key) => document.activeElement.dispatchEvent(
  new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })))"""
"""A scanner's keys come faster than a loaded machine can send them one by one."""
UNTOUCHED = "() => window.sameDocument === true"


def live(page):
    """Wait until the page's stream is open, and mark the document so that a reload would show."""
    expect(page.locator("html")).to_have_attribute("data-link", "live", timeout=10_000)
    page.evaluate("window.sameDocument = true")
    return page


def test_a_person_logs_in_by_the_page_and_lands_where_they_wanted(chromium, server, world):
    context = chromium.new_context(base_url=server)
    page = context.new_page()
    page.goto("/exceptions")
    page.get_by_label("User name").fill("meera")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator(".notice-bad")).to_contain_text("not correct")
    expect(page.get_by_label("User name")).to_have_value("meera")
    page.get_by_label("Password").fill(small.PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Exceptions", exact=True)).to_be_visible()
    page.locator("details.me summary").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    context.close()


def test_a_hold_at_the_terminal_reaches_four_waiting_screens_without_a_reload(log_in):
    screens = {username: log_in(username) for username in ASKED}
    for page in screens.values():
        page.goto("/waiting")
        live(page)
        expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    terminal = log_in("lata")
    terminal.goto("/terminal?machine=IM-1")
    terminal.locator(".t-lot", has_text=small.LOT).click()
    terminal.locator(".t-tile", has_text="Short shots").click()
    terminal.get_by_placeholder("Note, if you want").fill("Gate side <b>every tenth</b>")
    terminal.get_by_role("button", name="HOLD").click()
    expect(terminal.get_by_role("heading", name=f"{small.LOT} is on hold")).to_be_visible()
    for username, page in screens.items():
        expect(page.locator("#request-list").get_by_text(ASKED[username])).to_be_visible(timeout=3_000)
        expect(page.locator("#nav .nav-count")).to_contain_text("1", timeout=3_000)
        assert page.evaluate(UNTOUCHED), username


def test_an_answer_shows_on_the_exceptions_page_of_somebody_else(log_in, world):
    hold = place_hold(world)
    watching, meera = log_in("anand"), log_in("meera")
    watching.goto(f"/exceptions/{hold.case_id}")
    live(watching)
    meera.goto("/waiting")
    meera.locator("#request-list").get_by_text(ASKED["meera"]).click()
    meera.locator(".choice", has_text="Release the lot").click()
    meera.get_by_label("Why").fill("Measured ten caps, all inside limits")
    meera.locator("#request-detail form").get_by_role("button", name="Decide").click()
    expect(meera.locator(".answer")).to_contain_text("Measured ten caps")
    expect(watching.locator(".who")).to_contain_text("Release the lot", timeout=3_000)
    expect(watching.locator(".story")).to_contain_text("Quality: Release the lot", timeout=3_000)
    assert watching.evaluate(UNTOUCHED)


def test_an_order_appears_on_the_desk_while_one_looks_and_typed_words_stay(log_in, world):
    asha = log_in("asha")
    asha.goto("/orders")
    live(asha)
    asha.get_by_label("Search everything").fill("half typed")
    order = take_order("20 ctn CAP-28-WHT")
    row = asha.locator(f"#order-row-{order.id}")
    expect(row).to_contain_text("Krushnai Traders", timeout=3_000)
    expect(row).to_contain_text("50,400.00")
    expect(asha.get_by_label("Search everything")).to_have_value("half typed")
    row.click()
    expect(asha.locator("#order-detail")).to_contain_text("28 mm screw cap, white")
    assert asha.evaluate(UNTOUCHED)


def test_a_doubt_is_settled_with_one_key(log_in, world):
    order = take_order("5 ctn 28 mm screw cap")
    asha = log_in("asha")
    asha.goto(f"/orders/{order.id}")
    live(asha)
    expect(asha.locator("[data-doubt]")).to_contain_text("may mean several items")
    asha.keyboard.press("1")
    expect(asha.locator(".toast-good")).to_contain_text("remembered")
    expect(asha.locator(".line .badge-good")).to_contain_text("Asha Kulkarni")


def test_a_scanner_chooses_the_lot_wherever_the_focus_is(log_in, world):
    terminal = log_in("lata")
    terminal.goto("/terminal?machine=PF-1")
    terminal.evaluate(BURST, ["CB28-0877"])
    expect(terminal.locator("input[name=lot]:checked")).to_have_value(str(world.lots["CB28-0877"]))
