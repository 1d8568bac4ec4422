"""Every command and its arguments: plain argparse, nothing else imported, so that help is instant.

Commands of the demo are named by their module ("demo.starting"): cli knows of them, and imports none.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import NoReturn

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
NOTHING, DJANGO, TABLES, SCRATCH = "nothing", "django", "tables", "scratch"
"""What a command needs before it runs: nothing, the settings, a database that answers, or one of its own."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\nTry `{self.prog} --help`.\n")


def port(text: str) -> int:
    """A TCP port, 1 to 65535."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= 65_535:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is not a port: give 1 to 65535")
    return int(text)


def count(text: str) -> int:
    """A small number, 1 to 64."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= 64:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is not a number from 1 to 64")
    return int(text)


def seconds(text: str) -> float:
    """A number of seconds, 0.1 to 86,400."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.1 <= value <= 86_400:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is not a number of seconds from 0.1 to 86400")
    return value


def parser() -> argparse.ArgumentParser:
    """The parser of the `obeya` command. Each command sets `module`, `call` and `needs`."""
    top = _Parser(prog="obeya", description="Obeya, the manufacturing OS: the execution layer above ERP.")
    groups = top.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)
    _running(groups)
    _keeping(groups)
    _journal(groups)
    _sites(groups)
    _users(groups)
    _tasks(groups)
    _orders(groups)
    return top


def _add(
    groups: argparse._SubParsersAction[_Parser],
    name: str,
    text: str,
    *,
    module: str,
    call: str = "run",
    needs: str = NOTHING,
) -> _Parser:
    made = groups.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    made.set_defaults(
        module=f"obeya.{module}" if "." in module else f"obeya.cli.{module}", call=call, needs=needs
    )
    return made


def _listening(made: argparse.ArgumentParser) -> None:
    made.add_argument("--host", default=DEFAULT_HOST, help=f"address to listen at ({DEFAULT_HOST})")
    made.add_argument("--port", type=port, default=DEFAULT_PORT, help=f"port to listen at ({DEFAULT_PORT})")


def _running(groups: argparse._SubParsersAction[_Parser]) -> None:
    made = _add(groups, "run", "start everything: database, web, worker, ticker", module="run")
    _listening(made)
    made.add_argument("--workers", type=count, default=1, help="how many workers (1)")
    made = _add(groups, "demo", "start everything with the demo plant and its ERP", module="demo.starting")
    _listening(made)
    made.add_argument("--no-simulator", action="store_true", help="nobody writes or presses anything")
    made.add_argument("--pace", type=seconds, default=40.0, help="seconds between messages, on average (40)")
    made.add_argument("--quiet", action="store_true", help="do not tell what the simulator does")
    made = _add(groups, "web", "serve the screens and the API alone", module="web", needs=DJANGO)
    _listening(made)
    made = _add(groups, "worker", "do background work alone", module="worker", needs=DJANGO)
    made.add_argument("--concurrency", type=count, default=6, help="how many jobs at a time (6)")
    made = _add(groups, "tick", "seal, escalate, wake and reap alone", module="tick", needs=DJANGO)
    made.add_argument("--metrics-port", type=port, help="serve Prometheus metrics at this port of 127.0.0.1")
    _add(groups, "mailbox", "read the orders' mailbox alone", module="mailbox", needs=DJANGO)
    made = _add(
        groups, "simulate", "send the demo plant's signals through the front doors", module="demo.playing"
    )
    made.add_argument("--pace", type=seconds, default=40.0, help="seconds between messages, on average (40)")
    made.add_argument("--quiet", action="store_true", help="do not tell what is sent")
    made.add_argument("--no-signals", action="store_true", help="only stand in for Meta")


def _keeping(groups: argparse._SubParsersAction[_Parser]) -> None:
    _add(groups, "doctor", "say in plain words what is missing or broken", module="doctor", needs=DJANGO)
    _add(groups, "migrate", "bring the database's tables up to date", module="migrate", needs=TABLES)
    _add(groups, "load-demo", "load the demo plant and read its ERP", module="demo.loading", needs=TABLES)
    _add(groups, "demo-buyer", "let a customer of the demo in", module="demo.buyer", needs=TABLES)
    made = _add(groups, "reset", "forget everything in this home", module="reset")
    made.add_argument("--yes", action="store_true", help="do not ask")
    made.add_argument("--demo", action="store_true", help="only where the demo plant lives; does not ask")


def _journal(groups: argparse._SubParsersAction[_Parser]) -> None:
    made = groups.add_parser("journal", help="prove or export the event log")
    inner = made.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)
    _add(inner, "verify", "prove that no event was changed", module="journal", call="verify", needs=TABLES)
    made = _add(
        inner, "export", "write events as CloudEvents, one a line", module="journal", call="export_events",
        needs=TABLES,
    )  # fmt: skip
    made.add_argument("--out", type=Path, help="file to write (else: standard output)")


def _tasks(groups: argparse._SubParsersAction[_Parser]) -> None:
    made = groups.add_parser("tasks", help="background work that failed and waits for a person")
    inner = made.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)
    _add(inner, "failed", "list what failed", module="tasks", call="show", needs=TABLES)
    for name, text in (
        ("retry", "run a failed task again, its cause put right"),
        ("forget", "delete a failed task, its purpose settled by hand"),
    ):
        made = _add(inner, name, text, module="tasks", call=name, needs=TABLES)
        made.add_argument("number", type=_task_number)


def _task_number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:20]) < 2**63:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is not a task's number")
    return int(text)


def _sites(groups: argparse._SubParsersAction[_Parser]) -> None:
    made = groups.add_parser("sites", help="create, list and fill plants")
    inner = made.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)
    made = _add(inner, "create", "create a site", module="sites", call="create", needs=TABLES)
    made.add_argument("code", help="capital letters and digits, such as PUNE")
    made.add_argument("--name", help="what people call it (the code)")
    made.add_argument("--country", required=True, help="two letters, such as IN")
    made.add_argument("--timezone", required=True, help="such as Asia/Kolkata")
    made.add_argument("--currency", required=True, help="three letters, such as INR")
    made.add_argument("--week", default="mon,tue,wed,thu,fri,sat", help="working days (mon,...,sat)")
    _add(inner, "list", "list the sites", module="sites", call="show", needs=TABLES)
    made = _add(
        inner, "load", "load a plant's own folder: floors, words, contacts, equipment, shifts, history",
        module="sites", call="load", needs=TABLES,
    )  # fmt: skip
    made.add_argument("site", help="the site's code")
    made.add_argument("folder", type=Path, metavar="DIR", help="see docs/howto/load-a-plant.md")
    made.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")


def _users(groups: argparse._SubParsersAction[_Parser]) -> None:
    made = groups.add_parser("users", help="create people, give them functions and tokens, take them away")
    inner = made.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)
    made = _add(inner, "create", "create a person", module="users", call="create", needs=TABLES)
    made.add_argument("username")
    made.add_argument("--name", help="how people call them (the user name)")
    made.add_argument("--email", default="")
    made.add_argument("--phone", default="")
    made.add_argument("--language", default="en")
    made.add_argument("--site", default="", help="site at which --function is held")
    made.add_argument("--function", action="append", default=[], help="may be repeated")
    made.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input (else: asked)"
    )
    made.add_argument("--no-password", action="store_true", help="logs in by the company's provider only")
    _add(inner, "list", "list people and their functions", module="users", call="show", needs=TABLES)
    made = _add(inner, "grant", "give a person a function", module="users", call="grant", needs=TABLES)
    made.add_argument("username")
    made.add_argument("site")
    made.add_argument("function")
    made.add_argument("--shift", default="", help="on duty in this shift alone (else: always)")
    made = _add(inner, "absent", "say when a person is away, and who stands in", module="users",
                call="absent", needs=TABLES)  # fmt: skip
    made.add_argument("username")
    made.add_argument("--from", dest="first", type=_day, required=True, help="first day, such as 2026-02-09")
    made.add_argument("--to", dest="last", type=_day, required=True, help="last day")
    made.add_argument("--substitute", default="", help="holds the person's functions meanwhile")
    made = _add(inner, "back", "say that a person is back", module="users", call="back", needs=TABLES)
    made.add_argument("username")
    made = _add(inner, "token", "make an API token; it is shown once", module="users", call="token",
                needs=TABLES)  # fmt: skip
    made.add_argument("username")
    made.add_argument("--name", required=True, help="what it is for")
    made.add_argument("--days", type=_days, help="how long it is good for (else: until revoked)")
    _ending(inner)


def _ending(inner: argparse._SubParsersAction[_Parser]) -> None:
    made = _add(inner, "revoke", "take a function from a person", module="users", call="revoke", needs=TABLES)
    made.add_argument("username")
    made.add_argument("--site", required=True, help="site at which the function is held")
    made.add_argument("--function", required=True)
    made = _add(inner, "deactivate", "end a person's log-ins, sessions and tokens", module="users",
                call="deactivate", needs=TABLES)  # fmt: skip
    made.add_argument("username")
    made = _add(inner, "password", "give a person a new password; their sessions end", module="users",
                call="password", needs=TABLES)  # fmt: skip
    made.add_argument("username")
    read = made.add_mutually_exclusive_group()
    read.add_argument(
        "--password-stdin", action="store_true", help="read it from standard input (else: asked)"
    )
    read.add_argument("--password-file", type=Path, metavar="FILE", help="read it from a file's first line")
    made = _add(inner, "tokens", "list a person's API tokens", module="users", call="tokens", needs=TABLES)
    made.add_argument("username")
    made = _add(inner, "revoke-token", "end an API token", module="users", call="revoke_token", needs=TABLES)
    made.add_argument("username")
    made.add_argument("name", metavar="TOKENNAME", help="as `obeya users tokens` lists it")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is not a day such as 2026-02-09") from None


def _days(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= 3_650:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is not a number of days from 1 to 3650")
    return int(text)


def _orders(groups: argparse._SubParsersAction[_Parser]) -> None:
    made = groups.add_parser("orders", help="the order reader on files")
    inner = made.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)
    made = _add(
        inner, "read-corpus", "read a company folder's messages and write predictions", module="orders",
        call="read_corpus", needs=SCRATCH,
    )  # fmt: skip
    made.add_argument("folder", type=Path, metavar="DIR")
    made.add_argument("--out", type=Path, required=True, metavar="FILE.jsonl")
    made.add_argument(
        "--feedback", action="store_true", help="after each message, its gold is the clerk's word"
    )
    made = _add(
        inner, "learn", "learn customers' words from old orders, chats and mail", module="learn", needs=TABLES
    )
    made.add_argument("--site", required=True, help="the site's code")
    made.add_argument("--history", type=Path, metavar="FILE.jsonl", help="see docs/howto/load-a-plant.md")
    made.add_argument("--chats", type=Path, metavar="FILE|DIR", help="WhatsApp's text exports")
    made.add_argument("--mailbox", type=Path, metavar="FILE.mbox|DIR", help="an mbox, or a folder of .eml")
    made.add_argument("--dry-run", action="store_true", help="say what would be learned, and learn nothing")
    made = _add(
        inner, "retrain", "compare what was newly learned with what is in use, as every night does",
        module="retrain", needs=TABLES,
    )  # fmt: skip
    made.add_argument("--site", required=True, help="the site's code")
    made.add_argument("--dry-run", action="store_true", help="say what would follow, and change nothing")
