"""`obeya doctor`: say in plain words what is missing or broken, and what to do."""

from __future__ import annotations

import argparse
import os
import platform
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import httpx
import psycopg
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from obeya.catalog import ports, readers
from obeya.cli import findings, machine
from obeya.cli.findings import Finding, bad, off, ok
from obeya.config import embedded, heartbeats, home, leftovers, ticking
from obeya.decisions import queries as decisions
from obeya.integrations.email import mailbox
from obeya.integrations.scans import equipment as scans
from obeya.journal import queries as journal
from obeya.lib import clock
from obeya.people import queries as people

OLDEST_PYTHON = (3, 11)
LEAST_MB = 1_000
CLOCK_S = 2.0
LATE_S = 5
BUILT = Path(__file__).parents[1] / "web" / "static" / "obeya" / "style.css"
Check = Callable[[], Iterator[Finding]]


def run(_args: argparse.Namespace) -> int:
    """Look at everything and say how it is; 1 where something is missing or broken."""
    found = look(before_the_database())
    if all(one.state is not findings.State.BAD for one in found if one.what == "PostgreSQL"):
        found += look(with_the_database())
    found += look(around())
    print("\n".join(findings.lines(found)))
    code = findings.exit_code(found)
    print("\nAll is well." if code == 0 else "\nSomething is missing: do what stands behind the arrows.")
    return code


def look(checks: Sequence[Check]) -> list[Finding]:
    """What the checks find; one that the database or a line interrupts says so itself."""
    found: list[Finding] = []
    for check in checks:
        try:
            found += check()
        except (DatabaseError, psycopg.Error) as error:
            text = str(error).strip().splitlines()[0]
            found.append(bad(check.__name__.replace("_", " "), text, "Run `obeya migrate`, then look again."))
    return found


def _start() -> str:
    return "obeya demo" if home.is_demo(home.folder()) else "obeya run"


def before_the_database() -> tuple[Check, ...]:
    """What can be looked at without any table."""
    return (python, folder, postgres)


def with_the_database() -> tuple[Check, ...]:
    """What needs tables."""
    return (migrations, clocks, processes, late_things, failed_tasks, sites_and_people)


def around() -> tuple[Check, ...]:
    """What Obeya talks to, and what it shows."""
    return (web, erp, whatsapp, mail, pictures, built_files, development)


def python() -> Iterator[Finding]:
    """The interpreter."""
    text = f"{platform.python_version()} on {platform.system()}"
    if sys.version_info < OLDEST_PYTHON:
        yield bad("Python", text, "Obeya needs Python 3.11 or newer.")
    else:
        yield ok("Python", text)


def folder() -> Iterator[Finding]:
    """The home: there, ours, with room on its disk, its keys kept to its owner."""
    path = home.folder()
    if not path.exists():
        yield bad("Home", f"{path} does not exist", "`obeya run` makes it, `obeya demo` with the demo plant.")
        return
    if not os.access(path, os.W_OK):
        yield bad("Home", f"{path} cannot be written", "Run as its owner, or set OBEYA_HOME.")
        return
    yield ok("Home", f"{path}{' holds the demo plant' if home.is_demo(path) else ''}")
    for name in ("secret_key", home.SETTINGS, home.DEMO_SETTINGS):
        file = path / name
        if file.exists() and stat.S_IMODE(file.stat().st_mode) & 0o077:
            yield bad("Keys", f"{file} can be read by others on this machine", f"chmod 600 {file}")
    free = machine.free_mb(path)
    if free < LEAST_MB:
        yield bad("Disk", f"{free} MB free", f"Make room: Obeya wants {LEAST_MB} MB at least.")
    else:
        yield ok("Disk", f"{free:,} MB free")


def postgres() -> Iterator[Finding]:
    """The database server."""
    which = "embedded" if embedded.is_used() else "OBEYA_DATABASE_URL"
    try:
        connection.ensure_connection()
    except (DatabaseError, psycopg.Error) as error:
        do = f"`{_start()}` starts it." if embedded.is_used() else "Start it, or correct OBEYA_DATABASE_URL."
        yield bad("PostgreSQL", f"does not answer ({which}): {str(error).strip().splitlines()[0]}", do)
        return
    version = connection.cursor().execute("SHOW server_version").fetchone()
    where = connection.settings_dict["HOST"]
    yield ok("PostgreSQL", f"{version[0] if version else '?'} answers ({which}, at {where})")


