"""What people may mean where they type a customer or an item of a rule."""

from __future__ import annotations

from collections.abc import Mapping

from obeya.catalog import price_facts
from obeya.orders.pricing import facts


def customers(site: str, text: str) -> list[tuple[str, str]]:
    """Codes and names of customers that hold the text."""
    return price_facts.find_customer_codes(site, text) if text.strip() else []


def with_codes(site: str, values: Mapping[str, str]) -> dict[str, str]:
    """What was typed, with codes where a customer or an item was named."""
    return facts.with_codes(site, values)
