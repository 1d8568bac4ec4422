"""What the answer to a doubt changes in an order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from obeya.catalog import queries as catalog
from obeya.decisions import queries as decisions
from obeya.journal.events import Origin
from obeya.lib import canonical
from obeya.orders import agreements, counter_terms, events, learning, models, telling

PRICES = ("list", "asked")
"""Options that agree to a price."""
OFFERS = ("counter", "accepted", "declined")
"""Options that make a counter-offer, or tell what the customer said to one."""
BY_THE_CUSTOMER = ("item:", "uom:")
"""Options that a customer's word settles: which item, which unit."""


class IncompleteAnswer(Exception):
    """The answer leaves open what it sets, or contradicts itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a person answered: an option of the request, or a value with the option it stands for."""

    option: str = ""
    sku: str = ""
    quantity: Decimal | None = None
    uom: str = ""
    customer: str = ""
    price: Decimal | None = None
    currency: str = ""
    note: str = ""

    @property
    def values(self) -> dict[str, canonical.Json]:
        """What is kept with the decision."""
        told: dict[str, canonical.Json] = {"sku": self.sku, "uom": self.uom, "customer": self.customer}
        told |= {"currency": self.currency, "note": self.note.strip()}
        told["quantity"] = None if self.quantity is None else str(self.quantity)
        told["price"] = None if self.price is None else str(self.price)
        return {name: value for name, value in told.items() if value}


_NEEDED = {
    "other_item": (("sku",), "Say which item it is."),
    "other_customer": (("customer",), "Say which customer it is."),
    "set": (("quantity", "uom"), "Give the quantity and its unit."),
    "counter": (("price",), "Give the price that the customer is offered."),
}
"""Answers that say nothing without their values, and what to tell whoever left one out."""


def chosen(doubt: models.DoubtRow, offered: Collection[str], given: Given, rationale: str = "") -> str:
    """The offered option that an answer takes, complete with what it sets. Raises IncompleteAnswer."""
    option = _option(offered, given)
    if option not in offered:
        raise IncompleteAnswer("Choose one of the answers that this question offers.")
    if given.option not in ("", option):
        raise IncompleteAnswer("Give one answer: what was chosen and what was written do not fit together.")
    if not _is_complete(option, given.values):
        raise IncompleteAnswer(_NEEDED[option][1])
    site, (kind, _, code) = doubt.order.site_id, option.partition(":")
    if kind in ("item", "other_item"):
        _require_item(site, code or given.sku)
    elif kind in ("customer", "other_customer"):
        _require_customer(site, code or given.customer)
    elif option == "set":
        _require_quantity(doubt, given)
    elif option == "counter":
        _require_counter(doubt, given, rationale)
    return option


def _option(offered: Collection[str], given: Given) -> str:
    """The option that the given values stand for, else the one that was named."""
    named = []
    if given.sku:
        tap = f"item:{given.sku}"
        named.append(tap if tap in offered and given.option != "other_item" else "other_item")
    if given.customer:
        tap = f"customer:{given.customer}"
        named.append(tap if tap in offered and given.option != "other_customer" else "other_customer")
    if given.quantity is not None or given.uom:
        named.append("set")
    if given.price is not None:
        named.append("counter")
    if len(named) > 1:
        raise IncompleteAnswer("Answer one thing at a time: an item, a quantity, a customer or a price.")
    return named[0] if named else given.option


def _is_complete(option: str, values: object) -> bool:
    told = values if isinstance(values, dict) else {}
    needed, _ = _NEEDED.get(option, ((), ""))
    return all(told.get(name) for name in needed)


def _require_item(site: str, sku: str) -> None:
    if catalog.find_item(site, sku) is None:
        raise IncompleteAnswer(f"There is no item {sku[:60]}.")


def _require_customer(site: str, code: str) -> None:
    if catalog.find_customer(site, code) is None:
        raise IncompleteAnswer(f"There is no customer {code[:60]}.")


def _require_quantity(doubt: models.DoubtRow, given: Given) -> None:
    if given.quantity is None or not Decimal(0) < given.quantity < Decimal(10) ** 9:
        raise IncompleteAnswer("The quantity must be more than nothing.")
    item = doubt.line.item if doubt.line else None
    units = catalog.units_of(doubt.order.site_id, item.sku) if item else {}
    if given.uom not in units:
        raise IncompleteAnswer(f"It is not sold in {given.uom[:60]}; choose one of: {', '.join(units)}.")


def _require_counter(doubt: models.DoubtRow, given: Given, rationale: str) -> None:
    """The price of a counter-offer, against the terms that were shown with the question."""
    terms = agreements.asked_with(decisions.get_request(doubt.request_id).context)
    if terms is None or given.price is None or doubt.line is None:
        raise IncompleteAnswer("No counter-offer can be made for this line.")
    if len(given.note) > counter_terms.MOST_NOTE:
        raise IncompleteAnswer(f"The note may have {counter_terms.MOST_NOTE} characters.")
    try:
        counter_terms.check_price(
            given.price,
            terms=terms,
            asked=doubt.line.asked_price,
            currency=given.currency,
            rationale=rationale,
        )
    except counter_terms.NoSuchOffer as error:
        raise IncompleteAnswer(str(error)) from error


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
    """What an answer about a line changes; what the customer's words mean is remembered.

    An answer that leaves open what it sets changes nothing: the line is asked about again.
    """
    if not _is_complete(option, values):
        return
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
        line.quantity, line.uom = Decimal(str(told["quantity"])), str(told["uom"])
        line.read_doubts = []
    line.fixed_by_id, line.customer_said = person, person is None
    line.save()
    line.refresh_from_db(fields=["item"])
    if kind in ("item", "other_item", "uom", "set") and line.item is not None:
        learning.learn_fix(row, line, before=before)
        sku = line.item.sku
        fixed = events.LineFixed(row.id, line.position, line.words, before, sku, line.quantity, line.uom)
        telling.tell(row, fixed, origin)


def agree_price(row: models.OrderRow, line: models.LineRow, option: str, request: decisions.Request) -> None:
    """Note the price that was agreed, for the terms that were shown to whoever agreed."""
    terms = agreements.asked_with(request.context) or agreements.terms_of(line, row.currency)
    price = line.asked_price if option == "asked" else terms.list_price if terms else None
    agreements.agree(line, what=option, price=price, terms=terms, request=request.id)
    line.save()


def _only_unit(units: object) -> str:
    known = list(units) if isinstance(units, dict) else []
    return str(known[0]) if len(known) == 1 else ""
