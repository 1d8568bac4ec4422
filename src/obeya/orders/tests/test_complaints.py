"""Complaints and suppliers' notices become exceptions at once; what stands beside an order is not lost."""

from datetime import timedelta

import pytest
from tests.worlds import desk, small

from obeya.cases import actions as cases_actions
from obeya.cases import models as case_models
from obeya.cases import queries as cases
from obeya.inbox import actions as inbox
from obeya.journal import queries as journal
from obeya.orders import actions, queries
from obeya.orders import models as order_models
from obeya.orders.enquiries import replying, sending, settings
from obeya.outbox import queries as outbox

pytestmark = pytest.mark.django_db
COMPLAINT = {"quality", "production", "customer_service"}
DELIVERY = {"dispatch", "customer_service", "quality"}
SUPPLIER = "+91 00000 33333"


@pytest.fixture(autouse=True)
def hand():
    with desk.standing() as manual:
        yield manual


def answers_to(order):
    return [message.body for message in outbox.list_messages(subject=f"order:{order.id}")]


def cases_of(order):
    found = case_models.CaseRow.objects.filter(correlation=order.correlation).order_by("opened_at", "number")
    return [cases.get_case(row.id) for row in found]


def functions(case):
    return {q.request.function for q in case.questions}


def with_supplier(contact=SUPPLIER, name="Sahyadri Polymers"):
    settings.add_supplier(
        site=small.SITE, name=name, contact=contact, access=desk.access("imran"), origin=small.ORIGIN
    )


@pytest.mark.parametrize(
    ("text", "kind", "asked", "told"),
    [
        (
            "the caps received yesterday are leaking, very bad quality",
            "quality_complaint",
            COMPLAINT,
            "We are sorry",
        ),
        (
            "SO-0911 short received 2 ctn CAP-28-WHT",
            "delivery_failure",
            DELIVERY,
            "We are sorry",
        ),
        ("wrong item in order SO-0911", "delivery_failure", DELIVERY, "sorry"),
        ("माल खराब निकला है", "quality_complaint", COMPLAINT, "खेद"),
        ("البضاعة وصلت مكسورة", "delivery_failure", DELIVERY, "نعتذر"),
    ],
)  # fmt: skip
def test_a_complaint_is_an_exception_with_the_right_functions_and_the_customer_knows(text, kind, asked, told):
    order = desk.write(text)
    assert order.state == "answered"
    (case,) = cases_of(order)
    assert (case.kind, functions(case)) == (kind, asked)
    assert case.facts["customer_code"] == "KRS01"
    assert case.facts["message"] == text
    assert case.signal == order.signal
    (body,) = answers_to(order)
    assert told in body
    assert case.number in body
    types_told = [event.type for event in journal.list_story(order.correlation)]
    assert "orders.exception_reported" in types_told
    assert "cases.case_opened" in types_told


def test_the_exception_names_the_order_and_the_items_that_the_message_names():
    (case,) = cases_of(desk.write("SO-0911 short received 2 ctn CAP-28-WHT"))
    assert case.about == "sales_order:SO-0911"
    assert case.facts["order"] == "SO-0911"
    assert case.facts["items"] == "CAP-28-WHT"
    (other,) = cases_of(desk.write("SO-0911 short received", sender="+91 00000 20102", name="Shubhada"))
    assert other.facts["order"] == ""
    assert other.about == "customer:SHB01"


def test_pictures_stay_with_the_exception():
    digest = inbox.store_media(content=b"not really a picture", content_type="image/jpeg")
    order = desk.write(
        "2 ctn damaged, see photo",
        attachments=[inbox.Attachment(digest, "damage.jpg")],
        files=(),
    )
    (case,) = cases_of(order)
    assert case.facts["files"] == "damage.jpg"
    story = cases.story_of(case)
    assert story.signal is not None
    assert [file.name for file in story.signal.files] == ["damage.jpg"]


def test_an_unknown_sender_opens_no_exception_but_a_person_can_with_one_tap():
    order = desk.write("your caps are leaking", sender="+91 00000 99999", name="Somebody")
    assert (order.state, cases_of(order), answers_to(order)) == ("waiting", [], [])
    (doubt,) = desk.open_doubts(order)
    actions.answer_doubt(
        request_id=doubt.id,
        access=desk.access("asha"),
        origin=small.ORIGIN,
        option="case:quality_complaint",
    )
    (case,) = cases_of(order)
    assert case.kind == "quality_complaint"
    assert case.opened_by == desk.access("asha").user_id
    assert queries.get_order(order.id).state == "answered"


