"""`obeya orders read-corpus`: the order reader on a company folder.

The reader learns and reads in memory; nothing of the plant's own database is read or written, so the
figures of a corpus cannot be helped, or harmed, by what this Obeya knows.
"""

from __future__ import annotations

import argparse

from obeya.cli import answers, corpus


def read_corpus(args: argparse.Namespace) -> None:
    """Write a prediction for each message of the folder. Raises Mistake."""
    if not args.folder.is_dir():
        raise answers.Mistake(f"{args.folder} is not a folder.")
    if args.out.is_dir() or not args.out.resolve().parent.is_dir():
        raise answers.Mistake(f"Cannot write {args.out}: name a file in a folder that is there.")
    try:
        count = corpus.read_corpus(args.folder, args.out, args.feedback)
    except corpus.CannotReadCorpus as error:
        raise answers.Mistake(str(error)) from error
    except OSError as error:
        raise answers.Mistake(f"Cannot read or write: {error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise answers.Mistake(f"{args.folder} is not of the corpus form: {error!r}") from error
    print(f"{count} messages read; predictions are in {args.out}.")
