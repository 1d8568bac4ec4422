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

from obeya.cli import answers, arguments, embedded, home


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0, 1 (cannot), 2 (mistake) or 130 (Ctrl-C)."""
    args = arguments.parser().parse_args(argv)
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
    with embedded.available(folder) if needs == arguments.TABLES else contextlib.nullcontext():
        try:
            django.setup()
            yield
        except (ImproperlyConfigured, ValueError) as error:
            raise answers.Mistake(f"The settings cannot be used: {error}") from error
        except ProgrammingError as error:
            raise answers.Failure(
                f"The tables are not as expected: run `obeya migrate` first. {error}"
            ) from error
        except (OperationalError, psycopg.OperationalError) as error:
            raise answers.Failure(
                f"PostgreSQL does not answer; `obeya doctor` says more. {str(error).strip()}"
            ) from error
        except DatabaseError as error:
            raise answers.Failure(f"The database refused: {error}") from error


if __name__ == "__main__":
    sys.exit(main())
