"""The embedded PostgreSQL of a home, for the commands: started when it is needed, ended if we started it."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg

from obeya.config import answers
from obeya.lib import postgres

DATABASE = "obeya"
DOWN_FOR_S = 3.0
"""How long it may be down (somebody restarts it) before the supervisor starts it again."""


def is_used() -> bool:
    """Whether this Obeya keeps its data in the embedded server: no other one is named."""
    return not os.environ.get("OBEYA_DATABASE_URL")


def is_up(home: Path) -> bool:
    """Whether the embedded server of a home answers."""
    address = postgres.find_running(home / "postgres")
    if address is None:
        return False
    try:
        psycopg.connect(address.url, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def start(home: Path) -> None:
    """Start it and make the database. Raises Failure."""
    try:
        postgres.ensure_database(postgres.start(home / "postgres"), DATABASE)
    except postgres.CannotStartPostgres as error:
        raise answers.Failure(str(error)) from error
    except psycopg.Error as error:
        raise answers.Failure(f"The embedded PostgreSQL refuses: {error}") from error


@contextlib.contextmanager
def available(home: Path) -> Iterator[None]:
    """Have a database for as long as the block runs; an embedded server that was down goes down again."""
    if not is_used() or is_up(home):
        yield
        return
    start(home)
    try:
        yield
    finally:
        postgres.stop(home / "postgres")


class Keeper:
    """Starts the embedded server again when it stays down."""

    def __init__(
        self, home: Path, tell: Callable[[str], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._home = home
        self._tell = tell
        self._clock = clock
        self._down_since: float | None = None

    def care(self) -> None:
        """Look whether it is up; to be called about once a second."""
        if postgres.find_running(self._home / "postgres") is not None and is_up(self._home):
            self._down_since = None
            return
        now = self._clock()
        self._down_since = now if self._down_since is None else self._down_since
        if now - self._down_since < DOWN_FOR_S:
            return
        self._tell("PostgreSQL is down; it is started again")
        try:
            start(self._home)
        except answers.Failure as error:
            self._tell(str(error))
        self._down_since = None
