"""`obeya run` as a plant runs it: its own home, its own PostgreSQL, real processes."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psycopg
import pytest

from obeya.config import home as homes
from obeya.lib import postgres

pytestmark = [pytest.mark.slow, pytest.mark.chaos]
WITHIN_S = 40.0
NOT_OURS = ("OBEYA_DATABASE_URL", "OBEYA_TEST_DB", "OBEYA_DATABASE_POOL")


def eventually(condition, within_s=WITHIN_S):
    """Wait for other processes, which have clocks of their own; returns what the condition gave."""
    deadline = time.monotonic() + within_s
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
    return found


class Running:
    """An `obeya run` of this test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = homes.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
        self.environment["OBEYA_HOME"] = str(folder)
        self.log = folder.parent / "run.log"
        self.process = self._obeya("run", "--port", str(self.port))

    def _obeya(self, *words):
        with self.log.open("ab") as sink:
            return subprocess.Popen(
                [sys.executable, "-m", "obeya.cli", *words],
                env=self.environment, stdout=sink, stderr=sink, start_new_session=True,
            )  # fmt: skip

    def command(self, *words):
        return subprocess.run(
            [sys.executable, "-m", "obeya.cli", *words],
            env=self.environment, capture_output=True, text=True, check=False, timeout=WITHIN_S,
        )  # fmt: skip

    def is_well(self):
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"{self.url}/healthz", timeout=3, trust_env=False).status_code == 200
        return False

    def processes(self):
        """Every process that belongs to this home, PostgreSQL's and the children's children included."""
        found = {}
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if not entry.name.isdigit() or str(os.getpid()) == entry.name:
                    continue
                environment = (entry / "environ").read_bytes()
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                ours = f"OBEYA_HOME={self.folder}\0".encode() in environment or str(self.folder) in command
                if ours and command:
                    found[int(entry.name)] = command
        return found

    def pid_of(self, word):
        return next(
            (pid for pid, command in self.processes().items() if f"obeya.cli {word}" in command), None
        )

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(WITHIN_S)


@pytest.fixture
def running(tmp_path):
    one = Running(tmp_path / "home")
    try:
        eventually(one.is_well)
        yield one
    finally:
        if one.process.poll() is None:
            one.process.send_signal(signal.SIGTERM)
            one.process.wait(WITHIN_S)
        postgres.stop(one.folder / "postgres")


def alive(running):
    """What the doctor sees of workers and tickers."""
    said = running.command("doctor").stdout
    return {word for word in ("Worker", "Ticker") if f"ok       {word}" in said}


def test_ctrl_c_ends_everything_and_a_reset_forgets_it(running):
    assert running.stop() == 0
    assert running.processes() == {}
    assert "Obeya runs at" in running.log.read_text()
    assert running.command("reset", "--yes").returncode == 0
    assert not (running.folder / "postgres").exists()


def test_a_second_run_in_the_same_home_is_refused(running):
    again = running.command("run", "--port", str(homes.free_port()))
    assert again.returncode == 2
    assert "already" in again.stderr


def test_killed_children_come_back(running):
    eventually(lambda: alive(running) == {"Worker", "Ticker"})
    for word in ("web", "worker", "tick"):
        before = running.pid_of(word)
        os.kill(before, signal.SIGKILL)
        eventually(lambda word=word, before=before: running.pid_of(word) not in (None, before))
    eventually(running.is_well)
    eventually(lambda: alive(running) == {"Worker", "Ticker"})


def test_a_killed_supervisor_takes_its_children_with_it(running):
    running.process.kill()
    running.process.wait()
    eventually(lambda: not any("obeya.cli" in command for command in running.processes().values()))


def test_postgresql_stopped_and_started_is_survived(running):
    eventually(lambda: alive(running) == {"Worker", "Ticker"})
    postgres.stop(running.folder / "postgres")
    eventually(lambda: not running.is_well())
    eventually(running.is_well)  # the supervisor starts it when nobody else does
    eventually(lambda: alive(running) == {"Worker", "Ticker"})
    assert running.process.poll() is None


def test_a_killed_postgresql_is_started_again_and_nothing_sealed_is_lost(running):
    made = running.command(
        "sites", "create", "PUNE", "--country", "IN", "--timezone", "Asia/Kolkata", "--currency", "INR"
    )
    assert made.returncode == 0, made.stderr
    found = postgres.find_running(running.folder / "postgres")
    assert found is not None
    address = found.named("obeya")

    def sealed():
        with psycopg.connect(address.url) as connection:
            [(count,)] = connection.execute("SELECT count(*) FROM journal_seal").fetchall()
            return count

    before = eventually(sealed)
    main = int((running.folder / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(main, signal.SIGKILL)
    eventually(running.is_well)
    assert sealed() >= before
    assert running.command("journal", "verify").returncode == 0
    first = running.command("journal", "export").stdout.splitlines()[0]
    assert json.loads(first)["specversion"] == "1.0"
