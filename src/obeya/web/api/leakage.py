"""What is given away, for programs: the report of a period, and the lines behind it."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from obeya.orders import leakage
from obeya.web import doors
from obeya.web.api import calling, fields, problems

router = Router(tags=["orders"])
Currency = Annotated[fields.Name, Field(max_length=10)]
By = Literal["all", "below_floor", "undecided"]


class Sums(Schema):
    """What lines come to, in money; amounts are decimal text."""

    orders: int
    lines: int
    list_value: Decimal
    booked_value: Decimal
    discount: Decimal


class Group(Schema):
    """The discounted lines of one decider, customer, item, category or reason."""

    code: str
    name: str
    sums: Sums


class Offers(Schema):
    """Counter-offers sent in the period; `saved` is what accepted ones brought above the asked price."""

    sent: int
    accepted: int
    declined: int
    unanswered: int
    withdrawn: int
    open: int
    saved: Decimal


class Report(Schema):
    """What was given away at a site from one day to another, both counted, in one currency."""

    site: str
    first: date
    last: date
    currency: str
    currencies: list[str] = Field(description="All that there are orders or offers in.")
    total: Sums
    discounted: Sums
    below_floor_lines: int
    below_floor: Decimal
    undecided_lines: int = Field(description="Under list with nobody's decision: there should be none.")
    undecided: Decimal
    below_erp: Decimal = Field(description="What price rules set below ERP's list.")
    groups: dict[str, list[Group]]
    offers: Offers


class Line(Schema):
    """One line booked under list or below the floor; prices per `uom`."""

    order_id: uuid.UUID
    number: str
    erp_number: str
    confirmed_at: datetime
    customer: str
    customer_name: str
    sku: str
    item_name: str
    category: str
    quantity: Decimal
    uom: str
    currency: str
    list_price: Decimal
    floor: Decimal | None
    price: Decimal
    discount: Decimal
    agreed: str
    decided_by: str
    decided_at: datetime | None
    reason: str


def _period(site: str, first: date, last: date) -> leakage.Period:
    try:
        return leakage.period(site, first=first, last=last)
    except leakage.NoSuchPeriod as error:
        raise problems.Refusal(422, str(error), field="first") from error


@router.get(
    "/leakage",
    auth=calling.holders(*doors.LEAKAGE, looking=True),
    response=Report,
    openapi_extra=problems.DOCUMENTED,
)
def get_leakage(
    request: HttpRequest, site: fields.SiteCode, first: date, last: date, currency: Currency = ""
) -> dict[str, object]:
    """What was given away: list value against booked value, by whom, to whom, for what and why."""
    (site,) = calling.sites_of(request, site)
    told = leakage.report(site, _period(site, first, last), currency=currency)
    names = [name for name in Report.model_fields if name not in ("first", "last")]
    return {name: getattr(told, name) for name in names} | {"first": first, "last": last}


@router.get(
    "/leakage/lines",
    auth=calling.holders(*doors.LEAKAGE, looking=True),
    response=list[Line],
    openapi_extra=problems.DOCUMENTED,
)
def list_leakage_lines(
    request: HttpRequest,
    site: fields.SiteCode,
    first: date,
    last: date,
    currency: Currency,
    by: By = "all",
    limit: Annotated[int, Query(ge=1, le=5_000)] = leakage.MOST_LINES,
) -> list[leakage.Line]:
    """The lines under list or below the floor, the largest discount first."""
    (site,) = calling.sites_of(request, site)
    period = _period(site, first, last)
    return list(leakage.list_lines(site, period, currency=currency, by=by, limit=limit))
