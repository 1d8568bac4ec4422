"""What comes in by the front doors: signed deliveries of WhatsApp, and pages used as a person uses them."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client

from obeya.demo import graph_stub, graph_webhooks, pages
from obeya.inbox import queries as inbox
from obeya.integrations.whatsapp import signature
from obeya.lib import clock
from obeya.orders import queries as orders
from tests.worlds import small

SECRET = "only-for-stories"
BUSINESS = graph_webhooks.Business("100000000000001", "910000000001", "200000000000001")
WEBHOOK = "/webhooks/whatsapp"
_serial = itertools.count(1)


def connected(settings: Mapping[str, Any], stub: graph_stub.GraphStub) -> dict[str, Any]:
    """The settings with which the small plant writes by a Graph API of the test's own."""
    return {
        **settings,
        "app_secrets": [SECRET],
        "phone_number_id": stub.business.phone_number_id,
        "access_token": stub.token,
        "base_url": stub.base_url,
        "version": stub.version,
        "site": small.SITE,
    }


def delivery(phone: str, text: str, *, name: str = "Customer", wamid: str = "") -> bytes:
    """The body that Meta sends for a text message."""
    digits = "".join(char for char in phone if char.isdigit())
    message = {
        "id": wamid or f"wamid.{uuid.uuid4().hex}",
        "timestamp": str(int(clock.now().timestamp()) + next(_serial) % 2),
        "type": "text",
        "text": {"body": text},
    }
    return graph_webhooks.message_body(BUSINESS, sender=digits, name=name, message=message)


def post(body: bytes, *, header: str | None = None) -> Any:
    """POST a body to the webhook, signed by Meta unless another header is given."""
    signed = signature.sign(body, app_secret=SECRET) if header is None else header
    return Client().post(
        WEBHOOK, data=body, content_type="application/json", headers={signature.HEADER: signed}
    )


def signals() -> list[inbox.Signal]:
    """Every signal that was stored, the newest first."""
    return list(inbox.list_signals(sites=["PUNE"]))


def write(phone: str, text: str) -> str:
    """A customer writes; returns the WhatsApp message id under which the signal is kept."""
    wamid = f"wamid.{uuid.uuid4().hex}"
    answer = post(delivery(phone, text, wamid=wamid))
    assert answer.status_code == 200, answer.content
    return wamid


def order_of(wamid: str) -> orders.Order:
    """The order that a message became."""
    (signal,) = [one for one in signals() if wamid in one.natural_key]
    assert signal.became.startswith("order:"), (signal.state, signal.reason)
    return orders.get_order(uuid.UUID(signal.became.removeprefix("order:")))


class Person:
    """Somebody of the plant at a browser."""

    def __init__(self, username: str) -> None:
        self.client = Client(HTTP_HOST="127.0.0.1")
        self.client.force_login(get_user_model().objects.get(username=username))

    def send(self, path: str, *, having: str, filled: Mapping[str, str]) -> Any:
        """Open a page, fill in its form that has the field `having`, and send it."""
        page = self.client.get(path)
        assert page.status_code == 200, (path, page.status_code)
        form = next(
            one
            for one in pages.forms_of(page.content.decode())
            if having in one.values or having in one.choices
        )
        return self.client.post(form.action or path, {**form.values, **filled}, follow=True)
