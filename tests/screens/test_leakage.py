"""The report of what is given away: its page, its file and its API, for commercial and the plant manager."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.orders import actions, knowledge, queries
from obeya.orders import leakage as reports
from obeya.people import actions as people
from obeya.web.leakage import build
from tests.screens import conftest
from tests.worlds import desk, small

pytestmark = pytest.mark.django_db
REASON = "=HYPERLINK(1) win them back"


@pytest.fixture(autouse=True)
def _reader():
    knowledge.forget()
    yield
    knowledge.forget()


@pytest.fixture
def given(world: small.World) -> queries.Order:
    """An order of which 2 ctn are booked far below list and floor, because commercial agreed."""
    order = conftest.take_order("2 ctn CAP-28-WHT rate 2000 per ctn")
    (doubt,) = desk.open_doubts(order)
    actions.answer_doubt(
        request_id=doubt.id,
        access=desk.access("nikhil"),
        option="asked",
        rationale=REASON,
        origin=Origin.fresh(source="web.orders", actor="user:nikhil"),
    )
    assert queries.get_order(order.id).state == "confirmed"
    return order


def page(client: Client, query: str = "") -> str:
    return client.get(reverse("web:leakage") + query).content.decode()


def test_an_empty_time_says_so(as_user: conftest.Log, world: small.World):
    assert "No order was confirmed and no counter-offer was sent in this time." in page(as_user("nikhil"))


def test_the_page_shows_the_figures_and_leads_to_the_orders(as_user: conftest.Log, given: queries.Order):
    nikhil = as_user("nikhil")
    shown = page(nikhil)
    for words in ("1,200", "Given away", "By customer", "Krushnai Traders", "every discount was decided"):
        assert words in shown, words
    lines = page(nikhil, "?by=customer&code=KRS01")
    assert reverse("web:order", args=[given.id]) in lines
    assert "Nikhil Bapat" in lines
    below = page(nikhil, "?by=below_floor")
    assert given.number in below
    assert "No such line in this time." in page(nikhil, "?by=customer&code=NOBODY")


@pytest.mark.parametrize(
    "query",
    [
        "?from=2026-02-02&to=2026-02-01",
        "?from=nonsense&to=",
        "?from=1000-01-01&to=2026-01-01",
        "?from=0001-01-01&to=9999-12-31",
    ],
)
def test_days_that_make_no_sense_are_told_in_words(as_user: conftest.Log, given: queries.Order, query: str):
    shown = page(as_user("nikhil"), query)
    assert "Choose" in shown
    assert "Given away" in shown


@pytest.mark.parametrize("query", ["?by=decider&code=x", "?by=nothing", "?by=reason&code=0", "?currency=XYZ"])
def test_whatever_is_asked_for_is_answered(as_user: conftest.Log, given: queries.Order, query: str):
    assert as_user("nikhil").get(reverse("web:leakage") + query).status_code == 200
    assert as_user("nikhil").get(reverse("web:leakage_file") + query).status_code == 200


def test_the_file_holds_the_lines_and_no_formula(as_user: conftest.Log, given: queries.Order):
    answer = as_user("nikhil").get(reverse("web:leakage_file"))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # it is streamed
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["order"], row["discount"], row["decided_by"]) == (given.number, "1200", "Nikhil Bapat")
    assert row["reason"] == f"'{REASON}"


@pytest.mark.parametrize(
    ("cell", "told"), [("=1+1", "'=1+1"), ("-12.5", "-12.5"), ("-cmd", "'-cmd"), ("@x", "'@x"), ("a", "a")]
)
def test_a_cell_is_never_a_formula(cell: str, told: str):
    assert build.safe(cell) == told


def test_only_commercial_and_the_plant_manager_see_it(as_user: conftest.Log, world: small.World):
    for username, status in (("nikhil", 200), ("anand", 200), ("asha", 403), ("lata", 403)):
        for name in ("web:leakage", "web:leakage_file"):
            assert as_user(username).get(reverse(name)).status_code == status, username
    assert reverse("web:leakage") in as_user("nikhil").get(reverse("web:order_desk")).content.decode()
    assert reverse("web:leakage") not in as_user("asha").get(reverse("web:order_desk")).content.decode()


def test_a_program_reads_the_same_figures(world: small.World, given: queries.Order):
    origin = Origin.fresh(source="test", actor="system")
    token = people.create_token(user_id=world.people["nikhil"].id, name="bi", origin=origin).secret
    client = Client(HTTP_HOST="127.0.0.1", HTTP_AUTHORIZATION=f"Bearer {token}")
    told = reports.usual_period(small.SITE, "this_month", now=clock.now())
    days = {"site": small.SITE, "first": told.first.isoformat(), "last": told.last.isoformat()}
    report = client.get("/api/leakage", days).json()
    assert (report["currency"], float(report["discounted"]["discount"])) == ("INR", 1200.0)
    assert report["groups"]["customer"][0]["code"] == "KRS01"
    (line,) = client.get("/api/leakage/lines", {**days, "currency": "INR"}).json()
    assert (line["number"], line["reason"]) == (given.number, REASON)
    assert client.get("/api/leakage", {**days, "last": "2000-01-01"}).status_code == 422
    assert client.get("/api/leakage", {**days, "site": "ELSEWHERE"}).status_code == 403
