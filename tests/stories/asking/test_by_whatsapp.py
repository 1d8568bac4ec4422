"""A doubt that the customer settles with one tap: from the signed message to the sale in ERP."""

import dataclasses
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest

from obeya.decisions import queries as decisions
from obeya.demo import graph_stub
from obeya.inbox import actions as inbox
from obeya.journal import verification
from obeya.lib import clock
from obeya.orders import actions, knowledge, models, questions
from obeya.outbox import queries as messages
from tests.stories import front_door, running
from tests.stories.asking import speaking
from tests.worlds import desk, small

pytestmark = pytest.mark.django_db(transaction=True)

D = Decimal


def test_one_tap_of_the_customer_books_the_order_and_nobody_of_ours_touched_it(graph, erp):
    order = speaking.write(graph, "2 ctn white cap")
    assert order.state == "waiting"
    sent = speaking.last_sent(graph)
    assert "“2 ctn white cap”" in sent.text
    assert "1. 28 mm screw cap, white (CAP-28-WHT)" in sent.text
    assert [title for _, title in speaking.choices_of(sent)] == [
        "28 mm screw cap, white",
        "38 mm screw cap, white",
        "None of these",
    ]
    speaking.tap(graph, sent, 2)
    booked = speaking.again(order)
    assert (booked.state, booked.auto) == ("booked", True), [d.reason for d in booked.doubts]
    assert erp.lines == [[("CAP-38-WHT", D(2), "ctn")]]
    (doubt,) = booked.doubts
    made = doubt.request.decision
    assert made is not None
    assert (made.option, made.decided_by) == ("item:CAP-38-WHT", None)
    assert made.outsider == "Krushnai Traders, 910000020101"
    story = speaking.types(order)
    assert story.index("orders.customer_asked") < story.index("orders.customer_answered")
    assert "SO-1" in speaking.last_sent(graph).text
    assert verification.verify().sound


def test_what_the_customer_answered_is_known_the_next_time(graph, erp, now):
    speaking.write(graph, "2 ctn white cap")
    speaking.tap(graph, speaking.last_sent(graph), 2)
    now.advance(timedelta(days=2))
    assert speaking.write(graph, "3 ctn white cap").state == "booked"
    assert erp.lines[1] == [("CAP-38-WHT", D(3), "ctn")]


@pytest.mark.parametrize("said", ["२", "اثنين", "38 mm wala"])
def test_a_typed_answer_settles_it_as_well(graph, erp, said):
    order = speaking.write(graph, "2 ctn white cap")
    speaking.reply(graph, said)
    assert speaking.again(order).state == "booked"
    assert erp.lines == [[("CAP-38-WHT", D(2), "ctn")]]
    assert models.OrderRow.objects.count() == 1


def test_the_question_is_put_in_the_customers_language_with_their_own_words(graph, erp):
    speaking.speaks("hi")
    order = speaking.write(graph, "CAP-28-WHT 2 bag")
    sent = speaking.last_sent(graph)
    assert "आपने लिखा: “CAP-28-WHT 2 bag”।" in sent.text
    assert [title for _, title in speaking.choices_of(sent)] == ["2 pcs", "2 box", "2 ctn", "दूसरी मात्रा"]
    speaking.reply(graph, "पेटी")
    assert speaking.again(order).state == "booked"
    assert erp.lines == [[("CAP-28-WHT", D(2), "ctn")]]


def test_two_doubts_are_two_questions_one_after_the_other(graph, erp):
    order = speaking.write(graph, "2 ctn white cap\nCAP-28-BLU 3 bag")
    assert len(desk.open_doubts(order)) == 2
    first = speaking.last_sent(graph)
    assert len(graph.sent_to(speaking.KRUSHNAI)) == 1
    speaking.tap(graph, first, 1)
    assert speaking.again(order).state == "waiting"
    second = speaking.last_sent(graph)
    assert "CAP-28-BLU 3 bag" in second.text
    speaking.tap(graph, second, 3)
    assert speaking.again(order).state == "booked"
    assert erp.lines == [[("CAP-28-WHT", D(2), "ctn"), ("CAP-28-BLU", D(3), "ctn")]]


