"""Bringing postings to the ERP: one writer per connector, exactly once, whatever dies in between.

Before a request leaves, a transaction says so; when its answer is known, another says that. What is
found as `sending` by a new writer was left by one that died, and is asked about before anything else.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any, cast

import pydantic
import structlog
from django.db import connection, transaction
from django.db.models import QuerySet

from obeya.journal import actions as journal
from obeya.journal.events import Origin
from obeya.lib import canonical, clock, live
from obeya.outbox import events, looking, models, ports, posters, rules

WRITER_LOCK = 0x0BEA0001
"""Class of the advisory locks of which each belongs to the one writer of a connector."""
REQUESTS_PER_RUN = 200
MAX_TEXT = 2_000

_log = structlog.get_logger("obeya.outbox")
Moment = Callable[[], datetime]


class LostTheLine(Exception):
    """The posting is not as it was any more: what was learnt is left for the next writer to find."""


def topics_of(posting_id: uuid.UUID, subject: str) -> tuple[str, ...]:
    """The live topics of a posting's change."""
    return ("connectors", f"postings:{posting_id}", f"about:{subject}"[:200])


def about(row: models.Posting) -> dict[str, Any]:
    """What every event about a posting holds."""
    return {
        "posting_id": row.id,
        "connector": row.connector,
        "kind": row.kind,
        "document": row.document,
        "subject": row.subject,
    }


def deliver_due(connector: str, now: datetime | None) -> int:
    """See `actions.deliver_due`."""
    poster = posters.find(connector)
    if poster is None:
        _log.warning("the connector is not set up here; its postings wait", connector=connector)
        return 0
    moment: Moment = clock.now if now is None else lambda: now
    requests = 0
    while True:
        with _sole_writer(connector) as alone:
            if not alone:
                return requests
            requests += _drain(connector, poster, moment, REQUESTS_PER_RUN - requests)
        # Whoever found the lock taken has gone away and relies on this second look.
        if requests >= REQUESTS_PER_RUN or looking.next_posting(connector, moment()) is None:
            return requests


