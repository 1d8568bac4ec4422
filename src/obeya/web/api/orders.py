"""Read the order desk."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from obeya.orders import queries
from obeya.web import doors
from obeya.web.api import calling, fields, problems

router = Router(tags=["orders"])
State = Literal["waiting", "confirmed", "booked", "refused", "answered"]
UNPOSTED = "Confirmed while no ERP was connected for the site: nothing goes there by itself."


class Row(Schema):
    """One order in a list. Amounts are decimal text."""

    id: uuid.UUID
    number: str
    site: str
    customer_name: str
    channel: str
    sender: str
    intent: str
    state: State
    received_at: datetime
    lines: int
    open_doubts: int
    total: Decimal | None
    currency: str
    erp_number: str
    auto: bool
    unposted: bool = Field(description=UNPOSTED)


class Line(Schema):
    """One line as read and as booked; prices per `uom`."""

    position: int
    sku: str
    name: str
    text: str
    quantity: Decimal | None
    uom: str
    base_quantity: Decimal | None
    base_uom: str
    list_price: Decimal | None
    asked_price: Decimal | None
    unit_price: Decimal | None
    amount: Decimal | None
    confidence: Decimal
    dropped: bool


class Doubt(Schema):
    """What keeps the order from being booked; `id` is the id of its decision request."""

    id: uuid.UUID
    line: int | None
    kind: str
    reason: str
    settled: bool


class Order(Schema):
    """A message and the order it became."""

    id: uuid.UUID
    number: str
    site: str
    customer_code: str
    customer_name: str
    channel: str
    sender: str
    sender_name: str
    sent_at: datetime
    received_at: datetime
    subject: str
    text: str
    intent: str
    state: State
    lines: list[Line]
    doubts: list[Doubt]
    requested_on: date | None
    po_number: str
    ship_to: str
    currency: str
    total: Decimal | None
    confidence: Decimal
    auto: bool
    signal: uuid.UUID
    correlation: uuid.UUID
    confirmed_at: datetime | None
    booked_at: datetime | None
    unposted: bool = Field(description=UNPOSTED)
    erp_number: str
    refusal: str


@router.get(
    "/orders",
    auth=calling.holders(*doors.ORDERS, looking=True),
    response=list[Row],
    openapi_extra=problems.DOCUMENTED,
)
def list_orders(
    request: HttpRequest,
    site: fields.SiteCode | None = None,
    state: State | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[queries.Row]:
    """Orders of your sites, the newest first."""
    sites = calling.sites_of(request, site)
    return queries.list_orders(sites=sites, states=[state] if state else [], limit=limit)


@router.get(
    "/orders/{order_id}",
    auth=calling.holders(*doors.ORDERS, looking=True),
    response=Order,
    openapi_extra=problems.DOCUMENTED,
)
def get_order(request: HttpRequest, order_id: uuid.UUID) -> queries.Order:
    """One order with its lines and doubts."""
    try:
        found = queries.get_order(order_id)
    except queries.NoSuchOrder as error:
        raise Http404 from error
    if found.site not in calling.sites_of(request):
        raise Http404
    return found