def test_three_doubts_are_for_the_desk(graph):
    order = speaking.write(graph, "2 ctn white cap\nCAP-28-BLU 3 bag\nCAP-28-RED 4 bag")
    assert len(desk.open_doubts(order)) == 3
    assert graph.sent_to(speaking.KRUSHNAI) == []


def test_what_a_tap_cannot_settle_is_for_the_desk(graph):
    assert speaking.write(graph, "2 ctn CAP-28-WHT rate 10 per ctn").state == "waiting"
    assert speaking.write(graph, "5 ctn zinkplugs").state == "waiting"
    assert graph.sent_to(speaking.KRUSHNAI) == []


def test_after_the_answer_all_gates_hold_and_the_price_is_not_the_customers_to_settle(graph, erp):
    order = speaking.write(graph, "2 ctn white cap rate 10 per ctn")
    asked = graph.sent_to(speaking.KRUSHNAI)
    if asked:
        speaking.tap(graph, asked[-1], 1)
    left = desk.open_doubts(order)
    assert speaking.again(order).state == "waiting"
    assert "price" in [doubt.kind for doubt in left]
    assert erp.lines == []


def test_only_who_was_asked_can_answer(graph, erp):
    order = speaking.write(graph, "2 ctn white cap")
    sent = speaking.last_sent(graph)
    speaking.tap(graph, sent, 2, phone=speaking.SHUBHADA)
    speaking.reply(graph, "2", phone=speaking.SHUBHADA)
    assert speaking.again(order).state == "waiting"
    assert speaking.question(order).state == "asked"
    assert erp.lines == []


def test_while_the_customer_is_asked_the_desks_clock_stands_still(graph, now):
    order = speaking.write(graph, "2 ctn white cap")
    (doubt,) = desk.open_doubts(order)
    assert doubt.request.is_held(now.now())
    assert (
        doubt.request.hold_note
        == "Asked the customer at 11:30. If no answer comes by 12:00, the desk decides."
    )
    now.advance(timedelta(minutes=29))
    assert running.tick() == 0
    now.advance(timedelta(minutes=2))
    running.tick()
    assert speaking.question(order).state == "expired"
    (doubt,) = desk.open_doubts(order)
    assert "did not answer" in doubt.request.hold_note
    assert not doubt.request.is_held(now.now())
    now.advance(timedelta(minutes=20))
    running.tick()
    assert decisions.get_request(doubt.id).escalations
    assert "orders.question_expired" in speaking.types(order)


def test_an_answer_after_the_time_ran_out_still_settles_what_nobody_has_decided(graph, erp, now):
    order = speaking.write(graph, "2 ctn white cap")
    sent = speaking.last_sent(graph)
    now.advance(timedelta(minutes=40))
    running.tick()
    speaking.tap(graph, sent, 1)
    assert speaking.again(order).state == "booked"
    assert erp.lines == [[("CAP-28-WHT", D(2), "ctn")]]


def test_a_person_may_decide_meanwhile_and_a_late_answer_changes_nothing(graph, erp):
    order = speaking.write(graph, "2 ctn white cap")
    sent = speaking.last_sent(graph)
    (doubt,) = desk.open_doubts(order)
    actions.answer_doubt(
        request_id=doubt.id, access=desk.access("asha"), option="item:CAP-28-WHT", origin=speaking.DESK
    )
    running.settle()
    assert speaking.question(order).state == "withdrawn"
    assert speaking.again(order).state == "booked"
    before = len(graph.sent_to(speaking.KRUSHNAI))
    speaking.tap(graph, sent, 2)
    speaking.tap(graph, sent, 2)
    told = graph.sent_to(speaking.KRUSHNAI)[before:]
    assert [message.text for message in told] == [
        "*Your order SO-1*\n\nThank you. This is already settled: 2 ctn 28 mm screw cap, white."
        " Write to us if you want to change it."
    ]
    assert erp.lines == [[("CAP-28-WHT", D(2), "ctn")]]
    assert speaking.question(order).late_said == "38 mm screw cap, white"
    assert models.OrderRow.objects.count() == 1
    assert "orders.answer_too_late" in speaking.types(order)


