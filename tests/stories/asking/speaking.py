"""How a customer and our desk speak in the stories of a question put to the customer."""

import dataclasses
import uuid

from obeya.demo import graph_webhooks
from obeya.journal import queries as journal
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.orders import models
from obeya.orders import queries as orders
from tests.stories import front_door, running
from tests.worlds import small

KRUSHNAI, SHUBHADA = "910000020101", "910000020102"
DESK = Origin.fresh(source="web.orders", actor="user:asha")


def speaks(code, customer="KRS01"):
    """The customer's language, as ERP tells it."""
    row = next(row for row in small.CUSTOMERS if row.code == customer)
    small.apply(small.SITE, "customers", dataclasses.replace(row, language=code))


def write(stub, text, phone=KRUSHNAI):
    """The customer writes; the order it became once everything has come to rest."""
    stub.note_inbound(phone)
    wamid = front_door.write(f"+{phone}", text)
    running.settle()
    return front_door.order_of(wamid)


def last_sent(stub, phone=KRUSHNAI):
    return stub.sent_to(phone)[-1]


def choices_of(sent):
    """Tokens and titles of what can be tapped."""
    interactive = sent.payload["interactive"]
    action = interactive["action"]
    if interactive["type"] == "button":
        return [(one["reply"]["id"], one["reply"]["title"]) for one in action["buttons"]]
    return [(row["id"], row["title"]) for section in action["sections"] for row in section["rows"]]


def tap(stub, sent, number, phone=KRUSHNAI):
    """The customer taps a choice of a message of ours, numbered from 1."""
    token, title = choices_of(sent)[number - 1]
    kind = "button_reply" if sent.payload["interactive"]["type"] == "button" else "list_reply"
    content = {"type": "interactive", "interactive": {"type": kind, kind: {"id": token, "title": title}}}
    deliver(stub, {**content, "context": {"id": sent.wamid}}, phone)


def reply(stub, text, phone=KRUSHNAI, to=None):
    content = {"type": "text", "text": {"body": text}}
    deliver(stub, {**content, "context": {"id": to.wamid}} if to else content, phone)


def deliver(stub, content, phone):
    stub.note_inbound(phone)
    told = {"id": f"wamid.{uuid.uuid4().hex}", "timestamp": str(int(clock.now().timestamp())), **content}
    body = graph_webhooks.message_body(front_door.BUSINESS, sender=phone, name="Customer", message=told)
    assert front_door.post(body).status_code == 200
    running.settle()


def again(order):
    return orders.get_order(order.id)


def question(order):
    return models.QuestionRow.objects.filter(order=order.id).latest("asked_at")


def types(order):
    return [event.type for event in journal.list_story(order.correlation)]
