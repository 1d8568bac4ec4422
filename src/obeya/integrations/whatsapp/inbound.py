"""A signed delivery from Meta becomes signals: one for each part, all stored before Meta is answered."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from obeya.inbox import actions as inbox
from obeya.inbox import queries
from obeya.integrations.whatsapp import parts, payloads
from obeya.lib import canonical

SOURCE = "whatsapp"
LONGEST_KEY = 300
"""Characters: a longer key (ids are at most 255 each, a status joins two) is replaced by its digest."""
WHOLE = "delivery:"
"""Natural keys that begin so are whole deliveries of several parts, kept as they came."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """How many signals a delivery holds, and how many of them had not arrived before."""

    signals: int
    fresh: int


def key_of(part: parts.Part) -> str:
    """The natural key of a part's signal."""
    key = part.natural_key
    return key if len(key) <= LONGEST_KEY else f"long:{hashlib.sha256(key.encode()).hexdigest()}"


@transaction.atomic
def accept(
    *, body: bytes, site: str, phone_number_id: str, headers: Mapping[str, canonical.Json]
) -> Accepted:
    """Store every part of a delivery whose signature was checked, all or none of them.

    What is not a delivery at all, and parts for a business number other than `phone_number_id` ("" takes
    any), are stored refused, with the reason. A second arrival of a part changes nothing.
    """
    digest = hashlib.sha256(body).hexdigest()
    try:
        pieces = payloads.take_apart(body)
    except payloads.CannotReadPayload as error:
        return _store(site, f"unreadable:{digest}", body, headers, refused=str(error))
    if not pieces:
        return _store(site, f"{WHOLE}{digest}", body, headers, refused="This delivery holds no message.")
    if len(pieces) > 1:
        _store(site, f"{WHOLE}{digest}", body, headers)
        headers = {**headers, "delivery": digest}
    stored = [
        _store(
            site,
            key_of(piece.part),
            piece.body,
            headers,
            occurred_at=_moment_of(piece.part),
            refused=_why_not_ours(piece.part.account, phone_number_id),
        )
        for piece in pieces
    ]
    return Accepted(len(stored), sum(one.fresh for one in stored))


def part_of(signal: queries.Signal) -> parts.Part:
    """The one part that a signal of source "whatsapp" holds."""
    return next(part for part in payloads.read_webhook(signal.body) if key_of(part) == signal.natural_key)


def _store(
    site: str,
    natural_key: str,
    body: bytes,
    headers: Mapping[str, canonical.Json],
    *,
    occurred_at: datetime | None = None,
    refused: str = "",
) -> Accepted:
    received = inbox.receive(
        site=site,
        source=SOURCE,
        natural_key=natural_key,
        body=body,
        content_type="application/json",
        headers=headers,
        occurred_at=occurred_at,
        refused=refused,
    )
    return Accepted(1, int(received.fresh))


def _moment_of(part: parts.Part) -> datetime | None:
    match part:
        case parts.Message() | parts.Unsupported():
            return part.sent_at
        case parts.Status() | parts.AccountErrors():
            return part.at


def _why_not_ours(account: parts.Account, phone_number_id: str) -> str:
    theirs = account.phone_number_id
    if not phone_number_id or not theirs or theirs == phone_number_id:
        return ""
    return f"This was sent to the business number with the id {theirs[:60]}, not to ours."
