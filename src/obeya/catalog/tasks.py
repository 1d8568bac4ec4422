"""Background work of the catalog: read the ERPs."""

from __future__ import annotations

from procrastinate.contrib.django import app

from obeya.catalog import actions, planning, readers


@app.task(name=planning.SYNC, queue=planning.QUEUE)
def sync(connector: str) -> None:
    """Read what changed in one connector's ERP; what fails is recorded, not raised."""
    if connector in readers.names():
        actions.sync_now(connector=connector)


@app.periodic(cron="* * * * *")
@app.task(name="catalog.sync_all", queue=planning.QUEUE, queueing_lock="catalog.sync_all")
def sync_all(timestamp: int) -> None:
    """Every minute, have each registered connector read, unless its last reading still waits or runs."""
    del timestamp  # procrastinate passes the planned moment; reading asks the ERP for now
    for connector in readers.names():
        planning.defer(connector)
