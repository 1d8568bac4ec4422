"""`obeya mailbox`: reads the orders' mailbox, where one is set."""

from __future__ import annotations

import argparse
import os
import signal

from obeya.config import answers
from obeya.integrations.email import mailbox
from obeya.lib import lifeline


def run(_args: argparse.Namespace) -> None:
    """Read until a signal ends it. Raises Mistake where the settings cannot be used."""
    lifeline.watch()
    try:
        settings = mailbox.settings_of(os.environ)
    except ValueError as error:
        raise answers.Mistake(str(error)) from error
    if settings is None:
        raise answers.Mistake("No mailbox is set: OBEYA_IMAP_HOST is missing.")
    watcher = mailbox.Watcher(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: watcher.stop())
    watcher.run()
