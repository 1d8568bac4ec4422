"""An ERP that only keeps what is posted to it, for stories in which no ERP has to run."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from decimal import Decimal

import pytest

from obeya.catalog import readers
from obeya.outbox import ports, posters
from tests.worlds import small


class KeptPoster:
    """Keeps each payload once per key; its documents are called `name`-1, `name`-2, ..."""

    request_limit_s = 5.0

    def __init__(self, name: str) -> None:
        """Nothing is kept yet."""
        self.name = name
        self.kept: dict[str, ports.Payload] = {}

    def post(self, command: ports.Command) -> ports.Answer:
        """Keep it, or say that it is kept already."""
        if command.key in self.kept:
            return ports.Replayed({"number": self._number(command.key)})
        self.kept[command.key] = command.payload
        return ports.Posted({"number": self._number(command.key)})

    def find(self, key: str, payload: ports.Payload) -> ports.Found | None:
        """What is kept under a key."""
        del payload
        return ports.Found({"number": self._number(key)}, True, "") if key in self.kept else None

    def _number(self, key: str) -> str:
        return f"{self.name}-{[*self.kept].index(key) + 1}"

    @property
    def lines(self) -> list[list[tuple[str, Decimal, str]]]:
        """The lines of the sales orders."""
        sales = [one for one in self.kept.values() if isinstance(one, ports.SalesOrder)]
        return [[(line.sku, line.quantity, line.uom) for line in one.lines] for one in sales]


@contextlib.contextmanager
def connected(name: str) -> Iterator[KeptPoster]:
    """The small plant is served by such an ERP, of which nothing may be read."""
    poster = KeptPoster(name)
    readers.register("tryton", [small.SITE], lambda: pytest.fail("nothing is read here"))
    posters.register("tryton", lambda: poster, title="Tryton")
    yield poster
    readers.register("tryton", [], lambda: pytest.fail("nothing is read here"))
