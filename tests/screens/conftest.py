"""A plant with people, and pages as they see them."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from obeya.floor import actions as floor
from obeya.floor import queries as holds
from obeya.inbox import actions as inbox
from obeya.inbox import interpreters
from obeya.inbox import queries as signals
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.orders import actions as orders
from obeya.orders import queries as order_queries
from tests.worlds import small

HTMX = {"HX-Request": "true"}
SOURCE = "screens"
"""Where the messages of these tests come from."""
Log = Callable[[str], Client]


@pytest.fixture
def world(db: None) -> small.World:
    """The small plant."""
    return small.create()


@pytest.fixture
def as_user(world: small.World) -> Log:
    """A browser in which somebody of the plant is logged in."""

    def _client(username: str) -> Client:
        client = Client(HTTP_HOST="127.0.0.1")
        client.force_login(get_user_model().objects.get(username=username))
        return client

    return _client


@pytest.fixture
def hold(world: small.World) -> holds.Hold:
    """A hold on the lot of white caps, as the terminal places it."""
    return place_hold(world)


def place_hold(world: small.World, *, note: str = "Gate side, every tenth cap") -> holds.Hold:
    """Lata puts the whole lot on hold."""
    lata, hold_id = world.people["lata"], uuid.uuid4()
    body = b'{"lot": "CW28-2417", "reason": "short_shot"}'
    got = inbox.receive(site=small.SITE, source="terminal", natural_key=str(hold_id), body=body)
    return floor.place_hold(
        hold_id=hold_id,
        lot_id=world.lots[small.LOT],
        quantity=None,
        reason="short_shot",
        note=note,
        machine="IM-1",
        by=lata,
        origin=Origin("web.terminal", lata.actor, got.correlation, None, got.signal_id),
    )


def take_order(
    text: str, *, sender: str = small.PHONE, name: str = "Mahesh Kadam", channel: str = "whatsapp"
) -> order_queries.Order:
    """A message arrives, is read, and becomes an order."""

    def _understand(signal: signals.Signal) -> interpreters.Outcome:
        return orders.take_message(
            signal=signal,
            channel=channel,
            sender=sender,
            sender_name=name,
            text=text,
            sent_at=clock.now(),
            reply_to=signal.natural_key,
        )

    interpreters.register(SOURCE, _understand)
    key = f"message-{uuid.uuid4().hex}"
    got = inbox.receive(site=small.SITE, source=SOURCE, natural_key=key, body=text.encode())
    inbox.understand(signal_id=got.signal_id)
    became = signals.get_signal(got.signal_id).became
    return order_queries.get_order(became.removeprefix("order:"))
