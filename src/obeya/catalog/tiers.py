"""The steps of a customer's price list for one item: from which quantity which price holds."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from obeya.catalog import models, rules


@dataclass(frozen=True, slots=True)
class Tier:
    """From `quantity` (in `uom`) on, `unit_price` per `uom` holds."""

    uom: str
    quantity: Decimal
    unit_price: Decimal
    currency: str


def of_item(site: str, *, customer: str, sku: str) -> tuple[Tier, ...]:
    """The steps that a customer's own list has for an item, by unit and quantity; empty without a list."""
    row = models.Customer.objects.filter(site=site, code=rules.asked(customer)).first()
    if row is None or row.price_list_id is None:
        return ()
    found = models.Price.objects.filter(
        price_list=row.price_list_id, item__site=site, item__sku=rules.asked(sku)
    )
    return tuple(
        Tier(one.uom, rules.trim(one.min_quantity), rules.trim(one.unit_price), one.currency)
        for one in found.order_by("uom", "min_quantity")
    )
