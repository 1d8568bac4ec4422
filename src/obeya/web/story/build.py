"""The whole story of one correlation, in the order in which it happened."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Sequence

from obeya.decisions import queries as decisions
from obeya.inbox import queries as inbox
from obeya.journal import queries as journal
from obeya.journal.events import Event
from obeya.outbox import queries as outbox
from obeya.people import queries as people
from obeya.web import wording
from obeya.web.cases.page import StoryEntry
from obeya.web.story import asking, inside, outside, telling

TOLD_BY = (inside, outside, asking)
"""The modules that tell events; importing them registers what they tell."""


def of_correlation(correlation: uuid.UUID, signal: uuid.UUID | None) -> tuple[StoryEntry, ...]:
    """Every event of the story, with what it refers to."""
    return tell(
        journal.list_story(correlation),
        signal=inbox.get_signal(signal) if signal else None,
        requests=decisions.list_story(correlation),
        postings=outbox.list_postings(correlation=correlation),
        messages=outbox.list_messages(correlation=correlation),
    )


def tell(
    events: Sequence[Event],
    *,
    signal: inbox.Signal | None = None,
    requests: Iterable[decisions.Request] = (),
    postings: Iterable[outbox.PostingView] = (),
    messages: Iterable[outbox.MessageView] = (),
) -> tuple[StoryEntry, ...]:
    """Events in words; one that nobody knows to tell is named by its type."""
    asked = {request.id: request for request in requests}
    known = telling.Known(
        people=_names(events),
        by_id=_by_id(asked.values()),
        signal=signal,
        requests=asked,
        postings={posting.id: posting for posting in postings},
        messages={message.id: message for message in messages},
    )
    told = [telling.TELLERS.get(event.type, _plainly)(event, known) for event in events]
    return tuple(_spaced(told))


def _names(events: Iterable[Event]) -> dict[str, str]:
    actors = {event.actor.removeprefix("user:") for event in events if event.actor.startswith("user:")}
    found = {name: people.find_user(name) for name in actors}
    return {name: person.display_name for name, person in found.items() if person}


def _by_id(requests: Iterable[decisions.Request]) -> dict[int, str]:
    ids = {request.delegated_to for request in requests if request.delegated_to is not None}
    return {user_id: person.display_name for user_id, person in people.get_users(ids).items()}


def _plainly(event: Event, known: telling.Known) -> StoryEntry:
    words = event.type.rpartition(".")[2].replace("_", " ").capitalize()
    return telling.entry(event, known, words)


def _spaced(told: Iterable[StoryEntry]) -> Iterable[StoryEntry]:
    """Each entry with the time since the one before, where it is a second or more."""
    before = None
    for found in told:
        gap = (found.at - before).total_seconds() if before else 0.0
        after = f"+{wording.duration_words(gap)}" if gap >= 1 else ""
        yield dataclasses.replace(found, after=after)
        before = found.at
