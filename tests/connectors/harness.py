"""What the suite needs of an ERP under test. A new connector brings its own `Harness`, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from obeya.catalog import ports as catalog_ports
from obeya.demo import plant
from obeya.outbox import ports


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Names in the ERP under test that the suite may use; it holds the demo plant."""

    customer: str = "KRS01"
    customer_without_credit: str = "VDH01"
    currency: str = "INR"
    store: str = "FG"
    line_side: str = "LS-MOULD"
    hold: str = "HOLD"


@dataclass(frozen=True, kw_only=True)
class Harness:
    """One ERP with its connector. `connect(url)` gives a reader and a poster that go through that URL."""

    name: str
    url: str
    today: date
    plant: plant.Plant
    connect: Callable[[str, float], tuple[catalog_ports.Reader, ports.Poster]]
    documents: Callable[[str], list[Mapping[str, str]]]
    """All live documents in the ERP that carry a key, by the ERP's own means, not the connector's."""
    is_write: Callable[[str], bool]
    """Whether a request ("POST /path") changes the ERP."""
    kill: Callable[[], None]
    """Kill the ERP at once, without warning."""
    revive: Callable[[], None]
    """Start it again where it was."""
    facts: Facts = field(default_factory=Facts)

    @property
    def reader(self) -> catalog_ports.Reader:
        """A reader straight to the ERP."""
        return self.connect(self.url, 30.0)[0]

    @property
    def poster(self) -> ports.Poster:
        """A poster straight to the ERP."""
        return self.connect(self.url, 30.0)[1]

    def stock(self, sku: str, lot: str) -> dict[str, Decimal]:
        """What the ERP has of a lot, by location, without empty ones."""
        page = self.reader.read("stock", cursor="")
        return {
            row.location: row.quantity
            for row in page.rows
            if isinstance(row, catalog_ports.StockRow) and (row.sku, row.lot) == (sku, lot) and row.quantity
        }

    def production_orders(self) -> list[catalog_ports.ProductionOrderRow]:
        """The open production orders as the reader sees them."""
        page = self.reader.read("production_orders", cursor="")
        return [row for row in page.rows if isinstance(row, catalog_ports.ProductionOrderRow)]

    def production_order(self, number: str) -> catalog_ports.ProductionOrderRow:
        """One open production order by its number."""
        return next(row for row in self.production_orders() if row.number == number)

    def on_machine(self, work_unit: str) -> catalog_ports.ProductionOrderRow:
        """The open production order of a machine."""
        return next(row for row in self.production_orders() if row.work_center == work_unit)

    def open_lines(self, order_number: str) -> list[catalog_ports.SalesLineRow]:
        """The lines of one open sales order."""
        page = self.reader.read("sales_lines", cursor="")
        rows = [row for row in page.rows if isinstance(row, catalog_ports.SalesLineRow)]
        return [row for row in rows if row.order_number == order_number]


def settle(poster: ports.Poster, command: ports.Command) -> ports.Answer:
    """What the outbox does, with the old request known to be over: look before sending again."""
    answer = poster.post(command)
    for _ in range(5):
        if not isinstance(answer, ports.Unknown):
            return answer
        found = poster.find(command.key, command.payload)
        if found is not None and found.complete:
            return ports.Posted(found.erp_refs)
        answer = poster.post(command)
    raise AssertionError(f"never settled: {answer}")
