"""Writing messages down: queue them, note receipts and readings. They leave in `sending`."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from obeya.journal import actions as journal
from obeya.journal.events import Origin
from obeya.lib import clock, ids, live
from obeya.outbox import channels, events, models, rules
from obeya.people import queries as people

INSTEAD_OF = "instead_of"
"""In a message's data: the channel's id of the refused one in whose place it goes."""
MAX_KEY = 200
MAX_TITLE = 300
MAX_BODY = 20_000
MAX_ADDRESS = 254
EVENTS_AT_ONCE = 2_000


class CannotSendMessage(Exception):
    """The message names an unknown channel or person, or is too long; the text says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDraft:
    """A message to be sent.

    `to` is a user's id, a function of the site, or an address. In-app, a function's message is one
    notice that everybody of the function sees; elsewhere each person on duty gets one when it leaves.
    `data`: "url" is where the message leads, "reply_to" the WhatsApp message that it answers.
    """

    key: str
    site: str
    channel: str
    to: int | people.Function | str
    title: str
    body: str
    subject: str
    origin: Origin
    data: Mapping[str, str] = field(default_factory=dict)


def queue(drafts: Sequence[MessageDraft]) -> tuple[uuid.UUID, ...]:
    """See `actions.send_messages`."""
    _check(drafts)
    now = clock.now()
    rows = {draft.key: _row(draft, now) for draft in drafts}
    origins = {draft.key: draft.origin for draft in drafts}
    with transaction.atomic():
        models.Message.objects.bulk_create(rows.values(), ignore_conflicts=True)
        known = dict(models.Message.objects.filter(key__in=rows).values_list("key", "id"))
        fresh = [row for key, row in rows.items() if known[key] == row.id]
        told = [_queued(row, origins[row.key]) for row in fresh if row.channel != channels.INAPP]
        for start in range(0, len(told), EVENTS_AT_ONCE):
            journal.append(*told[start : start + EVENTS_AT_ONCE])
        live.publish(*sorted({topic for row in fresh for topic in topics_of(row)}))
    return tuple(known[draft.key] for draft in drafts)


def _check(drafts: Sequence[MessageDraft]) -> None:
    """Raises CannotSendMessage."""
    for draft in drafts:
        if draft.channel not in channels.NAMES:
            raise CannotSendMessage(f"There is no way to send messages called {draft.channel[:40]!r}.")
        limits = (
            ("key", draft.key, MAX_KEY),
            ("title", draft.title, MAX_TITLE),
            ("body", draft.body, MAX_BODY),
        )
        for name, text, limit in limits:
            if len(text) > limit:
                raise CannotSendMessage(f"A message's {name} may have {limit} characters, not {len(text)}.")
        if not draft.key.strip() or not (draft.title + draft.body).strip():
            raise CannotSendMessage("A message needs a key and words.")
        _check_recipient(draft)
    asked = {draft.to for draft in drafts if isinstance(draft.to, int)}
    if missing := asked - people.get_users(asked).keys() if asked else set():
        raise CannotSendMessage(f"There is no person with the number {min(missing)}.")


def _check_recipient(draft: MessageDraft) -> None:
    if isinstance(draft.to, int | people.Function):
        return
    if draft.channel == channels.INAPP:
        raise CannotSendMessage("A notice in Obeya goes to a person or a function, not to an address.")
    if not 0 < len(draft.to.strip()) <= MAX_ADDRESS:
        raise CannotSendMessage("A message needs an address to go to.")


def _row(draft: MessageDraft, now: datetime) -> models.Message:
    inapp = draft.channel == channels.INAPP
    to_user, to_function, to_address = None, "", ""
    if isinstance(draft.to, people.Function):
        to_function = draft.to.value
        recipient = f"function:{draft.site}:{to_function}"
    elif isinstance(draft.to, int):
        to_user, recipient = draft.to, f"user:{draft.to}"
    else:
        to_address = recipient = draft.to.strip()
    return models.Message(
        id=ids.new_id(),
        key=draft.key,
        site_id=draft.site,
        channel=draft.channel,
        recipient=recipient,
        to_user_id=to_user,
        to_function=to_function,
        to_address=to_address,
        title=draft.title,
        body=draft.body,
        data=dict(draft.data),
        subject=draft.subject,
        state=(rules.MessageState.DELIVERED if inapp else rules.MessageState.QUEUED).value,
        queued_at=now,
        next_at=now,
        sent_at=now if inapp else None,
        delivered_at=now if inapp else None,
        actor=draft.origin.actor,
        correlation=draft.origin.correlation,
        causation=draft.origin.causation,
        signal=draft.origin.signal,
        created_at=now,
    )


