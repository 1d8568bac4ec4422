"""What the answer to a doubt changes in an order."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from obeya.catalog import queries as catalog
from obeya.decisions import queries as decisions
from obeya.journal.events import Origin
from obeya.orders import events, learning, models, telling

BY_THE_CUSTOMER = ("item:", "uom:")
"""Options that a customer's word settles: which item, which unit."""


def fitting(doubts: Sequence[models.DoubtRow], words: str, choice: str) -> tuple[models.DoubtRow, str] | None:
    """The one open doubt of a line that an answer settles, with the option it names; None for none, or two.

    An option is named by its code, or by its label or the item's code written out.
    """
    said = " ".join(words.split()).casefold()
    found = [
        (doubt, option.code)
        for doubt in doubts
        for option in decisions.get_request(doubt.request_id).options
        if option.code.startswith(BY_THE_CUSTOMER)
        and (
            choice == option.code
            or said in (option.label.casefold(), option.code.partition(":")[2].casefold())
        )
    ]
    return found[0] if len(found) == 1 else None


def change_header(row: models.OrderRow, option: str, values: object) -> None:
    """What an answer about the whole order changes: who the customer is, and what was accepted."""
    kind, _, code = option.partition(":")
    told = dict(values) if isinstance(values, dict) else {}
    if kind in ("customer", "other_customer"):
        found = catalog.find_customer(row.site_id, code or str(told.get("customer", "")))
        if found is not None:
            row.customer_id, row.currency = found.id, found.currency
            row.save(update_fields=["customer", "currency"])
            row.refresh_from_db(fields=["customer"])
    row.as_read_accepted = row.as_read_accepted or option == "as_read"
    row.credit_accepted = row.credit_accepted or option == "release"


def change_line(
    row: models.OrderRow,
    line: models.LineRow,
    option: str,
    values: object,
    person: int | None,
    origin: Origin,
) -> None:
    """What an answer about a line changes; what the customer's words mean is remembered."""
    kind, _, code = option.partition(":")
    told = dict(values) if isinstance(values, dict) else {}
    before = line.item.sku if line.item else ""
    if option == "drop":
        line.dropped = True
    elif kind in ("item", "other_item"):
        found = catalog.find_item(row.site_id, code or str(told.get("sku", "")))
        if found is not None:
            line.item_id = found.id
            line.uom = line.uom if line.uom in found.units else _only_unit(found.units)
            line.read_doubts = [d for d in line.read_doubts if "quantity" in d]
    elif kind == "uom":
        line.uom = code
        line.read_doubts = []
    elif option == "set":
        line.quantity = Decimal(str(told["quantity"])) if told.get("quantity") else line.quantity
        line.uom = str(told.get("uom") or line.uom)
        line.read_doubts = []
    elif option in ("list", "asked"):
        line.price_decided = option
    line.fixed_by_id = person if kind not in ("list", "asked") else line.fixed_by_id
    line.save()
    line.refresh_from_db(fields=["item"])
    if kind in ("item", "other_item", "uom", "set") and line.item is not None:
        learning.learn_fix(row, line, before=before)
        sku = line.item.sku
        fixed = events.LineFixed(row.id, line.position, line.words, before, sku, line.quantity, line.uom)
        telling.tell(row, fixed, origin)


def _only_unit(units: object) -> str:
    known = list(units) if isinstance(units, dict) else []
    return str(known[0]) if len(known) == 1 else ""
