"""Pages are made in a few threads that stay; streams hold none of them."""

import asyncio
import contextvars
import threading
from collections import Counter
from typing import Any

import pytest
from django.core import signals
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path

from obeya.web import threads

THREADS = 2
met = threading.Barrier(THREADS)


def where(_request):
    return HttpResponse(threading.current_thread().name)


def together(_request):
    met.wait(10)
    return HttpResponse(threading.current_thread().name)


async def endless(_request):
    async def _parts():
        while True:
            yield b"beat"
            await asyncio.sleep(3_600)

    return StreamingHttpResponse(_parts())


def broken(_request):
    raise ValueError("a page breaks")


async def breaking(_request):
    async def _parts():
        yield b"beat"
        raise ValueError("a stream breaks")

    return StreamingHttpResponse(_parts())


note = contextvars.ContextVar("note", default="nothing")


def noted(_request):
    found = note.get()
    note.set("something")
    return HttpResponse(found)


urlpatterns = [path("where", where), path("together", together), path("endless", endless)]
urlpatterns += [path("broken", broken), path("breaking", breaking), path("noted", noted)]


@pytest.fixture
def handler(settings):
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
    return threads.Handler(THREADS)


class Leaving(asyncio.Event):
    """Set when the people before the streams leave."""

    def __init__(self):
        super().__init__()
        self.streams: list[asyncio.Task[None]] = []


async def ask(handler, address, *, leaving=None):
    """The status and the body; of a stream its first part, while it goes on until `leaving` is set."""
    began = asyncio.Event()
    sent: list[dict[str, Any]] = []
    asked: list[str] = []

    async def receive():
        if not asked:
            asked.append(address)
            return {"type": "http.request", "body": b""}
        await (leaving or asyncio.Event()).wait()
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)
        if message.get("body"):
            began.set()

    scope = {"type": "http", "method": "GET", "path": f"/{address}", "headers": [(b"host", b"localhost")]}
    serving = asyncio.create_task(handler(scope, receive, send))
    first = asyncio.create_task(began.wait())
    await asyncio.wait([serving, first], return_when=asyncio.FIRST_COMPLETED, timeout=20)
    if leaving is None:
        await serving
    else:
        leaving.streams.append(serving)
    return sent[0]["status"], b"".join(one.get("body", b"") for one in sent[1:]).decode()


def test_requests_one_after_another_use_the_same_thread(handler):
    async def story():
        return [await ask(handler, "where") for _ in range(5)]

    assert Counter(asyncio.run(story())) == {(200, "pages 1_0"): 5}


def test_as_many_pages_are_made_at_a_time_as_there_are_threads_and_others_wait(handler):
    async def story():
        return await asyncio.gather(*(ask(handler, "together") for _ in range(THREADS * 3)))

    found = asyncio.run(story())
    assert Counter(found) == {(200, "pages 0_0"): 3, (200, "pages 1_0"): 3}


def test_open_streams_keep_no_page_waiting(handler):
    async def story():
        leaving = Leaving()
        streams = [await ask(handler, "endless", leaving=leaving) for _ in range(THREADS * 3)]
        page = await ask(handler, "where")
        leaving.set()
        await asyncio.gather(*leaving.streams)
        return streams, page

    streams, page = asyncio.run(story())
    assert streams == [(200, "beat")] * THREADS * 3
    assert page[0] == 200


def test_a_page_that_breaks_gives_its_thread_back(handler):
    async def story():
        return [await ask(handler, "broken") for _ in range(THREADS * 2)], await ask(handler, "where")

    broken_pages, page = asyncio.run(story())
    assert {status for status, _ in broken_pages} == {500}
    assert page[0] == 200


@pytest.fixture
def told():
    """What Django tells of requests, with the thread in which it is told."""
    heard = []

    def began(**_told):
        heard.append(("began", threading.current_thread().name))

    def ended(**_told):
        heard.append(("ended", threading.current_thread().name))

    signals.request_started.connect(began)
    signals.request_finished.connect(ended)
    yield heard
    signals.request_started.disconnect(began)
    signals.request_finished.disconnect(ended)


def test_a_request_begins_and_ends_in_the_thread_of_its_page(handler, told):
    page = asyncio.run(ask(handler, "where"))
    assert page == (200, "pages 1_0")
    assert told == [("began", "pages 1_0"), ("ended", "pages 1_0")]


def test_a_stream_ends_its_request_when_its_client_is_gone(handler, told):
    async def story():
        leaving = Leaving()
        await ask(handler, "endless", leaving=leaving)
        before = list(told)
        leaving.set()
        await asyncio.gather(*leaving.streams)
        return before

    assert asyncio.run(story()) == [("began", "pages 1_0")]
    assert told == [("began", "pages 1_0"), ("ended", "pages 1_0")]


def test_a_stream_that_breaks_is_told_and_ends_its_request(handler, told):
    with pytest.raises(ValueError, match="a stream breaks"):
        asyncio.run(ask(handler, "breaking"))
    assert [what for what, _ in told] == ["began", "ended"]


def test_each_request_has_its_own_context(handler):
    async def story():
        return [await ask(handler, "noted") for _ in range(2)]

    assert asyncio.run(story()) == [(200, "nothing"), (200, "nothing")]
