"""From a site's settings of answers to their page."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from obeya.orders.enquiries import settings
from obeya.web import shown
from obeya.web.decision_request.build import Viewer
from obeya.web.desk_answers import page

PRICES = (
    ("own_list", "Of their own price list", "Never a floor, a cost, or another customer's price."),
    ("nothing", "Nothing", "A person answers."),
)
STOCK = (
    ("whether", "Only whether it is there", "And whether as much as they ask for is there."),
    ("exact", "How much is there", "What lies in stores and is promised to nobody."),
    ("nothing", "Nothing", "A person answers."),
)
GREETINGS = (
    ("close", "They are closed", "Nobody is disturbed, and nothing is written back."),
    ("answer", "They are answered", "With a greeting, and what can be asked."),
    ("person", "They go to a person", ""),
)


def answers_page(site: str, viewer: Viewer, *, typed: shown.Typed | None = None) -> page.AnswersPage:
    """How a site is set; what was typed comes back where something was wrong with it."""
    set_as, told = settings.of_site(site), typed or shown.Typed()
    may_list = viewer.access.may(settings.SUPPLIER_SETTERS, site)
    return page.AnswersPage(
        now=viewer.now,
        prices=_choices(PRICES, told.values.get("prices") or set_as.prices),
        stock=_choices(STOCK, told.values.get("stock") or set_as.stock),
        greetings=_choices(GREETINGS, told.values.get("greetings") or set_as.greetings),
        most_an_hour=told.values.get("most_an_hour") or str(set_as.most_an_hour),
        may_set=viewer.access.may(settings.SETTERS, site),
        suppliers=tuple(_supplier(one, may_list) for one in settings.list_suppliers(site)),
        may_list=may_list,
        typed=told,
    )


def _choices(known: tuple[tuple[str, str, str], ...], chosen: str) -> tuple[shown.Choice, ...]:
    return tuple(
        shown.Choice(code, _(label), _(hint) if hint else "", code == chosen) for code, label, hint in known
    )


def _supplier(one: settings.Supplier, may_list: bool) -> page.Supplier:
    url = reverse("web:supplier_remove", args=[one.id]) if may_list else ""
    return page.Supplier(one.name, one.contact, url)
