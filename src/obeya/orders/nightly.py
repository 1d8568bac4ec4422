"""Planning the nightly check: at night of each site, one at a time."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from procrastinate import exceptions
from procrastinate.contrib.django import app

from obeya.people import queries as people

RETRAIN, QUEUE = "orders.retrain", "nightly"
HOUR = 2
"""In this hour of the site's clock."""


def defer_due(now: datetime) -> list[str]:
    """Plan the check of each site where it is night now; returns their codes."""
    due = [site.code for site in people.list_sites() if now.astimezone(site.tz).hour == HOUR]
    return [code for code in due if _defer(code)]


def _defer(site: str) -> bool:
    name = f"{RETRAIN}:{site}"
    job = app.configure_task(RETRAIN, queue=QUEUE, queueing_lock=name, lock=RETRAIN)
    try:
        with transaction.atomic():  # a refused job must not spoil the caller's transaction
            job.defer(site=site)
    except exceptions.AlreadyEnqueued:
        return False
    return True
