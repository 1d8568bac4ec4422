"""The demo plant of Deccan Polypack on a real Tryton: its master data, people, prices and past orders."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from obeya.catalog import ports, readers
from obeya.demo import erp, load, plant
from obeya.integrations.tryton import client, inbound, outbound, wire
from obeya.lib import clock
from obeya.orders import knowledge
from obeya.outbox import posters
from tests.worlds import snapshot

CONNECTOR = "tryton"
PASSWORD = "seven-yellow-crates"
LINE_SIDE = ("LS-MOULD", "LS-EXT")
REQUEST_LIMIT_S = 20.0


@dataclass
class Deccan:
    """The loaded plant. `connect` lets Obeya reach its ERP by another address, through a proxy say."""

    handle: erp.ErpHandle
    found: plant.Plant
    today: datetime.date
    _asked: client.Client | None = field(default=None, repr=False)

    @property
    def site(self) -> str:
        """The code of the plant's site."""
        return self.found.site.code

    def connection(self, url: str = "", *, timeout_s: float = 30.0) -> client.Connection:
        """How Obeya reaches the ERP."""
        return client.Connection(
            url=url or self.handle.url,
            database=self.handle.database,
            key=self.handle.key,
            timeout_s=timeout_s,
            request_limit_s=REQUEST_LIMIT_S,
            line_locations=LINE_SIDE,
        )

    def connect(self, url: str = "", *, timeout_s: float = 30.0) -> None:
        """Read from and post to the ERP by this address from now on."""
        found = self.connection(url, timeout_s=timeout_s)
        readers.register(CONNECTOR, [self.site], lambda: inbound.TrytonReader(client.Client(found)))
        posters.register(CONNECTOR, lambda: outbound.TrytonPoster(client.Client(found)), title="Tryton")

    @property
    def erp(self) -> client.Client:
        """The ERP itself, asked past Obeya and past any proxy."""
        self._asked = self._asked or client.Client(self.connection())
        return self._asked

    def sales(self, reference: str) -> list[wire.Record]:
        """The ERP's sales that carry a customer's reference, with their lines."""
        fields = ["number", "state", "reference", "party.code", "shipping_date", "untaxed_amount"]
        lines = [f"lines.{name}" for name in ("product.code", "quantity", "unit.symbol", "unit_price")]
        return self.erp.page("sale.sale", [["reference", "=", reference]], [*fields, *lines])

    def count_sales(self) -> int:
        """How many sales there are in the ERP, whatever their state."""
        return len(self.erp.every("sale.sale", [], ["id"]))

    def count_shipments(self) -> int:
        """How many internal shipments there are in the ERP, whatever their state."""
        return len(self.erp.every("stock.shipment.internal", [], ["id"]))

    def stamped(self) -> list[str]:
        """What Obeya wrote on the ERP's sales and internal shipments, to find them again."""
        fields = {"sale.sale": "description", "stock.shipment.internal": "reference"}
        return [
            record[field]
            for model, field in fields.items()
            for record in self.erp.every(model, [[field, "like", "obeya:%"]], [field])
        ]

    def stock(self, sku: str, lot: str) -> dict[str, Decimal]:
        """What the ERP has of a lot, by location, without empty ones."""
        page = inbound.TrytonReader(self.erp).read("stock", cursor="")
        return {
            row.location: row.quantity
            for row in page.rows
            if isinstance(row, ports.StockRow) and (row.sku, row.lot) == (sku, lot) and row.quantity
        }


def today() -> datetime.date:
    """The day on which the ERP is seeded: one copy of it serves all suites of a day."""
    return clock.SystemClock().now().date()


@contextmanager
def running(home: Path) -> Iterator[erp.ErpHandle]:
    """The plant's ERP, freshly seeded."""
    with erp.running(home=home, seed_day=today()) as handle:
        yield handle


def plant_on(handle: erp.ErpHandle) -> Deccan:
    """The plant on a running ERP; nothing is loaded or connected."""
    return Deccan(handle, plant.load(), today())


@contextmanager
def loaded(handle: erp.ErpHandle) -> Iterator[Deccan]:
    """The plant in the (empty) database, connected to its ERP: loaded the first time, then brought back."""
    world = plant_on(handle)
    world.connect()
    knowledge.forget()
    if snapshot.is_kept():
        snapshot.bring_back()
    else:
        load.load(password=PASSWORD, plant=world.found, today=world.today)
        snapshot.keep()
    try:
        yield world
    finally:
        readers.register(CONNECTOR, [], lambda: inbound.TrytonReader(world.erp))
        posters.unregister(CONNECTOR)
        knowledge.forget()
