"""What a counter-offer may be, and until when it waits: pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from obeya.orders import rules

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PLACES = 6
"""Decimals that a price may have."""
MOST_NOTE = 500


class NoSuchOffer(ValueError):
    """The price cannot be offered; the text says why, for whoever decides."""


def check_price(
    price: Decimal, *, terms: rules.Terms, asked: Decimal | None, currency: str, rationale: str
) -> None:
    """Raises NoSuchOffer for a price per unit that cannot be the counter-offer.

    A price below the floor needs the reason of whoever may decide it.
    """
    exponent = price.as_tuple().exponent
    if not price.is_finite() or not Decimal(0) < price < Decimal(10) ** 12:
        raise NoSuchOffer("The price must be more than nothing.")
    if not isinstance(exponent, int) or exponent < -PLACES:
        raise NoSuchOffer(f"A price has at most {PLACES} decimals.")
    if currency and currency != terms.currency:
        raise NoSuchOffer(f"This order is in {terms.currency}, not in {currency[:20]}.")
    if terms.list_price is not None and price > terms.list_price:
        listed = rules.plain(terms.list_price)
        raise NoSuchOffer(f"{rules.plain(price)} is above the list price of {listed} per {terms.uom}.")
    if asked is not None and price <= asked:
        raise NoSuchOffer(f"The customer asks for {rules.plain(asked)} already: agree to that instead.")
    if terms.floor is not None and price < terms.floor and len(rationale.strip()) < 3:
        floor = rules.plain(terms.floor)
        raise NoSuchOffer(f"{rules.plain(price)} is below the floor of {floor}: say why, in a sentence.")


def due_after(sent_at: datetime, *, hours: int, week: Sequence[str], zone: tzinfo) -> datetime:
    """The moment `hours` after `sent_at`, of which only those on working days count.

    `week` are the working days ("mon" ...) by the clock of `zone`; with none all days count.
    """
    working = set(week) or set(DAYS)
    left, at = timedelta(hours=hours), sent_at.astimezone(zone)
    while True:
        midnight = (at + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        if DAYS[at.weekday()] in working:
            today = midnight - at
            if left <= today:
                return (at + left).astimezone(sent_at.tzinfo)
            left -= today
        at = midnight
