"""The stream that keeps open screens current: server-sent events, fed by the process's one listener."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext

from obeya.web import access, hub, topics

BEAT_S = 15.0
LASTS_S = 600.0
"""A stream ends after about so long and the browser opens it again: who lost a function hears no more."""


@access.person
def live(request: HttpRequest) -> HttpResponseBase:
    """`/live?topics=cases,orders`: hello, then changes of these topics at the person's sites, and beats."""
    if request.method != "GET":
        return HttpResponse(status=405)
    listener = _listener(request)
    if not listener.topics:
        return HttpResponse(gettext("Name at least one topic."), status=400, content_type="text/plain")
    if hub.HUB.open_streams >= hub.MOST_STREAMS:
        return HttpResponse(status=503, headers={"Retry-After": "10"})
    answer = StreamingHttpResponse(_told(listener), content_type="text/event-stream; charset=utf-8")
    answer["Cache-Control"] = "no-store"
    answer["X-Accel-Buffering"] = "no"
    return answer


def _listener(request: HttpRequest) -> topics.Listener:
    held = access.access_of(request)
    assert held.user_id is not None
    functions = {site: frozenset(map(str, held.functions(site))) for site in held.sites}
    return topics.Listener(held.user_id, topics.asked(request.GET.get("topics", "")), functions)


async def _told(listener: topics.Listener) -> AsyncIterator[str]:
    """The events of one stream. It holds neither a thread nor a connection to the database while it waits."""
    ends_at = time.monotonic() + LASTS_S * random.uniform(0.8, 1.2)  # noqa: S311 - spreads reconnects
    async with hub.HUB.stream(listener) as stream:
        yield _event("hello", {"position": str(hub.HUB.position)})
        while time.monotonic() < ends_at:
            try:
                await asyncio.wait_for(stream.stirred.wait(), timeout=BEAT_S)
            except TimeoutError:
                yield _event("beat", {})
                continue
            yield _told_now(stream)


def _told_now(stream: hub.Stream) -> str:
    refresh, changes = stream.take()
    position = str(hub.HUB.position)
    if refresh:
        return _event("hello", {"position": position})
    return "".join(
        _event("change", {"topic": topic, "key": key or None, "position": position}) for topic, key in changes
    )


def _event(name: str, data: dict[str, str | None]) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"