def test_the_same_tap_twice_is_one_answer(graph, erp):
    order = speaking.write(graph, "2 ctn white cap")
    sent = speaking.last_sent(graph)
    speaking.tap(graph, sent, 2)
    count = len(graph.sent_to(speaking.KRUSHNAI))
    speaking.tap(graph, sent, 2)
    assert len(graph.sent_to(speaking.KRUSHNAI)) == count
    assert speaking.again(order).state == "booked"
    assert len(erp.lines) == 1


@pytest.mark.parametrize("said", ["white", "5 ctn CAP-28-BLU please, not white"])
def test_a_reply_that_fits_nothing_or_two_is_for_the_desk_with_what_they_said(graph, erp, said):
    order = speaking.write(graph, "2 ctn white cap")
    speaking.reply(graph, said, to=speaking.last_sent(graph))
    assert models.OrderRow.objects.count() == 1
    assert (speaking.question(order).state, speaking.question(order).said) == ("unclear", said)
    (doubt,) = desk.open_doubts(order)
    assert said in doubt.request.hold_note
    assert not doubt.request.is_held(clock.now())
    assert "colleague" in speaking.last_sent(graph).text
    assert erp.lines == []


def test_none_of_these_is_for_the_desk(graph):
    order = speaking.write(graph, "2 ctn white cap")
    speaking.tap(graph, speaking.last_sent(graph), 3)
    assert speaking.question(order).state == "unclear"
    assert len(desk.open_doubts(order)) == 1


def test_another_order_while_a_question_is_open_is_an_order_of_its_own(graph, erp):
    order = speaking.write(graph, "2 ctn white cap")
    other = speaking.write(graph, "4 ctn CAP-28-BLU")
    assert other.id != order.id
    assert speaking.question(order).state == "asked"
    assert [line.sku for line in speaking.again(other).lines][-1] == "CAP-28-BLU"


def test_the_same_order_again_is_asked_about_and_booked_once(graph, erp, now):
    speaking.write(graph, "2 ctn CAP-28-WHT")
    now.advance(timedelta(minutes=20))
    second = speaking.write(graph, "2 ctn CAP-28-WHT")
    sent = speaking.last_sent(graph)
    assert "at 11:30" in sent.text
    assert [title for _, title in speaking.choices_of(sent)] == ["A new order", "The same one"]
    speaking.tap(graph, sent, 2)
    assert speaking.again(second).state == "refused"
    assert "same order again" in speaking.again(second).refusal
    assert "once only" in speaking.last_sent(graph).text
    assert len(erp.lines) == 1


def test_a_second_order_is_booked_where_the_customer_says_so(graph, erp, now):
    speaking.write(graph, "2 ctn CAP-28-WHT")
    now.advance(timedelta(minutes=20))
    second = speaking.write(graph, "2 ctn CAP-28-WHT")
    speaking.reply(graph, "new")
    assert speaking.again(second).state == "booked"
    assert len(erp.lines) == 2


def test_a_range_is_asked_about_and_the_chosen_end_is_booked(graph, erp):
    order = speaking.write(graph, "CAP-28-WHT 5-8 ctn")
    assert [title for _, title in speaking.choices_of(speaking.last_sent(graph))] == [
        "5 ctn",
        "8 ctn",
        "Another quantity",
    ]
    speaking.tap(graph, speaking.last_sent(graph), 1)
    assert speaking.again(order).state == "booked"
    assert erp.lines == [[("CAP-28-WHT", D(5), "ctn")]]


def test_a_discontinued_item_is_asked_about_with_its_substitute(graph, erp):
    old = next(row for row in small.ITEMS if row.sku == "CAP-28-RED")
    gone = dataclasses.replace(old, active=False, substitute_sku="CAP-28-BLU")
    small.apply(small.SITE, "items", gone)
    knowledge.forget()
    order = speaking.write(graph, "2 ctn CAP-28-RED")
    sent = speaking.last_sent(graph)
    assert "28 mm screw cap, red is no longer sold. May we send 28 mm screw cap, blue instead?" in sent.text
    speaking.reply(graph, "haan bhej do")
    assert speaking.again(order).state == "booked", [d.reason for d in speaking.again(order).doubts]
    assert erp.lines == [[("CAP-28-BLU", D(2), "ctn")]]


