"""The API for buyers' systems: order, see how it stands, read the catalogue. A buyer's token opens it."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, re_path
from ninja import Header, NinjaAPI, Query, Schema, Status, errors
from ninja.security import HttpBearer
from pydantic import Field, StringConstraints

from obeya.catalog import offers
from obeya.orders import portal_queries
from obeya.people import buyer_queries, buyers
from obeya.web import access
from obeya.web.api import fields, problems
from obeya.web.api import urls as doors
from obeya.web.portal import door, saying, sending

ABOUT = """For a customer's own system that orders from its supplier.

**Token.** Your supplier's order desk gives you one; send it as `Authorization: Bearer …`. It orders for your
company, and sees your company's orders alone.
**Again and again.** Every order needs your own key of it in `Idempotency-Key`. The same order under the same
key is there once, however often you send it; another order under it is answered 409.
**How it goes on.** An order is taken at once (201) and booked seconds later, or our desk looks at it: ask
`GET /sent/{key}` or `GET /orders/{id}`. The same is checked as for every order: units, prices, credit.
**Errors** are problem details (RFC 9457): `detail` is for people and names the line, `errors` name fields.
**Numbers.** Quantities and amounts are decimal text; times are RFC 3339 with their offset.
"""
State = Literal["received", "waiting", "confirmed", "booked", "refused", "answered"]
Key = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[\x21-\x7e]+$")]


class BuyerToken(HttpBearer):
    """The living token of a buyer."""

    def authenticate(self, _request: HttpRequest, token: str) -> door.Visitor | None:
        """The buyer; None (401) for any other text."""
        holder = buyer_queries.find_holder(token.strip(), "token")
        if holder is not None:
            buyers.touch(key_id=holder.key_id)
        return door.visitor_of(holder)


def _visitor(request: HttpRequest) -> door.Visitor:
    found: door.Visitor = request.auth  # type: ignore[attr-defined]  # set by ninja after `authenticate`
    return found


class Unit(Schema):
    """A unit an item is sold in; `holds` says how much of the smallest one, "" for that one itself."""

    uom: str
    holds: str


class Item(Schema):
    """An item that you can order."""

    sku: str
    name: str
    units: list[Unit]
    prices: dict[str, str] = Field(description="By unit, from your price list; empty where not shown.")
    currency: str
    available: bool | None = Field(description="In stock or not; null where not shown.")


class Line(Schema):
    """One line as it stands; `still_open` and `due_on` once your supplier's ERP shows them."""

    line: int
    sku: str
    name: str
    quantity: Decimal | None
    uom: str
    unit_price: Decimal | None
    amount: Decimal | None
    still_open: Decimal | None
    due_on: date | None


class LookedAt(Schema):
    """What the order desk looks at; `line` counts from 1, null for the order as a whole."""

    line: int | None
    what: str


class Order(Schema):
    """How an order stands. While it is `received` it is not read yet, and has no number."""

    key: str | None = None
    id: uuid.UUID | None = None
    number: str = ""
    erp_number: str = ""
    state: State
    says: str = Field(description="The state in a sentence.")
    looking_at: list[LookedAt] = Field(default_factory=list)
    received_at: datetime
    po_number: str = ""
    requested_on: date | None = None
    ship_to: str = ""
    lines: list[Line] = Field(default_factory=list)
    delivery: Literal["", "open", "part", "done"] = ""
    total: Decimal | None = None
    currency: str = ""


class Row(Schema):
    """One order in the list."""

    id: uuid.UUID
    number: str
    erp_number: str
    state: State
    received_at: datetime
    po_number: str
    lines: int
    delivery: Literal["", "open", "part", "done"]


API = NinjaAPI(
    title="Obeya for buyers",
    version="1",
    description=ABOUT,
    urls_namespace="portal-api",
    auth=BuyerToken(),
)
problems.install(API)


@API.exception_handler(errors.AuthenticationError)
def _no_token(_request: HttpRequest, _error: object) -> HttpResponse:
    told = "Send your token as “Authorization: Bearer …”. Your supplier's order desk gives you one."
    return problems.problem(401, told, headers={"WWW-Authenticate": "Bearer"})


@API.exception_handler(errors.ValidationError)
def _invalid(_request: HttpRequest, error: errors.ValidationError) -> HttpResponse:
    wrong = [_named(one) for one in error.errors[:20]]
    return problems.problem(422, " ".join(text for _, text in wrong[:3]), wrong=wrong)


def _named(error: dict[str, Any]) -> tuple[str, str]:
    """The field, and what is wrong with it; a line is named as people count it."""
    place = [part for part in error["loc"] if part not in ("body", "told", "header", "query", "path")]
    field = ".".join(str(part) for part in place)
    said = str(error["msg"])
    if len(place) > 1 and place[0] == "lines" and isinstance(place[1], int):
        inner = " ".join(str(part) for part in place[2:])
        return field, f"Line {place[1] + 1}: {inner}: {said}."
    return field, f"{field or 'The request'}: {said}."


