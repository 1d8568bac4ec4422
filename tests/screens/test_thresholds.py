"""How sure an order must be, as the desk and a program see it; and an order that waits only for its group."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.test import Client

from obeya.orders import audits, events, knowledge, models, retraining, telling
from obeya.people import actions as people
from obeya.people import queries as people_queries
from tests.screens.conftest import HTMX, take_order
from tests.screens.test_screens import html_of, text_of
from tests.worlds import small

pytestmark = pytest.mark.django_db

SINCE = datetime(2026, 11, 24, 6, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _reader(world):
    knowledge.forget()


@pytest.fixture
def shut(world):
    """A person confirms all orders of the channel that tests write by."""
    models.ThresholdRow.objects.create(
        site_id=small.SITE,
        channel="whatsapp",
        script="latin",
        level=4,
        since=SINCE,
        why="2 of 40 compared with the message were wrong.",
    )


def test_an_order_that_waits_for_its_group_says_why_and_is_booked_with_one_tap(as_user, shut):
    order = take_order("2 ctn CAP-28-WHT")
    page = text_of(as_user("asha").get(f"/orders/{order.id}"))
    assert "A person confirms all orders by WhatsApp in Latin letters since 24 Nov: 2 of 40 compared" in page
    assert "I compared it with the message: book it" in page
    assert "Read wrong: 2 ctn 28 mm screw cap, white" in page
    asked = order.doubts[0].id
    as_user("asha").post(f"/requests/{asked}/decide", {"option": "as_read"})
    row = models.OrderRow.objects.get(pk=order.id)
    if row.state == "waiting":
        as_user("asha").post(f"/orders/{order.id}/confirm")
        row.refresh_from_db()
    assert row.state == "confirmed"


def test_the_page_tells_each_group_with_what_was_found_and_why_it_is_watched(as_user, shut):
    take_order("2 ctn CAP-28-WHT")
    told = text_of(as_user("nikhil").get("/orders/accuracy"))
    for words in (
        "How sure an order must be",
        "Orders by WhatsApp in Latin letters",
        "a person looks at every order",
        "a person confirms all",
        "2 of 40 compared with the message were wrong.",
        "25 % audited",
    ):
        assert words in told, words


def test_without_orders_the_page_says_that_there_are_no_groups(as_user):
    told = text_of(as_user("asha").get("/orders/accuracy"))
    assert "No order was read without a doubt in this time." in told
    assert 'id="groups"' in html_of(as_user("asha").get("/orders/accuracy"))


def test_a_notice_of_a_change_leads_to_the_page(as_user, world):
    order = take_order("2 ctn CAP-28-WHT")
    audits.set_share(
        site=small.SITE,
        share=Decimal(1),
        why="For a test",
        access=people_queries.access_of(world.people["anand"]),
        origin=small.ORIGIN,
    )
    _wrong_by_audit(order, world)
    told = html_of(as_user("anand").get("/notices"))
    assert "/orders/accuracy#groups" in told
    assert "are checked more closely now" in told


def _wrong_by_audit(order, world):
    row = models.OrderRow.objects.get(pk=order.id)
    audits.hear_booked(event=_booked(row))
    audits.judge(
        request_id=models.AuditRow.objects.get(order=row).request_id,
        findings=[(0, "item")],
        note="",
        access=people_queries.access_of(world.people["asha"]),
        origin=small.ORIGIN,
    )


def _booked(row):
    return telling.tell(row, events.OrderBooked(row.id, row.number, "KRS01", "SO-77"), small.ORIGIN)


def test_a_program_reads_the_groups_of_its_sites_only(as_user, world, shut):
    take_order("2 ctn CAP-28-WHT")
    asha = world.people["asha"]
    made = people.create_token(user_id=asha.id, name="program", origin=small.ORIGIN)
    client = Client(HTTP_HOST="127.0.0.1", HTTP_AUTHORIZATION=f"Bearer {made.secret}")
    (group,) = json.loads(client.get("/api/orders/thresholds").content)
    assert (group["channel"], group["script"], group["held"], group["by_itself"]) == (
        "whatsapp", "latin", 1, 0,
    )  # fmt: skip
    assert (group["level"], group["score"], group["at_most"], group["why"]) == (
        4, None, None, "2 of 40 compared with the message were wrong.",
    )  # fmt: skip
    assert client.get("/api/orders/thresholds?site=SURAT").status_code == 403


def test_the_page_tells_what_the_nightly_check_found_and_lets_the_plant_manager_go_back(as_user):
    assert "No check yet: it runs every night." in text_of(as_user("asha").get("/orders/accuracy"))
    retraining.retrain(site=small.SITE, origin=small.ORIGIN)
    told = text_of(as_user("asha").get("/orders/accuracy"))
    assert "Too little to learn from" in told
    assert "Badge(" not in told
    assert "0 older messages (at least 60 are needed)" in told
    assert "Go back to the figures before" not in told
    group = {"name": "all together", "cases": 60, "champion": [40, 1], "challenger": [41, 1]}
    grades = [[0.0, 0.1], [0.9, 0.98]]
    models.LearningRow.objects.create(
        site_id=small.SITE, at=SINCE, code="promoted", why="No group loses.", fitted_on=90, replayed=60,
        constants={"factors": {}, "grades": grades}, figures={"groups": [group]}, active=True,
    )  # fmt: skip
    told = text_of(as_user("anand").get("/orders/accuracy"))
    for words in (
        "figures learned here on 24 Nov",
        "All together, 60 messages: 40 by itself, 1 wrong; newly learned 41, 1 wrong",
        "Go back to the figures before",
    ):
        assert words in told, words
    assert "Go back to the figures" not in text_of(as_user("asha").get("/orders/accuracy"))
    assert as_user("asha").post("/orders/accuracy/back").status_code == 403
    done = as_user("anand").post("/orders/accuracy/back", headers=HTMX)
    assert "figures that every plant starts with" in text_of(done)
    assert "Taken back" in text_of(done)
    again = as_user("anand").post("/orders/accuracy/back", headers=HTMX)
    assert again.status_code == 409
    assert "nothing to go back from" in again.content.decode()
