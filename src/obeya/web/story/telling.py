"""What the entries of a story are made of: the event, and what is known about whom and what it names."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from obeya.decisions import queries as decisions
from obeya.inbox import queries as inbox
from obeya.journal.events import Event
from obeya.outbox import queries as outbox
from obeya.web import shown
from obeya.web.cases.page import EntryKind, StoryEntry

CUSTOMERS_OWN = frozenset({"inbox.signal_received", "orders.message_read"})
"""What a customer did, and not only set in motion."""


@dataclass(frozen=True, slots=True)
class Known:
    """People by user name and by id, and what the story's events refer to."""

    people: Mapping[str, str]
    by_id: Mapping[int, str]
    signal: inbox.Signal | None
    requests: Mapping[uuid.UUID, decisions.Request]
    postings: Mapping[uuid.UUID, outbox.PostingView]
    messages: Mapping[uuid.UUID, outbox.MessageView]

    def actor(self, event: Event) -> str:
        """Who did it, in words; "" where it was nobody in particular."""
        kind, _sep, name = event.actor.partition(":")
        if kind == "user":
            return self.people.get(name, name)
        if kind == "customer" and event.type in CUSTOMERS_OWN:
            return _("Customer %(code)s") % {"code": name}
        return ""

    def request(self, event: Event) -> decisions.Request | None:
        """The request that an event of decisions tells of."""
        return self.requests.get(uuid.UUID(str(event.data["request"])))


Teller = Callable[[Event, Known], StoryEntry]
TELLERS: dict[str, Teller] = {}


def tells(*types: str) -> Callable[[Teller], Teller]:
    """Have a function tell events of these types."""

    def _mark(teller: Teller) -> Teller:
        TELLERS.update(dict.fromkeys(types, teller))
        return teller

    return _mark


def entry(
    event: Event,
    known: Known,
    title: str,
    *,
    kind: EntryKind = "event",
    tone: shown.Tone = "plain",
    text: str = "",
    quote: str = "",
    facts: tuple[shown.Fact, ...] = (),
    badge: shown.Badge | None = None,
    link: shown.Link | None = None,
    detail: str = "",
) -> StoryEntry:
    """An entry with what every entry has: id, moment, who."""
    return StoryEntry(
        id=str(event.id),
        kind=kind,
        title=title,
        at=event.occurred_at,
        by=known.actor(event),
        text=text,
        quote=quote,
        facts=facts,
        badge=badge,
        link=link,
        detail=detail,
        tone=tone,
    )


def said(event: Event, name: str) -> str:
    """A field of the event as text; "" where it is not there or empty."""
    value = event.data.get(name)
    return "" if value is None else str(value)


def facts(*pairs: tuple[str, str]) -> tuple[shown.Fact, ...]:
    """Facts for what is known; empty ones are left out."""
    return tuple(shown.Fact(label, value) for label, value in pairs if value)
