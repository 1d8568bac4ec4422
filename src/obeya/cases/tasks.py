"""Background work of cases."""

from __future__ import annotations

from procrastinate.contrib.django import app

from obeya.cases import actions
from obeya.journal import queries as journal


@app.task(name="cases.hear_decision", queue="reactions")
def hear_decision(*, event_id: str) -> None:
    """A request was decided; it may have been the last one of a case."""
    event = journal.get_event(event_id)
    if event.subject.startswith("case:"):
        actions.hear_decision(event=event)


@app.task(name="cases.hear_posting", queue="reactions")
def hear_posting(*, event_id: str) -> None:
    """A posting arrived in ERP or was given up; it may have been the last one of a case."""
    actions.hear_posting(event=journal.get_event(event_id))
