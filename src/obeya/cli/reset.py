"""`obeya reset`: forget everything that Obeya keeps in its home."""

from __future__ import annotations

import argparse
import shutil
import sys

from obeya.config import answers, embedded, home
from obeya.lib import postgres


def run(args: argparse.Namespace) -> None:
    """Stop the embedded PostgreSQL and remove what Obeya put into its home; nothing else. Raises Mistake."""
    folder = home.folder()
    if not embedded.is_used():
        raise answers.Mistake(
            "The data is on a PostgreSQL server of yours (OBEYA_DATABASE_URL): drop that database yourself."
        )
    if home.is_running(folder):
        raise answers.Mistake(f"Obeya runs in {folder}; stop it first.")
    if not any((folder / name).exists() for name in home.CONTENTS):
        print(f"There is nothing in {folder}.")
        return
    if args.demo and (folder / "postgres").exists() and not home.is_demo(folder):
        raise answers.Mistake(f"{folder} holds a plant's own data, not the demo. `obeya reset` asks first.")
    if not (args.demo or args.yes or _is_sure(str(folder))):
        raise answers.Mistake("Nothing was removed.")
    home.end_leftover(folder / "erp")
    postgres.stop(folder / "postgres")
    for name in home.CONTENTS:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    print(f"Everything in {folder} is forgotten.")


def _is_sure(folder: str) -> bool:
    if not sys.stdin.isatty():
        return False
    typed = input(f"This removes the database, files and keys in {folder}. Type yes to go on: ")
    return typed.strip().lower() == "yes"
