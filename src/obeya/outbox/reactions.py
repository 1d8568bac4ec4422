"""Which events the outbox hears: its own, so that what is queued leaves at once."""

from obeya.journal import reactions


def register() -> None:
    """Each job drains what is due; who finds another at work goes away."""
    for event_type in ("outbox.posting_queued", "outbox.posting_retried", "outbox.posting_cancelled"):
        reactions.on(event_type, task="outbox.deliver", queue="postings", lock="none")
    for event_type in ("outbox.message_queued", "outbox.message_retried"):
        reactions.on(event_type, task="outbox.send", queue="messages", lock="none")
