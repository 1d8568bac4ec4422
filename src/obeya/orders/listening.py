"""Recordings that came with a message: written down by a speech engine where there is one, else only kept.

What was spoken is never booked by itself: a person listens first, whatever the engine wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from obeya.inbox import queries as inbox
from obeya.orders import converting, drafting, models
from obeya.orders.reading import types

NO_ENGINE = "there is no speech engine here: play it, and write down what was ordered"
SPOKEN = "it was spoken, and written down by a speech engine: listen before you book it"
SILENT = "the speech engine heard no words in it: play it"
MOST_BYTES = 25 << 20
MOST_TEXT = 4_000
"""Characters that are taken of what an engine wrote: an engine that loops writes without end."""
MOST_WORDS = 60
_WORDS_LONG = 700
"""Engines look at the last two hundred or so tokens of a prompt."""


class CannotListen(Exception):
    """The engine did not write the recording down; the text says why, for the person at the desk."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording for an engine. `words` are names that may be said in it: the customer's own first."""

    content: bytes
    content_type: str
    name: str
    words: tuple[str, ...] = ()


class Engine(Protocol):
    """Writes speech down."""

    def listen(self, recording: Recording) -> str:
        """The words that were said; "" for none. Raises CannotListen."""
        ...


@dataclass(slots=True)
class _Standing:
    factory: Callable[[], Engine | None] | None = None


_standing = _Standing()


def register(factory: Callable[[], Engine | None] | None) -> None:
    """Have recordings written down by what `factory` makes; it returns None where no engine is set."""
    _standing.factory = factory


def find_engine() -> Engine | None:
    """The engine, if one is set."""
    return _standing.factory() if _standing.factory else None


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of a message's files: the words written down, what a person must know, the other files."""

    texts: tuple[str, ...]
    notes: tuple[types.Unreadable, ...]
    rest: tuple[inbox.File, ...]


def is_recording(file: inbox.File) -> bool:
    """Whether this file is to be listened to."""
    return file.content_type.startswith("audio/")


def hear(*, site: str, sender: str, customer: str, files: Sequence[inbox.File]) -> Heard:
    """Have the recordings among `files` written down; never raises for what an engine does."""
    recordings = [file for file in files if is_recording(file)]
    rest = tuple(file for file in files if not is_recording(file))
    if not recordings:
        return Heard((), (), rest)
    engine = find_engine()
    words = _words_of(site, sender, customer) if engine else ()
    texts, notes = [], []
    for file in recordings:
        text, why = _listen(engine, file, words)
        if text:
            texts.append(text)
        notes.append(types.Unreadable(converting.named(file.name), why))
    return Heard(tuple(texts), tuple(notes), rest)


def _listen(engine: Engine | None, file: inbox.File, words: tuple[str, ...]) -> tuple[str, str]:
    """The words of one recording, and what the person at the desk reads about it."""
    if engine is None:
        return "", NO_ENGINE
    if file.size > MOST_BYTES:
        return "", f"it is longer than a speech engine takes ({MOST_BYTES >> 20} MB): play it"
    try:
        content = inbox.read_media(file.digest)
        text = engine.listen(Recording(content, file.content_type, file.name, words)).strip()
    except CannotListen as error:
        return "", f"{error} Play it, and write down what was ordered."
    except inbox.NoSuchMedia:
        return "", "the stored file is missing"
    return text[:MOST_TEXT], SPOKEN if text else SILENT


def _words_of(site: str, sender: str, customer: str) -> tuple[str, ...]:
    """What this customer calls things, what was confirmed most often first."""
    codes = [customer] if customer else [one.code for one in drafting.writing_from(site, sender)]
    rows = models.AliasRow.objects.filter(site=site, customer__code__in=codes).select_related("item")
    told = [(row.words, row.item.description) for row in rows.order_by("-ok", "pk")[:MOST_WORDS]]
    words = [*(words for words, _ in told), *(name for _, name in told)]
    kept: list[str] = []
    for word in dict.fromkeys(words):
        if sum(len(one) + 2 for one in kept) + len(word) > _WORDS_LONG:
            break
        kept.append(word)
    return tuple(kept)
