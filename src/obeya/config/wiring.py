"""Wiring: which room hears which event, which integration answers which port."""

from __future__ import annotations

import procrastinate


def on_jobs_ready(app: procrastinate.App) -> None:
    """Called once the job application is there: register reactions and integrations."""
