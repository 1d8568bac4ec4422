"""What follows a change of an order: its event, its place in the search, a message to the customer."""

from __future__ import annotations

from collections.abc import Mapping

from obeya.journal import actions as journal
from obeya.journal.events import Event, Origin
from obeya.lib import live
from obeya.memory import actions as memory
from obeya.orders import events, models
from obeya.outbox import actions as outbox
from obeya.people import buyer_queries as buyers

MOST_TITLE = 300
PORTAL = "portal"
FINDERS = ("order_desk", "customer_service", "commercial", "planning", "dispatch")
"""Functions that find orders in the search."""


def read_event(row: models.OrderRow) -> events.MessageRead:
    """A message was read, with how it stands then."""
    return events.MessageRead(
        order=row.id,
        number=row.number,
        customer=row.customer.code if row.customer else "",
        channel=row.channel,
        intent=row.intent,
        lines=row.lines.count(),
        confidence=row.confidence,
        auto=bool(row.reading["auto"]),
    )


def origin_of(row: models.OrderRow, by: Origin | None = None) -> Origin:
    """The order's own story; what `by` did, or the message's sender."""
    source, actor = (by.source, by.actor) if by else (row.source, row.actor)
    return Origin(source, actor, row.correlation, by.causation if by else None, row.signal)


def tell(row: models.OrderRow, payload: object, origin: Origin) -> Event:
    """Append one event about the order and have its screens look again."""
    (event,) = journal.append(
        journal.Draft(payload=payload, site=row.site_id, subject=f"order:{row.id}", origin=origin)
    )
    live.publish(f"orders:{row.id}:{row.site_id}")
    return event


def write_to_customer(
    row: models.OrderRow,
    key: str,
    title: str,
    body: str,
    origin: Origin,
    more: Mapping[str, str] | None = None,
) -> bool:
    """Answer in the channel and thread of the message; False where that channel takes no answers.

    `more` is what else the channel is told: the language, answers to tap (`outbox.choices`). A buyer of the
    portal is written to by e-mail, else by WhatsApp.
    """
    if row.channel == PORTAL:
        return _write_to_buyer(row, key, title, body, origin)
    if row.channel not in ("whatsapp", "email"):
        return False
    if row.channel == "email" and row.subject:
        title = row.subject if row.subject.lower().startswith("re:") else f"Re: {row.subject}"
    data = {"reply_to": row.reply_to, **(more or {})}
    outbox.send_message(
        key=key,
        site=row.site_id,
        channel=row.channel,
        to=row.sender,
        title=title[:MOST_TITLE],
        body=body,
        data={name: value for name, value in data.items() if value},
        subject=f"order:{row.id}",
        origin=origin,
    )
    return True


def _write_to_buyer(row: models.OrderRow, key: str, title: str, body: str, origin: Origin) -> bool:
    """Write to who sent the order in the portal, as long as they have access; False where they have none."""
    kind, _, number = row.reply_to.partition(":")
    buyer = buyers.find_with_access(int(number)) if kind == "buyer" and number.isdigit() else None
    if buyer is None:
        return False
    outbox.send_message(
        key=key,
        site=row.site_id,
        channel="email" if buyer.email else "whatsapp",
        to=buyer.email or buyer.phone,
        title=title[:MOST_TITLE],
        body=body,
        subject=f"order:{row.id}",
        origin=origin,
    )
    return True


def remember(row: models.OrderRow) -> None:
    """Put the order where the search finds it, as it is now."""
    lines = [line.text for line in row.lines.all()]
    who = row.customer.name if row.customer else row.sender_name or row.sender
    memory.remember(
        ref=f"order:{row.id}",
        kind="order",
        site=row.site_id,
        title=f"{row.number} {who} {row.erp_number}".strip(),
        body="\n".join([row.text, *lines, row.po_number, row.refusal]),
        happened_at=row.received_at,
        url=f"/orders/{row.id}",
        functions=FINDERS,
        facets={"state": row.state, "channel": row.channel},
    )
