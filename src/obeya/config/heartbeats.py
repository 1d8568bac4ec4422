"""Signs of life: tickers beat here, workers in the job queue's own table."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from procrastinate.contrib.django.models import ProcrastinateWorker

from obeya.config import models
from obeya.lib import ids

ALIVE_WITHIN = timedelta(seconds=10)
FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ticker:
    """A ticker with its last sign of life; `note` holds what it counted since it started."""

    host: str
    pid: int
    active: bool
    started_at: datetime
    beat_at: datetime
    note: Mapping[str, int]


class Heart:
    """Beats for this process."""

    def __init__(self) -> None:
        self._id: uuid.UUID = ids.new_id()
        self._started_at: datetime | None = None

    def beat(self, now: datetime, *, active: bool, note: Mapping[str, int]) -> None:
        """Show that this process lives at `now`; forget those that died long ago."""
        self._started_at = self._started_at or now
        models.Heartbeat.objects.update_or_create(
            id=self._id,
            defaults={
                "host": socket.gethostname()[:100],
                "pid": os.getpid(),
                "active": active,
                "started_at": self._started_at,
                "beat_at": now,
                "note": dict(note),
            },
        )
        models.Heartbeat.objects.filter(beat_at__lt=now - FORGOTTEN_AFTER).delete()

    def end(self) -> None:
        """This process ends in order: nobody need wonder where it is."""
        models.Heartbeat.objects.filter(id=self._id).delete()


def list_tickers(now: datetime) -> list[Ticker]:
    """Tickers alive at `now`, the active one first."""
    rows = models.Heartbeat.objects.filter(beat_at__gt=now - ALIVE_WITHIN).order_by("-active", "-beat_at")
    return [
        Ticker(row.host, row.pid, row.active, row.started_at, row.beat_at, dict(row.note)) for row in rows
    ]


def count_workers(now: datetime) -> int:
    """Workers alive at `now`."""
    return ProcrastinateWorker.objects.filter(last_heartbeat__gt=now - ALIVE_WITHIN).count()
