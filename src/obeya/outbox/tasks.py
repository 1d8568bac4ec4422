"""Background work of the outbox. Nothing here is retried by the queue: `wake` sees what is due."""

from __future__ import annotations

from procrastinate.contrib.django import app

from obeya.journal import queries as journal
from obeya.outbox import actions, waking


@app.task(name=waking.DELIVER, queue=waking.POSTINGS)
def deliver(event_id: str = "", connector: str = "") -> None:
    """Bring on what is due at a connector: the named one, or that of the event's posting."""
    actions.deliver_due(connector or str(journal.get_event(event_id).data["connector"]))


@app.task(name=waking.SEND, queue=waking.MESSAGES)
def send(event_id: str = "") -> None:
    """Send the messages that are due: of the event's channel, or of all."""
    actions.send_due(str(journal.get_event(event_id).data["channel"]) if event_id else "")
