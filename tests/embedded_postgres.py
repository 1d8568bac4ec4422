"""Pytest plugin: a real PostgreSQL for the suite, started once and found again by later runs."""

import os
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


@pytest.fixture(autouse=True)
def _empty_journal(request: pytest.FixtureRequest) -> None:
    """Tests that commit start with an empty journal: the tables refuse what Django would do to empty them."""
    marker = request.node.get_closest_marker("django_db")
    commits = (marker and marker.kwargs.get("transaction")) or {
        "transactional_db",
        "live_server",
    } & set(request.fixturenames)
    if commits:
        request.getfixturevalue("transactional_db")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("TRUNCATE journal_event, journal_seal, journal_pending RESTART IDENTITY")
