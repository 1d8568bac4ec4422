"""Post a signal: stored before it is acknowledged, understood afterwards."""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from obeya.inbox import actions, queries
from obeya.people.queries import Function
from obeya.web.api import calling, fields, problems

router = Router(tags=["signals"])


class SignalIn(Schema):
    """Something that happened or was said, as your system knows it."""

    site: fields.SiteCode
    natural_key: Annotated[str, StringConstraints(min_length=1, max_length=400), fields.Storable] = Field(
        description="Your own id of it: a second arrival at the same site changes nothing."
    )
    body: Any = Field(
        None, description="Any JSON. Numbers may be written anew; send `body_base64` to keep bytes."
    )
    body_base64: str | None = Field(None, description="Any bytes, in base64, instead of `body`.")
    content_type: fields.Name = "application/json"
    occurred_at: fields.Moment | None = None


class SignalOut(Schema):
    """The stored signal."""

    id: uuid.UUID
    state: Literal["received", "understood", "waiting", "refused"]
    reason: str
    became: str
    correlation: uuid.UUID
    fresh: bool = Field(description="False where it had arrived before.")


@router.post(
    "/signals",
    auth=calling.holders(Function.ORDER_DESK, Function.IT),
    response={200: SignalOut, 201: SignalOut},
    openapi_extra=problems.DOCUMENTED,
)
def post_signal(request: HttpRequest, told: SignalIn) -> Status[dict[str, object]]:
    """Store a signal: 201 where it is new, 200 where it is here, 409 where it differs from what is here."""
    calling.sites_of(request, told.site)
    body = _body_of(told)
    received = actions.receive(
        site=told.site,
        source=calling.SOURCE,
        natural_key=f"{told.site}/{told.natural_key}",
        body=body,
        content_type=told.content_type,
        headers={"posted_by": calling.caller_of(request).person.actor},
        occurred_at=told.occurred_at,
    )
    signal = queries.get_signal(received.signal_id)
    if signal.body != body:
        raise problems.Refusal(
            409, "A signal with this natural_key and other contents is here already.", field="natural_key"
        )
    answer: dict[str, object] = {
        "id": signal.id,
        "state": signal.state,
        "reason": signal.reason,
        "became": signal.became,
        "correlation": signal.correlation,
        "fresh": received.fresh,
    }
    return Status(201 if received.fresh else 200, answer)


def _body_of(told: SignalIn) -> bytes:
    if (told.body is None) == (told.body_base64 is None):
        raise problems.Refusal(422, "Send either `body` or `body_base64`.", field="body")
    try:
        if told.body_base64 is not None:
            return base64.b64decode(told.body_base64, validate=True)
        return json.dumps(told.body, ensure_ascii=False, allow_nan=False).encode()
    except binascii.Error as error:
        raise problems.Refusal(422, "This is not base64.", field="body_base64") from error
    except (ValueError, RecursionError) as error:
        raise problems.Refusal(422, "This JSON cannot be stored.", field="body") from error
