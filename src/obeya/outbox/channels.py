"""How messages leave: the port that integrations answer, and which channel is registered.

"inapp" needs no channel: such a message is there as soon as it is written.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from obeya.people import queries as people

INAPP = "inapp"
EMAIL = "email"
WHATSAPP = "whatsapp"
NAMES = (INAPP, EMAIL, WHATSAPP)
TITLES: Mapping[str, str] = {INAPP: "Notice in Obeya", EMAIL: "E-mail", WHATSAPP: "WhatsApp"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message as a channel gets it. `key` is the same for every try of the same message."""

    key: str
    to: str
    """An address of the channel: a mail address, a phone number with country code."""
    title: str
    body: str
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sent:
    """The channel has taken the message; receipts name it by `provider_id`."""

    provider_id: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing was sent. `temporary`: trying again may help, not before `retry_after_s`, where given."""

    text: str
    temporary: bool = False
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """It may have been sent: it is not sent again by itself."""

    text: str


Outcome = Sent | Failed | NoAnswer


class Channel(Protocol):
    """A way for messages to leave."""

    def problem(self) -> str:
        """Why nothing can be sent at all ("WhatsApp sending is not set up"); "" when all is well."""
        ...

    def address_of(self, person: people.Person) -> str:
        """A person's address on this channel; "" where there is none."""
        ...

    def send(self, letter: Letter) -> Outcome:
        """Send; never raises for what the line or the other side does."""
        ...


@dataclass(slots=True)
class _Registered:
    factory: Callable[[], Channel]
    channel: Channel | None = None


_registered: dict[str, _Registered] = {}
_making = threading.Lock()


def register(name: str, factory: Callable[[], Channel]) -> None:
    """Have messages of channel `name` leave; registering again replaces. The factory is called once."""
    if name not in NAMES or name == INAPP:
        raise ValueError(f"{name[:40]!r} is not a channel that leaves the house")
    _registered[name] = _Registered(factory)


def unregister(name: str) -> None:
    """Have nothing leave by `name`; harmless when it is unknown."""
    _registered.pop(name, None)


def find(name: str) -> Channel | None:
    """The channel, made at the first call; None where none is registered."""
    entry = _registered.get(name)
    if entry is None:
        return None
    with _making:
        if entry.channel is None:
            entry.channel = entry.factory()
        return entry.channel


def problem_of(name: str) -> str:
    """Why nothing can leave by this channel at the moment; "" when it can."""
    channel = find(name)
    return channel.problem() if channel else f"{TITLES.get(name, name)} sending is not set up."
