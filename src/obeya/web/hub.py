"""One LISTEN for all open screens of a process: notifications come in once and go to every stream that asks.

The hub lives on the event loop that serves the streams. It starts with the first stream and stays; when
PostgreSQL goes away it connects again and has every screen refresh, because what it missed is unknown.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import psycopg
import structlog
from django.db import connections
from psycopg import conninfo, sql

from obeya.lib import ids, live
from obeya.web import topics

_log = structlog.get_logger("obeya.live")
MOST_PENDING = 100
"""Changes that wait for one slow screen; more of them become one refresh of the whole page."""
MOST_STREAMS = 2_000
RETRY_S = (0.2, 0.5, 1.0, 2.0, 5.0)
CHECK_S = 30.0
"""A silent connection is asked for a sign of life this often, so that a dead network is noticed."""


class CannotOpenStream(Exception):
    """This process serves as many open screens as it can."""


@dataclass(frozen=True, slots=True)
class Position:
    """How much was heard: how many notifications, and the number of the last one of each topic.

    As text it names the last one; "" while nobody listens, when nobody knows what has changed.
    """

    epoch: str = ""
    count: int = 0
    last_by_topic: Mapping[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.epoch}.{self.count}" if self.epoch else ""

    def of(self, topics: Collection[str]) -> tuple[str, ...]:
        """The same until something of `topics` is notified, or the listening begins anew."""
        return (self.epoch, *(f"{topic}.{self.last_by_topic.get(topic, 0)}" for topic in sorted(topics)))

    def after(self, change: topics.Change | None) -> Position:
        """The position with one more notification heard."""
        count = self.count + 1
        if change is None:
            return Position(self.epoch, count, self.last_by_topic)
        return Position(self.epoch, count, {**self.last_by_topic, change.topic: count})


@dataclass(eq=False, slots=True)
class Stream:
    """One open screen: what it has not been told yet. The same change twice is told once."""

    listener: topics.Listener
    pending: dict[tuple[str, str], None] = field(default_factory=dict)
    refresh: bool = False
    stirred: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, change: topics.Change) -> None:
        """Keep the change for the screen, or ask for a full refresh when too many wait."""
        if not self.listener.hears(change):
            return
        self.pending[change.topic, change.key] = None
        if len(self.pending) > MOST_PENDING:
            self.ask_refresh()
        self.stirred.set()

    def ask_refresh(self) -> None:
        """Have the screen fetch everything it shows."""
        self.pending.clear()
        self.refresh = True
        self.stirred.set()

    def take(self) -> tuple[bool, list[tuple[str, str]]]:
        """What to tell now, as (refresh everything, changes as (topic, key)); it is then told."""
        refresh, changes = self.refresh, list(self.pending)
        self.refresh = False
        self.pending.clear()
        self.stirred.clear()
        return refresh, changes


class Hub:
    """The process's one listener and its streams."""

    def __init__(self) -> None:
        self._streams: set[Stream] = set()
        self._position = Position()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def position(self) -> Position:
        """What was taken in until now; it stays as it is, the next notification makes another."""
        return self._position

    @property
    def open_streams(self) -> int:
        """How many screens are open."""
        return len(self._streams)

    @asynccontextmanager
    async def stream(self, listener: topics.Listener) -> AsyncIterator[Stream]:
        """A stream for `listener`, for as long as the block lasts. Raises CannotOpenStream."""
        if len(self._streams) >= MOST_STREAMS:
            raise CannotOpenStream(CannotOpenStream.__doc__)
        self._ensure_listening()
        opened = Stream(listener)
        self._streams.add(opened)
        try:
            yield opened
        finally:
            self._streams.discard(opened)

    def _ensure_listening(self) -> None:
        loop = asyncio.get_running_loop()
        if self._loop is loop and self._task is not None and not self._task.done():
            return
        self._loop, self._position = loop, Position()
        self._streams = set()
        self._task = loop.create_task(self._listen_for_ever(), name="obeya live hub")

    async def _listen_for_ever(self) -> None:
        attempt = 0
        while True:
            try:
                async for _ in self._listen():
                    attempt = 0
            except (psycopg.Error, OSError, TimeoutError) as error:
                _log.warning(
                    "live screens cannot hear PostgreSQL", error=str(error).strip() or type(error).__name__
                )
            self._position = Position()
            await asyncio.sleep(RETRY_S[min(attempt, len(RETRY_S) - 1)] * random.uniform(0.8, 1.2))  # noqa: S311 - spreads reconnects
            attempt += 1

    async def _listen(self) -> AsyncIterator[None]:
        """Connect and take in notifications; yields at each sign of life, ends or raises when it is lost."""
        connection = await psycopg.AsyncConnection.connect(_address(), autocommit=True)
        async with connection:
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(live.CHANNEL)))
            self._begin()
            while True:
                yield
                async for notification in connection.notifies(timeout=CHECK_S):
                    self._take_in(notification.payload)
                await asyncio.wait_for(connection.execute("SELECT 1"), timeout=CHECK_S)

    def _begin(self) -> None:
        self._position = Position(ids.new_id().hex[-12:])
        for stream in self._streams:
            stream.ask_refresh()

    def _take_in(self, payload: str) -> None:
        change = topics.read(payload)
        self._position = self._position.after(change)
        if change is None:
            return
        for stream in self._streams:
            stream.tell(change)


def _address() -> str:
    stored = connections["default"].settings_dict
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    known = {name: str(stored[key]) for name, key in names.items() if stored.get(key)}
    return conninfo.make_conninfo(**known, application_name="obeya live", connect_timeout=5)


HUB = Hub()
