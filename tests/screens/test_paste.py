"""A message is pasted at the desk, kept with who pasted it, and becomes an order."""

from __future__ import annotations

import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from obeya.config import converters
from obeya.inbox import actions as inbox
from obeya.inbox import interpreters
from obeya.inbox import queries as signals
from obeya.orders import knowledge
from obeya.orders import queries as orders
from obeya.web.order_desk import pasted
from tests.screens.conftest import HTMX
from tests.screens.test_screens import html_of, text_of
from tests.worlds import small

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _desk(settings, tmp_path, world):
    settings.MEDIA_ROOT = tmp_path
    interpreters.register(pasted.SOURCE, pasted.understand)
    converters.register()
    knowledge.forget()


def paste(client, **form):
    told = {"paste_id": str(uuid.uuid4()), "customer": "KRS01", "channel": "whatsapp", "text": "", **form}
    return client.post("/orders/paste", told)


def only_signal():
    (signal,) = signals.list_signals(sites=[small.SITE], source=pasted.SOURCE)
    return signal


def test_a_pasted_message_becomes_an_order_of_the_chosen_customer(as_user):
    asha = as_user("asha")
    assert "Paste a message" in text_of(asha.get("/orders"))
    answer = paste(asha, text="Please send 2 ctn CAP-28-WHT")
    signal = only_signal()
    assert answer.url == f"/orders/paste/{signal.id}"
    assert json.loads(signal.body)["by"] == "asha"
    assert "is being read" in text_of(asha.get(answer.url))
    inbox.understand(signal_id=signal.id)
    became = asha.get(answer.url)
    assert became.status_code == 302
    order = orders.get_order(became.url.removeprefix("/orders/"))
    assert (order.customer_code, order.channel, order.sender_name) == ("KRS01", "paste", "Asha Kulkarni")
    assert [(line.sku, line.quantity) for line in order.lines] == [("CAP-28-WHT", 2)]
    assert asha.get(answer.url, headers=HTMX).headers["HX-Redirect"] == became.url
    assert "Ask the customer" not in text_of(asha.get(became.url))


def test_a_file_is_read_with_it(as_user):
    file = SimpleUploadedFile("po.csv", b"Item,Qty,Unit\nCAP-28-WHT,5,ctn\nCAP-28-BLU,2,ctn\n", "text/csv")
    paste(as_user("asha"), channel="email", files=file)
    inbox.understand(signal_id=only_signal().id)
    order = orders.get_order(signals.get_signal(only_signal().id).became.removeprefix("order:"))
    assert [(line.sku, line.quantity) for line in order.lines] == [("CAP-28-WHT", 5), ("CAP-28-BLU", 2)]


def test_sending_the_form_twice_pastes_once(as_user):
    asha, number = as_user("asha"), str(uuid.uuid4())
    first = paste(asha, text="2 ctn CAP-28-WHT", paste_id=number)
    assert paste(asha, text="2 ctn CAP-28-WHT", paste_id=number).url == first.url
    only_signal()


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"customer": "", "text": "2 ctn"}, "Choose the customer"),
        ({"customer": "nobody at all", "text": "2 ctn"}, "No customer has"),
        ({"channel": "pigeon", "text": "2 ctn"}, "Choose where it came from"),
        ({"text": " "}, "Paste the message, or attach a file"),
        ({"text": "x" * (pasted.MOST_TEXT + 1)}, "too long to paste"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(as_user, form, words):
    answer = paste(as_user("asha"), **form)
    assert answer.status_code == 422
    told = answer.content.decode()
    assert words in told
    assert form.get("text", "").strip()[:100] in told
    assert signals.list_signals(sites=[small.SITE], source=pasted.SOURCE) == []


def test_too_large_and_too_many_files_are_refused(as_user, monkeypatch):
    monkeypatch.setattr(pasted, "MOST_BYTES", 3)
    large = paste(as_user("asha"), files=SimpleUploadedFile("a.txt", b"2 ctn"))
    assert "larger than" in large.content.decode()
    six = [SimpleUploadedFile("a.txt", b"") for _ in range(6)]
    assert "At most 5 files" in paste(as_user("asha"), files=six).content.decode()


def test_a_customer_is_found_by_name(as_user):
    found = html_of(as_user("asha").get("/orders/paste/customers?customer=krush"))
    assert 'value="KRS01"' in found


def test_what_cannot_be_read_says_why(as_user):
    interpreters.register(pasted.SOURCE, lambda signal: interpreters.Waiting("IT must look at it."))
    answer = paste(as_user("asha"), text="2 ctn")
    inbox.understand(signal_id=only_signal().id)
    assert "IT must look at it." in text_of(as_user("asha").get(answer.url))


def test_only_the_order_desk_pastes(as_user):
    for username in ("anand", "nikhil", "lata"):
        assert as_user(username).get("/orders/paste").status_code == 403
    assert "Paste a message" not in text_of(as_user("anand").get("/orders"))
