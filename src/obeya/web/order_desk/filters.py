"""The filters of the order desk, as they stand in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from obeya.orders import queue_queries as queue
from obeya.web import shown
from obeya.web.order_desk import page, states

SHOWN: Mapping[str, str] = {
    "waiting": "Waiting",
    queue.ASKED: "Asked",
    "confirmed": "To ERP",
    "booked": "Booked",
    "refused": "Refused",
    "answered": "Dealt with",
}
DOUBTS: Mapping[str, str] = {
    "item": "Item",
    "quantity": "Quantity",
    "unit": "Unit",
    "customer": "Customer",
    "price": "Price",
    "credit": "Credit",
    "other": "Something else",
}
AGES: Mapping[int, str] = {
    600: "10 minutes",
    3600: "1 hour",
    14400: "4 hours",
    86400: "1 day",
    604800: "1 week",
}


def asked(given: QueryDict) -> queue.Wanted:
    """The filters of an address; what is not known there is left out."""
    show, doubt, age = given.get("show", ""), given.get("doubt", ""), given.get("age", "")
    older_s = int(age) if age.isascii() and age.isdigit() and len(age) < 8 else 0
    return queue.Wanted(
        state=show if show in SHOWN else "",
        channel=given.get("channel", "").replace("\0", "")[:40],
        customer=given.get("customer", "").replace("\0", "").strip()[:100],
        doubt=doubt if doubt in DOUBTS else "",
        older_s=older_s if older_s in AGES else 0,
        text=given.get("q", "").replace("\0", "").strip()[:200],
    )


def query(wanted: queue.Wanted, after: str = "") -> str:
    """The filters as an address has them, with its question mark; "" where there are none."""
    told = {
        "show": wanted.state,
        "q": wanted.text,
        "channel": wanted.channel,
        "customer": wanted.customer,
        "doubt": wanted.doubt,
        "age": wanted.older_s or "",
        "after": after,
    }
    given = {name: value for name, value in told.items() if value}
    return f"?{urlencode(given)}" if given else ""


def tabs(wanted: queue.Wanted, waiting: int) -> tuple[shown.Tab, ...]:
    """The states above the list; the other filters stay."""
    desk = reverse("web:order_desk")
    found = [shown.Tab(_("All"), desk + query(replace(wanted, state="")), None, not wanted.state)]
    for state, words in SHOWN.items():
        url = desk + query(replace(wanted, state=state))
        count = waiting if state == "waiting" else None
        found.append(shown.Tab(_(words), url, count, wanted.state == state))
    return tuple(found)


def to_page(wanted: queue.Wanted) -> page.Filters:
    """The form with what is chosen."""
    narrowed = [wanted.channel, wanted.customer, wanted.doubt, wanted.older_s]
    channels = dict(states.CHANNELS)
    if wanted.channel:
        channels.setdefault(wanted.channel, (states.channel_name(wanted.channel), ""))
    return page.Filters(
        state=wanted.state,
        text=wanted.text,
        customer=wanted.customer,
        channels=tuple(
            shown.Choice(code, states.channel_name(code), chosen=code == wanted.channel) for code in channels
        ),
        doubts=tuple(
            shown.Choice(code, _(words), chosen=code == wanted.doubt) for code, words in DOUBTS.items()
        ),
        ages=tuple(
            shown.Choice(str(age), _(words), chosen=age == wanted.older_s) for age, words in AGES.items()
        ),
        narrowed=sum(1 for one in narrowed if one),
        clear_url=reverse("web:order_desk") + query(queue.Wanted(state=wanted.state)),
    )
