"""A customer's question from the signed delivery to the answer at WhatsApp's door."""

import pytest

from obeya.cases import queries as cases
from obeya.demo import graph_stub
from obeya.lib import clock
from obeya.orders import knowledge
from obeya.orders.enquiries import replying
from tests.stories import front_door, running
from tests.worlds import desk, small

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
        settings.WHATSAPP = front_door.connected(settings.WHATSAPP, stub)
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


def test_a_price_of_the_own_list_goes_back_through_the_same_door(graph):
    order, sent = ask(graph, KRUSHNAI, "what is the rate of 28mm white cap?")
    assert order.state == "answered"
    (text,) = sent
    assert "INR 2,600 / ctn" in text
    page = front_door.Person("asha").client.get(f"/orders/{order.id}/story").content.decode()
    assert "The price of CAP-28-WHT was told by itself" in page


def test_a_stranger_hears_no_price(graph):
    order, sent = ask(graph, STRANGER, "what is the rate of 28mm white cap?")
    assert (order.state, sent) == ("waiting", [])


def test_a_complaint_reaches_everybody_concerned_and_ends_in_words(graph):
    order, sent = ask(graph, KRUSHNAI, "SO-0911 short received 2 ctn CAP-28-WHT")
    ((case_id, number, _kind),) = replying.cases_of(order.id)
    assert number in sent[0]
    for username, option in (("farida", "send"), ("kavita", "tell")):
        person = front_door.Person(username)
        case = cases.get_case(case_id)
        (request,) = [q.request for q in case.questions if q.request.may_answer(desk.access(username))]
        page = person.client.get(f"/waiting/{request.id}").content.decode()
        assert "SO-0911 short received 2 ctn CAP-28-WHT" in page
        person.client.post(
            f"/requests/{request.id}/decide", {"option": option, "rationale": "on the next truck"}
        )
    running.settle()
    ended = cases.get_case(case_id)
    assert ended.state == "closed"
    assert "Send what is missing: on the next truck." in ended.outcome_text


def test_a_suggested_answer_decided_from_the_waiting_list_goes_out_once(graph):
    order, sent = ask(graph, KRUSHNAI, "Send 2 ctn CAP-28-BLU. Payment of 5000 is done by neft.")
    (request,) = replying.asked_beside(order.id)
    before = len(sent)
    asha = front_door.Person("asha").client
    asha.post(f"/requests/{request.id}/decide", {"option": "send"})
    asha.post(f"/requests/{request.id}/decide", {"option": "send"})
    running.settle()
    running.settle()
    told = [message.text for message in graph.sent_to(KRUSHNAI)][before:]
    assert len([text for text in told if text.startswith("Thank you, we have your payment note.")]) == 1
