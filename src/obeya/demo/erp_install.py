"""Install the demo ERP into a virtual environment of its own and make an empty database for it.

Tryton is GPL: Obeya never imports it. It is installed from `requirements-tryton.lock` (exact versions
with hashes) with this Python's own venv and pip, run as a process, and reached over HTTP.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
LOCK = PROJECT / "requirements-tryton.lock"
DATABASE = "erp"
MODULES = (
    "party",
    "company",
    "account",
    "account_credit_limit",
    "account_invoice",
    "account_invoice_stock",
    "sale",
    "sale_credit_limit",
    "sale_price_list",
    "sale_product_customer",
    "stock",
    "stock_lot",
    "stock_lot_sled",
    "production",
    "production_routing",
    "production_work",
    "stock_supply_production",
    "sale_supply",
    "quality",
)


class CannotInstallErp(Exception):
    """The demo ERP could not be installed: the text is what the installer said last."""


def lock_digest(lock: Path = LOCK) -> str:
    """SHA-256 of the lock file: a venv made for another one is made anew."""
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def install(*, venv: Path, lock: Path = LOCK) -> None:
    """Make the venv, unless it already holds exactly this lock. Raises CannotInstallErp."""
    marker = venv / "installed-lock"
    with exclusive(venv.with_name(venv.name + ".lock")):
        if marker.exists() and marker.read_text() == lock_digest(lock):
            return
        shutil.rmtree(venv, ignore_errors=True)
        run([sys.executable, "-m", "venv", str(venv)])
        run(
            [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
             "--require-hashes", "-r", str(lock)]
        )  # fmt: skip
        marker.write_text(lock_digest(lock))


def write_config(*, folder: Path, port: int) -> Path:
    """The server's configuration: SQLite in `folder`, listening on this machine only."""
    config = folder / "trytond.conf"
    config.write_text(
        f"[database]\nuri = sqlite://\npath = {folder}\n\n[web]\nlisten = 127.0.0.1:{port}\n",
        encoding="utf-8",
    )
    return config


def make_empty_database(*, venv: Path, folder: Path, password: str) -> None:
    """A database with all modules active and nothing in it. Raises CannotInstallErp."""
    database_file(folder).touch()
    secret = folder / "password"
    secret.touch(mode=0o600)
    secret.write_text(password)
    config = write_config(folder=folder, port=0)
    run(
        [str(venv / "bin" / "trytond-admin"), "-c", str(config), "-d", DATABASE, "-u", "ir", "res", *MODULES,
         "--activate-dependencies", "--email", "erp@deccanpolypack.example", "-l", "en"],
        TRYTONPASSFILE=str(secret),
    )  # fmt: skip
    secret.unlink()


def database_file(folder: Path) -> Path:
    """Where the SQLite database of `folder` is."""
    return folder / f"{DATABASE}.sqlite"


def copy_database(*, source: Path, target: Path) -> None:
    """A consistent copy of one SQLite file, put in place in one step."""
    part = target.with_name(f".{target.name}.{os.getpid()}")
    with contextlib.closing(sqlite3.connect(source)) as old, contextlib.closing(sqlite3.connect(part)) as new:
        old.backup(new)
    part.replace(target)


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold a lock file: several copies may start at once, one of them does the work."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def run(command: list[str], **environment: str) -> None:
    """Run a command to its end. Raises CannotInstallErp with its last lines."""
    done = subprocess.run(  # noqa: S603 - our own fixed commands, no shell
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        raise CannotInstallErp(f"{Path(command[0]).name} failed ({done.returncode}):\n{last}")
