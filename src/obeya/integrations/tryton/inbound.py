"""The reader: what the ERP knows, as canonical rows with a cursor and the moment they are true for."""

from __future__ import annotations

from collections.abc import Callable

from obeya.catalog import ports
from obeya.integrations.tryton import client, reading_master, reading_open
from obeya.lib import clock as clocks

Read = Callable[[client.Client, str], tuple[list[ports.Row], str, bool]]

ENTITIES: dict[ports.Entity, Read] = {
    "items": reading_master.items,
    "customers": reading_master.customers,
    "prices": reading_master.prices,
    "boms": reading_master.boms,
    "equipment": reading_master.equipment,
    "lots": reading_master.lots,
    "stock": reading_open.stock,
    "production_orders": reading_open.production_orders,
    "sales_lines": reading_open.sales_lines,
}


class TrytonReader:
    """Reads one company of a Tryton. Implements `catalog.ports.Reader`."""

    def __init__(self, erp: client.Client, *, clock: clocks.Clock | None = None) -> None:
        self._erp = erp
        self._clock = clock or clocks.SystemClock()

    def read(self, entity: ports.Entity, *, cursor: str) -> ports.Page:
        """Rows of `entity` changed since `cursor` ("" for all). Raises CannotReadErp."""
        as_of = self._clock.now()
        try:
            rows, reached, complete = ENTITIES[entity](self._erp, cursor)
        except (client.Refused, client.NotSent, client.Unclear) as error:
            raise ports.CannotReadErp(f"{entity}: {error}") from error
        return ports.Page(rows=tuple(rows), cursor=reached, as_of=as_of, complete=complete)

    def check(self) -> str:
        """One plain sentence on who we are logged in as and where. Raises CannotReadErp."""
        connection = self._erp.connection
        try:
            found = self._erp.page(
                "company.company", [["id", "=", connection.company]], ["party.name", "currency.code"]
            )
        except (client.Refused, client.NotSent, client.Unclear) as error:
            raise ports.CannotReadErp(str(error)) from error
        if not found:
            raise ports.CannotReadErp(f"the ERP has no company number {connection.company}")
        company = found[0]
        return (
            f"Tryton at {connection.url}, database {connection.database},"
            f" company {company['party']['name']} ({company['currency']['code']})"
        )
