"""`obeya journal`: prove the event log, or write it out."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from obeya.config import answers
from obeya.journal import actions, export, verification


def verify(_args: argparse.Namespace) -> int:
    """Walk every chain; 0 where all is sound, 1 with each fault where it is not."""
    report = verification.verify()
    print(f"{report.proved} events proved, {report.unsealed} not sealed yet.")
    for site, head in sorted(report.heads.items()):
        print(f"  site {site}: {head.sequence} events, head {head.hash.hex()}")
    for fault in report.faults:
        print(f"FAULT  {fault}")
    if report.sound:
        print("The journal is sound. Note the heads elsewhere: they prove later that no tail was cut off.")
    return 0 if report.sound else 1


def export_events(args: argparse.Namespace) -> None:
    """Write every sealed event as a CloudEvent, one a line. What waits to be sealed is sealed first."""
    actions.seal_all()
    with _output(args.out) as file:
        count = 0
        for line in export.lines():
            file.write(line + "\n")
            count += 1
    print(f"{count} events written.", file=sys.stderr)


@contextlib.contextmanager
def _output(path: Path | None) -> Iterator[TextIO]:
    """Standard output, or a file that appears only when it is complete. Raises Mistake."""
    if path is None:
        yield sys.stdout
        return
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8") as file:
            yield file
        part.replace(path)
    except OSError as error:
        raise answers.Mistake(f"Cannot write {path}: {error}") from error
