"""`obeya worker`: background work from every queue."""

from __future__ import annotations

import argparse
import asyncio

import procrastinate
from procrastinate.contrib.django import app, django_connector

from obeya.lib import lifeline

POLL_S = 0.1
"""New jobs are announced, but a job that waited for the lock of one that just ended is not: it is found by
looking, and somebody waits at a screen for it."""
ABORT_POLL_S = 5.0
HEARTBEAT_S = 2.0
STALLED_S = 10.0
PATIENCE_S = 8.0


def run(args: argparse.Namespace) -> None:
    """Work until a signal ends it; what runs then gets `PATIENCE_S` to finish."""
    lifeline.watch()
    assert isinstance(app.connector, django_connector.DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as working:
        asyncio.run(_work(working, args.concurrency))


async def _work(working: procrastinate.App, concurrency: int) -> None:
    async with working.open_async():
        await working.run_worker_async(
            concurrency=concurrency,
            fetch_job_polling_interval=POLL_S,
            abort_job_polling_interval=ABORT_POLL_S,
            shutdown_graceful_timeout=PATIENCE_S,
            update_heartbeat_interval=HEARTBEAT_S,
            stalled_worker_timeout=STALLED_S,
            delete_jobs="successful",
        )
