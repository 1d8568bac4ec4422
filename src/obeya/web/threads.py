"""Django under ASGI with a few threads that stay, and one change of thread for each request.

As it comes, Django makes two threads for each request and passes it between them and the event loop
some thirty times, once for every middleware and signal. Fifty screens that fetch at the same moment waited
for that more than for their pages. Here a request runs from the first middleware to the finished page in
one of `THREADS` threads, each with its own lasting connection to the database; only the sending, which
for a live stream lasts for minutes, happens on the event loop and holds no thread.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.db import close_old_connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase

THREADS = 4
"""Requests worked on at a time. More would only take turns: Python runs one thread at a time."""


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
        """Serve one request. What Django calls before and after the page needs no thread of its own."""
        if scope["type"] != "http":
            raise ValueError(f"only HTTP is served, not {scope['type']}")
        await self.handle(scope, receive, send)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """The page, made in the first thread that is free."""
        free = self._free_threads()
        thread = await free.get()
        try:
            async with ThreadSensitiveContext(executor=thread):
                return await sync_to_async(self._respond)(request)
        finally:
            free.put_nowait(thread)

    def _free_threads(self) -> asyncio.LifoQueue[ThreadPoolExecutor]:
        if self._free is None:
            self._free = asyncio.LifoQueue()
            for thread in self._threads:
                self._free.put_nowait(thread)
        return self._free

    def _respond(self, request: HttpRequest) -> HttpResponseBase:
        """Make the page; a connection that broke meanwhile is replaced, as at the ends of any request."""
        close_old_connections()
        try:
            return self.get_response(request)
        finally:
            close_old_connections()
