"""`obeya orders read-corpus`: the order reader on a company folder.

The company is loaded into a scratch database of its own, which is dropped afterwards: nothing of the
plant's database is read or written, so the figures of a corpus cannot be helped, or harmed, by what this
Obeya knows.
"""

from __future__ import annotations

import argparse
import json

from django.core import management

from obeya.cli import corpus, corpus_plant
from obeya.config import answers


def read_corpus(args: argparse.Namespace) -> None:
    """Write a prediction for each message of the folder. Raises Mistake."""
    if not args.folder.is_dir():
        raise answers.Mistake(f"{args.folder} is not a folder.")
    if args.out.is_dir() or not args.out.resolve().parent.is_dir():
        raise answers.Mistake(f"Cannot write {args.out}: name a file in a folder that is there.")
    management.call_command("migrate", verbosity=0)
    count = 0
    try:
        with args.out.open("w", encoding="utf-8") as file:
            for row in corpus_plant.predictions(args.folder, feedback=args.feedback):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                count += 1
    except corpus.CannotReadCorpus as error:
        raise answers.Mistake(str(error)) from error
    except OSError as error:
        raise answers.Mistake(f"Cannot read or write: {error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise answers.Mistake(f"{args.folder} is not of the corpus form: {error!r}") from error
    print(f"{count} messages read; predictions are in {args.out}.")
