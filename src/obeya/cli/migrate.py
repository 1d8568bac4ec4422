"""`obeya migrate`: bring the tables up to date."""

from __future__ import annotations

import argparse

from django.core.management import call_command


def run(_args: argparse.Namespace) -> None:
    """Apply every migration that is not applied yet."""
    call_command("migrate", interactive=False, verbosity=1, skip_checks=True)
