"""Every answer of the Graph API, and every missing one, is translated once."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from obeya.integrations.whatsapp import client, failures, outgoing
from obeya.lib import clock

NOW = datetime(2026, 1, 1, 5, 0, tzinfo=UTC)
TEXT = outgoing.Text(body="Booked")
OK = {
    "messaging_product": "whatsapp",
    "contacts": [{"input": "910000012345", "wa_id": "910000012345"}],
    "messages": [{"id": "wamid.OK"}],
}
Answer = Callable[[httpx.Request], httpx.Response]


def _graph(answer: Answer) -> client.GraphClient:
    return client.GraphClient(
        base_url="https://graph.facebook.com",
        version="v24.0",
        token="the-token",
        phone_number_id="100000000000001",
        clock=clock.ManualClock(NOW),
        transport=httpx.MockTransport(answer),
    )


def _answering(status: int, body: Any, **headers: str) -> client.GraphClient:
    if isinstance(body, bytes):
        return _graph(lambda request: httpx.Response(status, content=body, headers=headers))
    return _graph(lambda request: httpx.Response(status, json=body, headers=headers))


def _error(code: int, **more: Any) -> dict[str, Any]:
    return {"error": {"message": f"(#{code}) Told", "type": "OAuthException", "code": code, **more}}


def _failing(error: httpx.RequestError) -> client.GraphClient:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error

    return _graph(answer)


def test_a_message_goes_to_the_published_address_with_the_token() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=OK)

    with _graph(answer) as graph:
        assert graph.send(TEXT, to="910000012345") == client.Sent("wamid.OK", "910000012345")
    (request,) = seen
    assert request.url == "https://graph.facebook.com/v24.0/100000000000001/messages"
    assert request.headers["Authorization"] == "Bearer the-token"
    assert json.loads(request.content)["text"]["body"] == "Booked"


def test_nothing_is_sent_when_the_message_breaks_a_limit() -> None:
    with (
        _failing(httpx.ConnectError("must not be reached")) as graph,
        pytest.raises(outgoing.CannotComposeMessage),
    ):
        graph.send(outgoing.Text(body=""), to="910000012345")


@pytest.mark.parametrize(
    ("code", "status", "reason", "temporary"),
    [
        (1, 400, "busy", True),
        (2, 503, "busy", True),
        (131000, 500, "busy", True),
        (131016, 500, "busy", True),
        (131057, 500, "busy", True),
        (4, 400, "limit", True),
        (80007, 400, "limit", True),
        (130429, 400, "limit", True),
        (131048, 400, "limit", True),
        (131056, 400, "limit", True),
        (131047, 400, "window", False),
        (131026, 400, "recipient", False),
        (131049, 400, "recipient", False),
        (130472, 400, "recipient", False),
        (132000, 400, "template", False),
        (132001, 404, "template", False),
        (132999, 400, "template", False),
        (190, 401, "token", False),
        (0, 401, "token", False),
        (10, 403, "permission", False),
        (250, 403, "permission", False),
        (100, 400, "request", False),
        (131008, 400, "request", False),
        (131009, 400, "request", False),
        (368, 403, "account", False),
        (131031, 403, "account", False),
        (131042, 400, "account", False),
        (131053, 400, "media", False),
        (999999, 400, "unknown", False),
        (999999, 401, "token", False),
        (999999, 403, "permission", False),
        (999999, 429, "limit", True),
        (999999, 503, "busy", True),
    ],
)
def test_metas_codes_say_whether_trying_again_can_help(
    code: int, status: int, reason: str, temporary: bool
) -> None:
    more = {"error_data": {"details": "What Meta adds."}, "fbtrace_id": "Trace1"}
    kind = failures.TryAgainLater if temporary else failures.Refused
    with _answering(status, _error(code, **more)) as graph, pytest.raises(kind) as failed:
        graph.send(TEXT, to="910000012345")
    assert failed.value.reason == reason
    assert (failed.value.code, failed.value.http_status) == (code, status)
    assert failed.value.trace_id == "Trace1"
    assert str(failed.value).endswith(f"(error {code}) What Meta adds.")


def test_a_code_of_tomorrow_that_meta_calls_transient_is_tried_again() -> None:
    with _answering(400, _error(777777, is_transient=True)) as graph, pytest.raises(failures.TryAgainLater):
        graph.send(TEXT, to="910000012345")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("Thu, 01 Jan 2026 05:01:30 GMT", 90.0),
        ("Thu, 01 Jan 2026 04:00:00 GMT", 0.0),
        ("999999999", 86400.0),
        ("soon", None),
        ("-5", None),
        ("Thu, 01 Jan 2026 05:01:30", None),
        ("", None),
    ],
)
def test_how_long_to_wait_is_handed_on(header: str, seconds: float | None) -> None:
    limited = _answering(429, _error(130429), **{"Retry-After": header})
    with limited as graph, pytest.raises(failures.TryAgainLater) as failed:
        graph.send(TEXT, to="910000012345")
    assert failed.value.retry_after_s == seconds


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("slow"),
        httpx.PoolTimeout("full"),
        httpx.ProxyError("no"),
    ],
)
def test_what_never_left_can_be_sent_again(error: httpx.RequestError) -> None:
    with _failing(error) as graph, pytest.raises(failures.TryAgainLater, match="cannot be reached"):
        graph.send(TEXT, to="910000012345")


@pytest.mark.parametrize(
    "error",
    [
        httpx.ReadTimeout("slow"),
        httpx.WriteTimeout("slow"),
        httpx.ReadError("cut"),
        httpx.WriteError("cut"),
        httpx.RemoteProtocolError("cut"),
    ],
)
def test_what_left_and_was_not_answered_may_have_been_sent(error: httpx.RequestError) -> None:
    with _failing(error) as graph, pytest.raises(failures.AnswerUnknown, match="may have been sent"):
        graph.send(TEXT, to="910000012345")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (502, b"<html>Bad gateway</html>"),
        (504, b""),
        (200, b"<html>"),
        (200, {}),
        (200, {"messages": []}),
        (200, {"messages": [{"id": ""}]}),
        (200, {"messages": [{"id": "a"}, {"id": "b"}]}),
        (200, {"messages": 3}),
        (200, _error(1)),
        (200, b" " * (2 * 1024 * 1024)),
    ],
)
def test_an_answer_that_does_not_say_may_mean_sent(status: int, body: Any) -> None:
    with _answering(status, body) as graph, pytest.raises(failures.AnswerUnknown):
        graph.send(TEXT, to="910000012345")


def test_a_redirect_is_not_followed_with_the_token() -> None:
    with _answering(302, b"", Location="https://example.com/") as graph, pytest.raises(failures.Refused):
        graph.send(TEXT, to="910000012345")


@given(status=st.integers(200, 599), body=st.binary(max_size=60))
def test_any_answer_ends_in_one_of_the_named_failures(status: int, body: bytes) -> None:
    with _answering(status, body) as graph, pytest.raises(failures.GraphFailure) as failed:
        graph.send(TEXT, to="910000012345")
    assert "the-token" not in str(failed.value)


def test_reading_is_confirmed() -> None:
    seen: list[Any] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(json.loads(request.content))
        return httpx.Response(200, json={"success": True})

    with _graph(answer) as graph:
        graph.mark_as_read("wamid.X")
    assert seen == [{"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.X"}]


FILE = b"%PDF-1.7 purchase order"
DIGEST = hashlib.sha256(FILE)
ADDRESS = {
    "messaging_product": "whatsapp",
    "url": "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1",
    "mime_type": "application/pdf",
    "sha256": DIGEST.hexdigest(),
    "file_size": str(len(FILE)),
    "id": "300000000000001",
}


def _holding(
    address: Any = None, content: bytes | Iterator[bytes] = FILE, status: int = 200
) -> client.GraphClient:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "graph.facebook.com":
            assert request.url.params["phone_number_id"] == "100000000000001"
            return httpx.Response(200, json={**ADDRESS, **(address or {})})
        assert request.headers["Authorization"] == "Bearer the-token"
        return httpx.Response(status, content=content)

    return _graph(answer)


@pytest.mark.parametrize("expected", ["", DIGEST.hexdigest(), base64.b64encode(DIGEST.digest()).decode()])
def test_a_file_is_fetched_and_checked(expected: str) -> None:
    with _holding() as graph:
        fetched = graph.fetch_media("300000000000001", expected_sha256=expected)
    assert fetched == client.MediaFile(FILE, "application/pdf", DIGEST.hexdigest())


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ({"sha256": "0" * 64}, "is not the one WhatsApp holds"),
        ({"sha256": "short"}, "cannot be read"),
        ({"sha256": None}, "cannot be read"),
        ({"url": None}, "cannot be read"),
        ({"url": "https://example.com/steal"}, "not one of Meta's"),
        ({"url": "http://lookaside.fbsbx.com/plain"}, "not one of Meta's"),
        ({"url": "file:///etc/passwd"}, "not one of Meta's"),
        ({"url": "https://[lookaside"}, "not one of Meta's"),
        ({"url": "https://lookaside.fbsbx.com/\x01"}, "cannot be read"),
        ({"url": "https://lookaside.fbsbx.com@example.com/"}, "not one of Meta's"),
        ({"file_size": 10**9}, "larger than 1 MB"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_not_taken(address: Any, reason: str) -> None:
    with _holding(address) as graph, pytest.raises(client.CannotTakeMedia, match=reason):
        graph.fetch_media("300000000000001", max_bytes=1024 * 1024)


def test_a_file_larger_than_it_says_is_cut_off() -> None:
    taken: list[int] = []

    def flood() -> Iterator[bytes]:
        for _ in range(1_000_000):
            taken.append(1)
            yield b"x" * 1024

    with _holding(content=flood()) as graph, pytest.raises(client.CannotTakeMedia, match="larger than"):
        graph.fetch_media("300000000000001", max_bytes=64 * 1024)
    assert len(taken) < 1000


def test_a_file_that_differs_from_the_message_is_not_taken() -> None:
    for expected, reason in (("0" * 64, "its digest differs"), ("?", "cannot be read")):
        with _holding() as graph, pytest.raises(client.CannotTakeMedia, match=reason):
            graph.fetch_media("300000000000001", expected_sha256=expected)


@pytest.mark.parametrize("status", [404, 410])
def test_a_file_that_is_gone_is_not_asked_for_again(status: int) -> None:
    with _holding(status=status) as graph, pytest.raises(failures.Refused) as failed:
        graph.fetch_media("300000000000001")
    assert failed.value.reason == failures.Reason.MEDIA
    with _answering(400, _error(100, error_subcode=33)) as graph, pytest.raises(failures.Refused) as failed:
        graph.fetch_media("300000000000001")
    assert failed.value.reason == failures.Reason.MEDIA


def test_a_fetch_without_an_answer_is_tried_again() -> None:
    with _failing(httpx.ReadTimeout("slow")) as graph, pytest.raises(failures.TryAgainLater):
        graph.fetch_media("300000000000001")
    with _holding(status=503) as graph, pytest.raises(failures.TryAgainLater):
        graph.fetch_media("300000000000001")
    with _answering(502, b"<html>") as graph, pytest.raises(failures.TryAgainLater):
        graph.fetch_media("300000000000001")


@pytest.mark.parametrize("media_id", ["", "../100000000000001/messages", "a b", "1?x=2"])
def test_an_id_that_is_none_asks_nothing(media_id: str) -> None:
    with _failing(httpx.ReadTimeout("not asked")) as graph, pytest.raises(client.CannotTakeMedia, match="id"):
        graph.fetch_media(media_id)


@pytest.mark.parametrize(
    ("base_url", "version", "phone_number_id"),
    [
        ("https://graph.facebook.com", "24", "1"),
        ("https://graph.facebook.com", "v24.0", "1/2"),
        ("graph.facebook.com", "v24.0", "1"),
        ("", "v24.0", "1"),
    ],
)
def test_wrong_settings_are_refused_at_once(base_url: str, version: str, phone_number_id: str) -> None:
    with pytest.raises(ValueError, match=r"looks like|is not"):
        client.GraphClient(
            base_url=base_url, version=version, phone_number_id=phone_number_id, token="the-token"
        )
