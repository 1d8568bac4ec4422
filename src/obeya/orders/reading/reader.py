"""The front door: `Reader(company, library).read(message)`."""

from obeya.orders.reading import types
from obeya.orders.reading.library import Library


class Reader:
    """Reads messages of one company; build once, read many (thread-safe, holds no message state)."""

    def __init__(self, company: types.Company, library: Library) -> None:
        """Index the catalogue and what has been learned."""
        self.company = company
        self.library = library

    def read(self, message: types.Message) -> types.Reading:
        """Read one message; never raises on odd text, doubts are in the reading."""
        doubt = types.Doubt("unread", None, "Nothing here was understood.")
        return types.Reading("greeting_or_other", 0.0, doubts=(doubt,))
