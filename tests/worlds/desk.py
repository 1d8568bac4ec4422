"""The order desk of the small plant: its clock by hand, nothing read from ERP, customers who write."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from obeya.catalog import readers
from obeya.decisions import queries as decisions
from obeya.inbox import actions as inbox
from obeya.inbox import interpreters
from obeya.inbox import queries as signals
from obeya.lib import clock
from obeya.orders import actions, knowledge, queries
from obeya.orders.enquiries import settings as answers
from obeya.people import queries as people
from tests.worlds import small


@contextmanager
def standing() -> Iterator[clock.ManualClock]:
    """The plant at its start; the reader knows nothing but what is in its tables."""
    manual = clock.ManualClock(small.START)
    before = clock.use(manual)
    small.create()
    readers.register("tryton", [small.SITE], _no_erp)
    knowledge.forget()
    yield manual
    readers.register("tryton", [], _no_erp)
    knowledge.forget()
    clock.use(before)


def _no_erp() -> Any:
    pytest.fail("nothing is read here")


def access(username: str) -> people.Access:
    """What somebody of the plant may do."""
    person = people.find_user(username)
    assert person is not None
    return people.access_of(person)


def write(
    text: str,
    *,
    sender: str = small.PHONE,
    name: str = "Krushnai",
    attachments: Sequence[inbox.Attachment] = (),
    **given: Any,
) -> queries.Order:
    """A customer's WhatsApp message, taken by the desk; the order it became."""
    got = inbox.receive(
        site=small.SITE,
        source="whatsapp",
        natural_key=f"wamid.{uuid.uuid4()}",
        body=text.encode() or b"x",
        attachments=attachments,
    )
    outcome = actions.take_message(
        signal=signals.get_signal(got.signal_id),
        channel="whatsapp",
        sender=sender,
        sender_name=name,
        text=text,
        sent_at=clock.now(),
        reply_to="wamid.1",
        **given,
    )
    assert isinstance(outcome, interpreters.Understood)
    return queries.get_order(outcome.became.removeprefix("order:"))


def open_doubts(order: queries.Order) -> list[queries.Doubt]:
    """What is not settled yet of an order, as it is now."""
    return [doubt for doubt in queries.get_order(order.id).doubts if not doubt.settled]


def order_of(signal: signals.Signal) -> queries.Order:
    """The order that a signal became."""
    assert signal.became.startswith("order:"), (signal.state, signal.reason, signal.became)
    return queries.get_order(signal.became.removeprefix("order:"))


def asked_of(username: str) -> list[decisions.Request]:
    """What waits for somebody."""
    return decisions.list_waiting(access(username))


def listed_supplier(contact: str = "@sahyadri.example") -> int:
    """A supplier that materials listed; the key of its address."""
    answers.add_supplier(
        site=small.SITE,
        name="Sahyadri Polymers",
        contact=contact,
        access=access("imran"),
        origin=small.ORIGIN,
    )
    return answers.list_suppliers(small.SITE)[0].id
