"""Which events the order desk hears."""

from obeya.journal import reactions


def register() -> None:
    """Decisions settle doubts, arrived postings book orders."""
    reactions.on("decisions.request_decided", task="orders.hear_decision", priority=10)
    reactions.on("outbox.posting_posted", task="orders.hear_posting", priority=10)
    reactions.on("outbox.posting_cancelled", task="orders.hear_posting", priority=10)
