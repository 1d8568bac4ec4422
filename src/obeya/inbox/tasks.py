"""Background work of the inbox."""

from __future__ import annotations

import uuid

import procrastinate
from procrastinate import JobContext
from procrastinate.contrib.django import app

from obeya.inbox import actions, fetching
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
    actions.fetch_files(signal_id=signal_id, last=context.job.attempts >= actions.MAX_ATTEMPTS - 1)
    actions.understand(signal_id=signal_id)


_FETCHES = 8
_FOR_A_DAY = procrastinate.RetryStrategy(
    max_attempts=_FETCHES, exponential_wait=5, retry_exceptions=(fetching.TryAgainLater,)
)
"""Seconds, minutes, then hours between: an outage of the other side passes, a token is set anew."""


@app.task(name="inbox.fetch", queue="signals", retry=_FOR_A_DAY, pass_context=True)
def fetch(context: JobContext, *, event_id: str) -> None:
    """Ask once more for the missing files of the signal that `event_id` tells of."""
    event = journal.get_event(event_id)
    last = context.job.attempts >= _FETCHES - 1
    actions.fetch_missing(signal_id=uuid.UUID(str(event.data["signal"])), last=last)
