"""What `queries` answers with: values without a database behind them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Tone = Literal["plain", "info", "good", "warn", "bad"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingView:
    """A posting as people see it. `state_text` says how it is, `what_to_do` what a person may do, or ""."""

    id: uuid.UUID
    key: str
    connector: str
    connector_title: str
    site: str
    document: str
    subject: str
    kind: str
    kind_text: str
    state: str
    state_text: str
    what_to_do: str
    tone: Tone
    number: str
    """What people call the document in the ERP; "" before it has a number."""
    erp_refs: Mapping[str, str]
    attempts: int
    step: str
    error: str
    code: str
    field: str
    created_at: datetime
    sent_at: datetime | None
    next_at: datetime | None
    unknown_since: datetime | None
    posted_at: datetime | None
    correlation: uuid.UUID


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request to post; without an end it is under way."""

    number: int
    started_at: datetime
    ended_at: datetime | None
    answer: str
    text: str
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorHealth:
    """How posting to one ERP goes. `counts` holds unfinished postings by state."""

    connector: str
    title: str
    registered: bool
    healthy: bool
    text: str
    counts: Mapping[str, int]
    oldest_at: datetime | None
    paused_until: datetime | None
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """A message to people as people see it. `to` is a name, a function or an address."""

    id: uuid.UUID
    key: str
    site: str
    channel: str
    to: str
    title: str
    body: str
    subject: str
    state: str
    state_text: str
    what_to_do: str
    tone: Tone
    attempts: int
    error: str
    created_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    next_at: datetime | None
    correlation: uuid.UUID


@dataclass(frozen=True, slots=True)
class Notice:
    """An in-app message to a person or to a function the person holds."""

    id: uuid.UUID
    site: str
    title: str
    body: str
    url: str
    subject: str
    created_at: datetime
    read_at: datetime | None
