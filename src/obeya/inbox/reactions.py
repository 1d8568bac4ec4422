"""Which events the inbox hears."""

from obeya.journal import reactions


def register() -> None:
    """Understanding runs as a job; one signal at a time per signal."""
    reactions.on("inbox.signal_received", task="inbox.understand", queue="signals")
    reactions.on("inbox.signal_retried", task="inbox.understand", queue="signals")
    reactions.on("inbox.files_added", task="inbox.understand", queue="signals")
    reactions.on("inbox.file_missing", task="inbox.fetch", queue="signals")
    reactions.on("inbox.fetch_asked", task="inbox.fetch", queue="signals")
