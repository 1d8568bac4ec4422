"""The event -> action table: who is called back, by a job deferred in the event's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Reaction:
    """One call-back: task `task` on queue `queue`, one at a time per lock."""

    task: str
    queue: str
    lock: Literal["subject", "correlation", "none"]
    priority: int

    def lock_for(self, key: str) -> str | None:
        """The job's lock: a room hears one thing in order, and does not wait for what other rooms do."""
        return f"{self.task.partition('.')[0]}|{key}" if key else None


_table: dict[str, tuple[Reaction, ...]] = {}


def on(
    event_type: str,
    *,
    task: str,
    queue: str = "reactions",
    lock: Literal["subject", "correlation", "none"] = "subject",
    priority: int = 0,
) -> None:
    """Defer `task` with `event_id` whenever an event of `event_type` is appended; twice is once."""
    reaction = Reaction(task, queue, lock, priority)
    known = _table.get(event_type, ())
    if reaction not in known:
        _table[event_type] = (*known, reaction)


def of(event_type: str) -> tuple[Reaction, ...]:
    """Who reacts to `event_type`."""
    return _table.get(event_type, ())
