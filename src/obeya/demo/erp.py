"""The demo ERP: a real Tryton 8.0, installed, seeded and running beside Obeya, reached over HTTP only.

`with running(home=..., port=None, seed_day=...) as erp:` gives a running copy; several at once are fine.
What is slow is done once and kept below `base`: the venv (per lock file), the empty database (per lock
file) and the seeded one (per lock, data files, seed code and seed day). A `home` that already has a
database keeps it, whatever day it was seeded on, until `reset`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import httpx

from obeya.demo import erp_install, erp_rpc, erp_seed, plant

BASE = erp_install.PROJECT / ".tryton"
START_WITHIN_S = 60.0
STOP_WITHIN_S = 10.0
SEED_CODE = ("erp_seed.py", "erp_orders.py", "erp_world.py", "erp_rpc.py", "erp_install.py")


class CannotStartErp(Exception):
    """The demo ERP did not start: the text holds the last lines of its log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErpHandle:
    """A running demo ERP. REST lives at `{url}/{database}/rest/model/...`, `key` is the bearer key."""

    url: str
    database: str
    key: str
    home: Path
    log: Path
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End the server and wait for it."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        (self.home / "pid").unlink(missing_ok=True)


def ensure_running(*, home: Path, port: int | None, seed_day: date, base: Path = BASE) -> ErpHandle:
    """Install, seed and start what is missing; the first time takes a minute, later ones two seconds.

    `home` holds this copy's database and log; `port` None takes a free one. A copy that a killed process
    left running in `home` is ended first. Raises CannotStartErp, CannotInstallErp or CannotSeedErp.
    """
    home.mkdir(parents=True, exist_ok=True)
    _end_leftover(home)
    venv = base / "venv"
    erp_install.install(venv=venv)
    if not _is_seeded(home):
        snapshot = _seeded_snapshot(base=base, seed_day=seed_day)
        erp_install.copy_database(source=snapshot, target=erp_install.database_file(home))
        shutil.copy(snapshot.with_suffix(".key"), home / "key")
    return _start(venv=venv, home=home, port=port, key=(home / "key").read_text())


@contextlib.contextmanager
def running(*, home: Path, port: int | None = None, seed_day: date, base: Path = BASE) -> Iterator[ErpHandle]:
    """A demo ERP for as long as the block runs."""
    handle = ensure_running(home=home, port=port, seed_day=seed_day, base=base)
    try:
        yield handle
    finally:
        handle.stop()


def reset(*, home: Path) -> None:
    """Forget this copy's database; the next start seeds it again."""
    _end_leftover(home)
    shutil.rmtree(home, ignore_errors=True)


def _is_seeded(home: Path) -> bool:
    return erp_install.database_file(home).exists() and (home / "key").exists()


def _seeded_snapshot(*, base: Path, seed_day: date) -> Path:
    """The SQLite file of a freshly seeded ERP, made when there is none yet; its key lies beside it."""
    digest = _seed_digest()[:16]
    snapshot = base / "cache" / f"seeded-{digest}-{seed_day.isoformat()}.sqlite"
    with erp_install.exclusive(base / "cache" / "lock"):
        if not (snapshot.exists() and snapshot.with_suffix(".key").exists()):
            _forget_old(snapshot)
            _make_snapshot(base=base, snapshot=snapshot, seed_day=seed_day)
    return snapshot


def _forget_old(snapshot: Path) -> None:
    """Snapshots of earlier days or other data are of no use to anybody."""
    for old in snapshot.parent.glob("seeded-*"):
        old.unlink()


