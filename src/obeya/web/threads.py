"""Django under ASGI with a few threads that stay, and one change of thread for each request.

As it comes, Django makes two threads for each request and passes it between them and the event loop
some thirty times, once for every middleware and signal. Fifty screens that fetch at the same moment waited
for that more than for their pages. Here a request runs from its first signal to the finished page and its
last signal in one of `THREADS` threads, each with its own lasting connection to the database; only the
sending, which for a live stream lasts for minutes, happens on the event loop and holds no thread.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any, TypeVar

from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.db import close_old_connections
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

THREADS = 4
"""Requests worked on at a time. More would only take turns: Python runs one thread at a time."""
_Made = TypeVar("_Made")


class Handler(ASGIHandler):
    """Django's handler, the views and all middleware called from one thread."""

    def __init__(self, threads: int = THREADS) -> None:
        self._threads = [ThreadPoolExecutor(1, thread_name_prefix=f"pages {n}") for n in range(threads)]
        self._free: asyncio.LifoQueue[ThreadPoolExecutor] | None = None
        super().__init__()

    def load_middleware(self, is_async: bool = False) -> None:
        """Load all of it for calls from a thread, whatever is asked."""
        del is_async
        super().load_middleware(is_async=False)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            raise ValueError(f"only HTTP is served, not {scope['type']}")
        await self.handle(scope, receive, send)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        """Take the body in, have the page made, send it; whoever leaves ends a stream, not a page."""
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        with body:
            response = await self._in_a_thread(lambda: self._respond(scope, body))
            if not response.streaming:
                await self.send_response(response, send)
                return
            try:
                await self._send_while_there(response, receive, send)
            finally:
                await self._in_a_thread(lambda: _close(response))

    async def _in_a_thread(self, make: Callable[[], _Made]) -> _Made:
        """What `make` gives, called in the first thread that is free, with the context of this task."""
        free = self._free_threads()
        thread = await free.get()
        try:
            context = contextvars.copy_context()
            return await asyncio.get_running_loop().run_in_executor(thread, context.run, make)
        finally:
            free.put_nowait(thread)

    def _free_threads(self) -> asyncio.LifoQueue[ThreadPoolExecutor]:
        if self._free is None:
            self._free = asyncio.LifoQueue()
            for thread in self._threads:
                self._free.put_nowait(thread)
        return self._free

    def _respond(self, scope: Any, body: IO[bytes]) -> HttpResponseBase:
        """Make the page; a connection that broke meanwhile is replaced, as at the ends of any request.

        A page is whole then, so its request ends here; a stream ends when it was sent.
        """
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=type(self), scope=scope)
        try:
            request, refusal = self.create_request(scope, body)
            response = self.get_response(request) if request is not None else refusal
            assert response is not None
            response._handler_class = type(self)  # type: ignore[attr-defined]  # as Django's own handlers do
            if isinstance(response, FileResponse):
                response.block_size = self.chunk_size
            if not response.streaming:
                response.close()
            return response
        finally:
            close_old_connections()

    async def _send_while_there(self, response: HttpResponseBase, receive: Any, send: Any) -> None:
        """Send a stream until it ends or its client is gone."""
        sending = asyncio.ensure_future(self.send_response(response, send))
        leaving = asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            sending.cancel()
            await asyncio.wait((sending, leaving))
        if not sending.cancelled():
            sending.result()


async def _left(receive: Any) -> None:
    """Returns when the client is gone."""
    while (await receive())["type"] != "http.disconnect":
        continue


def _close(response: HttpResponseBase) -> None:
    """End the request of a stream; its thread had no connection meanwhile."""
    response.close()
