"""Work on untrusted bytes in a child process with limits on its time and memory.

A hostile file may loop, swell or bring a library down: it then ends the child, never the process that
asked. The child starts fresh, with an empty environment but for where Python finds its modules, sets
its own limits before it reads anything, and writes its answer to a file of limited size.

Standard library on purpose: `subprocess` and `resource` (POSIX) are all it takes. The pools at hand keep
workers alive between jobs, where one file could still reach the next one's.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

Work = Callable[[bytes, Mapping[str, str]], bytes]
"""What can run in a child: a function of a module, by whose name the child finds it."""

_NO_MEMORY = 77
_LONGEST_TOLD = 2_000


class TookTooLong(Exception):
    """The work was ended because it used up its time."""


class NeededTooMuch(Exception):
    """The work was ended because it asked for more memory, or a longer answer, than allowed."""


class BrokeDown(Exception):
    """The work ended without an answer; the text says how."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one piece of work may use. `cpu_s` counts all its threads, `wall_s` the time that passes."""

    cpu_s: int = 20
    wall_s: float = 40.0
    memory_bytes: int = 1 << 30
    answer_bytes: int = 64 << 20


def run(work: Work, content: bytes, about: Mapping[str, str], limits: Limits) -> bytes:
    """The answer of `work(content, about)`, worked out in a child process.

    Raises TookTooLong, NeededTooMuch or BrokeDown; nothing of the child is left then.
    """
    order = {"module": work.__module__, "name": work.__qualname__, "about": dict(about)}
    head = json.dumps({**order, "limits": asdict(limits)}).encode() + b"\n"
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as told:
        child = subprocess.Popen(
            [sys.executable, "-m", "obeya.lib.bounded"],
            stdin=subprocess.PIPE,
            stdout=answer,
            stderr=told,
            env=_environment(),
            cwd=tempfile.gettempdir(),
            start_new_session=True,
        )
        try:
            child.communicate(head + content, timeout=limits.wall_s)
        except subprocess.TimeoutExpired:
            raise TookTooLong(f"more than {limits.wall_s:g} seconds") from None
        finally:
            _end(child)
        if child.returncode:
            _complain(child.returncode, _tail(told.fileno()))
        answer.seek(0)
        return answer.read(limits.answer_bytes)


def _environment() -> dict[str, str]:
    """Where modules are, and nothing that an attacker would want: no passwords, no addresses."""
    paths = [path for path in sys.path if path and Path(path).exists()]
    return {"PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"}


def _end(child: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    if child.stdin:
        with contextlib.suppress(OSError):
            child.stdin.close()


def _tail(descriptor: int) -> str:
    size = os.fstat(descriptor).st_size
    start = max(0, size - _LONGEST_TOLD)
    return os.pread(descriptor, _LONGEST_TOLD, start).decode("utf-8", errors="replace").strip()


def _complain(code: int, told: str) -> None:
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        raise TookTooLong("more computing time than allowed")
    if code in (_NO_MEMORY, -signal.SIGXFSZ):
        raise NeededTooMuch(told or "more memory than allowed")
    last = told.splitlines()[-1] if told else ""  # of a traceback: the error
    if last.startswith("MemoryError"):
        raise NeededTooMuch("more memory than allowed")
    raise BrokeDown(f"ended by signal {-code}" if code < 0 else last or "no reason told")


def main() -> int:
    """The child: set the limits, read the order and the bytes, do the work, write the answer."""
    head = json.loads(sys.stdin.buffer.readline())
    limits = Limits(**head["limits"])
    _limit(limits)
    content = sys.stdin.buffer.read()
    work: Work = getattr(importlib.import_module(head["module"]), head["name"])
    answer = work(content, head["about"])
    if len(answer) > limits.answer_bytes:
        return _NO_MEMORY
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    return 0


def _limit(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s, limits.cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.answer_bytes, limits.answer_bytes))


if __name__ == "__main__":
    sys.exit(main())
