"""What has been learned about how customers write: aliases, usual items, units and quantities."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from obeya.orders.reading import types


@dataclass(frozen=True, slots=True)
class Lessons:
    """Everything learned; immutable, so a reader can share it. A database may hold its parts."""

    past_orders: tuple[types.PastOrder, ...] = ()
    aliases: tuple[types.Alias, ...] = ()

    @classmethod
    def from_parts(
        cls, *, past_orders: Iterable[types.PastOrder], aliases: Iterable[types.Alias]
    ) -> "Lessons":
        """What is known, put together from stored past orders and alias records."""
        return cls(tuple(past_orders), tuple(aliases))

    def with_confirmed(
        self,
        *,
        customer: str | None,
        message: types.Message,
        lines: Sequence[types.PastLine],
        order_no: str,
        aliases: Iterable[types.Alias] = (),
    ) -> "Lessons":
        """The lessons after a person (or the customer) confirmed these lines for this message.

        The order teaches habits, the aliases what the words meant (`Reader.confirmed` finds them).
        """
        order = types.PastOrder(
            order_no, customer or "", message.sent_at, message.channel, None, tuple(lines)
        )
        return replace(
            self, past_orders=(*self.past_orders, order), aliases=merge_aliases((*self.aliases, *aliases))
        )


def merge_aliases(aliases: Iterable[types.Alias]) -> tuple[types.Alias, ...]:
    """Aliases of one customer, phrase, item and unit as one record, their counts added."""
    merged: dict[tuple[str | None, str, str, str | None], types.Alias] = {}
    for alias in aliases:
        key = (alias.customer, alias.key, alias.sku, alias.uom)
        old = merged.get(key)
        merged[key] = replace(old, ok=old.ok + alias.ok, bad=old.bad + alias.bad) if old else alias
    return tuple(merged.values())


def learn_history(past_orders: Iterable[types.PastOrder]) -> Lessons:
    """Learn from confirmed orders, oldest first."""
    return Lessons(
        past_orders=tuple(sorted(past_orders, key=lambda order: (order.ordered_at, order.order_no)))
    )
