"""What stands beside an order: the conversation with its customer, and what they usually buy."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from obeya.orders import customer_queries as customers
from obeya.orders import queries as orders
from obeya.web import shown
from obeya.web.order_desk import page, states


def to_page(order: orders.Order) -> page.Beside:
    """Both, for one order."""
    said = customers.conversation(order)
    usual = customers.usual_items(order)
    return page.Beside(
        said=tuple(_said(one, here=one.order == order.id) for one in said),
        usual=tuple(_usual(one) for one in usual),
        known=bool(order.customer_code),
    )


def _said(one: customers.Said, *, here: bool) -> page.Said:
    return page.Said(
        at=one.at,
        ours=one.ours,
        text=one.text,
        number=one.number,
        url="" if here else reverse("web:order", args=[one.order]),
        icon=states.channel_icon(one.channel),
        badge=shown.Badge(one.note, one.tone)
        if one.ours
        else states.state_badge(one.state, unposted=one.unposted),
    )


def _usual(one: customers.Usual) -> page.Usual:
    return page.Usual(
        code=one.sku,
        name=one.name or one.sku,
        quantity=shown.Quantity(one.quantity, one.uom),
        times=_("in %(n)d of %(all)d orders") % {"n": one.times, "all": one.of},
        last_at=one.last_at,
    )