def test_a_complaint_that_orders_too_opens_the_exception_and_waits_for_a_person():
    order = desk.write("CAP-28-WHT caps were leaking and broken, send replacement")
    assert order.state == "waiting"
    (case,) = cases_of(order)
    assert case.kind == "quality_complaint"
    assert any(case.number in doubt.reason + str(doubt.request.context) for doubt in desk.open_doubts(order))


def test_an_order_whose_words_may_complain_says_so_to_the_person():
    order = desk.write("2 ctn CAP-28-WHT were leaking send 5 ctn CAP-28-BLU also")
    assert (order.state, cases_of(order)) == ("waiting", [])
    assert ["question", None, "It may complain of something as well."] in _reading(order)["doubts"]


def _reading(order):
    return order_models.OrderRow.objects.get(pk=order.id).reading


def test_a_late_order_is_a_failed_delivery_where_the_customer_complains(hand):
    hand.advance(timedelta(days=2))
    small.apply(small.SITE, "sales_lines", *small.sales_lines(small.START.date()))
    order = desk.write("SO-0911 is still not received, very late, where is it?")
    assert order.state == "answered"
    (case,) = cases_of(order)
    assert case.kind == "delivery_failure"
    assert case.facts["order"] == "SO-0911"


def test_a_site_where_nobody_answers_for_it_leaves_it_to_the_desk():
    case_models.RouteRow.objects.filter(kind="quality_complaint").delete()
    order = desk.write("the caps are leaking")
    assert order.state == "waiting"
    (doubt,) = desk.open_doubts(order)
    assert "Nobody is set to answer" in str(doubt.request.context["for_a_person"])


# Suppliers


def test_a_suppliers_notice_of_delay_goes_to_materials_and_planning():
    with_supplier()
    order = desk.write(
        "PP resin will be delayed by 3 days due to transport strike", sender=SUPPLIER, name="Sales"
    )
    assert order.state == "answered"
    (case,) = cases_of(order)
    assert (case.kind, functions(case)) == ("material_shortage", {"materials", "planning"})
    assert case.facts["supplier"] == "Sahyadri Polymers"
    assert case.facts["items"] == "RES-PP-IM"
    planning = next(q.request for q in case.questions if q.request.function == "planning")
    (needed, _stock) = planning.context["tables"]
    assert {row[0] for row in needed["rows"]} == {"PO-0417", "PO-0418"}
    (body,) = answers_to(order)
    assert case.number in body


def test_what_else_a_supplier_writes_is_never_an_order_and_goes_to_a_person():
    with_supplier()
    order = desk.write("Please book 5 ctn CAP-28-WHT at our new rates", sender=SUPPLIER, name="Sales")
    assert (order.state, order.lines) == ("waiting", ())
    (doubt,) = desk.open_doubts(order)
    assert "Sahyadri Polymers" in str(doubt.request.context["for_a_person"])
    assert cases_of(order) == []


def test_the_words_of_a_supplier_from_an_unlisted_number_go_to_a_person_who_can_open_it():
    order = desk.write("material will be late by one week", sender=SUPPLIER, name="Sahyadri Polymers")
    assert (order.state, cases_of(order)) == ("waiting", [])
    (doubt,) = desk.open_doubts(order)
    assert "case:material_shortage" in {option.code for option in doubt.request.options}


# Several things in one message


def test_an_order_and_a_question_about_other_goods_are_both_dealt_with():
    order = desk.write("Please send 2 ctn CAP-28-BLU. Also what is the rate of 38mm white cap?")
    assert order.state == "confirmed"
    assert [(line.sku, str(line.quantity)) for line in order.lines] == [("CAP-28-BLU", "2.000000")]
    (body,) = answers_to(order)
    assert "INR 2,850 / ctn" in body


def test_an_order_and_a_complaint_are_both_dealt_with():
    order = desk.write("Please send 2 ctn CAP-28-BLU. Last lot of CAP-28-WHT was damaged.")
    assert order.state == "confirmed"
    assert [line.sku for line in order.lines] == ["CAP-28-BLU"]
    (case,) = cases_of(order)
    assert case.facts["message"] == "Last lot of CAP-28-WHT was damaged."
    assert case.facts["our_number"] == order.number
    (body,) = answers_to(order)
    assert case.number in body


def test_an_order_of_goods_that_the_same_message_asks_about_waits():
    order = desk.write("Please send 2 ctn CAP-28-BLU. What is the rate of CAP-28-BLU?")
    assert order.state == "waiting"
    assert len(answers_to(order)) == 1
    assert any("also asks about" in doubt.reason for doubt in desk.open_doubts(order))


