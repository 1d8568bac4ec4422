"""What a signal posted to the API means."""

from __future__ import annotations

from typing import Annotated, Literal

import pydantic
from pydantic import StringConstraints

from obeya.inbox import interpreters, queries
from obeya.orders import actions as orders
from obeya.web.api import fields

SOURCE = "api"


class OrderMessage(pydantic.BaseModel):
    """A signal that the order desk reads as any message. `sender` is a phone number or a mail address."""

    kind: Literal["order_message"]
    sender: Annotated[str, StringConstraints(min_length=1, max_length=254), fields.Storable]
    text: Annotated[fields.Words, StringConstraints(min_length=1)]
    sender_name: fields.Name = ""
    subject: fields.Name = ""


def understand(signal: queries.Signal) -> interpreters.Outcome:
    """The interpreter of source "api": order messages go to the order desk, anything else waits for IT."""
    try:
        message = OrderMessage.model_validate_json(signal.body)
    except pydantic.ValidationError:
        return interpreters.Waiting("Obeya does not know what to do with this kind of signal from the API.")
    return orders.take_message(
        signal=signal,
        channel=SOURCE,
        sender=message.sender,
        sender_name=message.sender_name,
        text=message.text,
        sent_at=signal.occurred_at,
        subject=message.subject,
    )
