"""What one Obeya consists of: the database, the web, workers and the ticker, kept alive until Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import httpx

from obeya.config import answers, embedded
from obeya.lib import postgres, supervisor

READY_WITHIN_S = 60.0


def say(text: str) -> None:
    """One line for whoever watches the terminal."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def command(*words: str) -> tuple[str, ...]:
    """How to run another `obeya` command with this Python."""
    return (sys.executable, "-m", "obeya.cli", *words)


def processes(host: str, port: int, *, workers: int = 1) -> list[supervisor.Plan]:
    """What one Obeya consists of."""
    plans = [
        supervisor.Plan("web", command("web", "--host", host, "--port", str(port))),
        supervisor.Plan("ticker", command("tick"), {"OBEYA_PROCESS": "obeya tick"}),
    ]
    for number in range(1, workers + 1):
        name = "worker" if workers == 1 else f"worker {number}"
        plans.append(supervisor.Plan(name, command("worker"), {"OBEYA_PROCESS": "obeya worker"}))
    if os.environ.get("OBEYA_IMAP_HOST"):
        plans.append(supervisor.Plan("mailbox", command("mailbox"), {"OBEYA_PROCESS": "obeya mailbox"}))
    return plans


def keep(folder: Path, plans: Sequence[supervisor.Plan], *, ready: Callable[[], None], probe: str) -> None:
    """Keep `plans` alive until a signal; call `ready` once the web answers at `probe`."""
    keeper = embedded.Keeper(folder, say) if embedded.is_used() else None
    kept = supervisor.Supervisor(plans, tell=say, care=keeper.care if keeper else lambda: None)

    def announce() -> None:
        if wait_until_it_answers(probe, give_up=lambda: kept.is_ending):
            ready()
        elif not kept.is_ending:
            say(f"Nothing answers at {probe} yet; `obeya doctor` says more.")

    kept.run(started=announce)


@contextlib.contextmanager
def database(folder: Path) -> Iterator[None]:
    """The database for as long as Obeya runs; the embedded one ends with it."""
    if not embedded.is_used():
        yield
        return
    embedded.start(folder)
    try:
        yield
    finally:
        postgres.stop(folder / "postgres")


def migrate() -> None:
    """Bring the tables up to date. Raises Failure."""
    finish("migrate", failing="The tables could not be brought up to date")


def finish(*words: str, failing: str) -> None:
    """Run another `obeya` command to its end in a process of its own. Raises Failure with its last lines."""
    done = subprocess.run(command(*words), capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).splitlines()[-12:])
        raise answers.Failure(f"{failing}:\n{last}")


def address(host: str, port: int) -> str:
    """The address to open in a browser on this machine."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - read, not bound
    return f"http://{shown}:{port}"


def wait_until_it_answers(url: str, *, give_up: Callable[[], bool], within_s: float = READY_WITHIN_S) -> bool:
    """Whether the web said in time that it is well."""
    deadline = time.monotonic() + within_s
    with httpx.Client(trust_env=False, timeout=5.0) as http:
        while time.monotonic() < deadline and not give_up():
            with contextlib.suppress(httpx.TransportError):
                if http.get(f"{url}/healthz").status_code == 200:
                    return True
            time.sleep(0.1)
    return False
