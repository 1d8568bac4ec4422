"""The portal as a buyer sees it: the link that lets in, a new order, its state, and what is not theirs."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.response import HttpResponseBase
from django.test import Client

from obeya.catalog import queries as catalog
from obeya.inbox import actions as inbox
from obeya.inbox import queries as signals
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.orders import actions as orders
from obeya.orders import models, portal_queries, queries
from obeya.outbox import queries as outbox
from obeya.people import buyer_queries, buyers
from obeya.web.portal import door, letters, sending
from tests.worlds import desk, small

pytestmark = pytest.mark.django_db
ORIGIN = Origin.fresh(source="test", actor="system")
JSON = {"Accept": "application/json"}
MAIL = "mahesh@krushnai.example"


@pytest.fixture(autouse=True)
def time(tmp_path: Any, settings: Any) -> Iterator[clock.ManualClock]:
    settings.MEDIA_ROOT = tmp_path
    cache.clear()  # the rate limits
    with desk.standing() as manual:
        yield manual


def invited(customer: str = "KRS01", name: str = "Mahesh Kadam", email: str = MAIL) -> buyers.NewKey:
    return buyers.invite(site=small.SITE, customer=customer, name=name, email=email, origin=ORIGIN)


def buyer(customer: str = "KRS01", name: str = "Mahesh Kadam") -> Client:
    """A browser in which somebody of a customer is logged in."""
    client = Client()
    client.cookies[door.COOKIE] = buyers.open_invitation(secret=invited(customer, name).secret).secret
    return client


def text_of(answer: HttpResponseBase) -> str:
    return bytes(getattr(answer, "content", b"")).decode()


def start_of(client: Client, **query: str) -> dict[str, Any]:
    """What the page of a new order begins with."""
    answer = client.get("/portal/new", query)
    start: dict[str, Any] = json.loads(answer.context["start"])
    return start


def send(client: Client, *lines: dict[str, str], form_id: str = "", files: Any = (), **given: Any) -> Any:
    order = {"lines": lines or ({"sku": "CAP-28-WHT", "quantity": "2", "uom": "ctn"},), **given}
    fields = {"form_id": form_id or str(uuid.uuid4()), "order": json.dumps(order), "files": list(files)}
    return client.post("/portal/send", fields, headers=JSON)


def understood(url: str) -> queries.Order:
    """The order that what was sent became, once the job of the inbox has run."""
    key = f"{small.SITE}/KRS01/{url.rsplit('/', 1)[1]}"
    kept = signals.find_signal(sending.SOURCE, key)
    assert kept is not None
    inbox.understand(signal_id=kept.id)
    return desk.order_of(signals.get_signal(kept.id))


# Coming in


def test_looking_at_a_link_uses_nothing_up_and_its_button_lets_in_once() -> None:
    link = letters.link_of(invited())
    path = link[link.index("/portal/") :]
    for _ in range(3):  # a mail scanner, a preview, the buyer
        page = Client().get(path)
        assert page.status_code == 200
        assert door.COOKIE not in page.cookies
    key = path.partition("key=")[2]
    client = Client()
    entered = client.post("/portal/enter", {"key": key})
    assert entered.status_code == 302
    cookie = entered.cookies[door.COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/portal")
    assert client.get("/portal/").status_code == 200
    again = Client().post("/portal/enter", {"key": key})
    assert again.status_code == 410
    assert "not good any more" in text_of(again)


def test_whoever_asks_for_a_link_hears_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    invited()
    asked: list[str] = []
    monkeypatch.setattr("obeya.web.tasks.send_portal_links.defer", lambda contact: asked.append(contact))
    answers = [
        re.sub(r'value="[^"]*"', "", text_of(Client().post("/portal/login", {"contact": contact})))
        for contact in (MAIL, "nobody@elsewhere.example", "+91 98220 12345", "x" * 1000)
    ]
    assert len(set(answers)) == 1
    assert "a link is on its way" in answers[0]
    assert len(asked) == 4, "the same work for each: one job, which looks who is known"


def test_a_link_is_sent_to_whom_we_know_and_to_nobody_else() -> None:
    buyers.invite(
        site=small.SITE,
        customer="KRS01",
        name="Mahesh",
        email=MAIL,
        phone="+91 98220 12345",
        origin=ORIGIN,
    )
    assert letters.send_links("nobody@elsewhere.example") == 0
    assert letters.send_links(MAIL.upper()) == 1
    sent = outbox.list_messages(sites=[small.SITE])
    assert {(one.channel, one.to) for one in sent} == {("email", MAIL), ("whatsapp", "919822012345")}
    (link,) = {link for one in sent for link in re.findall(r"http\S+", one.body)}
    assert Client().post("/portal/enter", {"key": link.partition("key=")[2]}).status_code == 302


def test_asking_again_and_again_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("obeya.web.tasks.send_portal_links.defer", lambda contact: None)
    codes = [Client().post("/portal/login", {"contact": MAIL}).status_code for _ in range(5)]
    assert codes == [200, 200, 200, 429, 429]
    places = [Client().post("/portal/login", {"contact": f"{n}@x.example"}).status_code for n in range(25)]
    assert places[-1] == 429


def test_leaving_and_taking_access_away_close_the_door() -> None:
    client = buyer()
    secret = client.cookies[door.COOKIE].value
    assert client.post("/portal/leave").status_code == 302
    other = Client()
    other.cookies[door.COOKIE] = secret
    assert other.get("/portal/").headers["Location"] == "/portal/login"
    client = buyer(name="Sunita")
    holder = buyer_queries.find_holder(client.cookies[door.COOKIE].value, "session")
    assert holder is not None
    buyers.take_away(buyer_id=holder.buyer.id, origin=ORIGIN)
    assert client.get("/portal/").headers["Location"] == "/portal/login"


# A new order


def test_an_order_is_sent_booked_and_told_in_plain_words() -> None:
    client = buyer()
    sent = send(client, po_number="KT/7", ship_to="Hadapsar godown")
    assert sent.status_code == 201
    url = sent.json()["url"]
    assert "It has arrived" in text_of(client.get(url))
    order = understood(url)
    assert (order.state, order.channel, order.po_number, order.sender_name) == (
        "confirmed",
        "portal",
        "KT/7",
        "Mahesh Kadam",
    )
    page = client.get(url, follow=True)
    assert page.redirect_chain == [(f"/portal/orders/{order.id}", 302)]
    assert "Accepted" in text_of(page)
    assert page.headers["X-Moving"] == "yes"
    models.OrderRow.objects.filter(pk=order.id).update(state="booked", erp_number="SO-1001")
    part = client.get(f"/portal/orders/{order.id}", headers={"X-Part": "order"})
    assert "Confirmed as SO-1001" in text_of(part)
    assert "<html" not in text_of(part)
    assert part.headers["X-Moving"] == "no"
    assert "SO-1001" in text_of(client.get("/portal/"))


def test_a_form_sent_twice_is_one_order_and_other_contents_are_told_apart() -> None:
    client, form_id = buyer(), str(uuid.uuid4())
    first = send(client, form_id=form_id)
    assert send(client, form_id=form_id).json() == first.json()
    changed = send(client, {"sku": "CAP-28-WHT", "quantity": "3", "uom": "ctn"}, form_id=form_id)
    assert changed.status_code == 409
    assert "has arrived already" in changed.json()["error"]
    understood(first.json()["url"])
    assert models.OrderRow.objects.get().lines.get().quantity == Decimal(2)


def test_what_is_wrong_is_said_with_its_line_and_nothing_is_kept() -> None:
    client = buyer()
    good = {"sku": "CAP-28-WHT", "quantity": "2", "uom": "ctn"}
    for wrong, words in (
        ({**good, "quantity": "0"}, "Line 2: say how much"),
        ({**good, "uom": "bag"}, "Line 2: 28 mm screw cap, white is not sold in “bag”"),
        ({**good, "sku": "NO-SUCH"}, "Line 2: NO-SUCH is not among"),
        ({**good, "sku": "RES-PP-IM"}, "Line 2: RES-PP-IM is not among"),
    ):
        answer = send(client, good, wrong)
        assert answer.status_code == 422
        assert words in answer.json()["error"]
        assert answer.json()["problems"][0]["line"] == 2
    for hostile in ("", "{", "[]", '{"lines": [{"sku": "\\u0000"}]}', '{"lines": [[1]]}', "9" * 1000):
        fields = {"form_id": str(uuid.uuid4()), "order": hostile}
        assert client.post("/portal/send", fields, headers=JSON).status_code == 422, hostile
    assert client.post("/portal/send", {"form_id": "x", "order": "{}"}, headers=JSON).status_code == 422
    assert signals.list_signals(sites=[small.SITE], source="portal") == []


def test_the_catalogue_shows_what_a_customer_may_see_and_no_more() -> None:
    client = buyer()
    (found,) = client.get("/portal/items", {"q": "screw blue"}, headers=JSON).json()["items"]
    assert (found["sku"], found["prices"], found["available"]) == ("CAP-28-BLU", {}, None)
    assert [unit["uom"] for unit in found["units"]] == ["pcs", "box", "ctn"]
    for hidden in ("Polypropylene", "RES-PP", "masterbatch"):
        assert client.get("/portal/items", {"q": hidden}, headers=JSON).json()["items"] == []
    buyers.set_portal(site=small.SITE, shows_prices=True, shows_stock=True, origin=ORIGIN)
    (found,) = client.get("/portal/items", {"q": "screw blue"}, headers=JSON).json()["items"]
    assert found["prices"]["ctn"] == "2700"
    assert found["available"] is True
    (preform,) = client.get("/portal/items", {"q": "preform"}, headers=JSON).json()["items"]
    assert preform["available"] is False
    shown = json.dumps(found)
    assert "0.48" not in shown, "no floor"
    assert "45000" not in shown, "no stock figure"
    assert client.get("/portal/items", {"q": "%"}, headers=JSON).json()["items"] == []


def test_usual_items_come_first_and_an_order_can_be_repeated() -> None:
    past = models.PastOrderRow(
        site_id=small.SITE,
        order_no="P1",
        customer="KRS01",
        ordered_at=clock.now() - timedelta(days=3),
        channel="erp",
        lines=[{"sku": "CAP-28-RED", "qty": "4", "uom": "ctn"}],
    )
    past.save()
    client = buyer()
    (usual,) = start_of(client)["usual"]
    assert (usual["sku"], usual["quantity"], usual["uom"]) == ("CAP-28-RED", "4", "ctn")
    order = understood(send(client).json()["url"])
    (line,) = start_of(client, repeat=str(order.id))["lines"]
    assert (line["sku"], line["quantity"], line["uom"]) == ("CAP-28-WHT", "2", "ctn")
    other = buyer("SHB01", "Shubhada")
    assert start_of(other, repeat=str(order.id))["lines"] == []
    assert start_of(other)["usual"] == []
    for hostile in ("x", "0" * 40, "../"):
        assert start_of(client, repeat=hostile)["lines"] == []


def test_a_pasted_list_becomes_lines_to_confirm_and_a_doubt_the_buyers_choice() -> None:
    client = buyer()
    told = client.post("/portal/read", {"text": "2 ctn CAP-28-WHT\n5 ctn zinkplugs"}, headers=JSON).json()
    sure, doubtful = told["lines"]
    assert (sure["items"][0]["sku"], sure["quantity"], sure["uom"], sure["sure"]) == (
        "CAP-28-WHT",
        "2",
        "ctn",
        True,
    )
    assert doubtful["sure"] is False
    assert "zinkplugs" in doubtful["words"]
    assert models.OrderRow.objects.count() == 0
    assert client.post("/portal/read", {"text": ""}, headers=JSON).status_code == 422
    assert client.post("/portal/read", {"text": "x" * 5000}, headers=JSON).status_code == 422
    chosen = {"sku": "CAP-38-WHT", "quantity": "1", "uom": "ctn", "words": "zinkplugs"}
    assert understood(send(client, chosen).json()["url"]).state == "confirmed"


def test_a_file_alone_is_the_order_and_is_read_like_any_file() -> None:
    client = buyer()
    table = SimpleUploadedFile("order.csv", b"item,qty,unit\nCAP-28-WHT,2,ctn\n", "text/csv")
    answer = client.post(
        "/portal/send",
        {"form_id": str(uuid.uuid4()), "order": json.dumps({"lines": []}), "files": [table]},
        headers=JSON,
    )
    assert answer.status_code == 201, answer.json()
    order = understood(answer.json()["url"])
    assert [(line.sku, line.quantity, line.uom) for line in order.lines] == [
        ("CAP-28-WHT", Decimal(2), "ctn")
    ]
    many = [SimpleUploadedFile(f"{n}.csv", b"x") for n in range(sending.MOST_FILES + 1)]
    assert send(client, files=many).status_code == 422


# What becomes of it


def test_the_desks_doubts_are_told_without_floors_limits_or_names_of_others() -> None:
    client = buyer()
    order = understood(send(client, {"sku": "CAP-28-WHT", "quantity": "100", "uom": "ctn"}).json()["url"])
    assert order.state == "waiting"
    page = text_of(client.get(f"/portal/orders/{order.id}"))
    assert "Our desk is looking at it" in page
    assert "your account with us" in page
    for secret in ("limit", "400,000", "floor", "credit", "INR"):
        assert secret not in page, secret


def test_a_buyer_settles_by_a_tap_which_item_a_line_means() -> None:
    client = buyer()
    order = desk.write("2 ctn 28mm cap")
    assert order.state == "waiting"
    page = client.get(f"/portal/orders/{order.id}")
    (topic,) = page.context["page"].topics
    code, label, form_id = topic.choices[0]
    assert label in text_of(page)
    answer = client.post(f"/portal/orders/{order.id}/choose", {"choice": code, "form_id": form_id})
    assert answer.headers["Location"] == f"/portal/orders/{order.id}"
    understood(f"/{form_id}")
    assert queries.get_order(order.id).state == "confirmed"


def test_a_wish_about_a_confirmed_order_goes_to_the_desk_and_its_answer_is_told() -> None:
    client = buyer()
    order = understood(send(client).json()["url"])
    form_id = str(uuid.uuid4())
    wish = {"wish": "change", "said": "make it 3", "form_id": form_id}
    url = f"/portal/orders/{order.id}"
    assert client.post(f"{url}/wish", wish).status_code == 302
    asked = understood(f"/{form_id}")
    assert "Our desk is looking at that" in text_of(client.get(url))
    (doubt,) = desk.open_doubts(asked)
    orders.answer_doubt(request_id=doubt.id, access=desk.access("asha"), option="answered", origin=ORIGIN)
    assert "Our desk has dealt with that" in text_of(client.get(url))
    assert [one.id for one in portal_queries.list_mine(catalog.get_customer(small.SITE, "KRS01"))] == [
        order.id
    ]
    assert client.post(f"{url}/wish", {**wish, "said": "", "form_id": str(uuid.uuid4())}).status_code == 422
    assert client.post(f"{url}/wish", {**wish, "wish": "steal"}).status_code == 422


def test_what_erp_shows_as_delivered_is_told() -> None:
    client = buyer()
    order = understood(send(client, {"sku": "CAP-28-WHT", "quantity": "4", "uom": "ctn"}).json()["url"])
    models.OrderRow.objects.filter(pk=order.id).update(state="booked", erp_number="SO-0911")
    assert "Not dispatched yet, promised for 2026-02-05" in text_of(client.get(f"/portal/orders/{order.id}"))
    (line,) = small.sales_lines(clock.now().date())
    small.apply(small.SITE, "sales_lines", replace(line, open_quantity=Decimal(1)))
    page = text_of(client.get(f"/portal/orders/{order.id}"))
    assert "3 of 4 ctn dispatched" in page
    assert "Partly delivered" in page


def test_what_the_desk_asks_reaches_the_buyer_by_mail_and_on_the_page() -> None:
    client = buyer()
    order = understood(send(client, note="unload at the back").json()["url"])
    orders.ask_customer(order_id=order.id, text="Which gate?", access=desk.access("asha"), origin=ORIGIN)
    (asked,) = outbox.list_replies([f"order:{order.id}"])
    assert (asked.channel, asked.to, asked.body) == ("email", MAIL, "Which gate?")
    assert "Which gate?" in text_of(client.get(f"/portal/orders/{order.id}"))
    holder = buyer_queries.find_holder(client.cookies[door.COOKIE].value, "session")
    assert holder is not None
    buyers.take_away(buyer_id=holder.buyer.id, origin=ORIGIN)
    with pytest.raises(orders.CannotChangeOrder, match="cannot be answered"):
        orders.ask_customer(order_id=order.id, text="And?", access=desk.access("asha"), origin=ORIGIN)


# Whose it is


def test_no_page_of_a_customer_opens_for_another_for_staff_or_for_nobody() -> None:
    order = understood(send(buyer(), po_number="SECRET-PO").json()["url"])
    form_id = signals.list_signals(sites=[small.SITE], source="portal")[0].natural_key.rsplit("/", 1)[1]
    pages = [f"/portal/orders/{order.id}", f"/portal/sent/{form_id}"]
    posts = [f"/portal/orders/{order.id}/wish", f"/portal/orders/{order.id}/choose"]
    other = buyer("SHB01", "Shubhada")
    for url in pages:
        assert other.get(url).status_code == 404, url
    for url in posts:
        told = {"wish": "cancel", "choice": "item:CAP-28-WHT", "form_id": str(uuid.uuid4())}
        assert other.post(url, told).status_code == 404, url
    assert "SECRET-PO" not in text_of(other.get("/portal/"))
    assert send(other, form_id=form_id).status_code == 201, "another customer's id is no clash, and no way in"
    staff = Client()
    staff.force_login(get_user_model().objects.get(username="asha"))
    for client in (staff, Client()):
        for url in [*pages, "/portal/", "/portal/new", "/portal/items?q=cap"]:
            assert client.get(url).headers["Location"] == "/portal/login", url
        for url in [*posts, "/portal/send", "/portal/read"]:
            assert client.post(url).headers["Location"] == "/portal/login", url
            assert client.post(url, headers=JSON).status_code == 401, url


def test_a_buyers_session_opens_no_screen_of_the_plant() -> None:
    client = buyer()
    client.cookies["sessionid"] = client.cookies[door.COOKIE].value
    for url in ("/", "/orders", "/waiting", "/connectors"):
        assert client.get(url).headers["Location"].startswith("/login"), url


def test_forms_need_their_token_and_pages_carry_the_policy() -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies[door.COOKIE] = buyers.open_invitation(secret=invited().secret).secret
    for url in ("/portal/send", "/portal/read", "/portal/leave", "/portal/enter", "/portal/login"):
        assert strict.post(url).status_code == 403, url
    page = strict.get("/portal/new")
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"


def test_what_people_type_is_shown_as_text() -> None:
    client = buyer(name="<b>Mahesh</b>")
    order = understood(send(client, po_number="<script>1</script>").json()["url"])
    for url in ("/portal/", f"/portal/orders/{order.id}", "/portal/new"):
        page = text_of(client.get(url))
        assert "<script>1" not in page
        assert "<b>Mahesh" not in page


def test_pages_turn_round_for_languages_that_run_from_right_to_left() -> None:
    client = buyer()
    for language in ("ar", "ur"):
        assert f'lang="{language}" dir="rtl"' in text_of(
            client.get("/portal/", headers={"Accept-Language": language})
        )
