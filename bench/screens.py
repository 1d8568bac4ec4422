"""Open screens as a browser keeps them, without its drawing: one stream each, fragments fetched as told.

What `web/assets/js/live.js` does is done here too: an element hears its topics, fetches its own address
again, and changes that come meanwhile cause one more fetch. A real browser is measured beside these.
"""

from __future__ import annotations

import asyncio
import html
import json
import random
import re
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

ELEMENT = re.compile(r'data-live="([^"]+)"( data-live-later)? data-src="([^"]+)"')
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
POSITION = re.compile(r'data-position="([^"]*)"')
TOGETHER_S = 0.01
"""As in live.js: changes that come within so long are fetched together."""
LATER_S = (0.4, 1.0)
"""As in live.js: what can wait (the navigation's counts) is fetched so long afterwards."""


class CannotOpenScreen(Exception):
    """The page or its stream did not answer as it should."""


@dataclass(slots=True)
class _Line:
    """One connection over which one request after the other is sent."""

    host: str
    port: int
    cookie: str
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None

    async def ask(self, path: str, *, stream: bool = False) -> tuple[int, dict[str, str]]:
        """Send a GET; the status and the headers of the answer. Once more where an old line had ended."""
        is_used = self.writer is not None
        try:
            return await self._ask(path, stream=stream)
        except (asyncio.IncompleteReadError, ConnectionError):
            if not is_used:
                raise
        self.close()
        return await self._ask(path, stream=stream)

    async def _ask(self, path: str, *, stream: bool) -> tuple[int, dict[str, str]]:
        if self.writer is None or self.writer.is_closing():
            self.reader, self.writer = await asyncio.open_connection(self.host, self.port, limit=1 << 22)
        assert self.reader is not None
        accept = "text/event-stream" if stream else "text/html"
        self.writer.write(
            f"GET {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nCookie: {self.cookie}\r\n"
            f"HX-Request: true\r\nAccept: {accept}\r\n\r\n".encode()
        )
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
        return int(head[0].split(" ")[1]), headers

    async def body(self, headers: Mapping[str, str]) -> str:
        """The whole body of an answer."""
        assert self.reader is not None
        if "content-length" in headers:
            return (await self.reader.readexactly(int(headers["content-length"]))).decode()
        parts = []
        while chunk := await self.chunk():
            parts.append(chunk)
        return b"".join(parts).decode()

    async def chunk(self) -> bytes:
        """The next chunk of an answer in chunks; b"" at its end."""
        assert self.reader is not None
        size = int(await self.reader.readuntil(b"\r\n"), 16)
        content = await self.reader.readexactly(size + 2)
        return content[:-2]

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()


