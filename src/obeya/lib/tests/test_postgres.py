"""The embedded PostgreSQL stops in order, whoever runs it and wherever it lies."""

from __future__ import annotations

import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from obeya.lib import postgres

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A running server's folder, in one that only its owner may enter (the server may be another user)."""
    inside = tmp_path / "home" / "postgres"
    postgres.start(inside)
    (tmp_path / "home").chmod(0o700)
    yield inside
    (tmp_path / "home").chmod(0o755)
    postgres.stop(inside)


def log_of(folder: Path) -> str:
    return (folder / "log").read_text()


def test_it_shuts_down_in_order_and_needs_no_recovery(folder: Path) -> None:
    address = postgres.find_running(folder)
    assert address is not None
    with psycopg.connect(address.url, autocommit=True) as session:
        session.execute("CREATE TABLE kept (id int)")
        postgres.stop(folder)
        assert log_of(folder).rstrip().endswith("database system is shut down")
        with pytest.raises(psycopg.OperationalError):
            session.execute("SELECT 1")
    assert "PANIC" not in log_of(folder)
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    assert postgres.find_running(folder) is None
    assert not (folder / "postmaster.pid").exists()
    folder.parent.chmod(0o755)
    with psycopg.connect(postgres.start(folder).url) as session:
        assert session.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    assert "not properly shut down" not in log_of(folder)


def test_stopping_what_is_down_is_harmless_and_hurts_no_other_process(folder: Path) -> None:
    postgres.stop(folder)
    postgres.stop(folder)
    with subprocess.Popen(["sleep", "60"]) as other:
        lines = [str(other.pid), str(folder), "0", "5432", str(folder), "", "0", "ready"]
        (folder / "postmaster.pid").write_text("\n".join(lines) + "\n")
        postgres.stop(folder)
        assert other.poll() is None
        other.terminate()
    (folder / "postmaster.pid").unlink()
