"""The only writers of the inbox."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from obeya.inbox import events, fetching, files, interpreters, models, queries, refusals
from obeya.journal import actions as journal
from obeya.journal.events import Origin
from obeya.lib import canonical, clock, filetypes, ids, live

MAX_BODY = 16 * 1024 * 1024
"""Bytes: a larger body is refused at the door, before it is a signal."""
MAX_ATTEMPTS = 5
FOUND_FROM = 100
"""Position of the first file that was found inside a signal; those it came with stand before."""


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
    """Store a file by its digest and return it; the same bytes are stored once.

    `content_type` is the sender's claim: what the first bytes contradict is not believed.
    """
    digest = files.store(content)
    content_type = filetypes.kind_of(content, content_type)
    models.MediaRow.objects.bulk_create(
        [
            models.MediaRow(
                digest=digest, size=len(content), content_type=content_type[:200], stored_at=clock.now()
            )
        ],
        ignore_conflicts=True,
    )
    return digest


def fetch_files(*, signal_id: uuid.UUID, last: bool = True) -> None:
    """Ask the source for the files that belong to a signal, outside any transaction, and keep them.

    What cannot be had is noted with its reason. While it may come by waiting, this raises
    fetching.TryAgainLater, but with `last` it is noted as missing.
    """
    signal = queries.get_signal(signal_id)
    fetcher = fetching.find(signal.source)
    if fetcher is None or signal.files or signal.state == "refused":
        return
    try:
        found = fetcher(signal)
    except fetching.TryAgainLater as error:
        if not last:
            raise
        found = [fetching.Missing(error.name, str(error), again=True)]
    if found:
        _keep_files(signal_id, found)


def fetch_missing(*, signal_id: uuid.UUID, last: bool = True) -> None:
    """Ask once more for missing files; raises fetching.TryAgainLater while they are, but with `last`."""
    if not any(one.again for one in queries.get_signal(signal_id).missing):
        return
    fetch_files(signal_id=signal_id)
    left = [one for one in queries.get_signal(signal_id).missing if one.again]
    if left and not last:
        raise fetching.TryAgainLater(left[0].reason, name=left[0].name)


def _keep_files(signal_id: uuid.UUID, found: Sequence[fetching.Fetched | fetching.Missing]) -> None:
    """Write down what was fetched and what is missing, in one transaction; a second time changes nothing."""
    fetched = [one for one in found if isinstance(one, fetching.Fetched)]
    missing = [one for one in found if isinstance(one, fetching.Missing)]
    digests = [store_media(content=one.content, content_type=one.content_type) for one in fetched]
    with transaction.atomic():
        row = models.SignalRow.objects.select_for_update().get(pk=signal_id)
        known = row.missing.count()
        links = [
            models.SignalMediaRow(signal=row, media_id=digest, position=n, name=one.name[:255])
            for n, (digest, one) in enumerate(zip(digests, fetched, strict=True))
        ]
        models.SignalMediaRow.objects.bulk_create(links, ignore_conflicts=True)
        row.missing.all().delete()
        models.MissingFileRow.objects.bulk_create(
            models.MissingFileRow(
                signal=row, name=one.name[:255], reason=one.reason, again=one.again, noted_at=clock.now()
            )
            for one in missing
        )
        if links and row.state != "received":
            row.state, row.reason, row.settled_at = "received", "", None
            row.save(update_fields=["state", "reason", "settled_at"])
            _tell(row, events.FilesAdded(row.id, len(links)))
        for one in missing if not known else ():
            if one.again:
                _tell(row, events.FileMissing(row.id, one.name[:255], one.reason))


def attach(*, signal_id: uuid.UUID, found: Sequence[fetching.Fetched]) -> tuple[queries.File, ...]:
    """Keep files that were found inside a signal; for its interpreter. Returns them as kept, in order.

    They stand behind the files that the signal came with; a second time changes nothing.
    """
    digests = [store_media(content=one.content, content_type=one.content_type) for one in found]
    links = [
        models.SignalMediaRow(
            signal_id=signal_id, media_id=digest, position=FOUND_FROM + n, name=one.name[:255]
        )
        for n, (digest, one) in enumerate(zip(digests, found, strict=True))
    ]
    models.SignalMediaRow.objects.bulk_create(links, ignore_conflicts=True)
    kinds = models.MediaRow.objects.in_bulk(digests)
    return tuple(
        queries.File(digest, one.name[:255], kinds[digest].content_type, kinds[digest].size)
        for digest, one in zip(digests, found, strict=True)
    )


def fetch_again(*, signal_id: uuid.UUID, actor: str) -> None:
    """Ask for a signal's missing files once more, in a job. Raises CannotRetrySignal if none is."""
    with transaction.atomic():
        row = models.SignalRow.objects.select_for_update().get(pk=signal_id)
        if not row.missing.filter(again=True).exists():
            raise CannotRetrySignal("No file is missing that could be fetched again.")
        _tell(row, events.FetchAsked(row.id), actor)


def note_source(
    *,
    source: str,
    name: str,
    site: str,
    problem: str = "",
    place: Mapping[str, canonical.Json] | None = None,
    taken: int = 0,
) -> None:
    """Write down how a mailbox or folder that we read is, and where reading goes on."""
    now = clock.now()
    with transaction.atomic():
        row, _ = models.SourceRow.objects.get_or_create(
            source=source, name=name, defaults={"site_id": site, "looked_at": now}
        )
        changed = row.problem != problem or taken > 0
        row.site_id, row.problem, row.looked_at = site, problem[:2_000], now
        row.place = dict(place) if place is not None else row.place
        row.well_at = row.well_at if problem else now
        row.taken += taken
        row.save()
        if changed:
            live.publish("connectors")


MOST_FIRST = 3
"""Slow things that one signal may ask for before it is understood: files to convert, a second reader."""


def understand(*, signal_id: uuid.UUID) -> None:
    """Let the source's interpreter turn the signal into facts, once, in one transaction.

    Whatever the interpreter raises rolls everything back and leaves the signal as it was. Where it asks for
    something slow, that is done in between, with no transaction open.
    """
    for _ in range(MOST_FIRST):
        try:
            with interpreters.hearing():
                return _understand(signal_id)
        except interpreters.SomethingFirst as first:
            first.do()
    return _understand(signal_id)


def _understand(signal_id: uuid.UUID) -> None:
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
