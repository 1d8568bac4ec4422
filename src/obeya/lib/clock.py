"""The clock is an argument: rules take `now`, the edges ask a `Clock`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time as an aware datetime in UTC."""

    def now(self) -> datetime:
        """The current moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The current moment, aware, in UTC."""
        return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until it is told to advance; for tests and simulation."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock needs an aware datetime")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The moment this clock was last set or advanced to."""
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """Move forward by `by` and return the new moment."""
        if by < timedelta(0):
            raise ValueError("time does not go back")
        self._now += by
        return self._now


class _Current:
    """The process's clock: the machine's unless a simulation or a test put another in."""

    clock: Clock = SystemClock()


def now() -> datetime:
    """The process clock's moment; for actions at the edge, never for rules."""
    return _Current.clock.now()


def use(clock: Clock) -> Clock:
    """Put `clock` in as the process clock; returns the one it replaces."""
    before = _Current.clock
    _Current.clock = clock
    return before
