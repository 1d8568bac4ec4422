"""Planning a connector's reading: one job waits at a time, one runs at a time."""

from __future__ import annotations

from django.db import transaction
from procrastinate import exceptions
from procrastinate.contrib.django import app

SYNC = "catalog.sync"
QUEUE = "sync"


def defer(connector: str) -> bool:
    """Have a connector read soon; False when that is already planned."""
    name = f"{SYNC}:{connector}"
    job = app.configure_task(SYNC, queue=QUEUE, queueing_lock=name, lock=name)
    try:
        with transaction.atomic():  # a refused job must not spoil the caller's transaction
            job.defer(connector=connector)
    except exceptions.AlreadyEnqueued:
        return False
    return True
