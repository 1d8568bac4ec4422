"""From the catalog's price of a line to the price and floor that the rules give it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from obeya.catalog import answers
from obeya.catalog import queries as catalog
from obeya.orders.pricing import queries, table, wording


def line_of(answer: answers.PriceAnswer, customer: str, *, on: date, cost_currency: str) -> table.Line:
    """A line in the terms of the rules; its cost is known only in the currency that costs are in."""
    same = answer.currency == cost_currency
    other = f"its cost is in {cost_currency} and its price in {answer.currency}"
    return table.Line(
        customer=customer,
        customer_group=answer.price_list,
        item=answer.sku,
        category=answer.category,
        quantity=answer.quantity,
        uom=answer.uom,
        units=answer.units,
        on=on,
        currency=answer.currency,
        list_price=answer.list_price,
        floor=answer.floor,
        cost=answer.cost if same else None,
        cost_problem="ERP gives no cost for it" if same or answer.cost is None else other,
    )


def judge(
    site: str, customer: str, found: Sequence[answers.PriceAnswer], *, received_at: datetime
) -> list[tuple[table.Priced, str]]:
    """For each line its price and floor by the rules that held when the order came, and a word on why.

    One query an order, one more where this process has not seen the version yet. Without rules
    everything is as the catalog says.
    """
    rules = queries.find_in_force(site, received_at)
    if rules is None:
        return [(table.Priced(price.list_price, price.floor), "") for price in found]
    on = received_at.astimezone(rules.tz).date()
    told = []
    for answer in found:
        line = line_of(answer, customer, on=on, cost_currency=rules.currency)
        priced = rules.table.judge(line)
        told.append((priced, _why(priced, rules)))
    return told


def _why(priced: table.Priced, rules: queries.InForce) -> str:
    rows = sorted({place for place in (priced.price_row, priced.floor_row) if place is not None})
    said = [f"{place} ({wording.sets(rules.table.rows[place - 1])})" for place in rows]
    return f"Price rules {rules.number}, row {' and '.join(said)}" if said else ""


def quote(
    site: str, *, customer: str, lines: Sequence[catalog.Wanted], at: datetime
) -> list[tuple[answers.PriceAnswer, table.Priced]]:
    """What lines would cost a customer who ordered at the moment `at`: the catalog's word and the rules'.

    Raises catalog.NoSuchCustomer.
    """
    found = catalog.prices_for(site, customer=customer, lines=lines, on=at.date())
    judged = judge(site, customer, found, received_at=at)
    return [(answer, priced) for answer, (priced, _) in zip(found, judged, strict=True)]
