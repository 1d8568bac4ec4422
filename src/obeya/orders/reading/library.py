"""What has been learned about how customers write: aliases, usual items, units and quantities."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from obeya.orders.reading import types


@dataclass(frozen=True, slots=True)
class Library:
    """Everything learned; immutable, so a reader can share it. A database may hold its parts."""

    past_orders: tuple[types.PastOrder, ...] = ()
    aliases: tuple[types.Alias, ...] = ()

    @classmethod
    def from_parts(
        cls, *, past_orders: Iterable[types.PastOrder], aliases: Iterable[types.Alias]
    ) -> "Library":
        """Put a library together from stored past orders and alias records."""
        return cls(tuple(past_orders), tuple(aliases))

    def with_confirmed(
        self, *, customer: str | None, message: types.Message, lines: Sequence[types.PastLine], order_no: str,
        is_change: bool = False,
    ) -> "Library":  # fmt: skip
        """The library after a person (or the customer) confirmed these lines for this message.

        A change or a repeat teaches habits but not words: its text does not name all its lines.
        """
        text = None if is_change or message.attachments else message.text
        order = types.PastOrder(order_no, customer or "", message.sent_at, message.channel, text, tuple(lines))
        return replace(self, past_orders=(*self.past_orders, order))


def learn_history(company: types.Company, past_orders: Iterable[types.PastOrder]) -> Library:
    """Learn from confirmed orders, oldest first."""
    del company
    return Library(past_orders=tuple(sorted(past_orders, key=lambda order: order.ordered_at)))