def migrations() -> Iterator[Finding]:
    """Whether the tables are those of this version."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        yield bad("Tables", f"{len(waiting)} migrations are not applied", "Run `obeya migrate`.")
    else:
        yield ok("Tables", "up to date")


def clocks() -> Iterator[Finding]:
    """Whether this machine and the database agree on the time: windows and escalations go by it."""
    apart = abs((ticking.database_now() - clock.now()).total_seconds())
    if apart > CLOCK_S:
        yield bad("Clock", f"{apart:.0f} s apart from the database's", "Set both machines' clocks by NTP.")
    else:
        yield ok("Clock", f"agrees with the database's to {apart:.1f} s")


def processes() -> Iterator[Finding]:
    """Whether workers and a ticker live."""
    now = ticking.database_now()
    workers = heartbeats.count_workers(now)
    if workers:
        yield ok("Worker", f"{workers} at work")
    else:
        yield bad("Worker", "none lives: nothing is read and nothing is posted", f"Start `{_start()}`.")
    tickers = heartbeats.list_tickers(now)
    if any(ticker.active for ticker in tickers):
        spare = len(tickers) - 1
        yield ok("Ticker", f"at work{f', {spare} standing by' if spare else ''}")
    else:
        yield bad("Ticker", "none works: nothing escalates and no event is handed on", f"Start `{_start()}`.")


def late_things() -> Iterator[Finding]:
    """Whether something waits that should not: the auditor's look, independent of the ticker."""
    late = [seconds for seconds in decisions.overdue_seconds(ticking.database_now()) if seconds > LATE_S]
    if late:
        yield bad("Escalations", f"{len(late)} overdue by up to {max(late)} s", "Is a ticker at work?")
    unsealed = journal.count_unsealed()
    if unsealed > 1_000:
        yield bad("Journal", f"{unsealed} events wait to be sealed", "Is a ticker at work?")
    if not late and unsealed <= 1_000:
        yield ok("Journal", "sealed; no escalation is overdue")


def failed_tasks() -> Iterator[Finding]:
    """Whether background work failed that nobody does again."""
    by_name: dict[str, list[leftovers.Failed]] = {}
    for one in leftovers.list_failed():
        by_name.setdefault(one.task, []).append(one)
    for name, found in by_name.items():
        last = f", last {found[0].failed_at:%Y-%m-%d %H:%M} UTC" if found[0].failed_at else ""
        numbers = ", ".join(str(one.number) for one in found[:5])
        do = f"The log says why. `obeya tasks retry {found[0].number}`, or `forget`, once that is settled."
        yield bad("Tasks", f"{name} failed {len(found)} times{last} (task {numbers})", do)
    if not by_name:
        again = leftovers.count_failed_again()
        yield ok("Tasks", f"none waits for a person{f'; {again} failed and are done again' if again else ''}")


def sites_and_people() -> Iterator[Finding]:
    """Whether somebody can log in and has something to do."""
    sites = people.list_sites()
    if not sites:
        yield bad("Sites", "none", "`obeya sites create CODE --country .. --timezone .. --currency ..`")
        return
    names = ", ".join(site.code for site in sites)
    if not any(people.list_people(site.code, people.Function.IT) for site in sites):
        yield bad("People", "nobody is IT", f"`obeya users create NAME --site {sites[0].code} --function it`")
    else:
        yield ok("Sites", names)


def web() -> Iterator[Finding]:
    """Whether the screens answer where the settings say that they are."""
    url = str(settings.BASE_URL)
    try:
        status = httpx.get(f"{url}/login", timeout=5, trust_env=False).status_code
    except httpx.HTTPError as error:
        yield bad("Web", f"{url} does not answer ({type(error).__name__})", f"Start `{_start()}`.")
        return
    if status >= 400:
        yield bad("Web", f"{url}/login answers {status}", f"Look at what `{_start()}` prints.")
    else:
        yield ok("Web", f"{url} answers")


