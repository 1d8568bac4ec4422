"""The webhook: stored before Meta is answered, once, and only what Meta signed."""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client

from obeya.inbox import actions, models, queries, refusals
from obeya.integrations.whatsapp import inbound, payloads, signature, views
from obeya.integrations.whatsapp.tests import samples
from obeya.people.models import Site

URL = "/webhooks/whatsapp"
SECRET = "app-secret"
OURS = "100000000000001"


@pytest.fixture(autouse=True)
def whatsapp(settings, monkeypatch):
    monkeypatch.setattr(refusals, "TALLY", refusals.Tally())
    settings.WHATSAPP = {
        **settings.WHATSAPP,
        "app_secrets": [SECRET],
        "verify_token": "our-token",
        "phone_number_id": OURS,
        "site": "PUNE",
    }
    return settings.WHATSAPP


@pytest.fixture
def site(db):
    return _site("PUNE")


def _site(code):
    return Site.objects.create(
        code=code, name=code, country="IN", timezone="Asia/Kolkata", currency="INR", week=["mon"]
    )


def post(body: bytes, *, header: str | None = None, client: Client | None = None):
    signed = signature.sign(body, app_secret=SECRET) if header is None else header
    return (client or Client()).post(
        URL, data=body, content_type="application/json", headers={signature.HEADER: signed}
    )


def stored() -> list[models.SignalRow]:
    return list(models.SignalRow.objects.order_by("received_at", "id"))


def test_a_delivery_is_stored_as_it_came_before_it_is_answered(site):
    answer = post(samples.body("text"))
    assert answer.status_code == 200
    (signal,) = queries.list_signals(sites=["PUNE"])
    assert signal.body == samples.body("text")
    assert (signal.source, signal.state, signal.content_type) == ("whatsapp", "received", "application/json")
    assert signal.natural_key == payloads.read_webhook(signal.body)[0].natural_key
    assert signal.occurred_at == datetime(2026, 1, 1, 5, 0, 1, tzinfo=UTC)
    assert signal.headers[signature.HEADER] == signature.sign(signal.body, app_secret=SECRET)


def test_the_same_delivery_again_changes_nothing_and_is_answered_the_same(site):
    assert [post(samples.body("text")).status_code for _ in range(3)] == [200] * 3
    assert len(stored()) == 1


@pytest.mark.django_db(transaction=True)
def test_forty_deliveries_from_eight_threads_are_one_signal():
    _site("PUNE")
    answers: list[int] = []

    def deliver():
        answers.extend(post(samples.body("text")).status_code for _ in range(5))
        connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 40
    assert len(stored()) == 1


def test_a_batch_becomes_a_signal_for_each_part_beside_the_whole(site):
    post(samples.body("batch"))
    whole, *parts = stored()
    digest = hashlib.sha256(samples.body("batch")).hexdigest()
    assert (whole.natural_key, bytes(whole.body)) == (f"delivery:{digest}", samples.body("batch"))
    expected = [inbound.key_of(part) for part in payloads.read_webhook(samples.body("batch"))]
    assert [row.natural_key for row in parts] == expected
    assert {row.headers["delivery"] for row in parts} == {digest}


@pytest.mark.parametrize("name", samples.NAMES)
def test_every_kind_of_delivery_is_stored(site, name):
    assert post(samples.body(name)).status_code == 200
    keys = {row.natural_key for row in stored()}
    assert {part.natural_key for part in payloads.read_webhook(samples.body(name))} <= keys


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("", "The signature is missing"),
        ("sha256=" + "0" * 64, "The signature does not fit the message"),
        ("sha1=abc", "The signature is malformed"),
    ],
)
def test_a_wrong_signature_leaves_a_count_for_it_and_nothing_else(site, header, reason):
    answer = post(samples.body("text"), header=header)
    assert answer.status_code == 401
    assert reason in answer.content.decode()
    assert stored() == []
    (told,) = queries.list_refusals("whatsapp")
    assert told.reason.startswith(reason)
    assert told.count == 1


def test_one_changed_byte_is_not_what_meta_signed(site):
    signed = signature.sign(samples.body("text"), app_secret=SECRET)
    assert post(samples.body("text").replace(b"20", b"90"), header=signed).status_code == 401
    assert stored() == []


