"""The writers of the outbox that other rooms call: queue, retry, cancel, send, note receipts, wake."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from obeya.journal import actions as journal
from obeya.journal.events import Origin
from obeya.lib import canonical, clock, ids, live
from obeya.outbox import delivering, events, mailing, models, ports, queries, rules, sending, waking
from obeya.people import queries as people

MessageDraft = mailing.MessageDraft
CannotSendMessage = mailing.CannotSendMessage
key_of = rules.key_of
MAX_REASON = 2_000
DOCUMENT_LOCK = 0x0BEA0D0C
"""Class of the advisory locks that keep the queueing of one document's postings in order."""


class PostingConflict(Exception):
    """A posting with this key exists and has other contents."""


class CannotRetryPosting(Exception):
    """The posting is finished or is being sent at this moment."""


class CannotCancelPosting(Exception):
    """The posting is finished or is being sent at this moment, or no reason was given."""


class CannotRetryMessage(Exception):
    """Only a message that failed, is held, or was never answered can be sent again."""


_INSERT = """
WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock(%(class)s, hashtext(%(order)s)))
INSERT INTO outbox_posting (id, key, fingerprint, connector, site_id, document, subject, kind, payload,
 state, ask_first, step, erp_refs, attempts, failures, next_at, error, code, wrong_field,
 actor, correlation, causation, signal, created_at)
SELECT %(id)s, %(key)s, %(fingerprint)s, %(connector)s, %(site)s, %(document)s, %(subject)s, %(kind)s,
 %(payload)s::jsonb, 'waiting', false, '', '{}', 0, 0, %(now)s, '', '', '',
 %(actor)s, %(correlation)s, %(causation)s, %(signal)s, %(now)s FROM turn
ON CONFLICT (key) DO NOTHING RETURNING id
"""


def queue_posting(
    *,
    key: str,
    connector: str,
    site: str,
    document: str,
    subject: str,
    payload: ports.Payload,
    origin: Origin,
) -> uuid.UUID:
    """Queue a posting in the caller's transaction; returns its id.

    The same key again with the same contents returns the id of the first and changes nothing. Postings
    of one `document` of a connector go out in the order of their queueing: until the transaction ends,
    nobody else can queue one for it. Raises PostingConflict, and ValueError for empty texts.
    """
    told = delivering.encode(payload)
    named = {"connector": connector, "site": site, "document": document, "subject": subject}
    if empty := [name for name, text in named.items() if not text.strip()]:
        raise ValueError(f"a posting needs its {empty[0]}")
    fingerprint = canonical.digest({**named, "payload": told})
    now, posting_id = clock.now(), ids.new_id()
    values: dict[str, Any] = {
        **named,
        **_origin_values(origin),
        "id": posting_id,
        "class": DOCUMENT_LOCK,
        "order": f"{connector}:{document}",
        "key": key,
        "fingerprint": fingerprint,
        "kind": payload.kind.value,
        "payload": canonical.text(told),
        "now": now,
    }
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, values)
            fresh = cursor.fetchone() is not None
        if not fresh:
            return _same_as_before(key, fingerprint)
        queued = events.PostingQueued(
            posting_id=posting_id,
            connector=connector,
            kind=payload.kind.value,
            document=document,
            subject=subject,
            key=key,
        )
        about = f"posting:{posting_id}"
        journal.append(journal.Draft(payload=queued, site=site, subject=about, origin=origin))
        live.publish(*delivering.topics_of(posting_id, subject))
    return posting_id


def _origin_values(origin: Origin) -> dict[str, Any]:
    return {
        "actor": origin.actor,
        "correlation": origin.correlation,
        "causation": origin.causation,
        "signal": origin.signal,
    }


def _same_as_before(key: str, fingerprint: str) -> uuid.UUID:
    known = models.Posting.objects.values("id", "fingerprint").get(key=key)
    if known["fingerprint"] != fingerprint:
        raise PostingConflict(f"A posting with the key {key[:12]}... exists and has other contents.")
    return uuid.UUID(str(known["id"]))


def _locked(posting_id: uuid.UUID) -> models.Posting:
    row = models.Posting.objects.select_for_update().filter(pk=posting_id).first()
    if row is None:
        raise queries.NoSuchPosting(f"There is no posting {posting_id}.")
    return row


def _tell(row: models.Posting, payload: object, origin: Origin) -> None:
    draft = journal.Draft(payload=payload, site=row.site_id, subject=f"posting:{row.id}", origin=origin)
    journal.append(draft)
    live.publish(*delivering.topics_of(row.id, row.subject))


@transaction.atomic
def retry_posting(*, posting_id: uuid.UUID, origin: Origin) -> None:
    """Try a posting again now, because a person said so; raises NoSuchPosting, CannotRetryPosting.

    What the ERP refused is sent again only after the ERP was asked what it has of it. What was sent and
    never answered is not sent any sooner, only asked about sooner.
    """
    row = _locked(posting_id)
    was = rules.State(row.state)
    if was in rules.FINISHED or was is rules.State.SENDING:
        raise CannotRetryPosting(CannotRetryPosting.__doc__)
    if was in rules.STOPPED:
        row.state, row.ask_first, row.unknown_since = rules.State.WAITING.value, True, None
        row.error = row.code = row.wrong_field = ""
    row.next_at, row.failures = clock.now(), 0
    row.save()
    models.ErpLine.objects.filter(connector=row.connector).update(paused_until=None)
    _tell(row, events.PostingRetried(**delivering.about(row), was=was.value), origin)


