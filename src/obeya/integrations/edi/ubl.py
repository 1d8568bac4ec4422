"""UBL 2.1 Order, OrderChange and OrderCancellation, Peppol BIS Ordering 3 included."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element, ParseError

import defusedxml
from defusedxml import ElementTree

from obeya.integrations.edi import building, codes, segments
from obeya.orders.reading import types

_KINDS = {"Order": "order", "OrderChange": "change", "OrderCancellation": "cancel"}
_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_NAMES = (
    ("PartyIdentification", "ID"), ("PartyName", "Name"), ("PartyLegalEntity", "RegistrationName"),
    ("PartyLegalEntity", "CompanyID"), ("PartyTaxScheme", "CompanyID"),
)  # fmt: skip
MOST_BYTES = 4_000_000
MOST_ELEMENTS = 150_000
_ORDINARY = ("220", "105", "", "226", "224")
_ACTIONS = {
    "1": "add", "2": "cancel", "3": "change", "4": "same", "": "", "Added": "add", "Cancelled": "cancel",
    "Revised": "change", "NoStatus": "",
}  # fmt: skip
"""UNCL 1229 as Peppol uses it, and UBL's own list. A change states all lines of the new order."""


def order(name: str, data: bytes) -> types.ElectronicOrder:
    """The order of an XML document, also inside a business document envelope.

    Raises CannotReadEdi where it is no order, no proper XML, too large, or declares a document type or
    entities (no order does).
    """
    if len(data) > MOST_BYTES:
        raise segments.CannotReadEdi(f"The XML is larger than {MOST_BYTES // 1_000_000} MB.")
    try:
        root = ElementTree.fromstring(data, forbid_dtd=True)
    except defusedxml.DefusedXmlException as error:
        raise segments.CannotReadEdi("The XML declares entities; that is refused for safety.") from error
    except (ParseError, ValueError, LookupError) as error:
        raise segments.CannotReadEdi("The XML is broken or cut off.") from error
    found = _order_in(root)
    kind = _local(found)
    read = building.Order(name, f"UBL {kind}", _KINDS[kind])
    _head(read, found)
    _delivery(read, found)
    for number, row in enumerate(_all(found, "OrderLine"), 1):
        read.lines.append(_line(read, row, number))
    _totals(read, found)
    return read.done(("requested",))


def _order_in(root: Element) -> Element:
    for count, element in enumerate(root.iter()):
        if count > MOST_ELEMENTS:
            raise segments.CannotReadEdi("The XML has too many elements.")
        if _local(element) in _KINDS and element.tag.startswith("{" + _UBL):
            if sum(1 for _ in element.iter()) > MOST_ELEMENTS:
                raise segments.CannotReadEdi("The XML has too many elements.")
            return element
    raise segments.CannotReadEdi(f"The XML is no UBL order; it is a {_local(root)[:60]}.")


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _all(element: Element | None, *path: str) -> Iterator[Element]:
    """The descendants along a path of local names."""
    if element is None:
        return
    first, *rest = path
    for child in element:
        if _local(child) == first:
            if rest:
                yield from _all(child, *rest)
            else:
                yield child


def _one(element: Element | None, *path: str) -> Element | None:
    return next(_all(element, *path), None)


def _text(element: Element | None, *path: str) -> str:
    found = _one(element, *path) if path else element
    return " ".join((found.text or "").split())[:2_000] if found is not None else ""


def _number(element: Element | None) -> Decimal | None:
    return building.number(_text(element)) if element is not None else None


def _head(read: building.Order, found: Element) -> None:
    read.number = _text(found, "ID")
    read.control = "/".join(
        (_text(found, "BuyerCustomerParty", "Party", "EndpointID"), _text(found, "ID"), _text(found, "UUID"))
    )
    read.ordered_on = building.day(_text(found, "IssueDate"))
    read.currency = _text(found, "DocumentCurrencyCode")
    read.notes = [_text(note) for note in _all(found, "Note")]
    if read.kind != "order":
        read.number = _text(found, "OrderReference", "ID") or read.number
    if reason := _text(found, "CancellationNote"):
        read.notes.append(reason)
    kind = _text(found, "OrderTypeCode")
    if kind not in _ORDINARY:
        read.problems.append(f"It is not an ordinary order (type {kind}).")
    for customer in (_one(found, "BuyerCustomerParty"), _one(found, "OriginatorCustomerParty")):
        read.buyers += list(_names(_one(customer, "Party")))
        read.buyers.append(_text(customer, "SupplierAssignedAccountID"))


def _names(party: Element | None) -> Iterator[str]:
    if party is None:
        return
    yield _text(party, "EndpointID")
    for path in _NAMES:
        yield from (_text(element) for element in _all(party, *path))


