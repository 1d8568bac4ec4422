"""The health of every connector in plain words: what came in, what waits to go out, what to do about it."""

from dataclasses import dataclass
from datetime import datetime

from obeya.web import shown


@dataclass(frozen=True, slots=True)
class Entity:
    """One kind of master data that is mirrored; `as_of` is None before the first sync."""

    name: str
    count: int
    as_of: datetime | None
    badge: shown.Badge
    note: str = ""


@dataclass(frozen=True, slots=True)
class PostingRow:
    """A posting, message or signal that got stuck: `reason` in the users' words, `advice` what to do."""

    id: str
    title: str
    badge: shown.Badge
    since: datetime
    attempts: int
    reason: str = ""
    advice: str = ""
    story: shown.Link | None = None
    retry_url: str = ""
    next_try_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Connector:
    """One door to another system. `words` say how it is, `advice` what to do when it is not well.

    `reading` says that it is being read, or what the last reading brought; `reads_now` which of the two.
    """

    id: str
    name: str
    purpose: str
    icon: str
    badge: shown.Badge
    words: str
    checked_at: datetime | None = None
    advice: str = ""
    facts: tuple[shown.Fact, ...] = ()
    entities: tuple[Entity, ...] = ()
    postings: tuple[PostingRow, ...] = ()
    outgoing: bool = False
    may_sync: bool = False
    reading: str = ""
    reads_now: bool = False


@dataclass(frozen=True, slots=True)
class ConnectorsPage:
    """All connectors, the unwell ones first. `summary` is one sentence."""

    now: datetime
    summary: str
    summary_tone: shown.Tone
    connectors: tuple[Connector, ...]
    screen: str = "connectors"
