"""Reading the inbox."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from obeya.inbox import files, models
from obeya.journal import events
from obeya.lib import canonical


class NoSuchSignal(LookupError):
    """There is no signal with this id."""


class NoSuchMedia(LookupError):
    """There is no file with this digest."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of a signal."""

    digest: str
    name: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class MissingFile:
    """A file of a signal that could not be fetched; `again`: asking once more may help."""

    name: str
    reason: str
    again: bool


@dataclass(frozen=True, slots=True)
class Source:
    """A mailbox or folder that we read by ourselves. `problem` is "" while it can be read.

    `taken` counts what was new there; `well_at` is when it was read last without trouble.
    """

    source: str
    name: str
    site: str
    problem: str
    place: Mapping[str, canonical.Json]
    looked_at: datetime
    well_at: datetime | None
    taken: int


@dataclass(frozen=True, slots=True)
class Signal:
    """What arrived, with its state."""

    id: uuid.UUID
    site: str
    source: str
    natural_key: str
    content_type: str
    headers: Mapping[str, canonical.Json]
    body: bytes
    occurred_at: datetime
    received_at: datetime
    correlation: uuid.UUID
    state: str
    reason: str
    became: str
    attempts: int
    files: tuple[File, ...]
    missing: tuple[MissingFile, ...] = ()

    @property
    def origin(self) -> events.Origin:
        """The origin of what is understood from this signal."""
        return events.Origin(self.source, f"source:{self.source}", self.correlation, None, self.id)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Deliveries that a source's door turned away for one reason."""

    source: str
    reason: str
    count: int
    first_at: datetime
    last_at: datetime


def _signal(row: models.SignalRow) -> Signal:
    return Signal(
        id=row.id,
        site=row.site_id,
        source=row.source,
        natural_key=row.natural_key,
        content_type=row.content_type,
        headers=row.headers,
        body=bytes(row.body),
        occurred_at=row.occurred_at,
        received_at=row.received_at,
        correlation=row.correlation,
        state=row.state,
        reason=row.reason,
        became=row.became,
        attempts=row.attempts,
        files=tuple(
            File(link.media_id, link.name, link.media.content_type, link.media.size)
            for link in row.files.all()
        ),
        missing=tuple(MissingFile(one.name, one.reason, one.again) for one in row.missing.all()),
    )


def _rows() -> QuerySet[models.SignalRow]:
    return models.SignalRow.objects.prefetch_related("files__media", "missing")


def get_signal(signal_id: uuid.UUID | str) -> Signal:
    """The signal with this id. Raises NoSuchSignal."""
    row = _rows().filter(pk=signal_id).first()
    if row is None:
        raise NoSuchSignal(str(signal_id))
    return _signal(row)


def find_signal(source: str, natural_key: str) -> Signal | None:
    """The signal that arrived from `source` under this key, if any."""
    row = _rows().filter(source=source, natural_key=natural_key).first()
    return _signal(row) if row else None


def known_contents(source: str, natural_keys: Collection[str]) -> dict[str, str]:
    """Of these natural keys of `source` those that have arrived, each with the "content" of its headers."""
    rows = models.SignalRow.objects.filter(source=source, natural_key__in=natural_keys)
    return {
        key: str(headers.get("content", "")) for key, headers in rows.values_list("natural_key", "headers")
    }


def list_all_sources(source: str) -> list[Source]:
    """Every mailbox or folder of one kind, at any site."""
    return [_source(row) for row in models.SourceRow.objects.filter(source=source).order_by("name")]


def find_source(source: str, name: str) -> Source | None:
    """How one mailbox or folder is, if it was ever looked at."""
    row = models.SourceRow.objects.filter(source=source, name=name).first()
    return _source(row) if row else None


def list_sources(sites: Sequence[str]) -> list[Source]:
    """The mailboxes and folders read for some sites."""
    return [
        _source(row) for row in models.SourceRow.objects.filter(site__in=sites).order_by("source", "name")
    ]


def _source(row: models.SourceRow) -> Source:
    return Source(
        row.source,
        row.name,
        row.site_id,
        row.problem,
        row.place,
        row.looked_at,
        row.well_at,
        row.taken,
    )


def list_signals(
    *, sites: Sequence[str], states: Sequence[str] = (), source: str = "", limit: int = 100
) -> list[Signal]:
    """The latest signals of some sites, newest first, at most `limit` (1 to 500)."""
    rows = _rows().filter(site__in=sites)
    if states:
        rows = rows.filter(state__in=states)
    if source:
        rows = rows.filter(source=source)
    return [_signal(row) for row in rows.order_by("-received_at", "-pk")[: max(1, min(limit, 500))]]


def count_unsettled() -> dict[tuple[str, str, str], int]:
    """How many signals are not understood, by site, source and state (received, waiting, refused)."""
    rows = models.SignalRow.objects.filter(state__in=["received", "waiting", "refused"]).order_by()
    told = rows.values_list("site_id", "source", "state").annotate(Count("pk"))
    return {(site, source, state): count for site, source, state, count in told}


def list_stuck(*, older_than: datetime, limit: int = 100) -> list[uuid.UUID]:
    """Signals that arrived before `older_than` and that nothing has settled yet."""
    rows = models.SignalRow.objects.filter(state="received", received_at__lt=older_than)
    return list(rows.order_by("received_at").values_list("id", flat=True)[:limit])


def read_media(digest: str) -> bytes:
    """The bytes of a stored file. Raises NoSuchMedia."""
    if not models.MediaRow.objects.filter(pk=digest).exists():
        raise NoSuchMedia(digest)
    try:
        return files.path_of(digest).read_bytes()
    except FileNotFoundError:
        raise NoSuchMedia(f"the file {digest} is gone from the media folder") from None


def list_refusals(source: str = "") -> list[Refusal]:
    """What was turned away at the door, of one source or of all, the latest first."""
    rows = models.RefusalRow.objects.order_by("-last_at")
    if source:
        rows = rows.filter(source=source)
    return [Refusal(row.source, row.reason, row.count, row.first_at, row.last_at) for row in rows[:200]]
