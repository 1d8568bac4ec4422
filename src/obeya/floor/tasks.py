"""Background work of the floor."""

from __future__ import annotations

from procrastinate.contrib.django import app

from obeya.cases import quality_hold
from obeya.floor import actions
from obeya.journal import queries as journal


@app.task(name="floor.end_hold", queue="reactions")
def end_hold(*, event_id: str) -> None:
    """An exception closed or was withdrawn; where it was a hold, the hold ends."""
    event = journal.get_event(event_id)
    if event.data["kind"] == quality_hold.KIND:
        actions.end_hold(event=event)
