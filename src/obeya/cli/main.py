"""The `obeya` command: find the command, get ready what it needs, run it, turn errors into sentences."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import django
import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, OperationalError, ProgrammingError

from obeya.cli import arguments, scratch
from obeya.config import answers, embedded, home


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0, 1 (cannot), 2 (mistake) or 130 (Ctrl-C)."""
    words = sys.argv[1:] if argv is None else list(argv)
    if any("\ud800" <= letter <= "\udfff" for word in words for letter in word):
        sys.stderr.write("obeya: What was typed is not UTF-8 text.\n")
        return answers.Mistake.code
    args = arguments.parser().parse_args(words)
    try:
        with _ready(args.needs, home.enter()):
            call = vars(importlib.import_module(args.module))[args.call]
            return int(call(args) or 0)
    except (answers.Mistake, answers.Failure) as error:
        sys.stderr.write(f"obeya: {error}\n")
        return error.code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


@contextlib.contextmanager
def _ready(needs: str, folder: Path) -> Iterator[None]:
    """Set up what a command needs, and say in words what the database objects to."""
    if needs == arguments.NOTHING:
        yield
        return
    with _database(needs, folder):
        _set_up()
        try:
            yield
        except ProgrammingError as error:
            text = f"The tables are not as expected: run `obeya migrate` first. {_first_line(error)}"
            raise answers.Failure(text) from error
        except (OperationalError, psycopg.OperationalError) as error:
            text = f"PostgreSQL does not answer; `obeya doctor` says more. {_first_line(error)}"
            raise answers.Failure(text) from error
        except DatabaseError as error:
            raise answers.Failure(f"The database refused: {_first_line(error)}") from error


def _database(needs: str, folder: Path) -> contextlib.AbstractContextManager[None]:
    if needs == arguments.SCRATCH:
        return scratch.database(folder)
    return embedded.available(folder) if needs == arguments.TABLES else contextlib.nullcontext()


def _set_up() -> None:
    try:
        django.setup()
    except (ImproperlyConfigured, ValueError) as error:
        raise answers.Mistake(f"The settings cannot be used: {error}") from error


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), "")


if __name__ == "__main__":
    sys.exit(main())