def _queued(row: models.Message, origin: Origin) -> journal.Draft:
    return _draft(row, events.MessageQueued(**about(row)), origin)


def _draft(row: models.Message, payload: object, origin: Origin) -> journal.Draft:
    return journal.Draft(payload=payload, site=row.site_id, subject=f"message:{row.id}", origin=origin)


def about(row: models.Message) -> dict[str, Any]:
    """What every event about a message holds."""
    return {"message_id": row.id, "channel": row.channel, "subject": row.subject}


def origin_of(row: models.Message) -> Origin:
    """Where what happens to a message comes from."""
    return Origin(f"outbox.{row.channel}", "system", row.correlation, row.causation, row.signal)


def topics_of(row: models.Message) -> tuple[str, ...]:
    """The live topics of a message's change."""
    if row.channel != channels.INAPP:
        return ("messages", f"about:{row.subject}"[:200])
    if row.to_function:
        return (f"notices:{row.site_id}:{row.to_function}",)
    return (f"notices:user:{row.to_user_id}",)


def tell(facts: Sequence[tuple[models.Message, object]], origin: Origin | None = None) -> None:
    """Append events about messages and tell the screens."""
    journal.append(*(_draft(row, payload, origin or origin_of(row)) for row, payload in facts))
    live.publish(*sorted({topic for row, _ in facts for topic in topics_of(row)}))


def find_locked(provider_id: str, tracking: str) -> models.Message | None:
    """The message under its key or the channel's id, locked."""
    rows = models.Message.objects.select_for_update()
    row = rows.filter(key=tracking).first() if tracking else None
    if row is None and provider_id:
        row = rows.filter(provider_id=provider_id).first()
    return row


def note_status(row: models.Message, *, status: str, at: datetime, provider_id: str, error: str) -> None:
    """Write a receipt down on a locked message."""
    before = rules.MessageState(row.state)
    state = rules.after_status(before, status)
    row.provider_id = row.provider_id or provider_id
    if state is before:
        row.save(update_fields=["provider_id"])
        return
    row.state = state.value
    row.sent_at = row.sent_at or at
    if state is rules.MessageState.FAILED:
        row.failed_at, row.error = at, error[:2_000]
    else:
        row.error = ""
    if state in (rules.MessageState.DELIVERED, rules.MessageState.READ):
        row.delivered_at = row.delivered_at or at
    if state is rules.MessageState.READ:
        row.read_at = at
    row.save()
    if state is rules.MessageState.FAILED:
        tell([(row, events.MessageFailed(**about(row), text=row.error))])
    elif before in (rules.MessageState.UNKNOWN, rules.MessageState.SENDING):
        tell([(row, events.MessageSent(**about(row)))])
    else:
        live.publish(*topics_of(row))


def mark_read(message_ids: Sequence[uuid.UUID], user_id: int, now: datetime) -> int:
    """See `actions.mark_read`."""
    access = people.access_of(people.get_user(user_id))
    with transaction.atomic():
        mine = models.Message.objects.filter(notices_of(access), pk__in=message_ids)
        rows = [
            models.NoticeRead(message_id=pk, user_id=user_id, read_at=now)
            for pk in mine.exclude(reads__user=user_id).values_list("pk", flat=True)
        ]
        models.NoticeRead.objects.bulk_create(rows, ignore_conflicts=True)
        if rows:
            live.publish(f"notices:user:{user_id}")
    return len(rows)


def notices_of(access: people.Access) -> Q:
    """Which in-app messages are for a person: to the person, or to a function the person holds."""
    mine = Q(to_user=access.user_id) if access.user_id is not None else Q(pk__in=[])
    for site, functions in access.functions_by_site.items():
        mine |= Q(site=site, to_function__in=[function.value for function in functions])
    return Q(mine, channel=channels.INAPP)
