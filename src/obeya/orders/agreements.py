"""Prices that were agreed for a line: for how much of what, while which list price and floor stood."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from obeya.lib import canonical
from obeya.orders import models, rules

TERMS = "terms"
"""The key in a request's context under which the terms stand that its answer agrees to."""


def terms_of(line: models.LineRow, currency: str) -> rules.Terms | None:
    """A complete line's terms as they are now; None while its item or quantity is open."""
    if line.item is None or line.quantity is None:
        return None
    return rules.Terms(line.item.sku, line.uom, line.quantity, currency, line.list_price, line.floor)


def stored(terms: rules.Terms) -> dict[str, canonical.Json]:
    """Terms as they are kept: amounts as text, None where there are none."""
    return {
        "sku": terms.sku,
        "uom": terms.uom,
        "quantity": str(terms.quantity),
        "currency": terms.currency,
        "list_price": _text(terms.list_price),
        "floor": _text(terms.floor),
    }


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def to_terms(kept: Mapping[str, object]) -> rules.Terms:
    """Terms from their stored form."""
    return rules.Terms(
        sku=str(kept["sku"]),
        uom=str(kept["uom"]),
        quantity=Decimal(str(kept["quantity"])),
        currency=str(kept["currency"]),
        list_price=_amount(kept["list_price"]),
        floor=_amount(kept["floor"]),
    )


def _amount(kept: object) -> Decimal | None:
    return None if kept is None else Decimal(str(kept))


def asked_with(context: Mapping[str, canonical.Json]) -> rules.Terms | None:
    """The terms that whoever answers a request saw; None for requests that name none."""
    kept = context.get(TERMS)
    return to_terms(kept) if isinstance(kept, Mapping) else None


@dataclass(frozen=True, slots=True)
class Limits:
    """Between which prices per `uom` a counter-offer lies, as people write them; "" where there is none."""

    uom: str
    currency: str
    asked: str
    list_price: str
    floor: str


def limits_of(context: Mapping[str, canonical.Json]) -> Limits | None:
    """The limits of a counter-offer that answers a request with this context."""
    terms = asked_with(context)
    if terms is None:
        return None
    asked = _amount(context.get("asked_price"))
    told = (rules.plain(one) if one is not None else "" for one in (asked, terms.list_price, terms.floor))
    return Limits(terms.uom, terms.currency, *told)


def agree(
    line: models.LineRow, *, what: str, price: Decimal | None, terms: rules.Terms | None, request: uuid.UUID
) -> None:
    """Note on a line (not saved) that a price was agreed; one without amount or terms is asked again."""
    whole = price is not None and terms is not None
    line.price_decided = what if whole else ""
    line.agreed_price = price if whole else None
    line.agreed_terms = stored(terms) if terms is not None and whole else None
    line.agreed_request_id = request if whole else None


def agreed_of(line: models.LineRow) -> rules.Agreed | None:
    """What was agreed for a line, whether it holds or not; None for nothing."""
    if not line.price_decided or line.agreed_price is None or line.agreed_terms is None:
        return None
    return rules.Agreed(line.price_decided, line.agreed_price, to_terms(line.agreed_terms))
