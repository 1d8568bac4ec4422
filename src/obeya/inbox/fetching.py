"""Files that do not come with a signal but must be asked for: integrations register who fetches them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from obeya.inbox import queries


class TryAgainLater(Exception):
    """The other side cannot be asked now; the text says why, `name` which file it was about."""

    def __init__(self, text: str, *, name: str = "") -> None:
        super().__init__(text)
        self.name = name


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file of the signal, named as it was there. `content_type` is what the sender calls it."""

    content: bytes
    content_type: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """A file that could not be had, with the reason for people; `again`: asking once more may help."""

    name: str
    reason: str
    again: bool = False


class Fetcher(Protocol):
    """Gets the files that belong to one signal; runs outside any transaction, before it is understood."""

    def __call__(self, signal: queries.Signal) -> Sequence[Fetched | Missing]:
        """The files of `signal`. Raises TryAgainLater."""
        ...


_by_source: dict[str, Fetcher] = {}


def register(source: str, fetcher: Fetcher) -> None:
    """Let `fetcher` get the files of the signals of `source`."""
    _by_source[source] = fetcher


def find(source: str) -> Fetcher | None:
    """Who fetches for `source`, if anybody need."""
    return _by_source.get(source)