@transaction.atomic
def cancel_posting(*, posting_id: uuid.UUID, reason: str, origin: Origin) -> None:
    """Give a posting up, because a person said so; later ones of its document go on.

    Raises NoSuchPosting, CannotCancelPosting. What the ERP already has of it stays there.
    """
    row = _locked(posting_id)
    was = rules.State(row.state)
    if was in rules.FINISHED or was is rules.State.SENDING:
        raise CannotCancelPosting("The posting is finished or is being sent at this moment.")
    if not reason.strip():
        raise CannotCancelPosting("Say why the posting is given up.")
    row.state, row.error = rules.State.CANCELLED.value, reason.strip()[:MAX_REASON]
    row.save()
    maybe = was in (rules.State.UNKNOWN, rules.State.ACCEPTED, rules.State.CONFLICT) or bool(row.erp_refs)
    cancelled = events.PostingCancelled(
        **delivering.about(row), reason=row.error, maybe_in_erp=maybe, erp_refs=row.erp_refs
    )
    _tell(row, cancelled, origin)


def deliver_due(connector: str, now: datetime | None = None) -> int:
    """Bring the due postings of a connector on, outside a transaction; returns how many requests it took.

    One writer per connector in all processes: where another is at work, this returns 0 at once. `now`
    holds the clock still (tests, simulation).
    """
    return delivering.deliver_due(connector, now)


def send_due(channel: str = "", now: datetime | None = None) -> int:
    """Send the messages that are due, of one channel or of all, outside a transaction; returns how many."""
    return sending.send_due(channel, now)


def wake(now: datetime) -> int:
    """Have somebody work where something is due and nobody does; returns how many jobs were deferred.

    Cheap when nothing is due; call it outside a transaction, as often as wanted: jobs do not pile up.
    """
    return waking.wake(now)


def send_message(
    *,
    key: str,
    site: str,
    channel: str,
    to: int | people.Function | str,
    title: str,
    body: str,
    subject: str,
    origin: Origin,
    data: Mapping[str, str] | None = None,
) -> uuid.UUID:
    """Send one message; see `send_messages`."""
    (message_id,) = send_messages(
        [
            MessageDraft(
                key=key,
                site=site,
                channel=channel,
                to=to,
                title=title,
                body=body,
                subject=subject,
                origin=origin,
                data=data or {},
            )
        ]
    )
    return message_id


def send_messages(drafts: Sequence[MessageDraft]) -> tuple[uuid.UUID, ...]:
    """Queue messages to people in the caller's transaction; returns their ids, in the drafts' order.

    A key that was used before returns the id of the first message and changes nothing. In-app messages
    are there at once. The number of statements does not grow with the number of messages.
    Raises CannotSendMessage.
    """
    return mailing.queue(drafts)


@transaction.atomic
def apply_status(
    *, status: str, at: datetime, provider_id: str = "", tracking: str = "", error: str = ""
) -> bool:
    """Note a delivery receipt; False where the message is not ours.

    `provider_id` is the channel's id, `tracking` the message's key: either will do, and settles a
    message whose answer never came. Receipts may come in any order and more than once.
    """
    row = mailing.find_locked(provider_id, tracking)
    if row is None:
        return False
    if provider_id and row.data.get(mailing.INSTEAD_OF) == provider_id:
        return True  # about the message in whose place this one went
    mailing.note_status(row, status=status, at=at, provider_id=provider_id, error=error)
    return True


@transaction.atomic
def send_otherwise(*, provider_id: str, tracking: str, data: Mapping[str, str]) -> bool:
    """Send a message that its channel took and then refused once more, with `data` saying how; once only.

    False where it is not ours, was sent otherwise before, or has arrived.
    """
    row = mailing.find_locked(provider_id, tracking)
    if row is None:
        return False
    if row.data.get(mailing.INSTEAD_OF):
        return bool(row.data[mailing.INSTEAD_OF] == provider_id)  # the same refusal told again
    if row.state not in ("sent", "sending", "unknown"):
        return False
    now = clock.now()
    row.data = {**row.data, **data, mailing.INSTEAD_OF: provider_id}
    row.state, row.provider_id, row.error = rules.MessageState.QUEUED.value, "", ""
    row.queued_at, row.next_at, row.attempts = now, now, 0
    row.save()
    mailing.tell([(row, events.MessageRetried(**mailing.about(row), was="refused"))])
    return True


def mark_read(*, message_ids: Sequence[uuid.UUID], user_id: int, now: datetime | None = None) -> int:
    """Note that a person has read in-app notices; returns how many were new to the person.

    Only notices to the person or to one of the person's functions count; others are left out.
    """
    return mailing.mark_read(message_ids, user_id, now or clock.now())


@transaction.atomic
def retry_message(*, message_id: uuid.UUID, origin: Origin) -> None:
    """Send a message again, because a person said so; raises NoSuchMessage, CannotRetryMessage."""
    row = models.Message.objects.select_for_update().filter(pk=message_id).first()
    if row is None:
        raise queries.NoSuchMessage(f"There is no message {message_id}.")
    was = row.state
    if was not in ("failed", "unknown", "held"):
        raise CannotRetryMessage(CannotRetryMessage.__doc__)
    now = clock.now()
    row.state, row.queued_at, row.next_at, row.attempts = rules.MessageState.QUEUED.value, now, now, 0
    row.error, row.failed_at = "", None
    row.save()
    mailing.tell([(row, events.MessageRetried(**mailing.about(row), was=was))], origin)
