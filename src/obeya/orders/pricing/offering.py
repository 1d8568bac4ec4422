"""The catalogue as a customer sees it, with the prices that the rules give them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from obeya.catalog import answers, offers
from obeya.catalog import queries as catalog
from obeya.orders.pricing import applying, queries


def with_rules(
    customer: answers.Customer, found: Sequence[offers.Offer], *, at: datetime
) -> tuple[offers.Offer, ...]:
    """Offers whose prices are those that an order received at the moment `at` would get, per single unit.

    A price that somebody would be asked about first is not shown. Without rules nothing changes.
    """
    if queries.find_in_force(customer.site, at) is None:
        return tuple(found)
    wanted = [catalog.Wanted(offer.sku, uom, Decimal(1)) for offer in found for uom in offer.units]
    judged = applying.quote(customer.site, customer=customer.code, lines=wanted, at=at)
    prices: dict[str, dict[str, Decimal]] = {}
    for answer, priced in judged:
        below = priced.floor is not None and priced.price is not None and priced.price < priced.floor
        if priced.price is not None and not priced.unknown and not below:
            prices.setdefault(answer.sku, {})[answer.uom] = priced.price
    return tuple(dataclasses.replace(offer, prices=prices.get(offer.sku, {})) for offer in found)