def test_a_body_that_says_it_is_too_large_is_not_read_at_all(site, monkeypatch):
    monkeypatch.setattr("django.http.HttpRequest.read", None)
    assert post(b" " * (payloads.MAX_BODY_BYTES + 1)).status_code == 413
    (told,) = queries.list_refusals("whatsapp")
    assert told.reason == views.TOO_LARGE


def test_a_body_that_hides_its_size_is_read_to_the_limit_and_no_further(rf):
    read = []

    class Endless:
        def read(self, size):
            read.append(size)
            return b" " * size

    request = rf.post(URL)
    request.META.pop("CONTENT_LENGTH")
    request._stream = Endless()
    with pytest.raises(views._CannotAccept) as refused:
        views._read(request)
    assert refused.value.status == 413
    assert read == [payloads.MAX_BODY_BYTES + 1]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'{"object": "page", "entry": []}', b"[" * 5000])
def test_a_signed_body_that_cannot_be_read_is_kept_with_the_reason(site, body):
    assert [post(body).status_code for _ in range(2)] == [200, 200]
    (row,) = stored()
    assert (row.state, bytes(row.body)) == ("refused", body)
    assert row.reason.startswith("This is not a WhatsApp delivery")
    assert row.natural_key == f"unreadable:{hashlib.sha256(body).hexdigest()}"


def test_a_delivery_that_holds_nothing_is_kept_with_the_reason(site):
    post(b'{"object": "whatsapp_business_account", "entry": []}')
    assert [row.reason for row in stored()] == ["This delivery holds no message."]


def test_a_message_for_another_business_number_is_kept_but_not_used(site, whatsapp):
    whatsapp["phone_number_id"] = "100000000000099"
    assert post(samples.body("text")).status_code == 200
    (row,) = stored()
    assert row.state == "refused"
    assert f"the id {OURS}, not to ours" in row.reason


def test_ids_as_long_as_meta_allows_fit(site):
    envelope = samples.envelope("status_sent")
    (status,) = samples.value(envelope)["statuses"]
    status.update(id="w" * 255, recipient_participant_id="p" * 255)
    assert post(json.dumps(envelope).encode()).status_code == 200
    (row,) = stored()
    assert row.natural_key.startswith("long:")


def test_without_a_site_meta_is_asked_to_come_again(site, whatsapp):
    whatsapp["site"] = "NOWHERE"
    answer = post(samples.body("text"))
    assert answer.status_code == 503
    assert "OBEYA_WHATSAPP_SITE" in answer.content.decode()
    assert stored() == []


def test_the_only_site_needs_no_setting_but_two_do(site, whatsapp):
    whatsapp["site"] = ""
    assert post(samples.body("text")).status_code == 200
    _site("SURAT")
    assert post(samples.body("image")).status_code == 503


def test_a_part_that_cannot_be_stored_leaves_none_stored(site, monkeypatch):
    receive = actions.receive
    count = []

    def failing(**values):
        count.append(1)
        if len(count) == 3:
            raise ConnectionError
        return receive(**values)

    monkeypatch.setattr(actions, "receive", failing)
    client = Client(raise_request_exception=False)
    assert post(samples.body("batch"), client=client).status_code == 500
    assert stored() == []


def test_our_webhook_is_confirmed_to_meta(db):
    query = {"hub.mode": "subscribe", "hub.verify_token": "our-token", "hub.challenge": "1158201444"}
    answer = Client().get(URL, query)
    assert (answer.status_code, answer.content) == (200, b"1158201444")
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_a_stranger_cannot_confirm_it(db):
    query = {"hub.mode": "subscribe", "hub.verify_token": "guess", "hub.challenge": "1"}
    assert Client().get(URL, query).status_code == 403
    assert [told.reason for told in queries.list_refusals("whatsapp")] == ["The verify token is not ours."]


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_other_methods_are_not_allowed(db, method):
    assert getattr(Client(), method)(URL).status_code == 405


def test_a_delivery_needs_no_form_token(site):
    assert post(samples.body("text"), client=Client(enforce_csrf_checks=True)).status_code == 200