@contextmanager
def _sole_writer(connector: str) -> Iterator[bool]:
    """True while this process is the only writer. The lock belongs to the session and dies with it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [WRITER_LOCK, connector])
        alone = bool(cursor.fetchone()[0])
    is_over = False
    try:
        yield alone
        is_over = True
    finally:
        if not is_over:
            _drop_session()
    if alone:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [WRITER_LOCK, connector])


def _drop_session() -> None:
    """End the database session itself, so that its lock goes; a pool would keep the session alive."""
    if connection.connection is not None:
        connection.connection.close()
    connection.close()


def _drain(connector: str, poster: ports.Poster, moment: Moment, limit: int) -> int:
    requests = 0
    while requests < limit:
        posting_id = looking.next_posting(connector, moment())
        if posting_id is None:
            break
        row = models.Posting.objects.get(pk=posting_id)
        if row.state == rules.State.SENDING:
            _note_death(row, moment())
        with structlog.contextvars.bound_contextvars(**_named(row)):
            if rules.next_move(_standing(row)) is rules.Move.SEND:
                requests += _send(row, poster, moment)
            else:
                requests += _ask(row, poster, moment)
    return requests


def _named(row: models.Posting) -> dict[str, str]:
    """What a line in the log about this posting carries."""
    return {"posting": str(row.id), "site": row.site_id, "correlation": str(row.correlation)}


def _standing(row: models.Posting) -> rules.Standing:
    return rules.Standing(
        state=rules.State(row.state),
        step=row.step,
        erp_refs=row.erp_refs,
        failures=row.failures,
        unknown_since=row.unknown_since,
        delayed=row.delayed_at is not None,
        ask_first=row.ask_first,
    )


def _as_seen(row: models.Posting) -> QuerySet[models.Posting]:
    """The row, if nobody has changed it since it was read."""
    return models.Posting.objects.filter(
        pk=row.pk, state=row.state, attempts=row.attempts, ask_first=row.ask_first
    )


def _note_death(row: models.Posting, now: datetime) -> None:
    change = rules.after_death(_standing(row), now)
    with transaction.atomic():
        _settle(row, change, now)
        _end_attempt(row, change, now)


def _send(row: models.Posting, poster: ports.Poster, moment: Moment) -> int:
    """Send one posting and write its answer down; 0 where a person changed it at the last moment."""
    if not _announce(row, moment()):
        return 0
    command = ports.Command(
        key=row.key, payload=decode(row.kind, row.payload), step=row.step, erp_refs=row.erp_refs
    )
    answer = poster.post(command)
    now = moment()
    change = rules.after_answer(_standing(row), answer, now)
    with transaction.atomic():
        _settle(row, change, now)
        _end_attempt(row, change, now)
        _note_line(row.connector, change, now)
    return 1


def _announce(row: models.Posting, now: datetime) -> bool:
    """Commit that a request is about to leave. It must be written down before it leaves."""
    sending = {
        "state": rules.State.SENDING.value,
        "attempts": row.attempts + 1,
        "sent_at": now,
        "first_sent_at": row.first_sent_at or now,
        "unknown_since": None,
        "next_at": now,
    }
    with transaction.atomic():
        if not _as_seen(row).update(**sending):
            return False
        models.PostingAttempt.objects.create(
            posting=row, number=row.attempts + 1, step=row.step, started_at=now
        )
        live.publish(*topics_of(row.id, row.subject))
    for name, value in sending.items():
        setattr(row, name, value)
    return True


def _ask(row: models.Posting, poster: ports.Poster, moment: Moment) -> int:
    """Ask the ERP what it has of a posting and write it down; 0 where a person changed it meanwhile."""
    now = moment()
    later = rules.after_no_word(_standing(row), row.error, now).next_at
    if not _as_seen(row).update(next_at=later):  # so that a poster that breaks is not asked at once again
        return 0
    standing = _standing(row)
    try:
        found = poster.find(row.key, decode(row.kind, row.payload))
    except ports.CannotAskErp as error:
        now = moment()
        change = rules.after_no_word(standing, str(error), now)
    else:
        now = moment()
        change = rules.after_found(standing, found, now, poster.request_limit_s)
    try:
        with transaction.atomic():
            _settle(row, change, now)
            _note_line(row.connector, change, now)
    except LostTheLine:
        _log.info("a posting was changed by a person while the ERP was asked", posting=str(row.id))
    return 1


def _settle(row: models.Posting, change: rules.Change, now: datetime) -> None:
    """Write a change and tell it, if the posting still is as it was seen. Raises LostTheLine."""
    delayed = change.told is rules.Told.DELAYED
    values: dict[str, Any] = {
        "state": change.state.value,
        "step": change.step,
        "erp_refs": dict(change.erp_refs),
        "failures": change.failures,
        "next_at": change.next_at,
        "unknown_since": change.unknown_since,
        "error": change.error[:MAX_TEXT],
        "code": change.code[:200],
        "wrong_field": change.wrong_field[:200],
        "ask_first": row.ask_first and change.answer == "cannot_ask",
        "posted_at": now if change.state is rules.State.POSTED else None,
        "delayed_at": now if delayed else row.delayed_at,
    }
    if not _as_seen(row).update(**values):
        raise LostTheLine(f"posting {row.id}")
    for name, value in values.items():
        setattr(row, name, value)
    if change.told is not None:
        payload = _fact(row, change)
        draft = journal.Draft(
            payload=payload, site=row.site_id, subject=f"posting:{row.id}", origin=_origin(row)
        )
        journal.append(draft)
    live.publish(*topics_of(row.id, row.subject))


def _origin(row: models.Posting) -> Origin:
    return Origin(f"outbox.{row.connector}", "system", row.correlation, row.causation, row.signal)


def _fact(row: models.Posting, change: rules.Change) -> object:
    base, refs = about(row), dict(change.erp_refs)
    if change.told is rules.Told.POSTED:
        replayed = change.answer != "posted"
        return events.PostingPosted(**base, erp_refs=refs, replayed=replayed, attempts=row.attempts)
    if change.told is rules.Told.REJECTED:
        return events.PostingRejected(
            **base, code=row.code, text=row.error, field=row.wrong_field, erp_refs=refs
        )
    if change.told is rules.Told.CONFLICT:
        return events.PostingConflict(**base, text=row.error, erp_refs=refs)
    sent = change.state is not rules.State.WAITING
    return events.PostingDelayed(**base, text=row.error, possibly_sent=sent)


def _end_attempt(row: models.Posting, change: rules.Change, now: datetime) -> None:
    models.PostingAttempt.objects.filter(posting=row, number=row.attempts, ended_at__isnull=True).update(
        ended_at=now, answer=change.answer, text=change.error[:MAX_TEXT], step=change.step
    )


def _note_line(connector: str, change: rules.Change, now: datetime) -> None:
    """Leave a silent ERP alone for a while; a word from it ends that. Only the one writer comes here."""
    known = models.ErpLine.objects.filter(connector=connector).first()
    before = rules.Line(known.silent, known.paused_until) if known else rules.Line()
    after = rules.line_after(before, change.answer, now)
    if after == rules.Line():
        if known:
            known.delete()
        return
    models.ErpLine.objects.update_or_create(
        connector=connector,
        defaults={
            "silent": after.silent,
            "paused_until": after.paused_until,
            "since": known.since if known else now,
            "error": change.error[:MAX_TEXT],
        },
    )


@cache
def _adapter(kind: str) -> pydantic.TypeAdapter[Any]:
    return pydantic.TypeAdapter(_PAYLOADS[kind])


_PAYLOADS: dict[str, type] = {
    ports.CommandKind.SALES_ORDER.value: ports.SalesOrder,
    ports.CommandKind.PRODUCTION_CONFIRMATION.value: ports.ProductionConfirmation,
    ports.CommandKind.GOODS_MOVEMENT.value: ports.GoodsMovement,
    ports.CommandKind.LOT_STATUS.value: ports.LotStatus,
    ports.CommandKind.DELIVERY.value: ports.Delivery,
    ports.CommandKind.REVERSE.value: ports.Reverse,
}


def encode(payload: ports.Payload) -> dict[str, canonical.Json]:
    """A payload as it is stored: JSON values, with quantities, money and dates as texts."""
    return cast(dict[str, canonical.Json], _adapter(payload.kind.value).dump_python(payload, mode="json"))


def decode(kind: str, stored: object) -> ports.Payload:
    """A stored payload as it was queued."""
    return cast(ports.Payload, _adapter(kind).validate_python(stored))
