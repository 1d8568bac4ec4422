"""Which events cases hear."""

from obeya.journal import reactions


def register() -> None:
    """Answers resolve cases, arrived postings close them."""
    reactions.on("decisions.request_decided", task="cases.hear_decision", priority=10)
    reactions.on("outbox.posting_posted", task="cases.hear_posting", priority=10)
    reactions.on("outbox.posting_cancelled", task="cases.hear_posting", priority=10)
