"""The demo plant on real processes for a figure: PostgreSQL, Tryton, Meta's stand-in, web, worker, ticker.

Everything is built before anything is timed. Nothing of Obeya is faked: customers come in by signed
webhooks and people by the log-in page.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

from bench import world
from obeya.demo import erp as erps
from obeya.demo import erp_install, erp_rpc, graph_stub, pages
from obeya.demo import plant as plants

SITE = "PUNE"
PASSWORD = "seven-yellow-crates"
STATUSES = ("sent", "delivered", "read")
"""What Meta tells of each message of ours, as in the demo."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request that passed the proxy; seconds since the epoch."""

    line: str
    """Method, path and query."""
    began_s: float
    ended_s: float

    @property
    def path(self) -> str:
        """Method and path."""
        return self.line.partition("?")[0]

    @property
    def took_s(self) -> float:
        """How long the ERP had it."""
        return self.ended_s - self.began_s


class _Handler(BaseHTTPRequestHandler):
    upstream: ClassVar[str]
    calls: ClassVar[list[Call]]

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Say nothing."""

    def pass_on(self) -> None:
        """Hand the request to the ERP and its answer back, and note how long the ERP had it."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        where = urlsplit(self.upstream)
        erp = HTTPConnection(where.hostname or "", where.port, timeout=120)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
        began = time.time()
        erp.request(self.command, self.path, body or None, headers)
        answer = erp.getresponse()
        content = answer.read()
        self.calls.append(Call(f"{self.command} {self.path}", began, time.time()))
        erp.close()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.headers.get("Content-Type") or "")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)
        self.close_connection = True


@contextlib.contextmanager
def timing_proxy(upstream: str) -> Iterator[tuple[str, list[Call]]]:
    """A proxy before the ERP: its address, and the list to which it adds each call as it ends."""
    calls: list[Call] = []
    verbs = {f"do_{verb}": _Handler.pass_on for verb in ("GET", "POST", "PUT", "DELETE")}
    handler = type("Handler", (_Handler,), {"upstream": upstream, "calls": calls, **verbs})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", calls
        finally:
            server.shutdown()


@dataclass
class Plant:
    """The running plant. `calls` are those to the ERP, in the order in which they ended."""

    folder: Path
    database: str
    found: plants.Plant
    erp: erps.ErpHandle
    meta: graph_stub.GraphStub
    calls: list[Call]
    port: int
    _children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where the web listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start web, worker and ticker as `obeya run` does, and wait until the web answers and jobs run."""
        for name in ("web", "worker", "tick"):
            words = [name, "--port", str(self.port)] if name == "web" else [name]
            environment = {**os.environ, "OBEYA_PROCESS": f"obeya {name}", "OBEYA_LIFELINE": "1"}
            with (self.folder / f"{name}.log").open("ab") as sink:
                self._children[name] = subprocess.Popen(
                    [sys.executable, "-m", "obeya.cli", *words],
                    env=environment, stdin=subprocess.PIPE, stdout=sink, stderr=sink, start_new_session=True,
                )  # fmt: skip
        self.wait(
            lambda: self.ask("SELECT count(*) FROM procrastinate_workers")[0][0], what="the worker lives"
        )
        self.wait(lambda: self.ask("SELECT count(*) FROM config_heartbeat")[0][0], what="the ticker lives")
        self.wait(self._answers, what="the web answers")

    def _has_rows(self, table: str) -> bool:
        return bool(self.ask(f"SELECT count(*) FROM {table}")[0][0])

    def _answers(self) -> bool:
        visitor = pages.Visitor(self.url)
        try:
            visitor.form("/login", having="password")
        except pages.CannotUsePage:
            return False
        finally:
            visitor.close()
        return True

    def pid_of(self, name: str) -> int:
        """The process of this name, for a profiler."""
        return self._children[name].pid

    def stop(self) -> None:
        """End the processes."""
        for child in self._children.values():
            child.terminate()
        for child in self._children.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(15)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database past Obeya."""
        import psycopg

        with psycopg.connect(self.database) as connection:
            return connection.execute(query.encode(), values).fetchall()

    def wait(self, condition: Callable[[], object], *, what: str, within_s: float = 60.0) -> None:
        """Return once the condition holds; ends the benchmark where it does not in time."""
        deadline = time.monotonic() + within_s
        while not condition():
            if time.monotonic() > deadline:
                raise SystemExit(f"Not within {within_s:.0f} s: {what}. The logs are in {self.folder}.")
            time.sleep(0.05)

    def visitor(self, username: str) -> pages.Visitor:
        """Somebody of the plant at a browser, logged in."""
        visitor = pages.Visitor(self.url)
        visitor.log_in(username, PASSWORD)
        return visitor


