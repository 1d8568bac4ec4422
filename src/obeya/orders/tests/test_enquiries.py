"""A customer asks where an order stands: answered at once where it is certain, else a person is asked."""

from datetime import timedelta

import pytest
from tests.worlds import desk, small

from obeya.journal import queries as journal
from obeya.orders.enquiries import answering, phrases, settings
from obeya.outbox import queries as outbox

pytestmark = pytest.mark.django_db
MOST = settings.Answering().most_an_hour


@pytest.fixture(autouse=True)
def hand():
    with desk.standing() as manual:
        yield manual


def answers_to(order):
    return [message.body for message in outbox.list_messages(subject=f"order:{order.id}")]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("What is the status of SO-0911?", "confirmed"),
        ("status of PO KT/118 please", "confirmed"),
        ("SO-0911 kab tak dispatched?", "confirmed"),
        ("SO-0911 कब आएगा? status", "पक्का"),
        ("SO-0911 ક્યારે આવશે? status", "પાકો"),
        ("وين الطلب SO-0911؟", "مؤكد"),
        ("آرڈر SO-0911 کب آئے گا؟", "پکا"),
        ("where is my order?", "confirmed"),
    ],
)
def test_a_question_about_an_own_order_is_answered_at_once_in_its_language(text, word):
    order = desk.write(text)
    assert (order.intent, order.state) == ("status_query", "answered")
    (body,) = answers_to(order)
    assert word in body
    assert "SO-0911" in body
    assert "2026-02-05" in body
    assert "2026-02-04 11:30" in body
    types = [event.type for event in journal.list_story(order.correlation)]
    assert "orders.question_answered" in types


def test_an_order_of_another_customer_gets_no_facts():
    order = desk.write("What is the status of SO-0911?", sender="+91 00000 20102", name="Shubham")
    assert order.state == "waiting"
    assert answers_to(order) == []
    assert desk.open_doubts(order)


def test_an_unknown_sender_gets_nothing_by_itself():
    order = desk.write("What is the status of SO-0911?", sender="+91 00000 99999", name="Somebody")
    assert order.state == "waiting"
    assert answers_to(order) == []


@pytest.mark.parametrize(
    "text",
    [
        "What is the status of SO-0911 and SO-0912?",
        "status of SO-0999?",
        "where is SO-0911? please call me",
        "where is SO-0911? change the delivery to Hadapsar",
    ],
)
def test_what_is_not_certain_goes_to_a_person(text):
    order = desk.write(text)
    assert order.state == "waiting"
    assert answers_to(order) == []
    assert desk.open_doubts(order)


def test_my_order_may_be_one_that_the_erp_does_not_list_yet():
    assert desk.write("Please send 2 ctn CAP-28-BLU").state == "confirmed"
    assert desk.write("where is my order?").state == "waiting"


def test_facts_that_were_read_too_long_ago_are_not_given_out(hand):
    hand.advance(answering.FRESH + timedelta(minutes=1))
    order = desk.write("What is the status of SO-0911?")
    assert order.state == "waiting"
    assert answers_to(order) == []


def test_an_order_that_is_late_is_left_to_a_person(hand):
    hand.advance(timedelta(days=2))
    small.apply(small.SITE, "sales_lines", *small.sales_lines(small.START.date()))
    order = desk.write("What is the status of SO-0911?")
    assert order.state == "waiting"


def test_one_customer_gets_a_bounded_number_of_answers_an_hour(hand):
    told = [desk.write("What is the status of SO-0911?").state for _ in range(MOST + 1)]
    assert told == ["answered"] * MOST + ["waiting"]
    hand.advance(timedelta(hours=1, minutes=1))
    small.apply(small.SITE, "sales_lines", *small.sales_lines(small.START.date()))
    assert desk.write("What is the status of SO-0911?").state == "answered"


def test_every_answer_names_the_order_the_day_and_the_moment():
    for texts in phrases.STATUS.values():
        assert set(texts) == {"open", "part"}
        for text in texts.values():
            assert phrases.placeholders(text) == {"order", "due", "as_of"}
