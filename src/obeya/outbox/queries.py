"""Reading the outbox: postings, how each ERP does, messages and notices."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery

from obeya.lib import clock
from obeya.outbox import answers, channels, delivering, mailing, models, ports, posters, rules, wording
from obeya.people import queries as people

PostingView = answers.PostingView
Attempt = answers.Attempt
ConnectorHealth = answers.ConnectorHealth
MessageView = answers.MessageView
Notice = answers.Notice
State = rules.State
MessageState = rules.MessageState

MOST = 1_000
NOTICES_FOR = timedelta(days=30)
"""Older notices are history: they count and are shown no more."""


class NoSuchPosting(LookupError):
    """There is no posting with this id."""


class NoSuchMessage(LookupError):
    """There is no message with this id."""


def _rows() -> QuerySet[models.Posting]:
    before = models.Posting.objects.filter(
        models.UNFINISHED,
        connector=OuterRef("connector"),
        document=OuterRef("document"),
        pos__lt=OuterRef("pos"),
    )
    line = models.ErpLine.objects.filter(connector=OuterRef("connector"), paused_until__isnull=False)
    return models.Posting.objects.annotate(
        behind=Exists(before),
        paused_until=Subquery(line.values("paused_until")[:1]),
        pause_error=Subquery(line.values("error")[:1]),
    )


def _zones() -> dict[str, tzinfo]:
    return {site.code: site.tz for site in people.list_sites()}


def _views(rows: Iterable[models.Posting]) -> tuple[PostingView, ...]:
    found = list(rows)
    zones = _zones() if found else {}
    return tuple(_view(row, zones.get(row.site_id, UTC)) for row in found)


def _view(row: models.Posting, tz: tzinfo) -> PostingView:
    state, erp = State(row.state), posters.title_of(row.connector)
    number = str(row.erp_refs.get("number", ""))
    paused_until: datetime | None = getattr(row, "paused_until", None)
    said = wording.of_posting(
        wording.Posting(
            state=state,
            erp=erp,
            registered=row.connector in posters.names(),
            attempts=row.attempts,
            failures=row.failures,
            error=row.error,
            number=number,
            next_at=row.next_at,
            unknown_since=row.unknown_since,
            paused_until=paused_until,
            pause_error=getattr(row, "pause_error", "") or "",
            behind=bool(getattr(row, "behind", False)),
        ),
        tz,
    )
    return PostingView(
        id=row.id,
        key=row.key,
        connector=row.connector,
        connector_title=erp,
        site=row.site_id,
        document=row.document,
        subject=row.subject,
        kind=row.kind,
        kind_text=wording.KINDS[row.kind],
        state=row.state,
        state_text=said.text,
        what_to_do=said.what_to_do,
        tone=said.tone,
        number=number,
        erp_refs=row.erp_refs,
        attempts=row.attempts,
        step=row.step,
        error=row.error,
        code=row.code,
        field=row.wrong_field,
        created_at=row.created_at,
        sent_at=row.sent_at,
        next_at=row.next_at if state in rules.MOVING else None,
        unknown_since=row.unknown_since,
        posted_at=row.posted_at,
        correlation=row.correlation,
    )


def get_posting(posting_id: uuid.UUID) -> PostingView:
    """The posting with this id. Raises NoSuchPosting."""
    found = _views(_rows().filter(pk=posting_id))
    if not found:
        raise NoSuchPosting(f"There is no posting {posting_id}.")
    return found[0]


def find_posting(key: str) -> PostingView | None:
    """The posting with this key."""
    return next(iter(_views(_rows().filter(key=key))), None)


def posting_of(subject: str) -> PostingView | None:
    """The newest posting about a subject ("order:...")."""
    return next(iter(_views(_rows().filter(subject=subject).order_by("-pos")[:1])), None)


def posted_subjects(subjects: Iterable[str]) -> set[str]:
    """Those of some subjects ("order:...") about which there is a posting, whatever became of it."""
    rows = models.Posting.objects.filter(subject__in=set(subjects))
    return set(rows.values_list("subject", flat=True))


def list_postings(
    *,
    sites: Sequence[str] | None = None,
    connector: str = "",
    states: Sequence[str] = (),
    subject: str = "",
    correlation: uuid.UUID | None = None,
    limit: int = 100,
) -> tuple[PostingView, ...]:
    """Postings, newest first, at most `limit` (1 to 1,000); only what is given restricts."""
    rows = _rows()
    if sites is not None:
        rows = rows.filter(site__in=sites)
    if connector:
        rows = rows.filter(connector=connector)
    if states:
        rows = rows.filter(state__in=states)
    if subject:
        rows = rows.filter(subject=subject)
    if correlation is not None:
        rows = rows.filter(correlation=correlation)
    return _views(rows.order_by("-pos")[: max(1, min(limit, MOST))])


def list_trouble(sites: Sequence[str], *, limit: int = 100) -> tuple[PostingView, ...]:
    """Postings that are refused, in conflict, of unknown fate or delayed, oldest first."""
    stuck = Q(state__in=[State.REJECTED.value, State.CONFLICT.value, State.UNKNOWN.value])
    late = Q(state__in=[State.WAITING.value, State.ACCEPTED.value], delayed_at__isnull=False)
    rows = _rows().filter(stuck | late, models.UNFINISHED, site__in=sites)
    return _views(rows.order_by("pos")[: max(1, min(limit, MOST))])


def list_attempts(posting_id: uuid.UUID) -> tuple[Attempt, ...]:
    """Every request to post that a posting led to, oldest first."""
    rows = models.PostingAttempt.objects.filter(posting=posting_id).order_by("number")
    return tuple(
        Attempt(row.number, row.started_at, row.ended_at, row.answer, row.text, row.step) for row in rows
    )


def get_payload(posting_id: uuid.UUID) -> ports.Payload:
    """What a posting posts. Raises NoSuchPosting."""
    row = models.Posting.objects.filter(pk=posting_id).first()
    if row is None:
        raise NoSuchPosting(f"There is no posting {posting_id}.")
    return delivering.decode(row.kind, row.payload)


def health() -> tuple[ConnectorHealth, ...]:
    """Every connector that can post or has unfinished postings, by name, in two queries."""
    counts: dict[str, dict[str, int]] = {name: {} for name in posters.names()}
    oldest: dict[str, datetime] = {}
    rows = models.Posting.objects.filter(models.UNFINISHED).order_by()
    for connector, state, count, first in rows.values_list("connector", "state").annotate(
        Count("pk"), Min("created_at")
    ):
        counts.setdefault(connector, {})[state] = count
        oldest[connector] = min(first, oldest.get(connector, first))
    lines = {line.connector: line for line in models.ErpLine.objects.filter(paused_until__isnull=False)}
    return tuple(_health(name, counts[name], oldest.get(name), lines.get(name)) for name in sorted(counts))


def _health(
    name: str, counts: dict[str, int], oldest_at: datetime | None, line: models.ErpLine | None
) -> ConnectorHealth:
    registered = name in posters.names()
    title = posters.title_of(name)
    stopped = sum(counts.get(state.value, 0) for state in rules.STOPPED)
    moving = sum(counts.values()) - stopped
    parts = []
    if not registered:
        parts.append(f"{title} is not set up here: {moving} postings wait.")
    elif line is not None:
        reason = f" ({line.error.strip().rstrip('.')})" if line.error else ""
        parts.append(f"{title} does not answer{reason}: {moving} postings wait.")
    elif moving:
        parts.append(f"{moving} on their way.")
    if stopped:
        parts.append(f"{stopped} wait for a person's decision.")
    return ConnectorHealth(
        connector=name,
        title=title,
        registered=registered,
        healthy=registered and line is None and not stopped,
        text=" ".join(parts) or "Everything is posted.",
        counts=counts,
        oldest_at=oldest_at,
        paused_until=line.paused_until if line else None,
        error=line.error if line else "",
    )


def _message_views(rows: Iterable[models.Message]) -> tuple[MessageView, ...]:
    found = list(rows)
    if not found:
        return ()
    zones = _zones()
    names = people.get_users(row.to_user_id for row in found if row.to_user_id is not None)
    return tuple(_message_view(row, names, zones.get(row.site_id, UTC)) for row in found)


def _message_view(row: models.Message, names: dict[int, people.Person], tz: tzinfo) -> MessageView:
    said = wording.of_message(
        wording.Message(
            state=MessageState(row.state),
            channel=channels.TITLES.get(row.channel, row.channel),
            error=row.error,
            attempts=row.attempts,
            next_at=row.next_at,
        ),
        tz,
    )
    return MessageView(
        id=row.id,
        key=row.key,
        site=row.site_id,
        channel=row.channel,
        to=_recipient(row, names),
        title=row.title,
        body=row.body,
        subject=row.subject,
        state=row.state,
        state_text=said.text,
        what_to_do=said.what_to_do,
        tone=said.tone,
        attempts=row.attempts,
        error=row.error,
        created_at=row.created_at,
        sent_at=row.sent_at,
        delivered_at=row.delivered_at,
        read_at=row.read_at,
        next_at=row.next_at if row.state == MessageState.QUEUED else None,
        correlation=row.correlation,
    )


def _recipient(row: models.Message, names: dict[int, people.Person]) -> str:
    if row.to_function:
        return people.Function(row.to_function).label
    if row.to_user_id is None:
        return row.to_address
    return names[row.to_user_id].display_name


def find_sent(channel: str, provider_id: str) -> MessageView | None:
    """The message of ours that the channel knows by this id; for what answers it."""
    rows = models.Message.objects.filter(channel=channel, provider_id=provider_id) if provider_id else ()
    return next(iter(_message_views(rows)), None)


def find_message(key: str) -> MessageView | None:
    """The message with this key."""
    return next(iter(_message_views(models.Message.objects.filter(key=key))), None)


def list_messages(
    *,
    sites: Sequence[str] | None = None,
    channel: str = "",
    states: Sequence[str] = (),
    subject: str = "",
    correlation: uuid.UUID | None = None,
    limit: int = 100,
) -> tuple[MessageView, ...]:
    """Messages, newest first, at most `limit` (1 to 1,000); only what is given restricts."""
    rows = models.Message.objects.all()
    if sites is not None:
        rows = rows.filter(site__in=sites)
    if channel:
        rows = rows.filter(channel=channel)
    if states:
        rows = rows.filter(state__in=states)
    if subject:
        rows = rows.filter(subject=subject)
    if correlation is not None:
        rows = rows.filter(correlation=correlation)
    return _message_views(rows.order_by("-pos")[: max(1, min(limit, MOST))])


def list_replies(subjects: Sequence[str], *, limit: int = 100) -> tuple[MessageView, ...]:
    """What was written to addresses outside about any of these subjects, newest first."""
    rows = models.Message.objects.filter(subject__in=subjects).exclude(to_address="")
    return _message_views(rows.order_by("-pos")[: max(1, min(limit, MOST))])


def list_message_trouble(sites: Sequence[str], *, limit: int = 100) -> tuple[MessageView, ...]:
    """Messages that failed, are held, or were never answered, oldest first."""
    states = [MessageState.FAILED.value, MessageState.UNKNOWN.value, MessageState.HELD.value]
    rows = models.Message.objects.filter(site__in=sites, state__in=states)
    return _message_views(rows.order_by("pos")[: max(1, min(limit, MOST))])


def _notices(access: people.Access) -> QuerySet[models.Message]:
    since = clock.now() - NOTICES_FOR
    return models.Message.objects.filter(mailing.notices_of(access), created_at__gt=since)


def list_notices(access: people.Access, *, unread_only: bool = False, limit: int = 50) -> tuple[Notice, ...]:
    """In-app messages to a person and to the person's functions, newest first, of the last 30 days."""
    read = models.NoticeRead.objects.filter(message=OuterRef("pk"), user=access.user_id)
    rows = _notices(access).annotate(seen_at=Subquery(read.values("read_at")[:1]))
    if unread_only:
        rows = rows.filter(seen_at__isnull=True)
    return tuple(
        Notice(
            row.id,
            row.site_id,
            row.title,
            row.body,
            str(row.data.get("url", "")),
            row.subject,
            row.created_at,
            row.seen_at,
        )
        for row in rows.order_by("-pos")[: max(1, min(limit, MOST))]
    )


def count_unread(access: people.Access) -> int:
    """How many notices of the last 30 days a person has not read."""
    return _notices(access).exclude(reads__user=access.user_id).count()
