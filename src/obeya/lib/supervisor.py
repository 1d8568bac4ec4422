"""Keeps some processes alive and ends them all: started in order, restarted when they die, no orphans.

Each child is the leader of a session of its own, so that Ctrl-C reaches the supervisor alone and whatever
a dead child left behind in its group can be ended. A child whose supervisor vanishes ends by its lifeline.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from obeya.lib import backoff, lifeline

PATIENCE_S = 12.0
"""How long children may take to end before they are killed."""
GLANCE_S = 0.1
CARE_S = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """A process to keep alive."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Child:
    plan: Plan
    process: subprocess.Popen[bytes] | None = None
    standing: backoff.Standing = field(default_factory=backoff.Standing)


class Supervisor:
    """Runs plans until `stop` is called or a signal asks for the end.

    `tell` gets one line for whatever people should know; `care` is called about once a second.
    """

    def __init__(
        self, plans: Sequence[Plan], *, tell: Callable[[str], None], care: Callable[[], None] = lambda: None
    ) -> None:
        self._children = [_Child(plan) for plan in plans]
        self._tell = tell
        self._care = care
        self._ending = threading.Event()
        self._hurry = False

    def run(self, *, started: Callable[[], None] = lambda: None) -> None:
        """Start everything, call `started`, keep all alive until the end, then end all."""
        before = {
            number: signal.signal(number, self._on_signal) for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            for child in self._children:
                self._start(child)
            threading.Thread(target=started, name="started", daemon=True).start()
            self._keep()
        finally:
            self._end_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    def stop(self) -> None:
        """Begin the end; harmless twice."""
        self._ending.set()

    @property
    def is_ending(self) -> bool:
        """Whether the end has begun."""
        return self._ending.is_set()

    def pids(self) -> dict[str, int]:
        """The running children by name."""
        return {child.plan.name: child.process.pid for child in self._children if child.process is not None}

    def _on_signal(self, _number: int, _frame: object) -> None:
        self._hurry = self._ending.is_set()  # asked twice: do not wait for anybody
        self._ending.set()

    def _keep(self) -> None:
        care_at = time.monotonic() + CARE_S
        while not self._ending.wait(GLANCE_S):
            now = time.monotonic()
            for child in self._children:
                self._look_after(child, now)
            if now >= care_at:
                self._care()
                care_at = time.monotonic() + CARE_S

    def _look_after(self, child: _Child, now: float) -> None:
        if child.process is None:
            if now >= child.standing.next_at_s:
                self._start(child)
        elif (code := child.process.poll()) is not None:
            _sweep(child.process)
            child.process = None
            child.standing = backoff.after_death(child.standing, now)
            wait_s = child.standing.next_at_s - now
            self._tell(f"{child.plan.name} ended ({_how(code)}); it is started again in {wait_s:.1f} s")

    def _start(self, child: _Child) -> None:
        environment = {**os.environ, **child.plan.environment, lifeline.VARIABLE: "1"}
        child.process = subprocess.Popen(  # noqa: S603 - our own commands, no shell
            list(child.plan.command), stdin=subprocess.PIPE, start_new_session=True, env=environment
        )
        child.standing = backoff.after_start(child.standing, time.monotonic())

    def _end_all(self) -> None:
        alive = [child.process for child in self._children if child.process is not None]
        for process in alive:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        deadline = time.monotonic() + PATIENCE_S
        while any(process.poll() is None for process in alive):
            if self._hurry or time.monotonic() > deadline:
                break
            time.sleep(GLANCE_S / 2)
        for process in alive:
            _sweep(process)
        for child in self._children:
            child.process = None


def _sweep(process: subprocess.Popen[bytes]) -> None:
    """End whatever is left of a child and its group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    if process.stdin is not None:
        process.stdin.close()
    process.wait()


def _how(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
