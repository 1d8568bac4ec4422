"""A customer's question from the signed delivery to the answer at WhatsApp's door."""

import pytest

from obeya.demo import graph_stub
from obeya.lib import clock
from obeya.orders import knowledge
from tests.stories import front_door, running
from tests.worlds import small

pytestmark = pytest.mark.django_db(transaction=True)

KRUSHNAI, SHUBHADA, STRANGER = "910000020101", "910000020102", "910000099999"


@pytest.fixture
def graph(settings):
    """The small plant at its start, connected to a WhatsApp of the test's own."""
    manual = clock.ManualClock(small.START)
    before = clock.use(manual)
    small.create()
    knowledge.forget()
    with graph_stub.GraphStub(clock=manual) as stub:
        settings.WHATSAPP = {
            **settings.WHATSAPP,
            "app_secrets": [front_door.SECRET],
            "phone_number_id": stub.business.phone_number_id,
            "access_token": stub.token,
            "base_url": stub.base_url,
            "version": stub.version,
            "site": small.SITE,
        }
        yield stub
    knowledge.forget()
    clock.use(before)


def ask(stub, phone, text):
    """The customer writes; what WhatsApp was given for them afterwards."""
    stub.note_inbound(phone)
    wamid = front_door.write(f"+{phone}", text)
    running.settle()
    return front_door.order_of(wamid), [sent.text for sent in stub.sent_to(phone)]


def test_where_an_own_order_stands_is_told_in_the_language_of_the_question(graph):
    order, sent = ask(graph, KRUSHNAI, "SO-0911 कब आएगा? status")
    assert order.state == "answered"
    (text,) = sent
    assert "SO-0911" in text
    assert "पक्का" in text
    assert "2026-02-05" in text
    page = front_door.Person("asha").client.get(f"/orders/{order.id}/story").content.decode()
    assert "The question about order SO-0911 was answered by itself" in page


@pytest.mark.parametrize("phone", [SHUBHADA, STRANGER])
def test_nobody_else_is_told_anything_and_a_person_sees_the_question(graph, phone):
    order, sent = ask(graph, phone, "What is the status of SO-0911?")
    assert order.state == "waiting"
    assert [doubt for doubt in order.doubts if not doubt.settled]
    assert sent == []
