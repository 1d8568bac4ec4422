"""A buyer's phone: the link, the search, a pasted list, the review, no connection, the order as booked."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from obeya.inbox import actions as inbox
from obeya.inbox import queries as signals
from obeya.journal.events import Origin
from obeya.orders import knowledge, models
from obeya.people import buyers
from obeya.web.portal import sending
from tests.worlds import small

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ORIGIN = Origin.fresh(source="test", actor="system")
Phone = Callable[[], Page]


@pytest.fixture
def phone(chromium: Browser, server: str, world: small.World) -> Iterator[Phone]:
    """A phone on which a buyer of Krushnai has a link open."""
    knowledge.forget()
    opened: list[BrowserContext] = []
    problems: list[str] = []

    def _phone() -> Page:
        context = chromium.new_context(
            base_url=server, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
        )
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console", lambda said: problems.append(said.text) if "Content Security" in said.text else None
        )
        link = buyers.invite(
            site=small.SITE, customer="KRS01", name="Mahesh Kadam", email="m@k.example", origin=ORIGIN
        )
        page.goto(f"/portal/enter?key={link.secret}")
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url("**/portal/")
        return page

    yield _phone
    for context in opened:
        context.close()
    assert problems == []


def understand_all() -> list[models.OrderRow]:
    """What the job of the inbox does a moment after something has arrived."""
    for signal in signals.list_signals(sites=[small.SITE], source=sending.SOURCE, states=["received"]):
        inbox.understand(signal_id=signal.id)
    return list(models.OrderRow.objects.order_by("received_at"))


def test_an_order_from_the_first_tap_until_it_is_booked(phone: Phone) -> None:
    page = phone()
    page.get_by_role("link", name="New order").first.click()
    page.get_by_label("Search an item").fill("screw blue")
    offer = page.locator("[data-found] .portal-offer")
    expect(offer).to_have_count(1)
    offer.get_by_role("button").click()
    line = page.locator("[data-lines] .portal-line")
    line.get_by_label("Quantity").fill("3")
    line.get_by_role("button", name="ctn").click()
    page.get_by_text("Paste your list", exact=True).click()
    page.get_by_label("Your list, as you would write it").fill("2 peti CAP-28-WHT\n5 ctn zinkplugs")
    page.get_by_role("button", name="Read it").click()
    expect(page.locator("[data-lines] .portal-line")).to_have_count(3)
    page.get_by_label("Your order number").fill("KT/301")
    page.get_by_role("button", name="Review").click()
    expect(page.get_by_role("alert")).to_contain_text("Line 3: choose which item you mean")
    third = page.locator('[data-line="3"]')
    third.get_by_label("Remove this line").click()
    page.get_by_role("button", name="Review").click()
    expect(page.get_by_role("heading", name="Is this right?")).to_be_visible()
    expect(page.locator("[data-lines]")).to_contain_text("3 ctn")
    expect(page.locator("[data-head]")).to_contain_text("KT/301")
    page.get_by_role("button", name="Send the order").click()
    expect(page.get_by_role("heading", name="It has arrived")).to_be_visible()
    (order,) = understand_all()
    page.wait_for_url(f"**/portal/orders/{order.id}", timeout=15_000)
    expect(page.get_by_role("status")).to_contain_text("Accepted")
    models.OrderRow.objects.filter(pk=order.pk).update(state="booked", erp_number="SO-1001")
    expect(page.get_by_role("status")).to_contain_text("Confirmed as SO-1001", timeout=15_000)
    assert [
        (row.item.sku, row.quantity, row.uom) for row in order.lines.select_related("item") if row.item
    ] == [
        ("CAP-28-BLU", 3, "ctn"),
        ("CAP-28-WHT", 2, "ctn"),
    ]
    page.get_by_role("link", name="Order this again").click()
    expect(page.locator("[data-lines] .portal-line")).to_have_count(2)


def test_without_a_connection_the_order_waits_on_the_phone_and_arrives_once(phone: Phone) -> None:
    page = phone()
    page.goto("/portal/new")
    page.get_by_label("Search an item").fill("CAP-28-WHT")
    page.locator("[data-found] .portal-offer button").click()
    page.get_by_label("Quantity").fill("2")
    page.reload()
    expect(page.get_by_label("Quantity")).to_have_value("2")
    page.get_by_role("button", name="Review").click()
    lost: list[str] = []

    def lose_the_answer(route: Route) -> None:
        """The order arrives, and its answer does not."""
        if not lost:
            route.fetch()
        lost.append("x")
        route.abort()

    page.route("**/portal/send", lose_the_answer)
    page.get_by_role("button", name="Send the order").click()
    expect(page.get_by_role("alert")).to_contain_text("Your order is kept here")
    page.unroute("**/portal/send")
    page.wait_for_url("**/portal/sent/*", timeout=20_000)
    (order,) = understand_all()
    page.wait_for_url(f"**/portal/orders/{order.id}", timeout=15_000)
    page.goto("/portal/new")
    expect(page.locator("[data-empty]")).to_be_visible()
