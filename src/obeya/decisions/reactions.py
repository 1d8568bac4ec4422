"""Which events decisions hear."""

from obeya.journal import reactions


def register() -> None:
    """A refusal by the ERP becomes a request; its answer goes back to the outbox."""
    reactions.on("outbox.posting_rejected", task="decisions.ask_about_posting")
    reactions.on("outbox.posting_conflict", task="decisions.ask_about_posting")
    reactions.on("decisions.request_decided", task="decisions.answer_posting")
