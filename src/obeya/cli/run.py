"""`obeya run`: everything, until Ctrl-C."""

from __future__ import annotations

import argparse
import os

from obeya.config import home, running


def run(args: argparse.Namespace) -> None:
    """Start everything and stay until a signal ends it."""
    folder = home.folder()
    with home.sole_runner(folder):
        home.refuse_taken_port(args.host, args.port)
        os.environ.setdefault("OBEYA_BASE_URL", running.address(args.host, args.port))
        with running.database(folder):
            running.migrate()
            running.keep(
                folder,
                running.processes(args.host, args.port, workers=args.workers),
                ready=lambda: running.say(
                    f"Obeya runs at {running.address(args.host, args.port)}   (Ctrl-C stops it)"
                ),
                probe=running.address(args.host, args.port),
            )
    running.say("Obeya has stopped.")
