"""What a message asks or tells besides an order: the answer to send, the exceptions it became."""

from __future__ import annotations

import uuid

from django.urls import reverse

from obeya.decisions import queries as decisions
from obeya.orders import queries as orders
from obeya.orders.enquiries import replying
from obeya.people import queries as people
from obeya.web import saying, shown
from obeya.web.order_desk import page


def replies_of(order: orders.Order, held: people.Access) -> tuple[page.Reply, ...]:
    """The answers that wait to be sent, for those who may send them."""
    asked = {request.id: request for request in asked_of(order.id)}
    waiting = replying.suggested_of([one for one in asked.values() if one.may_answer(held)])
    return tuple(
        page.Reply(
            id=str(one.request),
            url=reverse("web:order_send", args=[order.id, one.request]),
            said=one.said if asked[one.request].kind == replying.KIND else "",
            why=one.why,
            text=one.text,
            window=saying.window(asked[one.request]),
            request_url=reverse("web:request_page", args=[one.request]),
        )
        for one in waiting
    )


def asked_of(order_id: uuid.UUID) -> list[decisions.Request]:
    """Everything that was asked of people about a message."""
    return [*decisions.list_about(f"order:{order_id}"), *replying.asked_beside(order_id)]


def exceptions_of(order: orders.Order) -> tuple[shown.Link, ...]:
    """The exceptions that the message became."""
    return tuple(
        shown.Link(f"{number} · {saying.case_kind(kind).label}", reverse("web:case", args=[case]))
        for case, number, kind in replying.cases_of(order.id)
    )
