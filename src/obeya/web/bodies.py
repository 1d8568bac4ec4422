"""Large bodies are refused while they arrive: Django would write all of one to disk before asking anybody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

MOST = 16 * 1024 * 1024
"""Bytes of a body where nothing narrower is set: what the inbox takes as one signal."""
_log = structlog.get_logger("obeya.web")


class Bounded:
    """An ASGI application that hands on no body larger than its path's limit, in bytes; answers 413 to it.

    `limits` are for paths that begin so; the first one that fits counts.
    """

    def __init__(self, application: Application, *, limits: Mapping[str, int], default: int = MOST) -> None:
        self._application = application
        self._limits = dict(limits)
        self._default = default

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        limit = self._limit_of(scope["path"])
        door = _Door(receive, send, limit)
        if _declared(scope) > limit:
            door.too_large = True
        else:
            await self._application(scope, door.receive, door.send)
        if door.too_large:
            _log.warning("a body was too large", limit=limit, path=scope["path"][:200])
            await _refuse(send, limit)

    def _limit_of(self, path: str) -> int:
        return next((most for front, most in self._limits.items() if path.startswith(front)), self._default)


def _declared(scope: Scope) -> int:
    """The body's size as the request declares it; 0 where it does not."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0


class _Door:
    """Counts what comes in; once it is too much, the application sees its client gone and is not heard."""

    def __init__(self, receive: Receive, send: Send, limit: int) -> None:
        self._receive, self._send = receive, send
        self._left = limit
        self.too_large = False

    async def receive(self) -> Message:
        if self.too_large:
            return {"type": "http.disconnect"}
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            self.too_large = True
            return {"type": "http.disconnect"}
        return message

    async def send(self, message: Message) -> None:
        if not self.too_large:
            await self._send(message)


async def _refuse(send: Send, limit: int) -> None:
    text = f"This is too large: at most {limit / (1024 * 1024):g} MB can be sent here.".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(text)).encode()),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": text})