@API.get("/catalogue", response=list[Item], tags=["catalogue"], openapi_extra=problems.DOCUMENTED)
def catalogue(
    request: HttpRequest,
    q: Annotated[str, StringConstraints(max_length=100), fields.Storable] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> list[dict[str, Any]]:
    """Items you can order, by name; `q`: only those that hold all its words."""
    visitor = _visitor(request)
    return saying.offered(visitor, offers.search(visitor.customer, q, limit=limit, offset=offset))


@API.post("/orders", response={200: Order, 201: Order}, tags=["orders"], openapi_extra=problems.DOCUMENTED)
def post_order(
    request: HttpRequest,
    told: sending.OrderIn,
    idempotency_key: Annotated[Key, Header(description="Your own id of this order.")],
) -> Status[Order] | HttpResponse:
    """Send an order: 201 where it is new, 200 where it is here already, 409 where another one is."""
    visitor, form = _visitor(request), told.form()
    known = sending.find_kept(visitor, _form_id(idempotency_key))
    wrong = sending.problems_of(visitor, form) if known is None else []
    if wrong:
        named = [
            (f"lines.{one.line - 1}.{one.field}" if one.line else one.field, one.text) for one in wrong[:20]
        ]
        return problems.problem(422, " ".join(text for _, text in named[:3]), wrong=named)
    try:
        kept = sending.keep_form(visitor, _form_id(idempotency_key), form)
    except sending.SentBefore as error:
        raise problems.Refusal(409, str(error), field="Idempotency-Key") from error
    return Status(201 if kept.fresh else 200, _standing(visitor, idempotency_key, kept))


def _form_id(key: str) -> str:
    return f"api/{key}"


@API.get("/sent/{key}", response=Order, tags=["orders"], openapi_extra=problems.DOCUMENTED)
def get_sent(request: HttpRequest, key: Key) -> Order:
    """How the order that you sent under this key stands."""
    kept = sending.find_kept(_visitor(request), _form_id(key))
    if kept is None:
        raise Http404
    return _standing(_visitor(request), key, kept)


@API.get("/orders", response=list[Row], tags=["orders"], openapi_extra=problems.DOCUMENTED)
def list_orders(
    request: HttpRequest,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> list[portal_queries.Mine]:
    """Your company's orders, however they were sent, the newest first."""
    return list(portal_queries.list_mine(_visitor(request).customer, limit=limit, offset=offset))


@API.get("/orders/{order_id}", response=Order, tags=["orders"], openapi_extra=problems.DOCUMENTED)
def get_order(request: HttpRequest, order_id: uuid.UUID) -> Order:
    """How one order of your company stands."""
    visitor = _visitor(request)
    found = portal_queries.find_mine(visitor.customer, order_id)
    if found is None:
        raise Http404
    return _order(visitor, found)


def _standing(visitor: door.Visitor, key: str, kept: sending.Kept) -> Order:
    """What became of a sent order so far."""
    found = portal_queries.find_mine(visitor.customer, kept.order_id) if kept.order_id else None
    if found is None:
        says = "It has arrived and is about to be read."
        if kept.signal.state != "received":
            says = "It has arrived. Our people look at it: it could not be read by itself."
        return Order(key=key, state="received", says=says, received_at=kept.signal.received_at)
    told = _order(visitor, found)
    told.key = key
    return told


def _order(visitor: door.Visitor, found: portal_queries.MyOrder) -> Order:
    prices = buyer_queries.portal_of(visitor.buyer.site).shows_prices
    return Order(
        id=found.id,
        number=found.number,
        erp_number=found.erp_number,
        state=cast(State, found.state),
        says=saying.headline(found),
        looking_at=[LookedAt(line=one.line, what=saying.topic(one)) for one in found.topics],
        received_at=found.received_at,
        po_number=found.po_number,
        requested_on=found.requested_on,
        ship_to=found.ship_to,
        lines=[_line(line, prices=prices) for line in found.lines],
        delivery=found.delivery,
        total=found.total if prices else None,
        currency=found.currency,
    )


def _line(line: portal_queries.MyLine, *, prices: bool) -> Line:
    return Line(
        line=line.position,
        sku=line.sku,
        name=line.name,
        quantity=line.quantity,
        uom=line.uom,
        unit_price=line.unit_price if prices else None,
        amount=line.amount if prices else None,
        still_open=line.still_open,
        due_on=line.due_on,
    )


@access.anyone
def _home(_request: HttpRequest) -> HttpResponse:
    """The API's own address leads to its description."""
    return redirect("portal-api:openapi-view")


def _declared(pattern: URLPattern | URLResolver) -> URLPattern | URLResolver:
    assert isinstance(pattern, URLPattern)
    name = pattern.name or ""
    view: Any = _home if name == "api-root" else pattern.callback
    described = name in ("api-root", "openapi-json", "openapi-view")
    pattern.callback = access.anyone(view) if described else doors.operation(view, access.buyer_token)
    return pattern


def urls() -> tuple[list[URLPattern | URLResolver], str, str]:
    """For `django.urls.path`: every address of the buyers' API, declared. Its description is open to all."""
    patterns, app_name, namespace = API.urls
    return [*map(_declared, patterns), re_path("^", doors.nothing)], app_name, namespace
