"""The order desk shows what its customers were asked, and asks what they can settle."""

from datetime import timedelta

import pytest

from obeya.lib import clock
from obeya.orders import models, questions
from obeya.orders import queries as orders
from obeya.outbox import channels
from obeya.outbox import queries as outbox
from tests.screens.conftest import HTMX
from tests.screens.test_screens import html_of, text_of
from tests.stories import running
from tests.worlds import desk, small

pytestmark = pytest.mark.django_db

WHITE_CAPS = ["28 mm screw cap, white", "38 mm screw cap, white", "None of these"]


class OpenChannel:
    """WhatsApp, set up; nothing leaves in these tests."""

    def problem(self):
        return ""

    def address_of(self, person):
        return person.phone

    def send(self, letter):
        return channels.Sent(letter.key)


@pytest.fixture
def now(as_user):
    manual = clock.ManualClock(small.START)
    before = clock.use(manual)
    channels.register(channels.WHATSAPP, OpenChannel)
    yield manual
    channels.unregister(channels.WHATSAPP)
    clock.use(before)


def answers(said, **more):
    return questions.hear(
        answer=questions.Answer(site=small.SITE, channel="whatsapp", sender=small.PHONE, said=said, **more),
        origin=small.ORIGIN,
    )


def test_the_desk_sees_what_was_asked_and_since_when(now, as_user):
    order = desk.write("2 ctn white cap")
    page = as_user("asha").get(f"/orders/{order.id}")
    told = text_of(page)
    for words in (
        "Asked the customer",
        "With the customer",
        "Asked, waiting since 11:30",
        "Which item do you mean?",
        "Asked the customer at 11:30. If no answer comes by 12:00, the desk decides.",
        "On hold",
        "By itself",
        "Waits to be sent",
        *WHITE_CAPS,
    ):
        assert words in told, words


def test_the_queue_shows_and_filters_what_is_with_the_customer(now, as_user):
    asked = desk.write("2 ctn white cap")
    other = desk.write("5 ctn zinkplugs")
    asha = as_user("asha")
    listed = text_of(asha.get("/orders/list"))
    assert "asked, since 11:30" in listed
    only = html_of(asha.get("/orders/list?show=asked"))
    assert str(asked.id) in only
    assert str(other.id) not in only
    answers("2")
    assert str(asked.id) not in html_of(asha.get("/orders/list?show=asked"))


def test_the_answer_stands_beside_the_question(now, as_user):
    order = desk.write("2 ctn white cap")
    answers("38 wala bhejo")
    told = text_of(as_user("asha").get(f"/orders/{order.id}"))
    assert "Answered" in told
    assert "38 wala bhejo" in told
    story = text_of(as_user("asha").get(f"/orders/{order.id}/story"))
    assert "The customer was asked, by itself" in story
    assert "The customer chose: 38 mm screw cap, white" in story
    assert "Krushnai Traders" in story


def test_an_answer_that_fits_nothing_stands_beside_what_is_doubtful(now, as_user):
    order = desk.write("2 ctn white cap")
    answers("white wala")
    told = text_of(as_user("asha").get(f"/orders/{order.id}"))
    assert "You decide" in told
    assert "The customer answered: “white wala”. Please decide." in told
    assert "On hold" not in told


def test_what_nobody_answered_is_said_with_the_doubt(now, as_user):
    order = desk.write("2 ctn white cap")
    now.advance(timedelta(minutes=31))
    running.tick()
    told = text_of(as_user("asha").get(f"/orders/{order.id}"))
    assert "No answer in time" in told
    assert "The customer was asked and did not answer in time." in told


def test_the_desk_sees_exactly_what_goes_out_and_sends_it_with_its_own_words(now, as_user, settings):
    settings.ASK_CUSTOMERS = False
    order, asha = desk.write("2 ctn white cap"), as_user("asha")
    page = asha.get(f"/orders/{order.id}")
    for words in (
        "Question with answers to tap",
        "You wrote “2 ctn white cap”. Which item do you mean?",
        "Tap your answer, or reply with its number.",
        "by WhatsApp, in English. Their answer settles the doubt.",
        *WHITE_CAPS,
    ):
        assert words in text_of(page), words
    (doubt,) = desk.open_doubts(order)
    form = {"doubt": str(doubt.id), "text": "Which cap, Mahesh bhai?", "choice": WHITE_CAPS}
    done = asha.post(f"/orders/{order.id}/ask", form, headers=HTMX)
    assert done.status_code == 200
    (sent,) = outbox.list_messages(channel="whatsapp")
    assert sent.body.startswith("Which cap, Mahesh bhai?\n\n1. 28 mm screw cap, white (CAP-28-WHT)")
    told = text_of(asha.get(f"/orders/{order.id}"))
    assert "Asha Kulkarni" in told
    assert "A question is with the customer already." in told
    again = asha.post(f"/orders/{order.id}/ask", form, headers=HTMX)
    assert again.status_code == 409
    assert "A question is with the customer already." in again.content.decode()
    assert models.QuestionRow.objects.count() == 1


@pytest.mark.parametrize("doubt", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_a_doubt_that_is_none_is_refused_in_words(now, as_user, settings, doubt):
    settings.ASK_CUSTOMERS = False
    order = desk.write("2 ctn white cap")
    form = {"doubt": doubt, "text": "Which?", "choice": WHITE_CAPS}
    refused = as_user("asha").post(f"/orders/{order.id}/ask", form, headers=HTMX)
    assert refused.status_code == 409
    assert "settled" in refused.content.decode()
    assert not models.QuestionRow.objects.exists()


def test_only_the_order_desk_asks(now, as_user, settings):
    settings.ASK_CUSTOMERS = False
    order = desk.write("2 ctn white cap")
    (doubt,) = desk.open_doubts(order)
    form = {"doubt": str(doubt.id), "text": "Which?", "choice": WHITE_CAPS}
    assert as_user("meera").post(f"/orders/{order.id}/ask", form, headers=HTMX).status_code == 403
    assert orders.get_order(order.id).auto