def erp() -> Iterator[Finding]:
    """Whether each ERP answers and lets us in."""
    names = readers.names()
    if not names:
        yield off(
            "ERP",
            "none is connected",
            "Set OBEYA_TRYTON_URL and its companions (docs/howto/connect-tryton.md).",
        )
    for name in names:
        try:
            yield ok("ERP", readers.get(name).factory().check())
        except ports.CannotReadErp as error:
            yield bad("ERP", f"{name}: {error}", "Start it, or correct its address and key.")


def whatsapp() -> Iterator[Finding]:
    """Whether WhatsApp is set up, both ways."""
    wanted = {
        "app_secrets": "OBEYA_WHATSAPP_APP_SECRETS",
        "verify_token": "OBEYA_WHATSAPP_VERIFY_TOKEN",
        "access_token": "OBEYA_WHATSAPP_ACCESS_TOKEN",
        "phone_number_id": "OBEYA_WHATSAPP_PHONE_NUMBER_ID",
    }
    missing = [variable for name, variable in wanted.items() if not settings.WHATSAPP[name]]
    if len(missing) == len(wanted):
        yield off("WhatsApp", "not set up", "docs/howto/connect-whatsapp.md says how.")
    elif missing:
        yield bad(
            "WhatsApp",
            f"{', '.join(missing)} not set",
            "docs/howto/connect-whatsapp.md says where it is found.",
        )
    else:
        yield ok("WhatsApp", f"set up; Meta is {settings.WHATSAPP['base_url']}")
        if not settings.WHATSAPP["templates"]:
            text = "no template: customers quiet for 24 hours are not reached"
            yield off("WhatsApp", text, "docs/howto/connect-whatsapp.md says how.")


def mail() -> Iterator[Finding]:
    """Whether e-mail can leave."""
    if settings.EMAIL_HOST:
        yield ok("E-mail", f"leaves by {settings.EMAIL_HOST}:{settings.EMAIL_PORT}")
    else:
        yield off("E-mail", "no server is set; messages by e-mail wait", "Set OBEYA_SMTP_HOST.")
    try:
        box = mailbox.settings_of(os.environ)
    except ValueError as error:
        yield bad("Mailbox", str(error), "See docs/howto/connect-email.md.")
        return
    if box is None:
        yield off("Mailbox", "none is set; orders by e-mail are not read", "Set OBEYA_IMAP_HOST.")
    else:
        yield ok("Mailbox", f"{box.name}, folder {box.folder}, is read from {box.host}:{box.port}")


def pictures() -> Iterator[Finding]:
    """Whether photographed and scanned orders can be read, and in which scripts."""
    if not scans.has_engine():
        yield off(
            "Pictures",
            "orders in photos and scans wait unread: this Python has no RapidOCR",
            "Use a Python that onnxruntime has wheels for (3.11 to 3.14).",
        )
        return
    missing = scans.missing_scripts()
    if missing:
        named = ", ".join(missing)
        packs = " ".join(f"tesseract-ocr-{scans.pack_of(script)}" for script in missing)
        yield off(
            "Pictures", f"read; not those in {named}", f"Install tesseract-ocr tesseract-ocr-osd {packs}."
        )
    else:
        yield ok("Pictures", "read, also in Devanagari, Gujarati and Arabic letters")


def built_files() -> Iterator[Finding]:
    """Whether the style sheet and scripts were built."""
    if BUILT.exists():
        made = datetime.fromtimestamp(BUILT.stat().st_mtime, tz=clock.now().tzinfo)
        yield ok("Screens", f"built {made:%Y-%m-%d %H:%M} UTC")
    else:
        yield bad("Screens", "their style sheet and scripts are not built", "Run `make install`.")


def development() -> Iterator[Finding]:
    """What only tests and builds need."""
    browser = machine.find_browser()
    yield ok("Browser", browser) if browser else off("Browser", "none; only tests need one", "`make browser`")
    node = machine.find_node()
    yield ok("Node", node) if node else ok("Node", "none on the path; `make install` uses the locked package")
