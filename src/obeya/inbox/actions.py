"""The only writers of the inbox."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from obeya.inbox import events, files, interpreters, models, queries, refusals
from obeya.journal import actions as journal
from obeya.journal.events import Origin
from obeya.lib import canonical, clock, ids, live

MAX_BODY = 16 * 1024 * 1024
"""Bytes: a larger body is refused at the door, before it is a signal."""
MAX_ATTEMPTS = 5


class CannotReceiveSignal(Exception):
    """The signal is too large, or has no natural key."""


class CannotRetrySignal(Exception):
    """Only a signal that waits or was refused can be tried again."""


@dataclass(frozen=True, slots=True)
class Received:
    """The stored signal; `fresh` is False where it had arrived before."""

    signal_id: uuid.UUID
    correlation: uuid.UUID
    fresh: bool


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a signal: stored by `store_media`, named as it was there."""

    digest: str
    name: str = ""


def receive(
    *,
    site: str,
    source: str,
    natural_key: str,
    body: bytes,
    content_type: str = "application/octet-stream",
    headers: Mapping[str, canonical.Json] | None = None,
    occurred_at: datetime | None = None,
    attachments: Sequence[Attachment] = (),
    refused: str = "",
) -> Received:
    """Store what arrived, in one transaction with its event; a second arrival changes nothing.

    Acknowledge to the sender only after this returned. `refused` stores it with that reason and asks
    nobody to understand it. Raises CannotReceiveSignal.
    """
    if not natural_key or len(natural_key) > 500:
        raise CannotReceiveSignal("a signal needs a natural key of at most 500 characters")
    if len(body) > MAX_BODY:
        raise CannotReceiveSignal(f"{len(body)} bytes are more than the {MAX_BODY} allowed")
    now = clock.now()
    row = models.SignalRow(
        id=ids.new_id(),
        site_id=site,
        source=source,
        natural_key=natural_key,
        content_type=content_type[:200],
        headers=dict(headers or {}),
        body=body,
        size=len(body),
        occurred_at=occurred_at or now,
        received_at=now,
        correlation=ids.new_id(),
        state="refused" if refused else "received",
        reason=refused,
    )
    with transaction.atomic():
        models.SignalRow.objects.bulk_create([row], ignore_conflicts=True)
        stored = models.SignalRow.objects.only("id", "correlation").get(
            source=source, natural_key=natural_key
        )
        if stored.id != row.id:
            return Received(stored.id, stored.correlation, fresh=False)
        models.SignalMediaRow.objects.bulk_create(
            models.SignalMediaRow(signal=row, media_id=file.digest, position=n, name=file.name[:255])
            for n, file in enumerate(attachments)
        )
        _tell(row, events.SignalReceived(row.id, source, natural_key, row.size))
        if refused:
            _tell(row, events.SignalRefused(row.id, refused))
    return Received(row.id, row.correlation, fresh=True)


def _tell(row: models.SignalRow, payload: object, actor: str = "") -> None:
    origin = Origin(row.source, actor or f"source:{row.source}", row.correlation, None, row.id)
    journal.append(
        journal.Draft(payload=payload, site=row.site_id, subject=f"signal:{row.id}", origin=origin)
    )
    live.publish(f"signals:{row.id}:{row.site_id}")


def store_media(*, content: bytes, content_type: str) -> str:
    """Store a file by its digest and return it; the same bytes are stored once."""
    digest = files.store(content)
    models.MediaRow.objects.bulk_create(
        [
            models.MediaRow(
                digest=digest, size=len(content), content_type=content_type[:200], stored_at=clock.now()
            )
        ],
        ignore_conflicts=True,
    )
    return digest


def understand(*, signal_id: uuid.UUID) -> None:
    """Let the source's interpreter turn the signal into facts, once, in one transaction.

    Whatever the interpreter raises rolls everything back and leaves the signal as it was.
    """
    with transaction.atomic():
        row = models.SignalRow.objects.select_for_update().get(pk=signal_id)
        if row.state != "received":
            return
        outcome: interpreters.Outcome
        try:
            interpreter = interpreters.of(row.source)
        except interpreters.NobodyUnderstands as error:
            outcome = interpreters.Waiting(str(error))
        else:
            outcome = interpreter(queries.get_signal(signal_id))
        _settle(row, outcome)


def _settle(row: models.SignalRow, outcome: interpreters.Outcome) -> None:
    row.settled_at = clock.now()
    row.attempts += 1
    match outcome:
        case interpreters.Understood(became):
            row.state, row.became, row.reason = "understood", became, ""
            payload: object = events.SignalUnderstood(row.id, became)
        case interpreters.Waiting(reason):
            row.state, row.reason = "waiting", reason
            payload = events.SignalWaiting(row.id, reason)
        case interpreters.Refused(reason):
            row.state, row.reason = "refused", reason
            payload = events.SignalRefused(row.id, reason)
    row.save(update_fields=["state", "reason", "became", "attempts", "settled_at"])
    _tell(row, payload)


def give_up(*, signal_id: uuid.UUID, reason: str) -> None:
    """Hand a signal that could not be understood in `MAX_ATTEMPTS` tries to a person."""
    with transaction.atomic():
        row = models.SignalRow.objects.select_for_update().get(pk=signal_id)
        if row.state == "received":
            _settle(row, interpreters.Waiting(reason))


def retry(*, signal_id: uuid.UUID, actor: str) -> None:
    """Try a waiting or refused signal again. Raises CannotRetrySignal."""
    with transaction.atomic():
        row = models.SignalRow.objects.select_for_update().get(pk=signal_id)
        if row.state not in ("waiting", "refused"):
            raise CannotRetrySignal(f"the signal is {row.state}")
        row.state, row.reason, row.settled_at = "received", "", None
        row.save(update_fields=["state", "reason", "settled_at"])
        _tell(row, events.SignalRetried(row.id), actor)


_COUNT_REFUSED = (
    "INSERT INTO inbox_refusal (source, reason, count, first_at, last_at) VALUES (%s, %s, %s, %s, %s)"
    " ON CONFLICT (source, reason) DO UPDATE SET count = inbox_refusal.count + excluded.count,"
    " last_at = excluded.last_at"
)


def count_refused(*, source: str, reason: str) -> None:
    """Note that a delivery was turned away at the door, for IT to see on the health page.

    `reason` is one of a few fixed sentences, never a sender's words: they bound the table. Nothing of the
    delivery is kept. A process writes at most once a second, so the count may lag behind.
    """
    now = clock.now()
    count = refusals.TALLY.add(source, reason, now)
    if not count:
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_COUNT_REFUSED, [source, reason[:300], count, now, now])
        live.publish("connectors")
