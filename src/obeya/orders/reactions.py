"""Which events the order desk hears."""

from obeya.journal import reactions


def register() -> None:
    """Decisions settle doubts and audits, arrived postings book orders, booked orders may be audited.

    A counter-offer whose message failed goes back to who made it.
    """
    reactions.on("decisions.request_decided", task="orders.hear_decision", priority=10)
    reactions.on("outbox.posting_posted", task="orders.hear_posting", priority=10)
    reactions.on("outbox.posting_cancelled", task="orders.hear_posting", priority=10)
    reactions.on("outbox.message_failed", task="orders.hear_failed_message")
    reactions.on("outbox.message_failed", task="orders.hear_undelivered")
    reactions.on("orders.order_booked", task="orders.hear_booked")
