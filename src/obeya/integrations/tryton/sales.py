"""Sales orders: create, quote, confirm; the ERP goes on to process by itself."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from obeya.integrations.tryton import client, documents, lookups, stamps, wire
from obeya.outbox import ports

SALE = documents.Kind(
    model="sale.sale",
    stamp_field="description",
    buttons={"draft": "quote", "quotation": "confirm"},
    done=("confirmed", "processing", "done"),
    fields=("number", "state", "description", "untaxed_amount"),
)
PARTY_FIELDS = (
    "code", "sale_price_list", "sale_invoice_method", "sale_shipment_method", "customer_payment_term",
    "addresses.party_name", "addresses.active", "addresses.invoice", "addresses.delivery",
)  # fmt: skip


def create(erp: client.Client, key: str, order: ports.SalesOrder) -> wire.Record:
    """The draft order in one transaction. Raises Refused for what the ERP does not know."""
    party = _party(erp, order.customer)
    products = lookups.products(erp, (line.sku for line in order.lines))
    addresses = [address for address in party["addresses"] if address["active"]]
    values: dict[str, Any] = {
        "description": stamps.stamp(key, order),
        "reference": order.customer_reference or None,
        "comment": order.note or None,
        "company": erp.connection.company,
        "currency": lookups.currency(erp, order.currency),
        "party": party["id"],
        "invoice_party": party["id"],
        "shipment_party": party["id"],
        "invoice_address": _address(addresses, "invoice"),
        "shipment_address": _ship_to(addresses, order.ship_to),
        "price_list": party["sale_price_list"],
        "payment_term": party["customer_payment_term"],
        "sale_date": order.ordered_on,
        "shipping_date": order.requested_on,
        "lines": [
            ["create", [_line(products, number, line) for number, line in enumerate(order.lines, start=1)]]
        ],
    }
    for field in ("invoice_method", "shipment_method"):
        if party[f"sale_{field}"]:
            values[field] = party[f"sale_{field}"]
    return erp.create(SALE.model, values, SALE.fields)


def _party(erp: client.Client, code: str) -> wire.Record:
    found = erp.page("party.party", [["code", "=", code]], PARTY_FIELDS)
    if not found:
        raise client.Refused(f"the ERP has no customer {code}", code="unknown_customer", field="customer")
    return found[0]


def _address(addresses: list[wire.Record], purpose: str) -> int:
    """The first address for a purpose, else the first there is. Raises Refused when there is none."""
    chosen = next((one for one in addresses if one[purpose]), next(iter(addresses), None))
    if chosen is None:
        raise client.Refused("the customer has no address in the ERP", code="no_address", field="customer")
    return int(chosen["id"])


def _ship_to(addresses: list[wire.Record], ship_to: str) -> int:
    """The named place of delivery; goods never go to another place than the one asked for."""
    if not ship_to:
        return _address(addresses, "delivery")
    for address in addresses:
        if (address["party_name"] or "").casefold() == ship_to.casefold():
            return int(address["id"])
    raise client.Refused(
        f"the customer has no delivery place {ship_to!r} in the ERP", code="unknown_ship_to", field="ship_to"
    )


def _line(products: dict[str, lookups.Product], number: int, line: ports.SalesOrderLine) -> dict[str, Any]:
    product = products[line.sku]
    if line.uom not in product.units:
        raise client.Refused(
            f"the ERP does not sell {line.sku} by the {line.uom}",
            code="unit_not_sold",
            field=f"lines.{number - 1}.uom",
        )
    return {
        "type": "line",
        "sequence": number,
        "product": product.id,
        "quantity": wire.quantity(line.quantity),
        "unit": product.units[line.uom],
        "unit_price": line.unit_price.quantize(Decimal("0.0001")),
        "note": line.note or None,
    }


def explain(erp: client.Client, order: ports.SalesOrder, record: wire.Record) -> ports.Rejected | None:
    """Why the ERP refused to confirm, if the customer's credit is the reason; None otherwise."""
    party = erp.page("party.party", [["code", "=", order.customer]], ["credit_limit_amount", "credit_amount"])
    amount = record.get("untaxed_amount")
    limit = party[0]["credit_limit_amount"] if party else None
    if limit is None or amount is None or party[0]["credit_amount"] + amount <= limit:
        return None
    return ports.Rejected(
        code="credit_limit",
        text=(
            f"The order of {amount} {order.currency} would take {order.customer} to"
            f" {party[0]['credit_amount'] + amount} {order.currency}; the credit limit is {limit}"
            f" {order.currency}. It waits in the ERP as quotation {documents.name(record)}."
        ),
        field="customer",
        step=documents.next_step(SALE, record),
        erp_refs=documents.refs(SALE, record),
    )
