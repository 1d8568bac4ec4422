"""Tryton is down, slow, or fails after it has committed: one document in the end, and everybody sees why."""

import socket
import uuid
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest

from obeya.decisions import queries as requests
from obeya.floor import queries as holds
from obeya.integrations.tryton import outbound
from obeya.journal import verification
from obeya.outbox import ports
from obeya.outbox import queries as outbox
from tests.connectors import fault_proxy
from tests.stories import front_door, running, test_hold_in_erp

pytestmark = [pytest.mark.erp, pytest.mark.django_db(transaction=True)]

Fault = fault_proxy.Fault
SHUBHADA = "+91 00000 20102"
VAIDYAVANA = "+91 00000 20107"
NOTHING_TO_DO = "Nothing has to be done"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_write(line):
    return not line.startswith("GET ")


@pytest.fixture
def proxy(plant):
    """Obeya reaches the ERP through this."""
    with fault_proxy.running(plant.handle.url) as running_proxy:
        plant.connect(running_proxy.url, timeout_s=20.0)
        yield running_proxy


def order(text="2 ctn CAP-28-WHT", phone=SHUBHADA):
    """An order arrives and is worked on; returns its reference at the customer's and the message's id."""
    number = f"KT/{uuid.uuid4().int % 10**8}"
    wamid = front_door.write(phone, f"PO {number}: {text}")
    running.settle()
    return number, wamid


def later(now, done, *, seconds=15, most=12):
    """Let time pass, in steps of some seconds, until `done()`."""
    for _ in range(most):
        now.advance(timedelta(seconds=seconds))
        running.tick()
        running.settle()
        if done():
            return
    raise AssertionError("it never came to an end")


def is_booked(wamid):
    return lambda: front_door.order_of(wamid).state == "booked"


def page_of(username, path):
    answer = front_door.Person(username).client.get(path)
    assert answer.status_code == 200, path
    return unescape(answer.content.decode())


def assert_people_see(wamid, *words):
    """The order desk on the order's page and IT on the connectors' page read what waits and why."""
    posting = front_door.order_of(wamid).posting
    assert posting is not None
    assert NOTHING_TO_DO in posting.what_to_do
    for word in words:
        assert word in posting.state_text
    assert posting.state_text in page_of("asha", f"/orders/{front_door.order_of(wamid).id}")
    (line,) = [told for told in outbox.health() if told.connector == "tryton"]
    for words_for_it in (line.text, *(told.state_text for told in outbox.list_trouble(["PUNE"]))):
        assert words_for_it in page_of("priya", "/connectors")


def assert_one_sale(plant, number):
    (sale,) = plant.sales(number)
    assert sale["state"] in ("confirmed", "processing")
    assert verification.verify().sound


def test_while_tryton_is_down_orders_wait_and_leave_by_themselves_afterwards(plant, time_at_plant):
    port = free_port()
    plant.connect(f"http://127.0.0.1:{port}", timeout_s=5.0)
    waiting = [
        order(),
        order("2 ctn JAR-250-NAT", phone=VAIDYAVANA),
        order("2 ctn CUP-200-NAT", phone="+91 00000 20110"),
    ]
    for number, wamid in waiting:
        assert front_door.order_of(wamid).state == "confirmed", front_door.order_of(wamid).doubts
        assert plant.sales(number) == []
        assert_people_see(wamid, "Tryton does not answer", "next try")
    with fault_proxy.running(plant.handle.url, port=port):
        later(time_at_plant, lambda: all(is_booked(wamid)() for _, wamid in waiting))
    for number, _ in waiting:
        assert_one_sale(plant, number)


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_an_answer_that_takes_too_long_is_looked_up_not_repeated(plant, proxy, time_at_plant, nth):
    plant.connect(proxy.url, timeout_s=1.5)
    proxy.arm(Fault.HOLD_ANSWER, nth=nth, matching=is_write)
    number, wamid = order()
    assert_people_see(wamid, "Tryton has not said since", "whether it has it", "next question")
    later(time_at_plant, is_booked(wamid))
    assert_one_sale(plant, number)
    assert len([line for line in proxy.seen if is_write(line)]) == 3