def test_a_site_that_asks_nobody_by_itself_leaves_it_to_the_desk(graph, settings):
    settings.ASK_CUSTOMERS = False
    order = speaking.write(graph, "2 ctn white cap")
    assert graph.sent_to(speaking.KRUSHNAI) == []
    (doubt,) = desk.open_doubts(order)
    assert not doubt.request.is_held(clock.now())


def test_a_message_of_yesterday_is_for_the_desk(graph, now):
    wamid = f"wamid.{uuid.uuid4().hex}"
    body = front_door.delivery(f"+{speaking.KRUSHNAI}", "2 ctn white cap", wamid=wamid)
    now.advance(timedelta(hours=25))
    assert front_door.post(body).status_code == 200
    running.settle()
    assert front_door.order_of(wamid).state == "waiting"
    assert graph.sent_to(speaking.KRUSHNAI) == []


def test_a_question_that_does_not_arrive_comes_back_to_the_desk(graph, now):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(graph_stub, "WINDOW", timedelta(0))
        now.advance(timedelta(seconds=1))
        order = speaking.write(graph, "2 ctn white cap")
    assert speaking.question(order).state == "undelivered"
    (doubt,) = desk.open_doubts(order)
    assert "did not reach the customer" in doubt.request.hold_note
    assert not doubt.request.is_held(clock.now())


def test_a_crash_between_asking_and_sending_asks_once(graph, now, monkeypatch):
    graph.misbehave(graph_stub.Misbehaviour.LOST_ANSWER)
    order = speaking.write(graph, "2 ctn white cap")
    for _ in range(3):
        now.advance(timedelta(minutes=3))
        running.tick()
        running.settle()
    assert len(graph.sent_to(speaking.KRUSHNAI)) == 1
    speaking.tap(graph, speaking.last_sent(graph), 1)
    assert speaking.again(order).state == "booked"


def test_a_crash_while_asking_leaves_nothing_behind_and_the_next_try_asks_once(graph, monkeypatch):
    class Killed(BaseException):
        pass

    def _die(**_told):
        raise Killed

    graph.note_inbound(speaking.KRUSHNAI)
    wamid = front_door.write(f"+{speaking.KRUSHNAI}", "2 ctn white cap")
    with monkeypatch.context() as patch:
        patch.setattr("obeya.orders.asking.putting.outsiders.hold", _die)
        with pytest.raises(Killed):
            running.settle()
    assert not models.QuestionRow.objects.exists()
    assert messages.list_messages(channel="whatsapp") == ()
    (signal,) = [one for one in front_door.signals() if wamid in one.natural_key]
    inbox.understand(signal_id=signal.id)
    running.settle()
    assert len(graph.sent_to(speaking.KRUSHNAI)) == 1
    assert models.QuestionRow.objects.count() == 1


def test_the_desk_asks_with_its_own_words(graph, erp, settings):
    settings.ASK_CUSTOMERS = False
    order = speaking.write(graph, "2 ctn white cap")
    (doubt,) = desk.open_doubts(order)
    given = {
        "order_id": order.id,
        "doubt_id": doubt.id,
        "text": "Dear Mahesh, *which* white cap?",
        "origin": speaking.DESK,
    }
    labels = ["28 mm screw cap, white", "38 mm screw cap, white", "None of these"]
    with pytest.raises(actions.CannotChangeOrder, match="Only the order desk"):
        questions.ask(choices=labels, access=desk.access("meera"), **given)
    with pytest.raises(actions.CannotChangeOrder, match="has changed"):
        questions.ask(choices=labels[:1], access=desk.access("asha"), **given)
    questions.ask(choices=labels, access=desk.access("asha"), **given)
    with pytest.raises(actions.CannotChangeOrder, match="already"):
        questions.ask(choices=labels, access=desk.access("asha"), **given)
    running.settle()
    assert "Dear Mahesh, which white cap?" in speaking.last_sent(graph).text
    speaking.tap(graph, speaking.last_sent(graph), 2)
    assert (speaking.again(order).state, speaking.again(order).auto) == ("booked", False)
