"""An Obeya of real processes that can be killed: its own PostgreSQL, a real Tryton, a stand-in for Meta.

`Rig` keeps web, worker and ticker alive as a service manager does: what dies is started again at once.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psycopg

from obeya.demo import erp, graph_stub, graph_webhooks, pages
from obeya.lib import clock, postgres
from tests.worlds import deccan

NAMES = ("web", "worker", "tick")
NOT_OURS = ("OBEYA_DATABASE_URL", "OBEYA_TEST_DB", "OBEYA_DATABASE_POOL", "DJANGO_SETTINGS_MODULE")
REQUEST_LIMIT_S = "8"
"""So long may a request be at work in the ERP; a request to the local one has ended long before."""
GLANCE_S = 0.05
Found = TypeVar("Found")

LOAD = (
    "import datetime, sys, django; django.setup();"
    "from obeya.demo import load, plant;"
    "load.load(password=sys.argv[1], plant=plant.load(), today=datetime.date.fromisoformat(sys.argv[2]))"
)


def eventually(condition: Callable[[], Found], *, within_s: float, what: str | Callable[[], object]) -> Found:
    """Wait for other processes, which have clocks of their own; returns what the condition gave.

    `what` says what was waited for; a callable is asked when it did not come.
    """
    deadline = clock.SystemClock().now() + timedelta(seconds=within_s)
    while not (found := condition()):
        told = what if isinstance(what, str) or clock.SystemClock().now() < deadline else what()
        assert clock.SystemClock().now() < deadline, f"not within {within_s:.0f} s: {told}"
        threading.Event().wait(GLANCE_S)
    return found


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Rig:
    """The running parts. `kills` counts what was killed, `starts` what was started, by name."""

    home: Path
    erp: deccan.Deccan
    meta: graph_stub.GraphStub
    port: int
    environment: Mapping[str, str]
    kills: list[str] = field(default_factory=list)
    _children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _ending: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _keeper: threading.Thread | None = None
    _visitors: dict[str, pages.Visitor] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where the web listens."""
        return f"http://127.0.0.1:{self.port}"

    # -- processes -------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the three processes and keep them alive."""
        for name in NAMES:
            self._children[name] = self._spawn(name)
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()
        eventually(self.is_well, within_s=60, what="the web answers")

    def _spawn(self, name: str) -> subprocess.Popen[bytes]:
        words = [name, "--port", str(self.port)] if name == "web" else [name]
        with (self.home / f"{name}.log").open("ab") as sink:
            return subprocess.Popen(
                [sys.executable, "-m", "obeya.cli", *words],
                env={**self.environment, "OBEYA_PROCESS": f"obeya {name}", "OBEYA_LIFELINE": "1"},
                stdin=subprocess.PIPE,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
            )

    def _keep(self) -> None:
        while not self._ending.wait(GLANCE_S):
            for name, child in list(self._children.items()):
                if child.poll() is not None:
                    _let_go(child)
                    with self._lock:
                        self._children[name] = self._spawn(name)

    def kill(self, name: str) -> None:
        """kill -9; what a process started ends by itself or not at all, as after a real crash."""
        with self._lock:
            self._children[name].kill()
            self._children[name].wait()
        self.kills.append(name)

    def pids(self) -> dict[str, int]:
        """The processes by name."""
        return {name: child.pid for name, child in self._children.items()}

    def stop(self) -> None:
        """End the three processes."""
        self._ending.set()
        if self._keeper is not None:
            self._keeper.join()
        for child in self._children.values():
            child.terminate()
        for child in self._children.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(15)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            _let_go(child)
        for visitor in self._visitors.values():
            visitor.close()

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run another `obeya` command to its end."""
        command = [sys.executable, "-m", "obeya.cli", *words]
        return subprocess.run(
            command, env=dict(self.environment), capture_output=True, text=True, check=False, timeout=120
        )

    def is_well(self) -> bool:
        """Whether the web answers, and its database too."""
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"{self.url}/healthz", timeout=3, trust_env=False).status_code == 200
        return False

    # -- what happens ----------------------------------------------------------------------------

    def write(self, phone: str, text: str) -> str:
        """A customer writes; Meta repeats the delivery until it is taken. Returns the message's id."""
        digits = "".join(char for char in phone if char.isdigit())
        delivery = self.meta.deliver_text(digits, "Customer", text)
        assert delivery.accepted, delivery.attempts
        return delivery.wamid

    def delivery(self, phone: str, text: str) -> bytes:
        """The body that Meta sends for a customer's message."""
        digits = "".join(char for char in phone if char.isdigit())
        now = clock.SystemClock().now()
        self.meta.note_inbound(digits, at=now)
        message = {
            "id": self.meta.new_wamid(),
            "timestamp": str(int(now.timestamp())),
            "type": "text",
            "text": {"body": text},
        }
        return graph_webhooks.message_body(
            self.meta.business, sender=digits, name="Customer", message=message
        )

    def log_in(self, username: str) -> None:
        """A person logs in, and stays so."""
        visitor = pages.Visitor(self.url)
        visitor.log_in(username, deccan.PASSWORD)
        self._visitors[username] = visitor

    def send(self, username: str, path: str, *, having: str, to: str = "", **filled: str) -> None:
        """A person opens a page and sends its form; while the web is away they press the button again."""
        form: list[pages.Form] = []
        visitor = self._visitors[username]

        def _press() -> bool:
            with contextlib.suppress(pages.CannotUsePage):
                form[:] = form or [visitor.form(path, having=having)]
                form[0].action = to or form[0].action
                visitor.send(form[0], **filled)
                return True
            return False

        eventually(_press, within_s=60, what=f"{username} sends {path}")

    # -- what there is ---------------------------------------------------------------------------

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database past Obeya."""
        address = postgres.find_running(self.home / "postgres")
        assert address is not None
        with psycopg.connect(address.named("obeya").url) as connection:
            return connection.execute(query.encode(), values or None).fetchall()

    def value(self, query: str, *values: object) -> Any:
        """The first value of the only row."""
        ((value, *_),) = self.rows(query, *values)
        return value

    def change(self, query: str) -> None:
        """Set the scene past Obeya."""
        address = postgres.find_running(self.home / "postgres")
        assert address is not None
        with psycopg.connect(address.named("obeya").url, autocommit=True) as connection:
            connection.execute(query.encode())


def _let_go(child: subprocess.Popen[bytes]) -> None:
    child.wait()
    if child.stdin is not None:
        child.stdin.close()


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Rig]:
    """Everything on its feet, the demo plant loaded."""
    home = folder / "home"
    home.mkdir()
    postgres.ensure_database(postgres.start(home / "postgres"), "obeya")
    try:
        with deccan.running(folder / "erp") as handle, graph_stub.GraphStub() as meta:
            rig = _made(home, handle, meta)
            try:
                rig.start()
                yield rig
            finally:
                rig.stop()
    finally:
        postgres.stop(home / "postgres")


def _made(home: Path, handle: erp.ErpHandle, meta: graph_stub.GraphStub) -> Rig:
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "obeya.config.settings",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "OBEYA_HOME": str(home),
        "OBEYA_BASE_URL": f"http://127.0.0.1:{port}",
        "OBEYA_TRYTON_URL": handle.url,
        "OBEYA_TRYTON_DATABASE": handle.database,
        "OBEYA_TRYTON_KEY": handle.key,
        "OBEYA_TRYTON_SITES": "PUNE",
        "OBEYA_TRYTON_LINE_LOCATIONS": ",".join(deccan.LINE_SIDE),
        "OBEYA_TRYTON_REQUEST_LIMIT_S": REQUEST_LIMIT_S,
        "OBEYA_WHATSAPP_APP_SECRETS": meta.app_secret,
        "OBEYA_WHATSAPP_ACCESS_TOKEN": meta.token,
        "OBEYA_WHATSAPP_PHONE_NUMBER_ID": meta.business.phone_number_id,
        "OBEYA_WHATSAPP_VERSION": meta.version,
        "OBEYA_WHATSAPP_BASE_URL": meta.base_url,
        "OBEYA_WHATSAPP_SITE": "PUNE",
    }
    meta.webhook_url = f"http://127.0.0.1:{port}/webhooks/whatsapp"
    rig = Rig(home, deccan.plant_on(handle), meta, port, environment)
    made = rig.command("migrate")
    assert made.returncode == 0, made.stdout + made.stderr
    loaded = subprocess.run(
        [sys.executable, "-c", LOAD, deccan.PASSWORD, deccan.today().isoformat()],
        env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert loaded.returncode == 0, loaded.stdout + loaded.stderr
    return rig
