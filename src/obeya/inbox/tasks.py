"""Background work of the inbox."""

from __future__ import annotations

import uuid

import procrastinate
from procrastinate import JobContext
from procrastinate.contrib.django import app

from obeya.inbox import actions
from obeya.journal import queries as journal

_RETRY = procrastinate.RetryStrategy(max_attempts=actions.MAX_ATTEMPTS, exponential_wait=3)


@app.task(name="inbox.understand", queue="signals", retry=_RETRY, pass_context=True)
def understand(context: JobContext, *, event_id: str) -> None:
    """Understand the signal that `event_id` tells of; after the last attempt a person gets it."""
    event = journal.get_event(event_id)
    signal_id = uuid.UUID(str(event.data["signal"]))
    if context.job.attempts >= actions.MAX_ATTEMPTS:
        reason = "Obeya tried several times and could not read this. It is kept; IT can try it again."
        actions.give_up(signal_id=signal_id, reason=reason)
        return
    actions.understand(signal_id=signal_id)
