"""An HTTP proxy that loses answers: it stands before a real ERP and fails on the request it is told to.

Every fault but `turn_away` and `lose_request` happens after the ERP has carried the request out, so a
test that sees the fault knows that the request is over.
"""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import urlsplit


class Fault(StrEnum):
    """What goes wrong."""

    LOSE_REQUEST = "the connection breaks before the ERP has the request"
    TURN_AWAY = "something before the ERP answers 503 and never passes the request on"
    DROP_ANSWER = "the ERP carries it out and the connection breaks before its answer"
    HALF_ANSWER = "the ERP carries it out and the connection breaks within its answer"
    ANSWER_500 = "the ERP carries it out and 500 comes back"
    KILL_ERP = "the ERP is killed while it carries it out"
    HOLD_ANSWER = "the ERP carries it out and the answer takes longer than anybody waits"


@dataclass
class FaultProxy:
    """A running proxy. Arm it for the n-th request from now that matches; others pass through."""

    upstream: str
    port: int = 0
    seen: list[str] = field(default_factory=list)
    """Method and path of each request that came, in order."""
    kill: Callable[[], None] = lambda: None
    """How to kill the ERP, for the fault that does."""
    _armed: tuple[int, Fault, Callable[[str], bool]] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    release: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Where clients reach the ERP through this proxy."""
        return f"http://127.0.0.1:{self.port}"

    def arm(self, fault: Fault, *, nth: int = 1, matching: Callable[[str], bool] = lambda _: True) -> None:
        """Fail at the n-th (from 1) matching request from now on, once."""
        with self._lock:
            self.seen.clear()
            self._armed = (nth, fault, matching)

    def disarm(self) -> bool:
        """Pass everything on again; whether the armed fault had not come to pass."""
        with self._lock:
            unused, self._armed = self._armed is not None, None
            return unused

    def fault_for(self, line: str) -> Fault | None:
        """Note a request; the fault it meets, if any."""
        with self._lock:
            self.seen.append(line)
            if self._armed is None or not self._armed[2](line):
                return None
            left, fault, matching = self._armed
            self._armed = (left - 1, fault, matching) if left > 1 else None
            return fault if left == 1 else None


class _Handler(BaseHTTPRequestHandler):
    proxy: ClassVar[FaultProxy]

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Say nothing."""

    def handle_one(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.proxy.fault_for(f"{self.command} {self.path.partition('?')[0]}")
        if fault is Fault.LOSE_REQUEST:
            self._break()
            return
        if fault is Fault.TURN_AWAY:
            self._answer(503, b"busy", "text/plain")
            return
        if fault is Fault.KILL_ERP:
            self._forward(body, self.proxy.kill)
            self._break()
            return
        status, content, kind = self._forward(body)
        if fault is None:
            self._answer(status, content, kind)
        elif fault is Fault.ANSWER_500:
            self._answer(500, b"it broke", "text/plain")
        elif fault is Fault.HALF_ANSWER:
            self._answer(status, content[: len(content) // 2], kind, length=len(content))
            self._break()
        elif fault is Fault.HOLD_ANSWER:
            self.proxy.release.wait(30)
            self._break()
        else:
            self._break()

    def _forward(self, body: bytes, once_sent: Callable[[], None] | None = None) -> tuple[int, bytes, str]:
        upstream = urlsplit(self.proxy.upstream)
        connection = http.client.HTTPConnection(upstream.hostname or "", upstream.port, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
        try:
            connection.request(self.command, self.path, body or None, headers)
            if once_sent:
                once_sent()
                return 0, b"", ""
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers.get("Content-Type") or ""
        finally:
            connection.close()

    def _answer(self, status: int, content: bytes, kind: str, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)
        self.close_connection = True

    def _break(self) -> None:
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Broken connections are what this server is for."""


@contextmanager
def running(upstream: str, *, port: int = 0) -> Iterator[FaultProxy]:
    """A proxy before `upstream` (http://host:port) for as long as the block runs; at a free port for 0."""
    proxy = FaultProxy(upstream)
    verbs = {f"do_{verb}": _Handler.handle_one for verb in ("GET", "POST", "PUT", "DELETE")}
    handler = type("Handler", (_Handler,), {"proxy": proxy, **verbs})
    with _Server(("127.0.0.1", port), handler) as server:
        proxy.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            proxy.release.set()
            server.shutdown()
            thread.join()
