"""What should not come in, or cannot be booked: a clear reason, nothing lost, nothing booked."""

import json
import threading
import uuid
from html import unescape

import pytest
from django.db import connection

from obeya.decisions import queries as requests
from obeya.inbox import refusals
from obeya.integrations.whatsapp import payloads
from obeya.journal import verification
from obeya.outbox import queries as outbox
from obeya.people import queries as people
from tests.stories import front_door, running

pytestmark = [pytest.mark.erp, pytest.mark.django_db(transaction=True)]

KRUSHNAI, VAIDYAVANA, STRANGER = "+91 00000 20101", "+91 00000 20107", "+91 00000 29999"


@pytest.fixture
def sales(plant):
    """How many sales the ERP had before the bad day."""
    return plant.count_sales()


def page_of(username, path):
    answer = front_door.Person(username).client.get(path)
    assert answer.status_code == 200, path
    return unescape(answer.content.decode())


def test_one_delivery_forty_times_by_eight_threads_is_one_signal_and_one_sale(plant, sales):
    number = f"KT/{uuid.uuid4().int % 10**8}"
    body = front_door.delivery(KRUSHNAI, f"PO {number}: 2 ctn CAP-28-WHT")
    answers: list[int] = []

    def deliver():
        answers.extend(front_door.post(body).status_code for _ in range(5))
        connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    running.settle()
    assert answers == [200] * 40
    assert len(front_door.signals()) == 1
    front_door.post(body)
    running.settle()
    assert len(plant.sales(number)) == 1
    assert plant.count_sales() == sales + 1
    assert verification.verify().sound


@pytest.mark.parametrize(
    ("body", "header", "status", "reason"),
    [
        (b'{"object": "x"}', "", 401, "The signature is missing"),
        (b'{"object": "x"}', "sha256=" + "0" * 64, 401, "The signature does not fit the message"),
        (b" " * (payloads.MAX_BODY_BYTES + 1), None, 413, "larger than"),
    ],
    ids=["unsigned", "wrongly signed", "too large"],
)
def test_what_is_turned_away_at_the_door_is_counted_for_it_and_not_kept(
    plant, sales, monkeypatch, body, header, status, reason
):
    monkeypatch.setattr(refusals, "TALLY", refusals.Tally())
    answer = front_door.post(body, header=header)
    assert answer.status_code == status
    assert reason in answer.content.decode()
    running.settle()
    assert front_door.signals() == []
    page = page_of("priya", "/connectors")
    assert "Turned away at the door: WhatsApp" in page
    assert reason in page
    assert plant.count_sales() == sales


@pytest.mark.parametrize(
    "body",
    [b'{"object": "whatsapp_business_account", "entry": [', b"\xff\xfe\x00", b"[]", b'{"object": 1}', b""],
    ids=["cut off", "no text", "a list", "no entry", "empty"],
)
def test_a_signed_body_that_cannot_be_read_is_kept_with_the_reason(plant, sales, body):
    assert front_door.post(body).status_code == 200
    running.settle()
    (signal,) = front_door.signals()
    assert (signal.state, signal.body) == ("refused", body)
    assert signal.reason
    assert signal.reason in page_of("priya", "/connectors")
    assert plant.count_sales() == sales


@pytest.mark.parametrize(
    ("phone", "text", "kind", "username", "reason"),
    [
        (STRANGER, "2 ctn CAP-28-WHT", "customer", "asha", "Nobody in the customer list writes from this"),
        (KRUSHNAI, "2 ctn CAP-28-WHT\n5 ctn zinkplugs", "item", "asha", "Which item is “5 ctn zinkplugs”?"),
        (KRUSHNAI, "3 bag CAP-28-WHT", "unit", "asha", "It is sold in pcs, ctn, box."),
        (VAIDYAVANA, "40 ctn JAR-250-NAT", "credit", "nikhil", "over the credit limit of INR 150,000.00"),
        (KRUSHNAI, "40 ctn CAP-28-WHT rate 2000 per ctn", "price", "nikhil", "below the floor of 2,360"),
    ],
    ids=["unknown sender", "unknown item", "unit not sold", "over credit", "below floor"],
)
def test_what_cannot_be_booked_waits_with_the_reason_for_who_can_settle_it(
    plant, sales, phone, text, kind, username, reason
):
    wamid = front_door.write(phone, text)
    running.settle()
    order = front_door.order_of(wamid)
    doubts = {doubt.kind: doubt for doubt in order.doubts if not doubt.settled}
    assert order.state == "waiting"
    assert kind in doubts, [doubt.reason for doubt in order.doubts]
    assert reason in doubts[kind].reason
    (signal,) = front_door.signals()
    assert json.loads(signal.body)["entry"]
    assert doubts[kind].id in [one.id for one in requests.list_waiting(access(username))]
    page = page_of(username, f"/orders/{order.id}")
    assert reason in page
    assert text.splitlines()[0] in page
    assert outbox.list_postings() == ()
    assert plant.count_sales() == sales
    assert verification.verify().sound


def access(username):
    person = people.find_user(username)
    assert person is not None
    return people.access_of(person)
