"""A database of its own for a command that must not touch the plant's: made, and dropped again."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

from obeya.config import answers, embedded
from obeya.lib import postgres


@contextlib.contextmanager
def database(home: Path) -> Iterator[None]:
    """Let this process work on a fresh, empty database of the home's server. Raises Failure.

    To be entered before Django is set up: the settings read the address from the environment.
    """
    with embedded.available(home):
        server = _server(home)
        name = f"obeya_scratch_{secrets.token_hex(6)}"
        try:
            address = postgres.ensure_database(server, name)
        except psycopg.Error as error:
            raise answers.Failure(f"PostgreSQL gives no database to work in: {error}") from error
        os.environ["OBEYA_DATABASE_URL"] = address.url
        try:
            yield
        finally:
            _drop(server, name)


def _server(home: Path) -> postgres.Address:
    if url := os.environ.get("OBEYA_DATABASE_URL"):
        return postgres.parse_url(url).named("postgres")
    address = postgres.find_running(home / "postgres")
    if address is None:
        raise answers.Failure("The embedded PostgreSQL does not answer; `obeya doctor` says more.")
    return address


def _drop(server: postgres.Address, name: str) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
