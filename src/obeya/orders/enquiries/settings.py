"""What a site lets Obeya tell customers by itself, and who writes as its suppliers: read and set."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db import transaction

from obeya.journal import actions as journal
from obeya.journal.events import Origin
from obeya.lib import contacts, live
from obeya.orders import models
from obeya.orders.enquiries import events, tables
from obeya.people import queries as people

SETTERS = (people.Function.COMMERCIAL, people.Function.PLANT_MANAGER)
"""Who says what customers may be told."""
SUPPLIER_SETTERS = (*SETTERS, people.Function.MATERIALS, people.Function.ORDER_DESK)
"""Who keeps the list of suppliers' addresses."""
LONGEST_NAME = 200
MOST_SUPPLIERS = 2_000


class CannotSetAnswers(Exception):
    """This cannot be set like this; the text says why, for the person at the screen."""


@dataclass(frozen=True, slots=True)
class Answering:
    """What is told: `prices` of the own list or nothing; `stock` exactly, only whether there is, or nothing.

    `greetings` that ask nothing are closed, answered, or shown to a person. `most_an_hour`: so many messages
    go to one sender by itself within an hour.
    """

    prices: str = "own_list"
    stock: str = "whether"
    greetings: str = "close"
    most_an_hour: int = 5


@dataclass(frozen=True, slots=True)
class Supplier:
    """An address from which a supplier writes; `contact` is digits, an address, or "@" and a domain."""

    id: int
    name: str
    contact: str


def of_site(site: str) -> Answering:
    """How a site is set."""
    row = models.AnsweringRow.objects.filter(site=site).first()
    return Answering(row.prices, row.stock, row.greetings, row.most_an_hour) if row else Answering()


def list_suppliers(site: str) -> tuple[Supplier, ...]:
    """The addresses of a site's suppliers, by name."""
    rows = models.SupplierRow.objects.filter(site=site)
    return tuple(Supplier(row.id, row.name, row.contact) for row in rows)


def find_supplier(site: str, sender: str) -> Supplier | None:
    """The supplier for whom a number or an address writes."""
    try:
        forms = _forms(sender)
    except contacts.NotAContact:
        return None
    rows = {row.contact: row for row in models.SupplierRow.objects.filter(site=site, contact__in=forms)}
    found = next((rows[form] for form in forms if form in rows), None)
    return Supplier(found.id, found.name, found.contact) if found else None


def _forms(sender: str) -> tuple[str, ...]:
    """The written forms under which a sender may be listed, the closest first."""
    if "@" not in sender:
        return contacts.phone_forms(sender)
    address = contacts.email(sender)
    return address, f"@{address.partition('@')[2]}"


def set_answers(*, site: str, answering: Answering, why: str, access: people.Access, origin: Origin) -> None:
    """From now on customers of a site are told this by itself. Raises CannotSetAnswers."""
    if not access.may(SETTERS, site):
        raise CannotSetAnswers("Commercial or the plant manager says what customers are told.")
    if len(why.strip()) < 3:
        raise CannotSetAnswers("Say why, so that the next one who looks knows.")
    if answering.prices not in tables.PRICES or answering.stock not in tables.STOCK:
        raise CannotSetAnswers("Choose what customers are told of prices and of stock.")
    if answering.greetings not in tables.GREETINGS or not 0 <= answering.most_an_hour <= 60:
        raise CannotSetAnswers("Give a number of messages an hour from 0 to 60.")
    with transaction.atomic():
        before = of_site(site)
        models.AnsweringRow.objects.update_or_create(site_id=site, defaults=asdict(answering))
        told = events.AnsweringSet(_told(before), _told(answering), why.strip()[:1_000])
        _tell(site, told, origin)


def _told(answering: Answering) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(answering).items()}


def add_supplier(*, site: str, name: str, contact: str, access: people.Access, origin: Origin) -> None:
    """Know a number, an address or "@domain" as a supplier's. Raises CannotSetAnswers."""
    if not access.may(SUPPLIER_SETTERS, site):
        raise CannotSetAnswers("Only those who keep the suppliers of this site can do this.")
    named, written = " ".join(name.split())[:LONGEST_NAME], _contact(contact)
    if not named:
        raise CannotSetAnswers("Give the supplier's name.")
    with transaction.atomic():
        if models.SupplierRow.objects.filter(site=site).count() >= MOST_SUPPLIERS:
            raise CannotSetAnswers(f"A site can list {MOST_SUPPLIERS} addresses at most.")
        _row, fresh = models.SupplierRow.objects.get_or_create(
            site_id=site, contact=written, defaults={"name": named}
        )
        if not fresh:
            raise CannotSetAnswers(f"{written} is listed already.")
        _tell(site, events.SupplierAdded(named, written), origin)


def _contact(text: str) -> str:
    """A contact in the form in which it is found again. Raises CannotSetAnswers."""
    text = text.strip()[:320]
    try:
        if text.startswith("@"):
            domain = contacts.email(f"any{text}").partition("@")[2]
            if domain in contacts.PUBLIC_DOMAINS:
                raise CannotSetAnswers(f"Anybody can write from {domain}: give the whole address.")
            return f"@{domain}"
        return contacts.email(text) if "@" in text else contacts.phone(text)
    except contacts.NotAContact as error:
        raise CannotSetAnswers("Give a phone number, a mail address, or @ and a domain.") from error


def remove_supplier(*, site: str, supplier_id: int, access: people.Access, origin: Origin) -> None:
    """Forget an address of a supplier. Raises CannotSetAnswers."""
    if not access.may(SUPPLIER_SETTERS, site):
        raise CannotSetAnswers("Only those who keep the suppliers of this site can do this.")
    with transaction.atomic():
        row = models.SupplierRow.objects.filter(site=site, pk=supplier_id).first()
        if row is None:
            raise CannotSetAnswers("It is not listed any more.")
        row.delete()
        _tell(site, events.SupplierRemoved(row.name, row.contact), origin)


def _tell(site: str, told: object, origin: Origin) -> None:
    journal.append(journal.Draft(payload=told, site=site, subject=f"site:{site}", origin=origin))
    live.publish(f"orders::{site}")
