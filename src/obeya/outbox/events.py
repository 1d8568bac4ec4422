"""What the outbox tells. Events about a posting have the subject "posting:<id>"."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from obeya.journal import events


@dataclass(frozen=True, slots=True, kw_only=True)
class _AboutPosting:
    """Which posting: `document` keeps the order, `subject` is what it is about for people."""

    posting_id: uuid.UUID
    connector: str
    kind: str
    document: str
    subject: str


@events.register("outbox.posting_queued")
@dataclass(frozen=True, slots=True, kw_only=True)
class PostingQueued(_AboutPosting):
    """A confirmed outcome is on its way to ERP."""

    key: str


@events.register("outbox.posting_delayed")
@dataclass(frozen=True, slots=True, kw_only=True)
class PostingDelayed(_AboutPosting):
    """The ERP does not answer; told once. `possibly_sent`: the document may be there already."""

    text: str
    possibly_sent: bool


@events.register("outbox.posting_posted")
@dataclass(frozen=True, slots=True, kw_only=True)
class PostingPosted(_AboutPosting):
    """The ERP has the document; erp_refs["number"] is what people call it.

    `replayed`: it was there already, by an earlier request of this posting.
    """

    erp_refs: dict[str, str]
    replayed: bool
    attempts: int


@events.register("outbox.posting_rejected")
@dataclass(frozen=True, slots=True, kw_only=True)
class PostingRejected(_AboutPosting):
    """The ERP refused; a person must decide. `field` names what is wrong in the payload, if known."""

    code: str
    text: str
    field: str
    erp_refs: dict[str, str]


@events.register("outbox.posting_conflict")
@dataclass(frozen=True, slots=True, kw_only=True)
class PostingConflict(_AboutPosting):
    """The ERP holds something else under the posting's key; a person must look."""

    text: str
    erp_refs: dict[str, str]


@events.register("outbox.posting_retried")
@dataclass(frozen=True, slots=True, kw_only=True)
class PostingRetried(_AboutPosting):
    """A person had a posting tried again."""

    was: str


@events.register("outbox.posting_cancelled")
@dataclass(frozen=True, slots=True, kw_only=True)
class PostingCancelled(_AboutPosting):
    """A person gave a posting up. `maybe_in_erp`: the ERP may hold it, whole or in part."""

    reason: str
    maybe_in_erp: bool
    erp_refs: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _AboutMessage:
    """Which message; its words and its recipient stay out of the journal."""

    message_id: uuid.UUID
    channel: str
    subject: str


@events.register("outbox.message_queued")
@dataclass(frozen=True, slots=True, kw_only=True)
class MessageQueued(_AboutMessage):
    """A message is to leave by e-mail or WhatsApp."""


@events.register("outbox.message_sent")
@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent(_AboutMessage):
    """The channel took the message."""


@events.register("outbox.message_failed")
@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFailed(_AboutMessage):
    """The message did not get through; `text` says why."""

    text: str


@events.register("outbox.message_unanswered")
@dataclass(frozen=True, slots=True, kw_only=True)
class MessageUnanswered(_AboutMessage):
    """Nobody knows whether the message left; it is not sent again by itself."""

    text: str


@events.register("outbox.message_retried")
@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRetried(_AboutMessage):
    """A message goes again: a person said so, or its channel took and then refused it (was "refused")."""

    was: str
