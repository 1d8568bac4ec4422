"""Sending messages by the channels that leave the house: claim, hand over, write down what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from obeya.lib import clock
from obeya.outbox import channels, events, looking, mailing, models, rules
from obeya.people import queries as people

MESSAGES_PER_RUN = 200
NEVER_ANSWERED = "Obeya stopped before the answer came: it may have been sent."
State = rules.MessageState


def send_due(channel: str, now: datetime | None) -> int:
    """See `actions.send_due`. Several processes may send at once; each message is claimed by one."""
    moment: Callable[[], datetime] = clock.now if now is None else lambda: now
    names = [name for name in channels.NAMES if name != channels.INAPP and channel in ("", name)]
    _note_lost(names, moment())
    ready = [name for name in names if _is_ready(name, moment())]
    done = 0
    while done < MESSAGES_PER_RUN and ready:
        claimed = _claim(ready, moment())
        if claimed is None:
            break
        done += 1
        if claimed.state == State.SENDING:
            _hand_over(claimed, moment)
    return done


def _note_lost(names: Sequence[str], now: datetime) -> None:
    """Messages that have been `sending` for longer than any sender lives: it died, and nobody knows
    whether they left. They are not sent again by themselves."""
    long_ago = now - rules.ANSWER_LIMIT
    lost = models.Message.objects.filter(state=State.SENDING.value, sent_at__lte=long_ago, channel__in=names)
    if not lost.exists():
        return
    with transaction.atomic():
        rows = list(lost.select_for_update(skip_locked=True))
        for row in rows:
            row.state, row.error = State.UNKNOWN.value, NEVER_ANSWERED
        models.Message.objects.bulk_update(rows, ["state", "error"])
        mailing.tell([(row, events.MessageUnanswered(**mailing.about(row), text=row.error)) for row in rows])


def _is_ready(name: str, now: datetime) -> bool:
    """Hold what a channel that is not set up cannot send; let it go once it is."""
    problem = channels.problem_of(name)
    rows = models.Message.objects.filter(channel=name)
    if problem:
        rows.filter(state=State.QUEUED.value, next_at__lte=now).update(state=State.HELD.value, error=problem)
        return False
    if rows.filter(state=State.HELD.value).exists():
        rows.filter(state=State.HELD.value).update(
            state=State.QUEUED.value, error="", next_at=now, queued_at=now
        )
    return True


def _claim(names: Sequence[str], now: datetime) -> models.Message | None:
    """Take the next message, committed before it leaves; one to a function becomes one for each person."""
    with transaction.atomic():
        message_id = looking.next_message(names, now)
        if message_id is None:
            return None
        row = models.Message.objects.get(pk=message_id)
        if row.to_function:
            _forward(row, now)
        else:
            row.state, row.attempts, row.sent_at = State.SENDING.value, row.attempts + 1, now
            row.save(update_fields=["state", "attempts", "sent_at"])
    return row


def _forward(row: models.Message, now: datetime) -> None:
    function = people.Function(row.to_function)
    persons = (
        people.on_duty(row.site_id, function, now)
        or people.list_present(row.site_id, function, now)
        or people.list_people(row.site_id, function)
    )
    if not persons:
        _fail(row, f"Nobody holds the function {function.label} at {row.site_id}.", now)
        return
    mailing.queue(
        [
            mailing.MessageDraft(
                key=f"{row.key[: mailing.MAX_KEY - 24]}/{row.pos}/{person.id}",
                site=row.site_id,
                channel=row.channel,
                to=person.id,
                title=row.title,
                body=row.body,
                subject=row.subject,
                origin=mailing.origin_of(row),
                data=row.data,
            )
            for person in persons
        ]
    )
    row.state = State.FORWARDED.value
    row.save(update_fields=["state"])


def _fail(row: models.Message, text: str, now: datetime) -> None:
    row.state, row.error, row.failed_at = State.FAILED.value, text[:2_000], now
    row.save(update_fields=["state", "error", "failed_at"])
    mailing.tell([(row, events.MessageFailed(**mailing.about(row), text=row.error))])


def _hand_over(row: models.Message, moment: Callable[[], datetime]) -> None:
    channel = channels.find(row.channel)
    assert channel is not None  # a channel that was found ready a moment ago
    to = row.to_address or _address(channel, row)
    if to:
        outcome = channel.send(
            channels.Letter(key=row.key, to=to, title=row.title, body=row.body, data=_data(row))
        )
    else:
        outcome = channels.Failed(f"{_name(row)} has no address for {channels.TITLES[row.channel]}.")
    _record(row, outcome, moment())


def _data(row: models.Message) -> Mapping[str, str]:
    told = {str(name): str(value) for name, value in row.data.items()}
    return {"language": _language(row), **told}


def _language(row: models.Message) -> str:
    """The language of the person, or of the site where it goes to somebody outside."""
    return (
        people.get_user(row.to_user_id).language if row.to_user_id else people.get_site(row.site_id).language
    )


def _address(channel: channels.Channel, row: models.Message) -> str:
    assert row.to_user_id is not None  # the database holds one recipient
    return channel.address_of(people.get_user(row.to_user_id))


def _name(row: models.Message) -> str:
    return people.get_user(row.to_user_id).display_name if row.to_user_id else row.to_address


def _record(seen: models.Message, outcome: channels.Outcome, now: datetime) -> None:
    """Write the outcome down; a receipt may have come before it and then stands."""
    with transaction.atomic():
        row = models.Message.objects.select_for_update().get(pk=seen.pk)
        if row.state not in (State.SENDING, State.UNKNOWN):
            if isinstance(outcome, channels.Sent) and not row.provider_id:
                row.provider_id = outcome.provider_id
                row.save(update_fields=["provider_id"])
            return
        if isinstance(outcome, channels.Sent):
            row.state, row.provider_id, row.error = State.SENT.value, outcome.provider_id, ""
            row.sent_at = now
            row.save(update_fields=["state", "provider_id", "error", "sent_at"])
            mailing.tell([(row, events.MessageSent(**mailing.about(row)))])
        elif isinstance(outcome, channels.NoAnswer):
            row.state, row.error = State.UNKNOWN.value, outcome.text[:2_000]
            row.save(update_fields=["state", "error"])
            mailing.tell([(row, events.MessageUnanswered(**mailing.about(row), text=row.error))])
        else:
            _note_failure(row, outcome, now)


def _note_failure(row: models.Message, outcome: channels.Failed, now: datetime) -> None:
    next_at = rules.message_retry_at(row.attempts, outcome.retry_after_s, now)
    if not outcome.temporary or next_at > row.queued_at + rules.GIVE_UP_AFTER:
        _fail(row, outcome.text, now)
        return
    row.state, row.error, row.next_at = State.QUEUED.value, outcome.text[:2_000], next_at
    row.save(update_fields=["state", "error", "next_at"])