@dataclass(slots=True)
class Screen:
    """One open page of a person. `seen` holds when each id first came with a fragment, epoch seconds."""

    username: str
    path: str
    cookie: str
    seen: dict[str, float] = field(default_factory=dict)
    fetches: int = 0
    told: int = 0
    is_open: bool = False
    _elements: list[tuple[frozenset[str], str]] = field(default_factory=list)
    _later: frozenset[str] = frozenset()
    _busy: dict[str, bool] = field(default_factory=dict)
    _due: set[str] = field(default_factory=set)
    _spare: list[_Line] = field(default_factory=list)

    async def run(self, host: str, port: int) -> None:
        """Open the page and its stream, and keep it current until cancelled."""
        line = _Line(host, port, self.cookie)
        status, headers = await line.ask(self.path)
        page = await line.body(headers)
        if status != 200:
            raise CannotOpenScreen(f"{self.path} answered {status} to {self.username}")
        found = ELEMENT.findall(page)
        self._elements = [(frozenset(live.split()), html.unescape(source)) for live, _, source in found]
        self._later = frozenset(html.unescape(source) for _, later, source in found if later)
        self._spare.append(line)
        position = (POSITION.findall(page) or [""])[0]
        topics = sorted({topic.partition(":")[0] for live, _ in self._elements for topic in live})
        stream = _Line(host, port, self.cookie)
        status, _ = await stream.ask(f"/live?topics={','.join(topics)}", stream=True)
        if status != 200:
            raise CannotOpenScreen(f"the stream of {self.path} answered {status}")
        try:
            await self._listen(stream, host, port, position)
        finally:
            self.is_open = False
            stream.close()

    async def _listen(self, stream: _Line, host: str, port: int, position: str) -> None:
        rest = ""
        async with asyncio.TaskGroup() as tasks:

            def fetch(source: str) -> Awaitable[None]:
                return tasks.create_task(self._fetch(source, host, port))

            while chunk := await stream.chunk():
                *events, rest = (rest + chunk.decode()).split("\n\n")
                for event in events:
                    name, _, data = event.partition("\n")
                    told = json.loads(data.removeprefix("data: ") or "{}")
                    if name == "event: hello":
                        self.is_open = True
                        if told["position"] != position:
                            self._refresh({source for _, source in self._elements}, fetch)
                    elif name == "event: change":
                        self.told += 1
                        self._refresh(self._touched(told["topic"], told["key"]), fetch)
        raise CannotOpenScreen(f"the stream of {self.path} ended")

    def _touched(self, topic: str, key: str | None) -> set[str]:
        wanted = {topic, f"{topic}:{key}"}
        return {
            source
            for live, source in self._elements
            if live & wanted or (key is None and any(part.startswith(f"{topic}:") for part in live))
        }

    def _refresh(self, sources: Iterable[str], fetch: Callable[[str], Awaitable[None]]) -> None:
        for source in set(sources) - self._due:
            self._due.add(source)
            pause = random.uniform(*LATER_S) if source in self._later else TOGETHER_S
            asyncio.get_running_loop().call_later(pause, self._begin, source, fetch)

    def _begin(self, source: str, fetch: Callable[[str], Awaitable[None]]) -> None:
        self._due.discard(source)
        if not self.is_open:
            return
        if source in self._busy:
            self._busy[source] = True
        else:
            self._busy[source] = False
            fetch(source)

    async def _fetch(self, source: str, host: str, port: int) -> None:
        again = True
        while again:
            self._busy[source] = False
            line = self._spare.pop() if self._spare else _Line(host, port, self.cookie)
            status, headers = await line.ask(source)
            text = await line.body(headers)
            now = time.time()
            if status != 200:
                raise CannotOpenScreen(f"{source} answered {status} to {self.username}")
            self.fetches += 1
            for found in UUID.findall(text):
                self.seen.setdefault(found, now)
            self._spare.append(line)
            again = self._busy[source]
        del self._busy[source]


class Wall:
    """Many open screens, in a thread of their own."""

    def __init__(self, url: str, screens: list[Screen]) -> None:
        where = urlsplit(url)
        self.screens = screens
        self.error: BaseException | None = None
        self._host, self._port = where.hostname or "", where.port or 80
        self._loop = asyncio.new_event_loop()
        self._tasks: list[asyncio.Task[None]] = []
        self._thread = threading.Thread(target=self._run, name="screens", daemon=True)

    def start(self) -> None:
        """Open the screens."""
        self._thread.start()

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._all())
        except asyncio.CancelledError:
            return
        except BaseExceptionGroup as failed:  # handed to whoever asks how the screens do
            self.error = failed

    async def _all(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            for screen in self.screens:
                self._tasks.append(tasks.create_task(screen.run(self._host, self._port)))
                await asyncio.sleep(0.02)

    def is_open(self) -> bool:
        """Whether every screen has its stream; ends the benchmark where one has failed."""
        if self.error is not None:
            raise SystemExit(f"A screen failed: {self.error!r}")
        return all(screen.is_open for screen in self.screens)

    def stop(self) -> None:
        """Close all screens."""
        self._loop.call_soon_threadsafe(lambda: [task.cancel() for task in self._tasks])
        self._thread.join(10)
