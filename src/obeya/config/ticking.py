"""The ticker: seals the journal, escalates what is due, wakes the outbox, mends what crashes left.

One process works, any other stands by; which one is decided by an advisory lock of its database session,
so a dead one frees it at once. All duties are functions of `now`; `Ticker` only calls them on time.

Whoever changes something that a screen shows notifies it at commit (`lib.live`). The ticker hears that too
and seals at once: jobs leave within milliseconds, and nobody has to notify for the ticker's sake, which
would make all appending transactions wait for one another. What is not notified is found by looking.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import procrastinate
import prometheus_client
import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from obeya.config import heartbeats, leftovers, mending
from obeya.decisions import queries as decisions
from obeya.decisions import sweeping
from obeya.journal import actions as journal
from obeya.lib import live
from obeya.orders import questions
from obeya.outbox import actions as outbox

TICK_LOCK = 0x0BEA_71C5
SEAL_EVERY_S = 0.025
SEAL_IDLE_S = 0.050
SEAL_SOONEST_S = 0.005
"""Between two seals at least, however much is notified: what comes in a burst is sealed together."""
TICK_EVERY_S = 0.250
MEND_EVERY_S = 2.0
STUCK_EVERY_S = 15.0
CLEAN_EVERY_S = 600.0
STAND_BY_S = 0.250
RECONNECT_AFTER_S = 0.5
LATE_S = (1, 5, 60, 3_600)
"""The histogram of overdue requests: how many are late by more than this."""

AWAY = (OperationalError, InterfaceError, procrastinate.exceptions.ConnectorException)
"""How it shows that the database is away; the job queue has a name of its own for it."""

_log = structlog.get_logger("obeya.ticking")
_done = prometheus_client.Counter("obeya_ticker_done", "What the ticker did", ["duty"])
_overdue = prometheus_client.Gauge("obeya_overdue_requests", "Open requests late by more than", ["seconds"])


def database_now() -> datetime:
    """The database's clock: every process goes by the same one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
        return moment


def seal() -> int:
    """Give committed events their place and hand their jobs over; returns how many."""
    return journal.seal()


def tick(now: datetime) -> Counter[str]:
    """Give back to the desk, escalate and wake whatever is due at `now`."""
    expired = questions.expire(now)  # first: what comes back to the desk has its whole window
    return Counter(expired=expired, escalated=sweeping.sweep_all(now), woken=outbox.wake(now))


def mend(now: datetime) -> Counter[str]:
    """Take over the jobs of dead workers, and count what is overdue although it was swept."""
    return Counter(reaped=mending.reap(now))


def audit(now: datetime) -> dict[int, int]:
    """How many open requests are overdue by more than each of `LATE_S` seconds, by a look of its own."""
    late = decisions.overdue_seconds(now)
    found = {limit: sum(seconds > limit for seconds in late) for limit in LATE_S}
    for limit, number in found.items():
        _overdue.labels(str(limit)).set(number)
    return found


@dataclass(slots=True)
class _Duty:
    name: str
    every_s: float
    do: Callable[[], None]
    at_s: float = 0.0


class Ticker:
    """Calls the duties on time until `stop`; survives any loss of the database."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._heart = heartbeats.Heart()
        self._counts: Counter[str] = Counter()
        self._active = False
        self._seal = _Duty("seal", SEAL_IDLE_S, self._do_seal)
        self._sealed_s = 0.0
        self._duties = (
            self._seal,
            _Duty("tick", TICK_EVERY_S, lambda: self._count(tick(database_now()))),
            _Duty("mend", MEND_EVERY_S, self._do_mend),
            _Duty("stuck", STUCK_EVERY_S, self._do_stuck),
            _Duty("clean", CLEAN_EVERY_S, self._do_clean),
        )
        self._beat = _Duty("beat", MEND_EVERY_S, self._do_beat)

    def stop(self) -> None:
        """End soon; may be called from a signal handler."""
        self._stopping.set()

    def run(self) -> None:
        """Work, or stand by, until `stop`."""
        while not self._stopping.is_set():
            try:
                self._turn()
            except AWAY as error:
                self._lose(error)
        self._leave()

    def _turn(self) -> None:
        if not self._active and _try_lock():
            _listen()
            self._active = True
        if self._active:
            for duty in self._duties:
                self._do(duty)
        self._do(self._beat)
        self._rest(self._pause())

    def _rest(self, pause_s: float) -> None:
        """Wait for the next duty; a notification brings the sealing forward."""
        if not self._active or self._stopping.is_set():
            self._stopping.wait(pause_s)
        elif _is_notified(pause_s):
            self._seal.at_s = min(self._seal.at_s, self._sealed_s + SEAL_SOONEST_S)

    def _pause(self) -> float:
        if not self._active:
            return STAND_BY_S
        return max(0.0, min(duty.at_s for duty in self._duties) - time.monotonic())

    def _do(self, duty: _Duty) -> None:
        """Do a duty that is due. What the database refuses of one does not keep the others from working."""
        if time.monotonic() < duty.at_s:
            return
        duty.at_s = time.monotonic() + duty.every_s
        try:
            duty.do()
        except AWAY:
            raise
        except DatabaseError:
            _log.exception("duty failed", duty=duty.name)
            _done.labels(f"{duty.name}_failed").inc()

    def _do_seal(self) -> None:
        sealed = seal()
        self._sealed_s = time.monotonic()
        self._seal.every_s = SEAL_EVERY_S if sealed else SEAL_IDLE_S
        self._count(Counter(sealed=sealed))

    def _do_mend(self) -> None:
        now = database_now()
        self._count(mend(now))
        for limit, number in audit(now).items():
            self._counts[f"overdue_{limit}s"] = number

    def _do_stuck(self) -> None:
        self._count(Counter(deferred=mending.defer_stuck_signals(database_now())))

    def _do_clean(self) -> None:
        self._count(Counter(cleaned=leftovers.clean(database_now())))

    def _do_beat(self) -> None:
        self._heart.beat(database_now(), active=self._active, note=self._counts)

    def _count(self, done: Counter[str]) -> None:
        for duty, number in done.items():
            if number:
                _done.labels(duty).inc(number)
                self._counts[duty] += number

    def _lose(self, error: Exception) -> None:
        _log.warning("the database is away", error=str(error).strip()[:200])
        self._active = False
        self._counts["lost"] += 1
        connection.close()
        self._stopping.wait(RECONNECT_AFTER_S)

    def _leave(self) -> None:
        try:
            self._heart.end()
        except AWAY as error:
            _log.warning("left without a word", error=str(error).strip()[:200])
        connection.close()


def _try_lock() -> bool:
    """Whether this session is the one that ticks; held until the session ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [TICK_LOCK])
        return bool(cursor.fetchone()[0])


def _listen() -> None:
    """Have this session told of what changes."""
    with connection.cursor() as cursor:
        cursor.execute(f'LISTEN "{live.CHANNEL}"')


def _is_notified(within_s: float) -> bool:
    """Whether anything was notified since the last look, or is within so many seconds."""
    if connection.connection is None:
        raise InterfaceError("the session that ticks and listens is gone")
    with connection.wrap_database_errors:
        return bool(list(connection.connection.notifies(timeout=within_s, stop_after=1)))
