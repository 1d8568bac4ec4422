"""Deliveries refused at the door, added up: an attacker's knocking must not become work for the database."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

EVERY = timedelta(seconds=1)
"""At most so often one process writes down the refusals for one reason."""


class Tally:
    """Adds refusals up and says when to write how many; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[tuple[str, str], int] = {}
        self._written_at: dict[tuple[str, str], datetime] = {}

    def add(self, source: str, reason: str, now: datetime) -> int:
        """Count one; returns how many to write down now, 0 where it is too early.

        The first of a reason is written at once. What is not written yet is written with the next one.
        """
        key = (source, reason)
        with self._lock:
            count = self._waiting.get(key, 0) + 1
            before = self._written_at.get(key)
            if before is not None and abs(now - before) < EVERY:
                self._waiting[key] = count
                return 0
            self._waiting[key], self._written_at[key] = 0, now
            return count


TALLY = Tally()
"""The process's own."""
