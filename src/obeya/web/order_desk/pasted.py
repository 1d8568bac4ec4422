"""A message that somebody pasted at the desk: kept as a signal like any other, with who pasted it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from obeya.inbox import actions as inbox
from obeya.inbox import interpreters, queries
from obeya.orders import actions as orders
from obeya.people import queries as people

SOURCE = "paste"
MOST_TEXT = 20_000
MOST_FILES = 5
MOST_BYTES = 12 << 20
"""Bytes of all files together."""
CHANNELS = ("whatsapp", "email", "phone", "paper")
"""Where the pasted words came from."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was chosen in the form."""

    name: str
    content_type: str
    content: bytes


def keep(
    *,
    site: str,
    paste_id: uuid.UUID,
    customer: str,
    channel: str,
    text: str,
    files: Sequence[Upload],
    by: people.Person,
) -> uuid.UUID:
    """Store what was pasted as a signal; sending the form twice stores it once. Returns the signal's id."""
    told = {"customer": customer, "channel": channel, "text": text, "by": by.username}
    received = inbox.receive(
        site=site,
        source=SOURCE,
        natural_key=str(paste_id),
        body=json.dumps(told, ensure_ascii=False).encode("utf-8", "replace"),
        content_type="application/json",
        attachments=[
            inbox.Attachment(
                inbox.store_media(content=file.content, content_type=file.content_type), file.name
            )
            for file in files
        ],
    )
    return received.signal_id


def understand(signal: queries.Signal) -> interpreters.Outcome:
    """The interpreter of source "paste": the order desk reads it for the customer that was chosen."""
    told = json.loads(signal.body)
    person = people.find_user(told["by"])
    return orders.take_message(
        signal=signal,
        channel=SOURCE,
        sender=told["customer"],
        sender_name=person.display_name if person else told["by"],
        text=told["text"],
        sent_at=signal.received_at,
        customer=told["customer"],
        habits=told["channel"],
    )