def _today() -> date:
    return datetime.now(UTC).date()


def _raise_credit(handle: erps.ErpHandle, limit: int) -> None:
    """Let every customer of the demo order as much as the figure needs; only the ERP's own people may."""
    secret = erps.BASE / "cache" / f"empty-{erp_install.lock_digest()[:16]}.password"
    customers = [customer.code for customer in plants.load().customers]
    with erp_rpc.Rpc(
        url=handle.url, database=handle.database, login="admin", password=secret.read_text()
    ) as rpc:
        rpc.context["company"] = 1
        ids = rpc.ids("party.party", [["code", "in", customers]])
        rpc.write("party.party", ids, {"credit_limit_amount": Decimal(limit)})


def _settings(handle: erps.ErpHandle, erp_url: str, meta: graph_stub.GraphStub, port: int) -> dict[str, str]:
    found = plants.load()
    return {
        "OBEYA_BASE_URL": f"http://127.0.0.1:{port}",
        "OBEYA_TRYTON_URL": erp_url,
        "OBEYA_TRYTON_DATABASE": handle.database,
        "OBEYA_TRYTON_KEY": handle.key,
        "OBEYA_TRYTON_SITES": SITE,
        "OBEYA_TRYTON_LINE_LOCATIONS": ",".join(one.line_side for one in found.equipment if one.line_side),
        "OBEYA_WHATSAPP_APP_SECRETS": meta.app_secret,
        "OBEYA_WHATSAPP_ACCESS_TOKEN": meta.token,
        "OBEYA_WHATSAPP_PHONE_NUMBER_ID": meta.business.phone_number_id,
        "OBEYA_WHATSAPP_VERSION": meta.version,
        "OBEYA_WHATSAPP_BASE_URL": meta.base_url,
        "OBEYA_WHATSAPP_SITE": SITE,
    }


@contextlib.contextmanager
def running(name: str, *, prepare: Callable[[Plant], None] | None = None) -> Iterator[Plant]:
    """The loaded plant on its feet, in a database of this `name`.

    `prepare` is called before the processes start, with Django set up, to add to the world.
    """
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=f"{name}-")))
        handle = stack.enter_context(erps.running(home=folder / "erp", seed_day=_today()))
        _raise_credit(handle, 1_000_000_000)
        erp_url, calls = stack.enter_context(timing_proxy(handle.url))
        meta = stack.enter_context(graph_stub.GraphStub(auto_statuses=STATUSES))
        port = world.free_port()
        os.environ["OBEYA_HOME"] = str(folder / "home")
        os.environ.update(_settings(handle, erp_url, meta, port))
        database = world.scratch_database(name)
        stack.callback(world.stop_server)
        meta.webhook_url = f"http://127.0.0.1:{port}/webhooks/whatsapp"
        plant = Plant(folder, database, plants.load(), handle, meta, calls, port)
        _load(plant)
        if prepare is not None:
            prepare(plant)
        stack.callback(plant.stop)
        plant.start()
        yield plant


def _load(plant: Plant) -> None:
    from obeya.demo import load

    load.load(password=PASSWORD, plant=plant.found, today=_today())
    from obeya.journal import actions as journal

    journal.seal_all()
