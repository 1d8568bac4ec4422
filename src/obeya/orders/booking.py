"""A complete order as the journal and the ERP are told of it."""

from __future__ import annotations

from collections.abc import Sequence

from obeya.catalog import queries as catalog
from obeya.lib import clock
from obeya.orders import events, models
from obeya.outbox import ports


def confirmed_line(line: models.LineRow) -> events.ConfirmedLine:
    """A complete line as the journal tells it."""
    assert line.item is not None
    assert line.quantity is not None
    assert line.unit_price is not None
    return events.ConfirmedLine(line.item.sku, line.quantity, line.uom, line.unit_price)


def payload(row: models.OrderRow, lines: Sequence[models.LineRow]) -> ports.SalesOrder:
    """The command that books the order in ERP."""
    assert row.customer is not None
    return ports.SalesOrder(
        customer=row.customer.code,
        currency=row.currency,
        lines=tuple(_order_line(row.site_id, line) for line in lines),
        ordered_on=clock.now().date(),
        requested_on=row.requested_on,
        customer_reference=row.po_number or row.number,
        ship_to=row.ship_to,
        note=f"Obeya {row.number}",
    )


def _order_line(site: str, line: models.LineRow) -> ports.SalesOrderLine:
    told = confirmed_line(line)
    units = catalog.units_of(site, told.sku)
    return ports.SalesOrderLine(
        sku=told.sku,
        quantity=told.quantity,
        uom=told.uom,
        unit_price=told.unit_price,
        base_quantity=told.quantity * units[told.uom],
        note=line.text[:200],
    )
