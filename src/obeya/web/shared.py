"""What many screens show alike is made once for each change, however many screens fetch it at one moment.

When something changes, every open screen fetches its list at once, and most of these lists are the same: of
one function, of one site. The first request makes it, the others of that moment wait for it. What is made
holds until something of its topics is notified, and for a second at most: times are told in it, and not
everything that is shown (a person's name) is notified.

Whoever calls this puts everything that the value depends on into the key; language and time zone are in it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TypeVar, cast

from django.http import HttpRequest
from django.utils import timezone, translation

from obeya.web import hub

KEEP_S = 1.0
_Value = TypeVar("_Value")
_NOTHING = object()


@dataclass(slots=True)
class _Slot:
    lock: threading.Lock = field(default_factory=threading.Lock)
    value: object = _NOTHING
    made_s: float = 0.0


class Shelf:
    """Values by key, each made by one thread while the others that want it wait."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._slots: dict[Hashable, _Slot] = {}

    def get(self, key: Hashable, make: Callable[[], _Value]) -> _Value:
        """The value of `key`, made now unless it was within `KEEP_S`. What `make` raises is not kept."""
        slot = self._slot(key)
        with slot.lock:
            if slot.value is _NOTHING or self._clock() - slot.made_s > KEEP_S:
                began = self._clock()
                slot.value = make()
                slot.made_s = began
            return cast(_Value, slot.value)

    def _slot(self, key: Hashable) -> _Slot:
        with self._lock:
            slot = self._slots.get(key)
            if slot is None:
                self._forget_old()
                slot = self._slots[key] = _Slot(made_s=self._clock())
            return slot

    def _forget_old(self) -> None:
        oldest = self._clock() - 2 * KEEP_S
        self._slots = {key: slot for key, slot in self._slots.items() if slot.made_s >= oldest}


SHELF = Shelf()


def once(
    request: HttpRequest, key: tuple[Hashable, ...], make: Callable[[], _Value], *, of: tuple[str, ...]
) -> _Value:
    """What `make` gives, shared with all requests for `key` until something of the topics `of` is notified.

    The position is the one that was read before the request read anything. Where the hub does not listen,
    nobody knows what has changed, and nothing is shared.
    """
    position: hub.Position = getattr(request, "live_position", hub.Position())
    if not position.epoch:
        return make()
    place = (position.of(of), translation.get_language(), timezone.get_current_timezone_name())
    return SHELF.get((*place, *key), make)
