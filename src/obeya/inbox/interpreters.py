"""Who understands which source: integrations register themselves, the inbox calls them back."""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from obeya.inbox import queries


@dataclass(frozen=True, slots=True)
class Understood:
    """The signal became `became` ("order:0190..."); "" where it is a fact with no further use."""

    became: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A person must look, for this reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """It cannot be used, for this reason; it stays and can be tried again."""

    reason: str


Outcome = Understood | Waiting | Refused


class Interpreter(Protocol):
    """Turns one signal into facts by calling actions of the rooms; runs inside one transaction."""

    def __call__(self, signal: queries.Signal) -> Outcome:
        """Understand `signal`. Whatever it raises is tried again later, then shown to a person."""
        ...


class SomethingFirst(Exception):
    """Something slow must be done outside the transaction; then the signal is understood from the start.

    Raised by an interpreter before it has changed anything outside the database. `do` must not raise, and
    remembers what it found, so that the second time goes through.
    """

    def __init__(self, do: Callable[[], None]) -> None:
        super().__init__("something must be done before this signal can be understood")
        self.do = do


_asking: contextvars.ContextVar[bool] = contextvars.ContextVar("asking", default=False)


@contextlib.contextmanager
def hearing() -> Iterator[None]:
    """While this lasts, SomethingFirst is heard and done."""
    token = _asking.set(True)
    try:
        yield
    finally:
        _asking.reset(token)


def is_hearing() -> bool:
    """Whether whoever called the interpreter does what is asked for first; else it must be done at once."""
    return _asking.get()


class NobodyUnderstands(LookupError):
    """No integration is registered for this source."""


_by_source: dict[str, Interpreter] = {}


def register(source: str, interpreter: Interpreter) -> None:
    """Let `interpreter` understand the signals of `source`."""
    _by_source[source] = interpreter


def of(source: str) -> Interpreter:
    """The interpreter of `source`. Raises NobodyUnderstands."""
    try:
        return _by_source[source]
    except KeyError:
        raise NobodyUnderstands(f"nothing here understands signals from {source}") from None
