"""Background work of the catalog: read the ERPs."""

from __future__ import annotations

from django.db import transaction
from procrastinate import exceptions
from procrastinate.contrib.django import app

from obeya.catalog import actions, readers

QUEUE = "sync"


@app.task(name="catalog.sync", queue=QUEUE)
def sync(connector: str) -> None:
    """Read what changed in one connector's ERP; what fails is recorded, not raised."""
    if connector in readers.names():
        actions.sync_now(connector=connector)


@app.periodic(cron="* * * * *")
@app.task(name="catalog.sync_all", queue=QUEUE, queueing_lock="catalog.sync_all")
def sync_all(timestamp: int) -> None:
    """Every minute, have each registered connector read, unless its last reading still waits or runs."""
    del timestamp  # procrastinate passes the planned moment; reading asks the ERP for now
    for connector in readers.names():
        defer(connector)


def defer(connector: str) -> bool:
    """Have a connector read soon; False when that is already planned."""
    name = f"catalog.sync:{connector}"
    try:
        with transaction.atomic():  # a refused job must not spoil the caller's transaction
            sync.configure(queueing_lock=name, lock=name).defer(connector=connector)
    except exceptions.AlreadyEnqueued:
        return False
    return True
