"""The desk sends suggested answers, sees exceptions, and shows what is answered by itself."""

import pytest

from obeya.inbox import actions as inbox
from obeya.orders import queries as orders
from obeya.orders.enquiries import replying, settings
from obeya.outbox import queries as outbox
from tests.screens.conftest import HTMX
from tests.screens.test_screens import html_of, text_of
from tests.worlds import desk, small

pytestmark = pytest.mark.django_db
PICTURE = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01"
PAYMENT = "payment of 50000 done by NEFT today UTR 123456"


@pytest.fixture
def world(db):
    """The small plant with its clock by hand."""
    with desk.standing():
        yield None


def answers_to(order):
    return [message.body for message in outbox.list_messages(subject=f"order:{order.id}")]


def test_a_suggested_answer_is_on_the_desk_and_goes_out_changed_with_one_tap(as_user):
    order = desk.write(PAYMENT)
    (doubt,) = desk.open_doubts(order)
    asha = as_user("asha")
    html = html_of(asha.get(f"/orders/{order.id}"))
    assert "Thank you, we have your payment note." in html
    assert 'value="send"' not in html
    answer = asha.post(f"/orders/{order.id}/requests/{doubt.id}/send", {"text": "Got it."}, headers=HTMX)
    assert answer.status_code == 200
    assert answers_to(order) == ["Got it."]
    assert "Got it." in text_of(answer)
    assert orders.get_order(order.id).state == "answered"
    assert "A changed answer was sent" in text_of(asha.get(f"/orders/{order.id}/story"))


def test_an_empty_answer_comes_back_in_words(as_user):
    order = desk.write(PAYMENT)
    (doubt,) = desk.open_doubts(order)
    answer = as_user("asha").post(f"/orders/{order.id}/requests/{doubt.id}/send", {"text": " "}, headers=HTMX)
    assert answer.status_code == 409
    assert "Write what you want to answer." in answer.content.decode()


@pytest.mark.parametrize("username", ["nikhil", "meera", "priya", "anand"])
def test_who_is_not_asked_cannot_send_it(as_user, username):
    order = desk.write(PAYMENT)
    (doubt,) = desk.open_doubts(order)
    client = as_user(username)
    assert client.post(f"/orders/{order.id}/requests/{doubt.id}/send", {"text": "x"}).status_code in (
        302,
        403,
    )
    assert answers_to(order) == []


def test_a_request_of_another_order_is_not_found(as_user):
    order, other = desk.write(PAYMENT), desk.write("can you tell me about your holidays")
    (doubt,) = desk.open_doubts(other)
    answer = as_user("asha").post(f"/orders/{order.id}/requests/{doubt.id}/send", {"text": "x"})
    assert answer.status_code == 404


def test_a_question_beside_an_order_waits_on_the_same_page(as_user):
    order = desk.write("Send 2 ctn CAP-28-BLU. Payment of 5000 is done by neft.")
    (request,) = replying.asked_beside(order.id)
    asha = as_user("asha")
    page = text_of(asha.get(f"/orders/{order.id}"))
    assert "Answer what they write beside the order" in page
    assert "Payment of 5000 is done by neft." in page
    assert "Beside an order they write" in text_of(asha.get("/waiting"))
    assert order.number in text_of(asha.get(f"/requests/{request.id}"))
    asha.post(f"/orders/{order.id}/requests/{request.id}/send", {"text": "Thank you."})
    assert answers_to(order) == ["Thank you."]


def test_a_complaint_leads_from_the_desk_to_its_exception_with_its_picture(as_user):
    digest = inbox.store_media(content=PICTURE, content_type="image/jpeg")
    order = desk.write(
        "2 ctn damaged, see photo", attachments=[inbox.Attachment(digest, "damage.jpg")], files=()
    )
    ((case, number, _kind),) = replying.cases_of(order.id)
    assert number in text_of(as_user("asha").get(f"/orders/{order.id}"))
    for username in ("kavita", "farida", "meera"):
        page = html_of(as_user(username).get(f"/exceptions/{case}"))
        assert "damage.jpg" in page
        assert "2 ctn damaged, see photo" in page
    file = as_user("farida").get(f"/exceptions/{case}/files/{digest}")
    assert (file.status_code, file["Content-Type"]) == (200, "image/jpeg")
    assert "sandbox" in file["Content-Security-Policy"]
    assert as_user("dinesh").get(f"/exceptions/{case}/files/{digest}").status_code == 403
    assert as_user("farida").get(f"/exceptions/{case}/files/{'0' * 64}").status_code == 404


def test_commercial_sets_what_is_told_and_the_desk_only_sees_it(as_user):
    page = text_of(as_user("asha").get("/orders/answers"))
    assert "Commercial and the plant manager can change this." in page
    form = {"prices": "nothing", "stock": "exact", "greetings": "person", "most_an_hour": "3", "why": "trial"}
    assert as_user("asha").post("/orders/answers/set", form).status_code == 403
    answer = as_user("nikhil").post("/orders/answers/set", form, headers=HTMX)
    assert answer.status_code == 200
    assert settings.of_site(small.SITE) == settings.Answering("nothing", "exact", "person", 3)
    answer = as_user("nikhil").post("/orders/answers/set", {**form, "why": ""}, headers=HTMX)
    assert answer.status_code == 409
    assert "Say why" in answer.content.decode()
    answer = as_user("nikhil").post("/orders/answers/set", {**form, "most_an_hour": "many"}, headers=HTMX)
    assert answer.status_code == 409


def test_materials_lists_suppliers_and_takes_them_off(as_user):
    imran = as_user("imran")
    form = {"name": "Sahyadri Polymers", "contact": "@sahyadri.example"}
    answer = imran.post("/orders/answers/suppliers", form, headers=HTMX)
    assert "@sahyadri.example" in text_of(answer)
    (listed,) = settings.list_suppliers(small.SITE)
    bad = imran.post("/orders/answers/suppliers", {"name": "X", "contact": "@gmail.com"}, headers=HTMX)
    assert bad.status_code == 409
    assert as_user("kavita").post(f"/orders/answers/suppliers/{listed.id}/remove").status_code == 403
    imran.post(f"/orders/answers/suppliers/{listed.id}/remove")
    assert settings.list_suppliers(small.SITE) == ()
