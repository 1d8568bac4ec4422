"""Our client against the stub of the Graph API, and the stub's deliveries against our own reading."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from obeya.demo import graph_stub
from obeya.integrations.whatsapp import client, failures, outgoing, parts, payloads, signature
from obeya.lib import clock

RAMESH = "910000012345"
TEXT = outgoing.Text(body="Booked: SO-1")


class Hook:
    """A webhook of ours: checks, reads and keeps what comes; answers from `answers`, then 200."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.bodies: list[bytes] = []
        self.parts: list[parts.Part] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self._say(hook.take(body, self.headers[signature.HEADER]), b"")

            def do_GET(self) -> None:
                query = dict(parse_qsl(urlsplit(self.path).query))
                try:
                    self._say(200, signature.answer_challenge(query=query, verify_token="ours").encode())
                except signature.CannotConfirmWebhook:
                    self._say(403, b"")

            def _say(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/whatsapp"

    def take(self, body: bytes, header: str) -> int:
        signature.check_signature(body=body, header=header, app_secrets=["stub-app-secret"])
        self.bodies.append(body)
        status = self.answers.pop(0) if self.answers else 200
        if status == 200:
            self.parts.extend(payloads.read_webhook(body))
        return status

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook()
    yield made
    made.close()


@pytest.fixture
def now() -> clock.ManualClock:
    return clock.ManualClock(datetime(2026, 1, 1, 5, 0, tzinfo=UTC))


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def stub(now: clock.ManualClock, slept: list[float]) -> Iterator[graph_stub.GraphStub]:
    with graph_stub.GraphStub(clock=now, sleep=slept.append) as made:
        yield made


def _client(stub: graph_stub.GraphStub, **changes: Any) -> client.GraphClient:
    settings: dict[str, Any] = {
        "base_url": stub.base_url,
        "version": stub.version,
        "token": stub.token,
        "phone_number_id": stub.business.phone_number_id,
    }
    return client.GraphClient(**{**settings, **changes})


@pytest.fixture
def graph(stub: graph_stub.GraphStub) -> Iterator[client.GraphClient]:
    stub.note_inbound(RAMESH)
    with _client(stub) as made:
        yield made


ROW = outgoing.Row(row_id="sku:1", title="Sunflower oil 1 L", description="Carton of 12")
BUTTONS = (outgoing.Button(button_id="yes", title="Confirm"), outgoing.Button(button_id="no", title="Change"))
EVERY_FORM: list[outgoing.Outgoing] = [
    outgoing.Text(body="x" * 4096, preview_url=True),
    outgoing.Buttons(body="b" * 1024, buttons=BUTTONS, header="h" * 60, footer="f" * 60),
    outgoing.Choices(body="Which?", open_with="o" * 20, sections=(outgoing.Section(rows=(ROW,)),)),
    outgoing.Choices(
        body="Which?",
        open_with="Show",
        sections=tuple(
            outgoing.Section(title=f"Part {n}", rows=(outgoing.Row(row_id=f"row:{n}", title="Oil"),))
            for n in range(10)
        ),
    ),
    outgoing.Template(
        name="order_booked", language="en", body=("SO-1", "Thursday"), button_payloads=("again",)
    ),
]


@pytest.mark.parametrize("message", EVERY_FORM)
def test_whatever_our_client_lets_leave_the_contract_accepts(
    stub: graph_stub.GraphStub, graph: client.GraphClient, message: outgoing.Outgoing
) -> None:
    stub.add_template("order_booked", "en", body_variables=2)
    sent = graph.send(message, to="+91 00000 12345", reply_to="wamid.before", tracking="outbox:1")
    (kept,) = stub.sent_to(RAMESH)
    assert (kept.wamid, kept.tracking, sent.wa_id) == (sent.wamid, "outbox:1", RAMESH)


def test_a_message_to_a_user_id_is_taken(stub: graph_stub.GraphStub, graph: client.GraphClient) -> None:
    stub.note_inbound("IN.10000000000012346")
    graph.send(TEXT, to="IN.10000000000012346")
    assert [message.text for message in stub.sent_to("IN.10000000000012346")] == ["Booked: SO-1"]


BAD_REQUESTS: list[tuple[dict[str, Any], int, str]] = [
    ({"messaging_product": "sms"}, 100, "messaging_product"),
    ({"colour": "red"}, 100, "colour"),
    ({"to": None}, 131008, "to"),
    ({"to": "12"}, 131009, "to"),
    ({"text": {"body": "x" * 4097}}, 131009, "4097"),
    ({"text": {"body": ""}}, 131008, "body"),
    ({"text": "hi"}, 100, "JSON object"),
    ({"type": "hologram"}, 131051, "hologram"),
    ({"biz_opaque_callback_data": "x" * 513}, 131009, "513"),
]


@pytest.mark.parametrize(("changes", "code", "told"), BAD_REQUESTS)
def test_the_stub_refuses_what_the_contract_refuses(
    stub: graph_stub.GraphStub, changes: dict[str, Any], code: int, told: str
) -> None:
    stub.note_inbound(RAMESH)
    body = {**outgoing.compose(TEXT, to=RAMESH), **changes}
    response = _raw_post(stub, {key: value for key, value in body.items() if value is not None})
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (400, code)
    assert told in error["error_data"]["details"]
    assert stub.sent == []


def _raw_post(stub: graph_stub.GraphStub, body: dict[str, Any]) -> httpx.Response:
    url = f"{stub.base_url}/{stub.version}/{stub.business.phone_number_id}/messages"
    return httpx.post(url, json=body, headers={"Authorization": f"Bearer {stub.token}"}, trust_env=False)


def _interactive(action: dict[str, Any], kind: str = "button", **more: Any) -> dict[str, Any]:
    interactive = {"type": kind, "body": {"text": "Which?"}, "action": action, **more}
    head = {"messaging_product": "whatsapp", "to": RAMESH, "type": "interactive"}
    return {**head, "interactive": interactive}


def _reply(key: str, title: str) -> dict[str, Any]:
    return {"type": "reply", "reply": {"id": key, "title": title}}


@pytest.mark.parametrize(
    "body",
    [
        _interactive({"buttons": [_reply(str(n), str(n)) for n in range(4)]}),
        _interactive({"buttons": []}),
        _interactive({"buttons": [_reply("a", "x" * 21)]}),
        _interactive({"buttons": [_reply("a", "Yes"), _reply("a", "No")]}),
        _interactive({"buttons": [_reply("a", "Yes"), _reply("b", "Yes")]}),
        _interactive({"buttons": [_reply(" a", "Yes")]}),
        _interactive({"buttons": [_reply("i" * 257, "Yes")]}),
        _interactive({"buttons": [{"type": "url", "reply": {"id": "a", "title": "b"}}]}),
        _interactive({"buttons": [_reply("a", "Yes")]}, header={"type": "text", "text": "h" * 61}),
        _interactive({"buttons": [_reply("a", "Yes")]}, footer={"text": "f" * 61}),
        _interactive({"buttons": [_reply("a", "Yes")]}, body={"text": "b" * 1025}),
        _interactive({"button": "Show", "sections": []}, "list"),
        _interactive({"button": "Show", "sections": [{"rows": []}]}, "list"),
        _interactive({"button": "x" * 21, "sections": [{"rows": [{"id": "a", "title": "b"}]}]}, "list"),
        _interactive({"button": "Show", "sections": [{"rows": [{"id": "a", "title": "t" * 25}]}]}, "list"),
        _interactive(
            {"button": "Show", "sections": [{"rows": [{"id": "a", "title": "b"}]}, {"rows": []}]}, "list"
        ),
        _interactive(
            {"button": "Show", "sections": [{"rows": [{"id": str(n), "title": "b"} for n in range(11)]}]},
            "list",
        ),
        _interactive({}, "carousel"),
    ],
)
def test_the_stub_refuses_interactive_messages_past_the_limits(
    stub: graph_stub.GraphStub, body: dict[str, Any]
) -> None:
    stub.note_inbound(RAMESH)
    response = _raw_post(stub, body)
    assert response.status_code == 400
    assert response.json()["error"]["code"] in {131008, 131009}


def test_without_the_token_or_the_number_nothing_is_sent(stub: graph_stub.GraphStub) -> None:
    stub.note_inbound(RAMESH)
    with _client(stub, token="old") as graph, pytest.raises(failures.Refused) as failed:
        graph.send(TEXT, to=RAMESH)
    assert failed.value.reason == failures.Reason.TOKEN
    with (
        _client(stub, phone_number_id="7") as graph,
        pytest.raises(failures.Refused, match="'7' does not exist"),
    ):
        graph.send(TEXT, to=RAMESH)
    assert httpx.get(stub.base_url, trust_env=False).status_code == 401
    assert stub.sent == []


def test_a_day_after_the_last_message_only_a_template_goes(
    stub: graph_stub.GraphStub, graph: client.GraphClient, now: clock.ManualClock
) -> None:
    stub.add_template("order_booked", "en", body_variables=1)
    now.advance(timedelta(hours=24) - timedelta(seconds=1))
    graph.send(TEXT, to=RAMESH)
    now.advance(timedelta(seconds=1))
    with pytest.raises(failures.Refused) as failed:
        graph.send(TEXT, to=RAMESH)
    assert failed.value.reason == failures.Reason.WINDOW
    graph.send(outgoing.Template(name="order_booked", language="en", body=("SO-1",)), to=RAMESH)
    stub.note_inbound(RAMESH)
    graph.send(TEXT, to=RAMESH)
    assert len(stub.sent) == 3


def test_a_customer_who_never_wrote_gets_templates_only(
    stub: graph_stub.GraphStub, graph: client.GraphClient
) -> None:
    with pytest.raises(failures.Refused) as failed:
        graph.send(TEXT, to="910000012346")
    assert failed.value.reason == failures.Reason.WINDOW


@pytest.mark.parametrize(
    ("template", "code"),
    [
        (outgoing.Template(name="unknown", language="en"), 132001),
        (outgoing.Template(name="order_booked", language="hi", body=("SO-1",)), 132001),
        (outgoing.Template(name="order_booked", language="en"), 132000),
    ],
)
def test_a_template_must_be_the_approved_one(
    stub: graph_stub.GraphStub, graph: client.GraphClient, template: outgoing.Template, code: int
) -> None:
    stub.add_template("order_booked", "en", body_variables=1)
    with pytest.raises(failures.Refused) as failed:
        graph.send(template, to=RAMESH)
    assert (failed.value.code, failed.value.reason) == (code, failures.Reason.TEMPLATE)


def test_a_number_that_is_not_on_whatsapp_is_told(
    stub: graph_stub.GraphStub, graph: client.GraphClient
) -> None:
    stub.mark_undeliverable(RAMESH)
    with pytest.raises(failures.Refused) as failed:
        graph.send(TEXT, to=RAMESH)
    assert failed.value.reason == failures.Reason.RECIPIENT


@pytest.mark.parametrize(
    ("trouble", "failure", "taken"),
    [
        ("server_error", failures.TryAgainLater, 0),
        ("rate_limited", failures.TryAgainLater, 0),
        ("pair_limited", failures.TryAgainLater, 0),
        ("lost_request", failures.AnswerUnknown, 0),
        ("gateway_error", failures.AnswerUnknown, 1),
        ("lost_answer", failures.AnswerUnknown, 1),
    ],
)
def test_trouble_on_demand_is_told_from_a_refusal(
    stub: graph_stub.GraphStub, graph: client.GraphClient, trouble: str, failure: type[Exception], taken: int
) -> None:
    stub.misbehave(graph_stub.Misbehaviour(trouble))
    with pytest.raises(failure):
        graph.send(TEXT, to=RAMESH)
    assert len(stub.sent) == taken
    graph.send(TEXT, to=RAMESH)
    assert len(stub.sent) == taken + 1


def test_how_long_to_wait_comes_through(stub: graph_stub.GraphStub, graph: client.GraphClient) -> None:
    stub.misbehave(graph_stub.Misbehaviour.RATE_LIMITED)
    with pytest.raises(failures.TryAgainLater) as failed:
        graph.send(TEXT, to=RAMESH)
    assert failed.value.retry_after_s == 7.0


def test_a_server_that_hangs_may_have_sent(stub: graph_stub.GraphStub, graph: client.GraphClient) -> None:
    stub.misbehave(graph_stub.Misbehaviour.HANG)
    with _client(stub, timeout_s=0.1) as hasty, pytest.raises(failures.AnswerUnknown):
        hasty.send(TEXT, to=RAMESH)
    assert len(stub.sent_to(RAMESH)) == 1


def test_a_stopped_server_was_not_reached(stub: graph_stub.GraphStub, graph: client.GraphClient) -> None:
    graph.send(TEXT, to=RAMESH)
    stub.stop()
    with pytest.raises(failures.TryAgainLater):
        graph.send(TEXT, to=RAMESH)


def test_a_file_goes_the_whole_way(stub: graph_stub.GraphStub, graph: client.GraphClient, hook: Hook) -> None:
    stub.webhook_url = hook.url
    stub.deliver_media(
        RAMESH, "Ramesh", "document", b"%PDF order", "application/pdf", caption="Order", filename="PO.pdf"
    )
    (message,) = hook.parts
    assert isinstance(message, parts.Media)
    fetched = graph.fetch_media(message.media_id, expected_sha256=message.sha256)
    assert (fetched.content, fetched.mime_type) == (b"%PDF order", "application/pdf")
    stub.remove_media(message.media_id)
    with pytest.raises(failures.Refused) as failed:
        graph.fetch_media(message.media_id)
    assert failed.value.reason == failures.Reason.MEDIA


def test_a_text_arrives_signed_and_may_be_answered_and_read(
    stub: graph_stub.GraphStub, graph: client.GraphClient, hook: Hook, now: clock.ManualClock
) -> None:
    stub.webhook_url = hook.url
    words = "20 पेटी तेल / ٢٠ صندوق \N{THUMBS UP SIGN}"
    delivery = stub.deliver_text("910000012346", "Sana", words)
    assert delivery.accepted
    (message,) = hook.parts
    assert isinstance(message, parts.Text)
    assert (message.body, message.sent_at, message.wamid) == (words, now.now(), delivery.wamid)
    assert message.sender == parts.Sender(wa_id="910000012346", profile_name="Sana")
    graph.mark_as_read(message.wamid)
    graph.send(TEXT, to=message.sender.address, reply_to=message.wamid)
    assert stub.read == [message.wamid]
    with pytest.raises(failures.Refused):
        graph.mark_as_read("wamid.never-received")


def test_a_person_with_a_username_can_be_answered(
    stub: graph_stub.GraphStub, graph: client.GraphClient, hook: Hook
) -> None:
    stub.webhook_url = hook.url
    stub.deliver_text("IN.10000000000012346", "Sana", "3 drums of phenyl")
    (message,) = hook.parts
    assert isinstance(message, parts.Text)
    graph.send(TEXT, to=message.sender.address)
    assert len(stub.sent_to("IN.10000000000012346")) == 1


def test_a_delivery_is_repeated_until_it_is_accepted(
    stub: graph_stub.GraphStub, hook: Hook, slept: list[float]
) -> None:
    stub.webhook_url = hook.url
    hook.answers = [500, 503, 200]
    delivery = stub.deliver_text(RAMESH, "Ramesh", "10 cartons")
    assert delivery.attempts == (500, 503, 200)
    assert slept == [0.5, 1.0]
    assert len(set(hook.bodies)) == 1
    again = stub.deliver_body(delivery.body)
    assert again.accepted
    assert len({part.natural_key for part in hook.parts}) == 1


def test_a_webhook_that_never_accepts_is_given_up(stub: graph_stub.GraphStub, slept: list[float]) -> None:
    stub.webhook_url = "http://127.0.0.1:9/closed"
    delivery = stub.deliver_text(RAMESH, "Ramesh", "10 cartons")
    assert not delivery.accepted
    assert set(delivery.attempts) == {None}
    assert len(delivery.attempts) == len(slept) + 1 == 8


def test_statuses_follow_a_message_by_themselves(now: clock.ManualClock, hook: Hook) -> None:
    with graph_stub.GraphStub(clock=now, auto_statuses=("sent", "delivered")) as stub, _client(stub) as graph:
        stub.webhook_url = hook.url
        stub.note_inbound(RAMESH)
        stub.misbehave(graph_stub.Misbehaviour.LOST_ANSWER)
        with pytest.raises(failures.AnswerUnknown):
            graph.send(TEXT, to=RAMESH, tracking="outbox:7")
        stub.wait_for_statuses()
    statuses = [part for part in hook.parts if isinstance(part, parts.Status)]
    assert [status.status for status in statuses] == ["sent", "delivered"]
    assert {status.tracking for status in statuses} == {"outbox:7"}


def test_a_late_message_can_fail_by_webhook(now: clock.ManualClock, hook: Hook) -> None:
    with graph_stub.GraphStub(clock=now, window_by_webhook=True) as stub, _client(stub) as graph:
        stub.webhook_url = hook.url
        sent = graph.send(TEXT, to=RAMESH)
        stub.wait_for_statuses()
    (status,) = hook.parts
    assert isinstance(status, parts.Status)
    assert (status.wamid, status.status) == (sent.wamid, "failed")
    assert failures.explain(status.errors[0].code).reason == failures.Reason.WINDOW


def test_the_webhook_is_set_up_with_the_right_token_only(stub: graph_stub.GraphStub, hook: Hook) -> None:
    stub.webhook_url = hook.url
    assert stub.confirm_webhook("ours")
    assert not stub.confirm_webhook("another")
