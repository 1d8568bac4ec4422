"""`obeya worker`: background work from every queue."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
from collections.abc import Callable

import procrastinate
import psycopg
import structlog
from procrastinate import job_context, middleware, worker
from procrastinate.contrib.django import app, db_cleanup, django_connector

from obeya.lib import lifeline

POLL_S = 0.1
"""New jobs are announced, but a job that waited for the lock of one that just ended is not: it is found by
looking, and somebody waits at a screen for it."""
ABORT_POLL_S = 5.0
HEARTBEAT_S = 2.0
STALLED_S = 10.0
PATIENCE_S = 8.0
RECONNECT_AFTER_S = 0.5
_log = structlog.get_logger("obeya.worker")


def run(args: argparse.Namespace) -> None:
    """Work until a signal ends it; what runs then gets `PATIENCE_S` to finish.

    While the database is away it waits; jobs that were under way then are taken over by the ticker.
    """
    os.environ.setdefault("OBEYA_PROCESS", "obeya worker")
    lifeline.watch()
    asyncio.run(_keep_working(args.concurrency))


async def _keep_working(concurrency: int) -> None:
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    while not ending.is_set():
        try:
            await _work(ending, concurrency)
        except (procrastinate.exceptions.ConnectorException, psycopg.OperationalError) as error:
            _log.warning("the database is away", error=str(error.__cause__ or error).strip()[:200])
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ending.wait(), RECONNECT_AFTER_S)


async def _work(ending: asyncio.Event, concurrency: int) -> None:
    """Work until `ending` is set, or until the database is lost: then it raises or just returns."""
    assert isinstance(app.connector, django_connector.DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as working:
        async with working.open_async():
            work = asyncio.create_task(
                working.run_worker_async(
                    concurrency=concurrency,
                    fetch_job_polling_interval=POLL_S,
                    abort_job_polling_interval=ABORT_POLL_S,
                    shutdown_graceful_timeout=PATIENCE_S,
                    update_heartbeat_interval=HEARTBEAT_S,
                    stalled_worker_timeout=STALLED_S,
                    delete_jobs="successful",
                    task_middleware=list(MIDDLEWARE),
                    install_signal_handlers=False,
                )
            )
            asked = asyncio.create_task(ending.wait())
            await asyncio.wait({work, asked}, return_when=asyncio.FIRST_COMPLETED)
            asked.cancel()
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work


def _named(call: Callable[[], object], context: job_context.JobContext, _worker: worker.Worker) -> object:
    """Call a task; what is logged meanwhile names its job and, once that is read, the event's story."""
    job = context.job
    named = {"job": job.id, "task": job.task_name}
    if event := job.task_kwargs.get("event_id"):
        named["event_id"] = str(event)
    structlog.contextvars.clear_contextvars()
    with structlog.contextvars.bound_contextvars(**named):
        try:
            return call()
        finally:
            structlog.contextvars.unbind_contextvars("correlation", "site")


MIDDLEWARE: tuple[middleware.TaskMiddleware, ...] = (
    db_cleanup.close_db_connections,
    db_cleanup.close_db_connections_async,
    _named,
)
"""Around each task, outermost first. What a worker is given here replaces what the job application brings by
itself; without it a thread keeps the connection that the database ended, and every job in it fails.
"""
