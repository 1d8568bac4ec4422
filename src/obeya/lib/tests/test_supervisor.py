"""The supervisor keeps processes alive and leaves none behind."""

import contextlib
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from obeya.lib import lifeline, supervisor

WITHIN_S = 10.0


def eventually(condition, within_s=WITHIN_S):
    """Wait for other processes, which have clocks of their own."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def is_alive(pid):
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, 0)
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
        return True
    return False


@pytest.fixture
def kept():
    """Run a supervisor in a child of its own, because signals belong to a main thread."""
    running = []

    def _keep(*plans):
        told: list[str] = []
        one = supervisor.Supervisor(plans, tell=told.append)
        thread = threading.Thread(target=_without_signals, args=[one], daemon=True)
        thread.start()
        running.append((one, thread))
        eventually(lambda: len(one.pids()) == len(plans))
        return one, told

    def _without_signals(one):
        one.run()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signal, "signal", lambda _number, handler: handler)
        yield _keep
        for one, thread in running:
            one.stop()
            thread.join(WITHIN_S)


def plan(name, code):
    return supervisor.Plan(name, (sys.executable, "-c", code))


WAIT = "import time; time.sleep(600)"


def test_a_killed_process_is_started_again_and_people_are_told(kept):
    one, told = kept(plan("sleeper", WAIT))
    first = one.pids()["sleeper"]
    os.kill(first, signal.SIGKILL)
    eventually(lambda: one.pids().get("sleeper", first) != first)
    assert any("sleeper ended (signal 9)" in line for line in told)


def test_the_end_leaves_no_process(kept):
    one, _ = kept(plan("one", WAIT), plan("two", WAIT))
    pids = list(one.pids().values())
    one.stop()
    eventually(lambda: not any(map(is_alive, pids)))


def test_what_a_dead_child_left_behind_is_ended_with_it(kept, tmp_path):
    note = tmp_path / "grandchild"
    code = (
        "import subprocess, sys, time;"
        " made = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        f" open({str(note)!r}, 'w').write(str(made.pid)); time.sleep(600)"
    )
    one, _ = kept(plan("parent", code))
    eventually(lambda: note.exists() and note.read_text())
    grandchild = int(note.read_text())
    os.kill(one.pids()["parent"], signal.SIGKILL)
    eventually(lambda: not is_alive(grandchild))


def test_a_child_that_ignores_the_end_is_killed(kept, monkeypatch):
    monkeypatch.setattr(supervisor, "PATIENCE_S", 0.3)
    one, _ = kept(plan("deaf", f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {WAIT}"))
    pid = one.pids()["deaf"]
    one.stop()
    eventually(lambda: not is_alive(pid))


def test_a_child_ends_when_its_supervisor_vanishes():
    code = f"from obeya.lib import lifeline; lifeline.watch(); {WAIT}"
    environment = {**os.environ, lifeline.VARIABLE: "1"}
    reading, writing = os.pipe()
    child = os.posix_spawn(
        sys.executable,
        [sys.executable, "-c", code],
        environment,
        file_actions=[(os.POSIX_SPAWN_DUP2, reading, 0), (os.POSIX_SPAWN_CLOSE, writing)],
        setsid=True,
    )
    os.close(reading)
    assert is_alive(child)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGTERM
