"""The home folder: database, files, keys and settings of one Obeya; and what this process sets from it.

A home's settings are in `obeya.env` (written by people) and `demo.env` (written by `obeya demo`), lines
of NAME=value. What the environment already says wins over both.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import signal
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

from obeya.config import answers

SETTINGS = "obeya.env"
DEMO_SETTINGS = "demo.env"
CONTENTS = (
    "postgres",
    "media",
    "static",
    "secret_key",
    "erp",
    "demo.env",
    "demo.password",
    "demo.loaded",
    "run.pid",
    "run.lock",
)
"""All that Obeya ever puts into a home, but for `obeya.env`: the only names that a reset removes."""
_LINE = re.compile(r"(?:export\s+)?([A-Z][A-Z0-9_]*)=(.*)")


def folder() -> Path:
    """The home: OBEYA_HOME, or `.obeya` in the current folder."""
    return Path(os.environ.get("OBEYA_HOME") or ".obeya").expanduser().resolve()


def enter() -> Path:
    """Set this process up for its home: settings of its files, absolute paths. Raises Mistake."""
    home = folder()
    os.environ["OBEYA_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "obeya.config.settings")
    for name in (SETTINGS, DEMO_SETTINGS):
        for key, value in read_settings(home / name).items():
            os.environ.setdefault(key, value)
    return home


def read_settings(path: Path) -> dict[str, str]:
    """The NAME=value lines of a settings file; none where there is no file. Raises Mistake."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise answers.Mistake(f"The settings in {path} cannot be read: {error}") from error
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise answers.Mistake(f"{path}, line {number}: expected NAME=value")
        found[match[1]] = match[2].strip().strip("\"'")
    return found


def write_settings(path: Path, values: Mapping[str, str]) -> None:
    """Write a settings file that only its owner may read, in one step."""
    text = "".join(f"{name}={value}\n" for name, value in sorted(values.items()))
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    part.write_text(f"# Written by `obeya demo`; made anew at each start.\n{text}", encoding="utf-8")
    part.replace(path)


def is_demo(home: Path) -> bool:
    """Whether the demo plant lives in this home."""
    return (home / DEMO_SETTINGS).exists()


@contextlib.contextmanager
def sole_runner(home: Path) -> Iterator[None]:
    """Hold this home for as long as the block runs. Raises Mistake where another `obeya run` holds it."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "run.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise answers.Mistake(
                f"Obeya runs in {home} already ({_who(home)}); stop that one first."
            ) from None
        (home / "run.pid").write_text(str(os.getpid()))
        try:
            yield
        finally:
            (home / "run.pid").unlink(missing_ok=True)


def is_running(home: Path) -> bool:
    """Whether an `obeya run` or `obeya demo` holds this home."""
    try:
        with (home / "run.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _who(home: Path) -> str:
    with contextlib.suppress(OSError):
        return f"process {(home / 'run.pid').read_text()}"
    return "process unknown"


def end_leftover(inside: Path) -> None:
    """End the process that a killed run left at work in the folder `inside`, as its `pid` file says."""
    with contextlib.suppress(OSError, ValueError):
        pid = int((inside / "pid").read_text())
        if str(inside) in Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace"):
            os.kill(pid, signal.SIGKILL)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def refuse_taken_port(host: str, port: int) -> None:
    """Raises Mistake where something listens at this address already, or it is not this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise answers.Mistake(
                f"Cannot listen at {host}:{port} ({error}). Choose another with --port or --host."
            ) from error
