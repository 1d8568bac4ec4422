"""Which events the floor hears."""

from obeya.journal import reactions


def register() -> None:
    """A closed exception ends the hold that opened it."""
    reactions.on("cases.case_closed", task="floor.end_hold")
    reactions.on("cases.case_withdrawn", task="floor.end_hold")
