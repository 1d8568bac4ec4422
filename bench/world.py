"""What every benchmark needs: arguments, a scratch database on a real server, percentiles, one result."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

from obeya.lib import postgres

ROOT = Path(__file__).parents[1]
CACHE = ROOT / "bench" / ".cache"
_turn: list[IO[str]] = []
"""Held until this process ends."""


def arguments(doc: str) -> argparse.Namespace:
    """`--json` prints one JSON object; `--quick` does a small run, for the test suite."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true")
    return parser.parse_args()


def scratch_database(name: str) -> str:
    """A fresh, migrated database on the embedded server kept for benchmarks; sets Django up; its URL.

    One benchmark at a time: another one waits here, because the two would spoil each other's figures.
    """
    server = _server()
    _drop(server, name)
    return _open(server, name)


def cached_database(name: str, recipe: str, build: Callable[[], None]) -> str:
    """As `scratch_database`, but kept with what `build` put into it until the `recipe` changes."""
    server = _server()
    if _note(server, name) == recipe:
        return _open(server, name)
    _drop(server, name)
    url = _open(server, name)
    build()
    mark(name, recipe)
    return url


def mark(name: str, recipe: str) -> None:
    """Note what the database holds. While somebody damages it the note is empty: then it is built anew."""
    with psycopg.connect(postgres.start(CACHE / "postgres").url, autocommit=True) as connection:
        statement = sql.SQL("COMMENT ON DATABASE {} IS {}")
        connection.execute(statement.format(sql.Identifier(name), sql.Literal(recipe)))


def _server() -> postgres.Address:
    CACHE.mkdir(parents=True, exist_ok=True)
    if not _turn:
        _turn.append((CACHE / "lock").open("a"))
        fcntl.flock(_turn[-1], fcntl.LOCK_EX)
    return postgres.start(CACHE / "postgres")


def _note(server: postgres.Address, name: str) -> str | None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        row = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        ).fetchone()
    return row[0] if row else None


def _drop(server: postgres.Address, name: str) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _open(server: postgres.Address, name: str) -> str:
    url = postgres.ensure_database(server, name).url
    os.environ["OBEYA_DATABASE_URL"] = url
    os.environ.setdefault("OBEYA_HOME", str(CACHE / "home"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "obeya.config.settings")
    import django
    from django.core import management

    django.setup()
    management.call_command("migrate", verbosity=0)
    return url


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def stop_server() -> None:
    """End the benchmarks' server."""
    postgres.stop(CACHE / "postgres")


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: `share` of the values are at most this."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-len(ordered) * int(share * 1000) // 1000) - 1))]


def load_note() -> str:
    """What else the machine did: a figure taken on a busy machine says so."""
    return f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f} over the last minute"


def report(args: argparse.Namespace, result: dict[str, object], notes: Sequence[str] = ()) -> None:
    """Print the result: JSON alone with --json, otherwise a line each, with the notes."""
    if args.json:
        json.dump(result, sys.stdout)
        print()
        return
    for note in notes:
        print(note)
    for key, value in result.items():
        print(f"{key:28} {value:.3f}" if isinstance(value, float) else f"{key:28} {value}")
