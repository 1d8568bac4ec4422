"""Which connectors can post; `config` registers them, `delivering` uses them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from obeya.outbox import ports


@dataclass(slots=True)
class _Registered:
    title: str
    factory: Callable[[], ports.Poster]
    poster: ports.Poster | None = None


_registered: dict[str, _Registered] = {}
_making = threading.Lock()


def register(connector: str, factory: Callable[[], ports.Poster], *, title: str = "") -> None:
    """Have `connector` post; registering again replaces.

    The factory is called once per process, when the first posting is due; only one thread of all
    processes uses the poster of a connector at a time. `title` is what people call the ERP.
    """
    _registered[connector] = _Registered(title or connector.capitalize(), factory)


def unregister(connector: str) -> None:
    """Have `connector` post no more; harmless when it is unknown."""
    _registered.pop(connector, None)


def find(connector: str) -> ports.Poster | None:
    """The poster of a connector, made at the first call; None where none is registered."""
    entry = _registered.get(connector)
    if entry is None:
        return None
    with _making:
        if entry.poster is None:
            entry.poster = entry.factory()
        return entry.poster


def names() -> tuple[str, ...]:
    """The registered connectors."""
    return tuple(_registered)


def title_of(connector: str) -> str:
    """What people call a connector's ERP, registered or not."""
    entry = _registered.get(connector)
    return entry.title if entry else connector.capitalize()
