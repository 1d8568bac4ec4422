"""Send the answer that was suggested for a message, as it is or changed: a tap at the desk."""

from __future__ import annotations

import uuid

from django.db import transaction

from obeya.decisions import actions as decisions
from obeya.journal.events import Origin
from obeya.orders import actions, doubting
from obeya.orders.enquiries import replying
from obeya.people import queries as people


class CannotSend(Exception):
    """The answer cannot be sent like this; the text says why, for the person at the desk."""


def send(*, request_id: uuid.UUID, text: str, access: people.Access, origin: Origin) -> None:
    """Send `text` as the answer that a request waits for, and settle it. Raises CannotSend.

    A message that is no order is closed with it; an order beside which something was asked goes its own way.
    """
    text = text.strip()
    if not text:
        raise CannotSend("Write what you want to answer.")
    if len(text) > replying.LONGEST:
        raise CannotSend(f"The answer is longer than {replying.LONGEST} characters.")
    if doubting.open_doubt(request_id) is not None:
        try:
            actions.answer_doubt(
                request_id=request_id, access=access, origin=origin, option=replying.SEND, note=text
            )
        except actions.CannotChangeOrder as error:
            raise CannotSend(str(error)) from error
        return
    with transaction.atomic():
        try:
            decided = decisions.decide(
                request_id=request_id,
                access=access,
                option=replying.SEND,
                rationale="",
                values={"note": text},
                origin=origin,
            )
        except decisions.CannotAnswer as error:
            raise CannotSend(str(error)) from error
        replying.hear(event=decided)
