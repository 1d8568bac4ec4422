"""Read how sure orders must be to be booked unasked, and what was found in those that were."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from obeya.lib import clock
from obeya.orders import threshold_queries
from obeya.web import doors
from obeya.web.api import calling, fields, problems

router = Router(tags=["orders"])


class Group(Schema):
    """One channel and script of a site, over the days asked for; what was found counts twelve months."""

    site: str
    channel: str
    script: str
    by_itself: int = Field(description="Orders booked with nobody touching them.")
    held: int = Field(description="Orders without a doubt that waited for the desk because of their group.")
    compared: int = Field(description="Orders compared with their message, in audits or at the desk.")
    audited: int = Field(description="Of those, in blind audits.")
    wrong: int
    at_most: float | None = Field(
        description="The share of wrong orders not exceeded at this threshold, 95 % sure, however often"
        " one looks; null where nothing is certified or a person confirms all."
    )
    pooled: bool = Field(description="That limit is of all orders of the site together.")
    proven: bool = Field(description="It is within the stated bound: 2 % for a group, 1 % pooled.")
    level: int = Field(description="0 (as sure as the reader asks) to 4 (a person confirms all).")
    score: float | None = Field(description="From which score on it books; null where a person confirms all.")
    borrowed: bool = Field(description="The threshold is that of all orders of the site.")
    since: datetime | None
    why: str
    audit_share: Decimal


@router.get(
    "/orders/thresholds",
    auth=calling.holders(*doors.ORDERS, looking=True),
    response=list[Group],
    openapi_extra=problems.DOCUMENTED,
)
def list_thresholds(
    request: HttpRequest,
    site: fields.SiteCode | None = None,
    days: Annotated[int, Query(ge=1, le=366)] = 84,
) -> list[Group]:
    """For each channel and script: both numbers, the bound certified today, and the threshold with why."""
    now = clock.now()
    return [
        _group(code, group)
        for code in calling.sites_of(request, site)
        for group in threshold_queries.list_groups(code, now=now, since=now - timedelta(days=days))
    ]


def _group(site: str, told: threshold_queries.Group) -> Group:
    return Group(
        site=site,
        channel=told.channel,
        script=told.script,
        by_itself=told.by_itself,
        held=told.held,
        compared=told.looked,
        audited=told.blind,
        wrong=told.wrong,
        at_most=told.at_most,
        pooled=told.pooled,
        proven=told.proven,
        level=told.level,
        score=told.score,
        borrowed=told.borrowed,
        since=told.since,
        why=told.why,
        audit_share=told.audit_share,
    )