def _delivery(read: building.Order, found: Element) -> None:
    for delivery in _all(found, "Delivery"):
        read.places += list(_place(delivery))
        on = _wish(read.problems, delivery)
        if on is not None:
            read.days.setdefault("requested", on)
    if sum(1 for _ in _all(found, "Delivery")) > 1:
        read.problems.append("It names several deliveries.")


def _wish(problems: list[str], delivery: Element) -> date | None:
    """The day by which delivery is wished: the period's end where it has one, else its start."""
    period = _one(delivery, "RequestedDeliveryPeriod")
    start, end = building.day(_text(period, "StartDate")), building.day(_text(period, "EndDate"))
    single = building.day(_text(delivery, "RequestedDeliveryDate")) or building.day(
        _text(delivery, "LatestDeliveryDate")
    )
    if start and end and end < start:
        problems.append("The delivery period ends before it starts.")
    return end or start or single


def _place(delivery: Element) -> Iterator[str]:
    location = _one(delivery, "DeliveryLocation")
    yield from (_text(location, part) for part in ("Name", "Description", "ID"))
    address = _one(location, "Address")
    if address is None:
        address = _one(delivery, "DeliveryAddress")
    if address is not None:
        said = [
            _text(address, part)
            for part in ("AddressTypeCode", "BuildingName", "StreetName", "AdditionalStreetName", "CityName")
        ]
        yield " ".join(s for s in said if s)
    yield _text(delivery, "DeliveryParty", "PartyName", "Name")


def _line(read: building.Order, row: Element, position: int) -> building.Line:
    item_line = _one(row, "LineItem")
    if item_line is None:
        item_line = row
    line = building.Line(_text(item_line, "ID") or str(position))
    quantity = _one(item_line, "Quantity")
    if quantity is not None:
        line.qty = _number(quantity)
        line.unit_code = quantity.get("unitCode", "")
        line.units = codes.un_unit(line.unit_code)
    status = _text(item_line, "LineStatusCode")
    action = _ACTIONS.get(status)
    if action is None:
        line.problems.append(f"Its status is {status}.")
    line.action = action or "add"
    _amounts(read, line, item_line)
    _item(line, _one(item_line, "Item"))
    for delivery in _all(item_line, "Delivery"):
        if (on := _wish(line.problems, delivery)) is not None:
            line.days.add(on)
        if (qty := _number(_one(delivery, "Quantity"))) is not None:
            line.scheduled.append(qty)
        line.places += [name for name in _place(delivery) if name][:1]
    read.notes += [_text(note) for note in _all(row, "Note")]
    read.notes += [_text(note) for note in _all(item_line, "Note") if item_line is not row]
    if _one(row, "BuyerProposedSubstituteLineItem") is not None:
        line.problems.append("It names a substitute.")
    return line


def _amounts(read: building.Order, line: building.Line, item_line: Element) -> None:
    amount = _one(item_line, "LineExtensionAmount")
    line.amount = _number(amount)
    price = _one(item_line, "Price", "PriceAmount")
    line.price = _number(price)
    base = _one(item_line, "Price", "BaseQuantity")
    if base is not None:
        line.price_per = _number(base) or Decimal(1)
        line.price_units = codes.un_unit(base.get("unitCode", ""))
    for charge in _all(item_line, "AllowanceCharge"):
        line.charges += _charge(charge)
    named = {e.get("currencyID", "") for e in (amount, price) if e is not None} - {"", read.currency}
    if named and not read.currency:
        read.currency = named.pop()
    if named:
        line.problems.append(f"Its price is in {', '.join(sorted(named))}.")


def _charge(element: Element) -> Decimal:
    amount = _number(_one(element, "Amount")) or Decimal(0)
    return amount if _text(element, "ChargeIndicator").lower() in ("true", "1") else -amount


def _item(line: building.Line, item: Element | None) -> None:
    if item is None:
        return
    name = _text(item, "Name")
    line.description = [name] if name else [_text(item, "Description")]
    line.seller_codes = [_text(item, "SellersItemIdentification", "ID")]
    line.buyer_codes = [_text(item, "BuyersItemIdentification", "ID")]
    line.gtins = [_text(item, "StandardItemIdentification", "ID")]
    maker = _text(item, "ManufacturersItemIdentification", "ID")
    line.seller_codes += [maker] if maker else []


def _totals(read: building.Order, found: Element) -> None:
    total = _one(found, "AnticipatedMonetaryTotal")
    read.total = _number(_one(total, "LineExtensionAmount"))
    for charge in _all(found, "AllowanceCharge"):
        read.charges += _charge(charge)
    count = building.number(_text(found, "LineCountNumeric"))
    if count is not None and count != len(read.lines):
        read.problems.append(f"It should have {count} lines and has {len(read.lines)}.")
