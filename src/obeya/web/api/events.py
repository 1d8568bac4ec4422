"""Read the journal in its one order, as CloudEvents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from obeya.journal import export, queries
from obeya.people.queries import Function
from obeya.web.api import calling, fields, problems

router = Router(tags=["events"])
PAGE, PAGES = 1_000, 5
"""At most so many events are looked at in one request, whatever is left out of them."""


class Events(Schema):
    """A page of events. Ask again with `after` for what follows, until `more` is false."""

    events: list[dict[str, Any]] = Field(description="CloudEvents 1.0, JSON form, with their `position`.")
    after: int = Field(description="The position up to which the journal was read.")
    more: bool


@router.get(
    "/events",
    auth=calling.holders(Function.IT, looking=True),
    response=Events,
    openapi_extra=problems.DOCUMENTED,
)
def list_events(
    request: HttpRequest,
    after: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
    site: fields.SiteCode | None = None,
    types: Annotated[list[fields.Name], Query(max_length=50)] = [],  # noqa: B006 - ninja reads it, nobody changes it
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, object]:
    """Events after a position, causes before effects, of the sites at which you are IT or plant manager."""
    sites = frozenset(calling.sites_of(request, site))
    found: list[dict[str, Any]] = []
    for sealed in _walk(after):
        if len(found) == limit:
            return {"events": found, "after": after, "more": True}
        after = sealed.position
        if sealed.event.site in sites and (not types or sealed.event.type in types):
            found.append({**export.cloud_event(sealed), "position": sealed.position})
    return {"events": found, "after": after, "more": bool(queries.tail(after=after, limit=1))}


def _walk(after: int) -> Iterator[queries.Sealed]:
    for _ in range(PAGES):
        page = queries.tail(after=after, limit=PAGE)
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].position