@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize("fault", [Fault.ANSWER_500, Fault.DROP_ANSWER])
def test_an_answer_lost_after_the_commit_leads_to_one_sale(plant, proxy, time_at_plant, fault, nth):
    proxy.arm(fault, nth=nth, matching=is_write)
    number, wamid = order()
    assert not proxy.disarm()
    assert_people_see(wamid, "Tryton has not said since", "whether it has it")
    later(time_at_plant, is_booked(wamid))
    assert_one_sale(plant, number)
    (told,) = outbox.list_messages(subject=f"order:{front_door.order_of(wamid).id}")
    assert "is booked" in told.body


def test_a_request_that_never_arrived_is_sent_again_only_after_its_time(plant, proxy, time_at_plant):
    proxy.arm(Fault.LOSE_REQUEST, matching=is_write)
    number, wamid = order()
    time_at_plant.advance(timedelta(seconds=3))
    running.tick()
    running.settle()
    assert_people_see(wamid, "may still be at work")
    assert [line for line in proxy.seen if is_write(line)] == [
        f"POST /{plant.handle.database}/rest/model/sale.sale"
    ]
    later(time_at_plant, is_booked(wamid))
    assert_one_sale(plant, number)


@pytest.mark.parametrize("nth", [1, 2, 3, 4])
def test_a_lot_is_moved_once_whichever_answer_is_lost(plant, proxy, time_at_plant, nth):
    lot, sku = (("L83W-0144", "LID-83-WHT"), ("L83R-0139", "LID-83-RED"), ("L75-0611", "LID-75-NAT"),
                ("C100-0322", "CUP-100-NAT"))[nth - 1]  # fmt: skip
    before = plant.stock(sku, lot)
    test_hold_in_erp.tap(lot, machine="IM-2")
    proxy.arm(Fault.DROP_ANSWER, nth=nth, matching=is_write)
    for function, option in test_hold_in_erp.KEEP.items():
        test_hold_in_erp.decide(lot, function, option)
    running.settle()
    assert not proxy.disarm()
    assert test_hold_in_erp.case_of(lot).state == "resolving"
    later(time_at_plant, lambda: test_hold_in_erp.case_of(lot).state == "closed")
    assert plant.stock(sku, lot) == {"HOLD": sum(before.values())}
    assert holds.get_hold(test_hold_in_erp.hold_of(lot).id).state == "hold"


def test_what_tryton_refuses_becomes_a_question_and_is_never_tried_again_by_itself(plant, time_at_plant):
    poster, reference = outbound.TrytonPoster(plant.erp), f"KEYED-{uuid.uuid4().hex[:8]}"
    poster.post(ports.Command(key=uuid.uuid4().hex, payload=keyed_by_hand(plant, reference)))
    number, wamid = order("8 ctn JAR-250-NAT", phone=VAIDYAVANA)
    posting = refused(wamid)
    assert "would take VDH01 to" in posting.state_text
    assert posting.what_to_do
    for _ in range(3):
        time_at_plant.advance(timedelta(minutes=10))
        running.tick()
        running.settle()
    assert refused(wamid).attempts == 1
    answer_posting(posting, "retry")
    again = refused(wamid)
    assert again.attempts == 2
    answer_posting(again, "cancel")
    order_now = front_door.order_of(wamid)
    assert order_now.state == "refused"
    assert order_now.posting is not None
    assert order_now.posting.state == "cancelled"
    assert "Looked at it" in order_now.refusal
    assert [sale["state"] for sale in plant.sales(number)] == ["quotation"]


def keyed_by_hand(plant, reference):
    """An order that somebody keyed in the ERP: it uses up most of the customer's credit."""
    line = ports.SalesOrderLine(
        sku="JAR-250-NAT",
        quantity=Decimal(12),
        uom="ctn",
        unit_price=Decimal("1237.5"),
        base_quantity=Decimal(3000),
    )
    return ports.SalesOrder(
        customer="VDH01", currency="INR", lines=(line,), ordered_on=plant.today, customer_reference=reference
    )


def refused(wamid):
    posting = front_door.order_of(wamid).posting
    assert posting is not None
    assert posting.state == "rejected", posting.state_text
    return posting


def answer_posting(posting, option):
    """The order desk answers the open question about a refused posting."""
    (asked,) = [one for one in requests.list_about(f"posting:{posting.id}") if one.state == "open"]
    assert posting.error in asked.question
    filled = {"option": option, "rationale": "Looked at it in Tryton"}
    page = front_door.Person("asha").send(f"/requests/{asked.id}", having="option", filled=filled)
    assert page.status_code == 200
    running.settle()
