"""How it ended: what came of a decision, and exceptions that were none."""

from __future__ import annotations

import uuid
from typing import Literal

from django.http import HttpRequest
from ninja import Router, Schema

from obeya.cases import actions as case_actions
from obeya.cases import queries as case_queries
from obeya.cases import rules
from obeya.decisions import actions, queries
from obeya.web import doors
from obeya.web.api import calling, cases, fields, problems, requests
from obeya.web.decision_request import build

router = Router()


class Outcome(Schema):
    """What came of a decision: in words where it did not work, or only in part."""

    worked: Literal["yes", "partly", "no"] | None = None
    text: fields.Note = ""


class Withdrawal(Schema):
    """Why it was no exception."""

    reason: fields.Note = ""


@router.post(
    "/requests/{request_id}/outcome",
    auth=calling.holders(),
    response=Outcome,
    tags=["decision requests"],
    openapi_extra=problems.DOCUMENTED,
)
def record_outcome(request: HttpRequest, request_id: uuid.UUID, outcome: Outcome) -> Outcome:
    """Tell what came of a decision; the latest word counts, and the same word again changes nothing."""
    requests.get_request(request, request_id)
    found, held = queries.get_request(request_id), calling.caller_of(request).held
    told = found.decision.outcome if found.decision else None
    if outcome.worked is None:
        raise problems.Refusal(422, "Say whether it worked: yes, partly or no.")
    worked, text = build.OUTCOMES[outcome.worked], outcome.text.strip()
    if told and (told.worked, told.text, told.recorded_by) == (worked, text, held.user_id):
        return outcome
    try:
        actions.record_outcome(
            request_id=request_id,
            access=held,
            worked=worked,
            text=text,
            origin=calling.origin_of(request),
        )
    except actions.CannotAnswer as error:
        status = 409 if found.state != "decided" else 422 if found.may_tell_outcome(held) else 403
        raise problems.Refusal(status, str(error)) from error
    return outcome


@router.post(
    "/cases/{case_id}/withdraw",
    auth=calling.holders(*doors.CASES),
    response=cases.Case,
    tags=["exceptions"],
    openapi_extra=problems.DOCUMENTED,
)
def withdraw_case(request: HttpRequest, case_id: uuid.UUID, withdrawal: Withdrawal) -> dict[str, object]:
    """Withdraw an open exception: nobody is asked any more, and nothing is posted to ERP."""
    cases.get_case(request, case_id)
    found, held = case_queries.get_case(case_id), calling.caller_of(request).held
    try:
        case_actions.withdraw(
            case_id=case_id, access=held, reason=withdrawal.reason, origin=calling.origin_of(request)
        )
    except case_actions.CannotWithdrawCase as error:
        may = rules.may_withdraw(held, site=found.site, opened_by=found.opened_by)
        status = 409 if found.state != "open" else 422 if may else 403
        raise problems.Refusal(status, str(error)) from error
    return cases.get_case(request, case_id)
