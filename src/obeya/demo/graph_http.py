"""The HTTP side of the stub of the Graph API: requests in, answers out, trouble on demand."""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from urllib.parse import urlsplit

from obeya.demo import graph_contract

_MAX_BODY_BYTES = 1024 * 1024
_HANG_S = 60.0


@dataclass(frozen=True, slots=True)
class Request:
    """A request; `path` is cut at its slashes, `token` the bearer token or None."""

    method: str
    path: list[str]
    token: str | None
    body: bytes

    def json(self) -> Mapping[str, object]:
        """The body as a JSON object. Raises graph_contract.Objection."""
        try:
            value = json.loads(self.body)
        except ValueError as error:
            raise graph_contract.Objection(100, "The request body is not valid JSON.") from error
        if not isinstance(value, dict):
            raise graph_contract.Objection(100, "The request body must be a JSON object.")
        return value


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. `cut` breaks the connection in place of it; `hang_s` waits first."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    cut: bool = False
    hang_s: float = 0.0


def json_answer(status: int, value: Mapping[str, object], **headers: str) -> Answer:
    """An answer in JSON."""
    return Answer(status, json.dumps(value).encode(), headers=headers)


def objection_answer(objection: graph_contract.Objection, **headers: str) -> Answer:
    """A refusal in Meta's error form."""
    title = graph_contract.TITLES.get(objection.code, "Invalid parameter")
    error: dict[str, object] = {
        "message": f"(#{objection.code}) {title}",
        "type": "OAuthException",
        "code": objection.code,
        "error_data": {"messaging_product": "whatsapp", "details": objection.details},
        "fbtrace_id": "AStubOfTheGraphApi00000",
    }
    if objection.subcode is not None:
        error["error_subcode"] = objection.subcode
    return json_answer(objection.status, {"error": error}, **headers)


REFUSING: Mapping[str, Answer] = {
    "server_error": objection_answer(
        graph_contract.Objection(131000, "Message failed to send due to an unknown error.", status=500)
    ),
    "rate_limited": objection_answer(
        graph_contract.Objection(130429, "Message throughput has been reached.", status=429),
        **{"Retry-After": "7"},
    ),
    "pair_limited": objection_answer(
        graph_contract.Objection(131056, "Too many messages to the same phone number in a short time.")
    ),
    "lost_request": Answer(0, b"", cut=True),
}
"""Troubles in which nothing is sent, by name."""

SPOILING: Mapping[str, Answer] = {
    "gateway_error": Answer(502, b"<html><h1>Bad Gateway</h1></html>", "text/html"),
    "lost_answer": Answer(0, b"", cut=True),
    "hang": Answer(0, b"", cut=True, hang_s=_HANG_S),
}
"""Troubles in which the message is sent and the answer is not, by name."""


class GraphServer:
    """Serves 127.0.0.1 in threads; `answer` is called for each request, in one of them."""

    def __init__(self, port: int, answer: Callable[[Request], Answer]) -> None:
        self._stopping = threading.Event()
        handler = type("Handler", (_Handler,), {"answer": staticmethod(answer), "stopping": self._stopping})
        self._server = _Server(("127.0.0.1", port), handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="graph-stub", daemon=True
        )

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving; requests that hang are let go."""
        self._stopping.set()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join(timeout=5)
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """A client that went away is no error of the stub's; anything else is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    # HTTP/1.0: a connection an answer, so that a stopped stub is not still talking on an old one.
    timeout = 30
    answer: Callable[[Request], Answer]
    stopping: threading.Event

    def do_GET(self) -> None:
        """Look up or fetch a file."""
        self._serve(b"")

    def do_POST(self) -> None:
        """Send a message or mark one as read."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > _MAX_BODY_BYTES:
            self._say(
                objection_answer(graph_contract.Objection(100, "The request is too large.", status=413))
            )
            return
        self._serve(self.rfile.read(length))

    def _serve(self, body: bytes) -> None:
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        path = [part for part in urlsplit(self.path).path.split("/") if part]
        given = token.strip() if scheme.lower() == "bearer" and token.strip() else None
        self._say(self.answer(Request(self.command, path, given, body)))

    def _say(self, answer: Answer) -> None:
        if answer.hang_s:
            self.stopping.wait(answer.hang_s)
        if answer.cut:
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing: the stub's records are its log."""