def _make_snapshot(*, base: Path, snapshot: Path, seed_day: date) -> None:
    venv, work = base / "venv", base / "cache" / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    empty = base / "cache" / f"empty-{erp_install.lock_digest()[:16]}.sqlite"
    secret = empty.with_suffix(".password")
    if not (empty.exists() and secret.exists()):
        password = secrets.token_urlsafe(24)
        erp_install.make_empty_database(venv=venv, folder=work, password=password)
        _write_secret(secret, password)
        erp_install.copy_database(source=erp_install.database_file(work), target=empty)
    erp_install.copy_database(source=empty, target=erp_install.database_file(work))
    server = _start(venv=venv, home=work, port=None, key="")
    try:
        with erp_rpc.Rpc(
            url=server.url, database=server.database, login="admin", password=secret.read_text()
        ) as rpc:
            key = erp_seed.seed(rpc=rpc, seed_day=seed_day)
    finally:
        server.stop()
    _write_secret(snapshot.with_suffix(".key"), key)
    erp_install.copy_database(source=erp_install.database_file(work), target=snapshot)
    shutil.rmtree(work)


def _write_secret(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)


def _seed_digest() -> str:
    parts = [erp_install.lock_digest(), plant.digest()]
    here = Path(__file__).parent
    parts += [hashlib.sha256((here / name).read_bytes()).hexdigest() for name in SEED_CODE]
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def _start(*, venv: Path, home: Path, port: int | None, key: str) -> ErpHandle:
    """Start the server on `home` and wait until it answers. Raises CannotStartErp."""
    port = _usable(port) if port else _free_port()
    config, log = erp_install.write_config(folder=home, port=port), home / "erp.log"
    command = [str(venv / "bin" / "trytond"), "-c", str(config), "-d", erp_install.DATABASE]
    with log.open("wb") as sink:
        process = subprocess.Popen(  # noqa: S603 - our own fixed command, no shell
            command, stdout=sink, stderr=sink, stdin=subprocess.DEVNULL, start_new_session=True
        )
    handle = ErpHandle(
        url=f"http://127.0.0.1:{port}",
        database=erp_install.DATABASE,
        key=key,
        home=home,
        log=log,
        process=process,
    )
    (home / "pid").write_text(str(process.pid))
    try:
        _wait_until_it_answers(handle)
    except CannotStartErp:
        handle.stop()
        raise
    _write_secret(
        home / "erp.json", json.dumps({"url": handle.url, "database": handle.database, "key": handle.key})
    )
    return handle


def _wait_until_it_answers(handle: ErpHandle) -> None:
    """Answering means: the bearer key opens REST; before there is a key, REST asks for one."""
    deadline = time.monotonic() + START_WITHIN_S
    expected = 200 if handle.key else 401
    address = f"{handle.url}/{handle.database}/rest/model/currency.currency"
    headers = {"Authorization": f"bearer {handle.key or 'none'}"}
    with httpx.Client(trust_env=False, timeout=START_WITHIN_S) as http:
        while time.monotonic() < deadline and handle.process.poll() is None:
            with contextlib.suppress(httpx.TransportError):
                if http.get(address, headers=headers).status_code == expected:
                    return
            time.sleep(0.05)
    raise CannotStartErp("\n".join(handle.log.read_text(errors="replace").splitlines()[-15:]))


def _usable(port: int) -> int:
    """The port, if nobody listens on it. Another server there would otherwise answer in our name."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotStartErp(f"port {port} of this machine is in use by another program") from error
    return port


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _end_leftover(home: Path) -> None:
    """End the server that a killed process left behind in `home`, if it is still that server."""
    note = home / "pid"
    if not note.exists():
        return
    pid = int(note.read_text() or 0)
    deadline = time.monotonic() + STOP_WITHIN_S
    while pid and str(home / "trytond.conf") in _command(pid) and time.monotonic() < deadline:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
    note.unlink()


def _command(pid: int) -> str:
    """The command line of a process; none, or just a name, once it has ended."""
    return subprocess.run(  # noqa: S603 - fixed words and a number
        ["ps", "-ww", "-o", "command=", "-p", str(pid)],  # noqa: S607 - ps is wherever the system keeps it
        capture_output=True,
        text=True,
        check=False,
    ).stdout
