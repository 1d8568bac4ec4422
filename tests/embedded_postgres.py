"""Pytest plugin: a real PostgreSQL for the suite, started once and found again by later runs."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction

from obeya.lib import postgres

ROOT = Path(__file__).parents[1]
os.environ.setdefault("OBEYA_HOME", str(ROOT / ".obeya" / "test"))
os.environ.setdefault("OBEYA_SECRET_KEY", "only-for-tests-" + "0" * 40)
(Path(os.environ["OBEYA_HOME"]) / "static").mkdir(parents=True, exist_ok=True)  # where whitenoise looks
if "OBEYA_DATABASE_URL" not in os.environ:
    os.environ["OBEYA_DATABASE_URL"] = (
        postgres.start(ROOT / ".obeya" / "test" / "postgres").named("obeya").url
    )


UNMANAGED = "journal_event, journal_seal, journal_pending, procrastinate_jobs, procrastinate_workers"
"""Tables that Django does not empty after a test: the journal refuses it, the jobs are not its own."""


@pytest.fixture(autouse=True)
def _empty_journal(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests that commit start and end with an empty journal and no jobs."""
    marker = request.node.get_closest_marker("django_db")
    commits = (marker and marker.kwargs.get("transaction")) or {
        "transactional_db",
        "live_server",
    } & set(request.fixturenames)
    if not commits:
        yield
        return
    request.getfixturevalue("transactional_db")
    _empty()
    yield
    _empty()


def _empty() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"TRUNCATE {UNMANAGED} RESTART IDENTITY CASCADE")
