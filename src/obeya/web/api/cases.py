"""Read an exception."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router, Schema

from obeya.cases import queries
from obeya.web import doors
from obeya.web.api import calling, problems, requests

router = Router(tags=["exceptions"])


class Question(Schema):
    """A request of the exception; it resolves when every required one is decided."""

    required: bool
    request: requests.Request


class Case(Schema):
    """One exception, from its first event to its outcome."""

    id: uuid.UUID
    number: str
    site: str
    kind: str
    severity: int
    about: str
    title: str
    facts: dict[str, Any]
    state: str
    opened_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    outcome: str
    outcome_text: str
    correlation: uuid.UUID
    signal: uuid.UUID | None
    questions: list[Question]


_PLAIN = tuple(name for name in Case.model_fields if name != "questions")


@router.get(
    "/cases/{case_id}",
    auth=calling.holders(*doors.CASES, looking=True),
    response=Case,
    openapi_extra=problems.DOCUMENTED,
)
def get_case(request: HttpRequest, case_id: uuid.UUID) -> dict[str, object]:
    """One exception with its questions and answers."""
    try:
        found = queries.get_case(case_id)
    except queries.NoSuchCase as error:
        raise Http404 from error
    if found.site not in calling.sites_of(request):
        raise Http404
    held = calling.caller_of(request).held
    asked = requests.told([one.request for one in found.questions], held)
    return {
        **{name: getattr(found, name) for name in _PLAIN},
        "questions": [
            {"required": one.required, "request": told}
            for one, told in zip(found.questions, asked, strict=True)
        ],
    }
