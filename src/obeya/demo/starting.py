"""`obeya demo`: the demo plant with its real ERP, its customers and its people, on this machine only."""

from __future__ import annotations

import argparse
import concurrent.futures
import contextlib
import hashlib
import os
import secrets
import signal
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from obeya.config import answers, home, running
from obeya.demo import erp, erp_install, erp_rpc, graph_stub, plant
from obeya.lib import supervisor

PASSWORD = "demo.password"  # noqa: S105 - the name of a file
LOADED = "demo.loaded"
PORTAL = "demo.portal"
"""The link of the customer's buyer, made at each start."""
PHONE_NUMBER_ID = "100000000000001"
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_KEPT = ("OBEYA_WHATSAPP_APP_SECRETS", "OBEYA_WHATSAPP_VERIFY_TOKEN", "OBEYA_WHATSAPP_ACCESS_TOKEN")


def run(args: argparse.Namespace) -> None:
    """Start everything and stay until a signal ends it. Raises Mistake or Failure."""
    folder = home.folder()
    _refuse_strangers(args.host, folder)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with home.sole_runner(folder):
        home.refuse_taken_port(args.host, args.port)
        url = running.address(args.host, args.port)
        found = plant.load()
        password = _password(folder)
        home.write_settings(folder / home.DEMO_SETTINGS, _secrets(folder))
        with _erp(folder, found) as waiting, running.database(folder):
            running.say("Bringing the tables up to date ...")
            running.migrate()
            handle = _wait_for(waiting)
            os.environ.update(_connect(folder, url=url, site=found.site.code, handle=handle))
            _load(folder)
            running.finish("demo-buyer", failing="The demo's buyer could not be let in")
            running.keep(
                folder,
                [*running.processes(args.host, args.port), _simulator(args)],
                ready=lambda: running.say(_welcome(url, found, handle.url, password, folder)),
                probe=url,
            )
    running.say("Obeya has stopped.")


def _refuse_strangers(host: str, folder: Path) -> None:
    """A plant's own home is never mixed with the demo; the demo's log-ins are for this machine only."""
    if host not in ("127.0.0.1", "localhost", "::1"):
        raise answers.Mistake("The demo listens on this machine only; its log-ins are no secret.")
    if (folder / "postgres").exists() and not home.is_demo(folder):
        raise answers.Mistake(
            f"{folder} holds a plant's own data. Set OBEYA_HOME to another folder for the demo."
        )


def _password(folder: Path) -> str:
    """Everybody's password: made once for this home, kept there, shown at each start."""
    path = folder / PASSWORD
    if not path.exists():
        words = ("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))
        path.touch(mode=0o600)
        path.write_text("-".join(words))
    return path.read_text()


def _secrets(folder: Path) -> dict[str, str]:
    """What only this demo and its stand-in for Meta know: made once for this home."""
    known = home.read_settings(folder / home.DEMO_SETTINGS)
    return {name: known.get(name) or secrets.token_urlsafe(24) for name in _KEPT}


def _connect(folder: Path, *, url: str, site: str, handle: erp.ErpHandle) -> dict[str, str]:
    """The settings of every process of this demo, written where other commands find them too."""
    settings = {
        **_secrets(folder),
        "OBEYA_BASE_URL": url,
        "OBEYA_TRYTON_URL": handle.url,
        "OBEYA_TRYTON_DATABASE": handle.database,
        "OBEYA_TRYTON_KEY": handle.key,
        "OBEYA_TRYTON_SITES": site,
        "OBEYA_TRYTON_LINE_LOCATIONS": ",".join(
            node.line_side for node in plant.load().equipment if node.line_side
        ),
        "OBEYA_WHATSAPP_BASE_URL": f"http://127.0.0.1:{home.free_port()}",
        "OBEYA_WHATSAPP_PHONE_NUMBER_ID": PHONE_NUMBER_ID,
        "OBEYA_WHATSAPP_VERSION": graph_stub.GraphStub.version,
        "OBEYA_WHATSAPP_SITE": site,
    }
    home.write_settings(folder / home.DEMO_SETTINGS, settings)
    return settings


@contextlib.contextmanager
def _erp(folder: Path, found: plant.Plant) -> Iterator[concurrent.futures.Future[erp.ErpHandle]]:
    """The demo ERP, started in the background; it ends with the block, even if the start was cut short."""
    today = datetime.now(ZoneInfo(found.company.timezone)).date()
    running.say("Starting the demo ERP (a real Tryton; the first time it is installed) ...")
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        future = pool.submit(erp.ensure_running, home=folder / "erp", port=None, seed_day=today)
        try:
            yield future
        finally:
            if future.exception() is None:
                future.result().stop()


def _wait_for(future: concurrent.futures.Future[erp.ErpHandle]) -> erp.ErpHandle:
    try:
        return future.result()
    except (erp_install.CannotInstallErp, erp_rpc.CannotSeedErp, erp.CannotStartErp) as error:
        raise answers.Failure(f"The demo ERP cannot start.\n{error}") from error


def _load(folder: Path) -> None:
    """Load the demo plant, once for this home and this version of it: then the ticker reads its ERP."""
    way = hashlib.sha256((Path(__file__).parent / "load.py").read_bytes())
    mark, wanted = folder / LOADED, f"{plant.digest()} {way.hexdigest()}"
    if mark.exists() and mark.read_text() == wanted:
        return
    running.say("Loading the demo plant ...")
    running.finish("load-demo", failing="The demo plant could not be loaded")
    mark.write_text(wanted)


def _simulator(args: argparse.Namespace) -> supervisor.Plan:
    words = ["simulate", "--pace", str(args.pace)]
    if args.no_simulator:
        words.append("--no-signals")
    if args.quiet:
        words.append("--quiet")
    return supervisor.Plan("simulator", running.command(*words), {"OBEYA_PROCESS": "obeya simulate"})


def _welcome(url: str, found: plant.Plant, erp_url: str, password: str, folder: Path) -> str:
    rows = [f"    {user.login:<9} {_label(user.function):<18} {user.name}" for user in found.users]
    return "\n".join(
        [
            "",
            f"  Obeya runs at {url}     (Ctrl-C stops it, `make reset` starts over)",
            f"  Plant: {found.company.name}, {found.site.name}.  ERP: Tryton at {erp_url}",
            "",
            f"  Everybody's password is   {password}",
            *rows,
            "",
            "  Customers write now and then, and an operator holds a lot. To see it happen:",
            "  asha: Order desk.  meera, ravi, imran, kavita: Waiting for you.  lata: Terminal.",
            "",
            "  A customer's buyer orders in the portal (the link works once; start again for another):",
            f"  {(folder / PORTAL).read_text()}",
            "",
        ]
    )


def _label(function: str) -> str:
    return function.replace("_", " ").capitalize() if function != "it" else "IT"
