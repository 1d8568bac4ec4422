"""Buyers of the small plant's customers: in a browser, and as a program; and what one of them has sent."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.test import Client

from obeya.lib import clock
from obeya.people import buyer_queries, buyers
from obeya.web.portal import door, sending
from tests.worlds import small

ELSEWHERE = "192.0.2.7"


def sent(things: Mapping[str, str]) -> dict[str, str]:
    """What a buyer of Krushnai sent, in the form and through the API; the order is one of `things`."""
    visitor = door.visitor_of(buyer_queries.find_holder(key_of("KRS01"), "session"))
    assert visitor is not None
    form_id = str(uuid.uuid4())
    sending.keep_written(visitor, form_id, "5 ctn zinkplugs", ())
    sending.keep_written(visitor, "api/matrix", "5 ctn zinkplugs", ())
    return {"form_id": form_id, "key": "matrix", "order_id": things["order_id"]}


def somebody(customer: str = "KRS01", name: str = "Somebody") -> int:
    """The number of a buyer who is invited."""
    return _invited(customer, name).buyer_id


def _invited(customer: str, name: str) -> buyers.NewKey:
    return buyers.invite(
        site=small.SITE, customer=customer, name=name, email="buyer@customer.example", origin=small.ORIGIN
    )


def key_of(customer: str, *, token: bool = False) -> str:
    """A session or a token of somebody at a customer."""
    link = _invited(customer, "Buyer")
    if not token:
        return buyers.open_invitation(secret=link.secret).secret
    later = clock.now() + buyers.TOKEN_LASTS
    return buyers.give_token(
        buyer_id=link.buyer_id, name="matrix", expires_at=later, origin=small.ORIGIN
    ).secret


def browser(customer: str) -> Client:
    """A browser in which a buyer of a customer is logged in."""
    client = Client(raise_request_exception=False, REMOTE_ADDR=ELSEWHERE)
    client.cookies[door.COOKIE] = key_of(customer)
    return client


def program(customer: str) -> Client:
    """A customer's system with a buyer's token."""
    secret = key_of(customer, token=True)
    return Client(
        raise_request_exception=False, REMOTE_ADDR=ELSEWHERE, headers={"Authorization": f"Bearer {secret}"}
    )
