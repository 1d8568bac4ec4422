"""Decision requests: what waits for you, and your answers."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from obeya.decisions import actions, queries
from obeya.orders import actions as orders
from obeya.people import queries as people
from obeya.web.api import calling, fields, problems
from obeya.web.decision_request import build

router = Router(tags=["decision requests"])


class Option(Schema):
    """One possible answer."""

    code: str
    label: str
    needs_rationale: bool
    hint: str


class Decision(Schema):
    """An answer with its reasons."""

    option: str
    label: str
    rationale: str
    constraints: list[str]
    decided_by: str
    decided_at: datetime


class Request(Schema):
    """One question to one function."""

    id: uuid.UUID
    site: str
    kind: str
    subject: str
    function: str
    title: str
    question: str
    severity: int
    state: Literal["open", "decided", "withdrawn"]
    opened_at: datetime
    due_at: datetime
    escalations: int
    options: list[Option]
    context: dict[str, Any]
    in_hand_of: str
    may_answer: bool = Field(description="Whether you may answer it.")
    decision: Decision | None


class Answer(Schema):
    """Your decision. A doubt of an order takes an item, a quantity or a customer instead of an option.

    A price that commercial decides takes `price`, per the line's unit, for a counter-offer to the customer,
    with a `note` for them; `currency` is checked where it is given.
    """

    option: fields.Name = ""
    rationale: fields.Note = ""
    constraints: list[Annotated[fields.Note, Field(max_length=500)]] = Field(default=[], max_length=20)
    sku: fields.Name = ""
    quantity: Annotated[Decimal, Field(gt=0, lt=10**9, max_digits=20, decimal_places=6)] | None = None
    uom: fields.Name = ""
    customer: fields.Name = ""
    price: Annotated[Decimal, Field(gt=0, lt=10**12, max_digits=18, decimal_places=6)] | None = None
    currency: fields.Name = ""
    note: Annotated[fields.Note, Field(max_length=500)] = ""


def told(found: Sequence[queries.Request], held: people.Access) -> list[dict[str, object]]:
    """Requests in the form of `Request`; their people are looked up once for all."""
    ids = {one.claimed_by for one in found} | {one.decision.decided_by for one in found if one.decision}
    people_named = people.get_users(one for one in ids if one is not None)
    names = {key: person.username for key, person in people_named.items()}
    return [_told(one, held, names) for one in found]


def _told(found: queries.Request, held: people.Access, names: Mapping[int, str]) -> dict[str, object]:
    decision = found.decision
    return {
        **{name: getattr(found, name) for name in _PLAIN},
        "escalations": len(found.escalations),
        "options": [_option(option) for option in found.options],
        "in_hand_of": names.get(found.claimed_by or 0, ""),
        "may_answer": found.may_answer(held),
        "decision": decision
        and {
            "option": decision.option,
            "label": decision.label,
            "rationale": decision.rationale,
            "constraints": decision.constraints,
            "decided_by": names.get(decision.decided_by or 0, ""),
            "decided_at": decision.decided_at,
        },
    }


_PLAIN = (
    "id",
    "site",
    "kind",
    "subject",
    "function",
    "title",
    "question",
    "severity",
    "state",
    "opened_at",
    "due_at",
    "context",
)


def _option(option: Any) -> dict[str, object]:
    return {name: getattr(option, name) for name in ("code", "label", "needs_rationale", "hint")}


def _find(request: HttpRequest, request_id: uuid.UUID) -> queries.Request:
    """The request, for those who may see it; there is none for anybody else (404)."""
    try:
        found = queries.get_request(request_id)
    except queries.NoSuchRequest as error:
        raise Http404 from error
    if not build.may_see(found, calling.caller_of(request).held):
        raise Http404
    return found


@router.get("/requests", auth=calling.holders(), response=list[Request], openapi_extra=problems.DOCUMENTED)
def list_requests(
    request: HttpRequest, limit: Annotated[int, Query(ge=1, le=200)] = 100
) -> list[dict[str, object]]:
    """What waits for you, the one due first on top."""
    held = calling.caller_of(request).held
    return told(queries.list_waiting(held, limit=limit), held)


@router.get(
    "/requests/{request_id}", auth=calling.holders(), response=Request, openapi_extra=problems.DOCUMENTED
)
def get_request(request: HttpRequest, request_id: uuid.UUID) -> dict[str, object]:
    """One decision request, open or closed."""
    return told([_find(request, request_id)], calling.caller_of(request).held)[0]


def _act(request: HttpRequest, request_id: uuid.UUID, act: Callable[[], object]) -> dict[str, object]:
    """Call one action; says no with 403 to those who only look, 409 where it is closed, else 422."""
    held = calling.caller_of(request).held
    try:
        act()
    except (actions.CannotAnswer, orders.CannotChangeOrder) as error:
        now = queries.get_request(request_id)
        status = 409 if now.state != "open" else 422 if now.may_answer(held) else 403
        raise problems.Refusal(status, str(error)) from error
    return told([queries.get_request(request_id)], held)[0]


@router.post(
    "/requests/{request_id}/claim",
    auth=calling.holders(),
    response=Request,
    openapi_extra=problems.DOCUMENTED,
)
def claim_request(request: HttpRequest, request_id: uuid.UUID) -> dict[str, object]:
    """Take it in hand, so that others see who works on it."""
    _find(request, request_id)
    held, origin = calling.caller_of(request).held, calling.origin_of(request)
    return _act(request, request_id, lambda: actions.claim(request_id=request_id, access=held, origin=origin))


@router.post(
    "/requests/{request_id}/release",
    auth=calling.holders(),
    response=Request,
    openapi_extra=problems.DOCUMENTED,
)
def release_request(request: HttpRequest, request_id: uuid.UUID) -> dict[str, object]:
    """Put it back for everybody asked."""
    _find(request, request_id)
    held, origin = calling.caller_of(request).held, calling.origin_of(request)
    return _act(
        request, request_id, lambda: actions.release(request_id=request_id, access=held, origin=origin)
    )


@router.post(
    "/requests/{request_id}/decide",
    auth=calling.holders(),
    response=Request,
    openapi_extra=problems.DOCUMENTED,
)
def decide_request(request: HttpRequest, request_id: uuid.UUID, answer: Answer) -> dict[str, object]:
    """Decide. One answer counts: sending your own again changes nothing, another one is told 409."""
    found = _find(request, request_id)
    caller = calling.caller_of(request)
    if _is_said_again(found, answer, caller.held):
        return told([found], caller.held)[0]
    origin = calling.origin_of(request)

    def _decide() -> None:
        if found.subject.startswith("order:"):
            orders.answer_doubt(request_id=request_id, access=caller.held, origin=origin, **answer.dict())
            return
        actions.decide(
            request_id=request_id,
            access=caller.held,
            option=answer.option,
            rationale=answer.rationale,
            constraints=answer.constraints,
            origin=origin,
        )

    return _act(request, request_id, _decide)


def _is_said_again(found: queries.Request, answer: Answer, held: people.Access) -> bool:
    decision = found.decision
    return (
        decision is not None
        and decision.decided_by == held.user_id
        and (decision.option, decision.rationale) == (answer.option, answer.rationale.strip())
    )
