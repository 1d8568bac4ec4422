"""What the inbox tells."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from obeya.journal import events


@events.register("inbox.signal_received")
@dataclass(frozen=True, slots=True)
class SignalReceived:
    """Something arrived and is stored."""

    signal: uuid.UUID
    source: str
    natural_key: str
    size: int


@events.register("inbox.signal_understood")
@dataclass(frozen=True, slots=True)
class SignalUnderstood:
    """The signal became facts; `became` names them ("order:...")."""

    signal: uuid.UUID
    became: str


@events.register("inbox.signal_waiting")
@dataclass(frozen=True, slots=True)
class SignalWaiting:
    """A person must look at the signal."""

    signal: uuid.UUID
    reason: str


@events.register("inbox.signal_refused")
@dataclass(frozen=True, slots=True)
class SignalRefused:
    """The signal could not be used, for a reason that can be shown."""

    signal: uuid.UUID
    reason: str


@events.register("inbox.signal_retried")
@dataclass(frozen=True, slots=True)
class SignalRetried:
    """Somebody asked to try the signal again."""

    signal: uuid.UUID


@events.register("inbox.file_missing")
@dataclass(frozen=True, slots=True)
class FileMissing:
    """A file of the signal could not be fetched yet; it is asked for again."""

    signal: uuid.UUID
    name: str
    reason: str


@events.register("inbox.files_added")
@dataclass(frozen=True, slots=True)
class FilesAdded:
    """Files of the signal came after it was understood: it is understood again, with them."""

    signal: uuid.UUID
    files: int


@events.register("inbox.fetch_asked")
@dataclass(frozen=True, slots=True)
class FetchAsked:
    """Somebody asked to fetch the signal's missing files once more."""

    signal: uuid.UUID
