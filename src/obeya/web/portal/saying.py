"""Orders and items in the buyer's words: what the desk looks at, but never why it is a matter of money."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from obeya.catalog import answers, offers
from obeya.lib import clock
from obeya.orders import forms, portal_queries
from obeya.orders.pricing import offering
from obeya.people import buyer_queries
from obeya.web import shown
from obeya.web.portal import door


def offered(visitor: door.Visitor, items: Sequence[answers.Item]) -> list[dict[str, Any]]:
    """Items as the customer sees them, as data for the browser and for programs."""
    set_so = buyer_queries.portal_of(visitor.buyer.site)
    found = offers.offers_of(
        visitor.customer, items, prices=set_so.shows_prices, stock=set_so.shows_stock, on=visitor.today
    )
    if set_so.shows_prices:
        found = offering.with_rules(visitor.customer, found, at=clock.now())
    return [_offer(one) for one in found]


def _offer(offer: offers.Offer) -> dict[str, Any]:
    base = offer.units[0]
    return {
        "sku": offer.sku,
        "name": offer.name,
        "units": [
            {"uom": uom, "holds": "" if uom == base else f"{_plain(offer.base_quantities[uom])} {base}"}
            for uom in offer.units
        ],
        "prices": {uom: _plain(price) for uom, price in offer.prices.items()},
        "currency": offer.currency,
        "available": offer.available,
    }


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def in_words(form: forms.Form) -> str:
    """What was typed beside a file, in words that are read with it."""
    told = (
        ("", form.note),
        ("PO: ", form.po_number),
        ("Deliver to: ", form.ship_to),
        ("Deliver on: ", form.requested_on.isoformat() if form.requested_on else ""),
    )
    return "\n".join(f"{name}{value}" for name, value in told if value)


def state_of(order: portal_queries.MyOrder | portal_queries.Mine) -> shown.Badge:
    """Where an order stands, in one or two words."""
    if order.state == "booked":
        told: dict[str, tuple[str, shown.Tone, str]] = {
            "": (_("Confirmed"), "good", "check"),
            "open": (_("Confirmed"), "good", "check"),
            "part": (_("Partly delivered"), "info", "truck"),
            "done": (_("Delivered"), "good", "truck"),
        }
        return shown.Badge(*told[order.delivery])
    states: dict[str, tuple[str, shown.Tone, str]] = {
        "waiting": (_("Our desk is looking at it"), "warn", "waiting"),
        "confirmed": (_("Accepted"), "info", "check"),
        "refused": (_("Not accepted"), "bad", "cross"),
        "answered": (_("Dealt with by our desk"), "plain", "check"),
    }
    return shown.Badge(*states[order.state])


def headline(order: portal_queries.MyOrder) -> str:
    """What has become of an order, in a sentence."""
    if order.taken_back:
        return _("You took this order back.")
    if order.state == "booked":
        return _("Confirmed as %(number)s.") % {"number": order.erp_number or order.number}
    if order.state == "waiting":
        return _("Our desk is looking at it. You hear from us here.")
    return {
        "confirmed": _("Accepted. It is being entered, a moment as a rule."),
        "refused": _("We could not accept this order. Please call us."),
        "answered": _("Our desk has dealt with this."),
    }[order.state]


def topic(one: portal_queries.Topic) -> str:
    """What the desk looks at."""
    told = {
        "item": _("which item is meant"),
        "quantity": _("how much is meant"),
        "unit": _("in which unit it is sold"),
        "price": _("the price"),
        "credit": _("your account with us"),
        "customer": _("for whom the order is"),
    }.get(one.kind, _("the order as a whole"))
    return _("Line %(n)d: %(what)s") % {"n": one.line, "what": told} if one.line else told


def wish(one: portal_queries.Wish) -> str:
    """A wish about an order, and how far it is."""
    asked = _("You asked to cancel it.") if one.wish == "cancel" else _("You asked for a change.")
    return f"{asked} {_wish_states()[one.state]}"


def _wish_states() -> dict[str, str]:
    return {
        "waiting": _("Our desk is looking at that."),
        "answered": _("Our desk has dealt with that."),
        "refused": _("Our desk could not do that: please call us."),
        "confirmed": _("Our desk has dealt with that."),
        "booked": _("Our desk has dealt with that."),
    }