def test_a_payment_note_beside_an_order_goes_to_a_person_and_the_order_is_booked():
    order = desk.write("Send 2 ctn CAP-28-BLU. Payment of 5000 is done by neft.")
    assert order.state == "confirmed"
    (request,) = replying.asked_beside(order.id)
    assert "payment" in str(request.context["for_a_person"])
    sending.send(
        request_id=request.id, text="Thank you, received.", access=desk.access("asha"), origin=small.ORIGIN
    )
    assert answers_to(order) == ["Thank you, received."]
    assert queries.get_order(order.id).state == "confirmed"


def test_a_question_and_a_complaint_are_both_dealt_with():
    order = desk.write("where is SO-0911? the last lot was damaged")
    assert order.state == "answered"
    assert len(cases_of(order)) == 1
    assert len(answers_to(order)) == 2


def test_a_question_and_a_payment_note_answer_the_one_and_keep_the_other():
    order = desk.write("where is SO-0911? payment of 5000 is done")
    assert (order.state, order.intent) == ("waiting", "payment")
    (body,) = answers_to(order)
    assert "SO-0911" in body
    (doubt,) = desk.open_doubts(order)
    assert "payment" in str(doubt.request.context["for_a_person"])


def test_an_order_with_its_papers_keeps_the_complaint_beside_it():
    order = desk.write("Last lot was damaged.", attachments=[_papers()])
    assert [line.sku for line in order.lines] == ["CAP-28-BLU"]
    assert len(cases_of(order)) == 1


def _papers():
    content = b"Item,Qty,Unit\nCAP-28-BLU,2,ctn\n"
    return inbox.Attachment(inbox.store_media(content=content, content_type="text/csv"), "order.csv")


# Notes, greetings, answers of a person


def test_a_payment_note_goes_to_a_person_who_sends_the_suggested_answer_changed():
    order = desk.write("payment of 50000 done by NEFT today UTR 123456")
    (doubt,) = desk.open_doubts(order)
    assert "payment note" in str(doubt.request.context["suggestion"])
    sending.send(
        request_id=doubt.id, text="Received, thank you.", access=desk.access("asha"), origin=small.ORIGIN
    )
    assert answers_to(order) == ["Received, thank you."]
    assert queries.get_order(order.id).state == "answered"
    (event,) = [e for e in journal.list_story(order.correlation) if e.type == "orders.reply_sent"]
    assert event.data["changed"] is True
    assert event.actor == small.ORIGIN.actor


def test_the_suggested_answer_goes_out_as_it_is_with_one_tap():
    order = desk.write("payment of 50000 done by NEFT today UTR 123456")
    (doubt,) = desk.open_doubts(order)
    actions.answer_doubt(
        request_id=doubt.id, access=desk.access("asha"), origin=small.ORIGIN, option=replying.SEND
    )
    assert answers_to(order) == [doubt.request.context["suggestion"]]


@pytest.mark.parametrize("username", ["meera", "dinesh", "nikhil"])
def test_only_who_is_asked_sends_an_answer(username):
    order = desk.write("payment of 50000 done by NEFT today UTR 123456")
    (doubt,) = desk.open_doubts(order)
    with pytest.raises(sending.CannotSend):
        sending.send(request_id=doubt.id, text="Hello", access=desk.access(username), origin=small.ORIGIN)
    assert answers_to(order) == []


def test_an_empty_answer_is_not_sent():
    order = desk.write("payment of 50000 done by NEFT today UTR 123456")
    (doubt,) = desk.open_doubts(order)
    with pytest.raises(sending.CannotSend):
        sending.send(request_id=doubt.id, text="  ", access=desk.access("asha"), origin=small.ORIGIN)


@pytest.mark.parametrize(
    ("greetings", "state", "answers"),
    [("close", "answered", 0), ("answer", "answered", 1), ("person", "waiting", 0)],
)
def test_a_greeting_is_closed_answered_or_shown_as_the_site_wants(greetings, state, answers):
    settings.set_answers(
        site=small.SITE,
        answering=settings.Answering(greetings=greetings),
        why="for the test",
        access=desk.access("anand"),
        origin=small.ORIGIN,
    )
    order = desk.write("Good morning sir")
    assert (order.state, len(answers_to(order))) == (state, answers)


def test_a_thank_you_is_kept_while_an_order_of_theirs_waits():
    desk.write("Please send 2 ctn unicorns")
    assert desk.write("thank you").state == "waiting"


def test_a_greeting_of_a_stranger_goes_to_a_person():
    assert desk.write("hello", sender="+91 00000 99999", name="New").state == "waiting"


def test_a_second_arrival_opens_no_second_exception():
    order = desk.write("the caps are leaking")
    (case,) = cases_of(order)
    again = cases_actions.open_case(
        key=f"order:{order.id}:{case.kind}",
        site=small.SITE,
        kind=case.kind,
        severity=3,
        about=case.about,
        title=case.title,
        facts=case.facts,
        origin=small.ORIGIN,
    )
    assert again.id == case.id
