"""`obeya tasks`: background work that failed and waits for a person."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from obeya.config import answers, leftovers
from obeya.lib import clock


def show(_args: argparse.Namespace) -> None:
    """List what failed."""
    found = leftovers.list_failed()
    for one in found:
        when = f"{one.failed_at:%Y-%m-%d %H:%M} UTC" if one.failed_at else "unknown"
        about = f"event {one.event_id}" if one.event_id else ""
        print(f"{one.number:<10} {one.task:<30} {when}  tried {one.attempts + 1} times  {about}".rstrip())
    if not found:
        print("No task has failed that needs a person.")


def retry(args: argparse.Namespace) -> None:
    """Run it again. Raises Mistake."""
    _settle(lambda: leftovers.retry(args.number, clock.now()))
    print(f"Task {args.number} runs again; `obeya doctor` names it if it fails again.")


def forget(args: argparse.Namespace) -> None:
    """Delete it. Raises Mistake."""
    _settle(lambda: leftovers.forget(args.number))
    print(f"Task {args.number} is forgotten.")


def _settle(act: Callable[[], None]) -> None:
    try:
        act()
    except leftovers.CannotSettleTask as error:
        raise answers.Mistake(str(error)) from error
