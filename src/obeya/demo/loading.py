"""`obeya load-demo`: the demo plant's own data, and the first reading of its ERP."""

from __future__ import annotations

import argparse
from datetime import datetime
from zoneinfo import ZoneInfo

from obeya.config import answers, home, running
from obeya.demo import load, plant


def run(_args: argparse.Namespace) -> None:
    """Load the plant into this home's database; its ERP must run. Raises Mistake or Failure."""
    folder = home.folder()
    if not home.is_demo(folder):
        raise answers.Mistake("Only the demo plant's own home can be loaded: start `obeya demo`.")
    found = plant.load()
    try:
        loaded = load.load(
            password=(folder / "demo.password").read_text(),
            plant=found,
            today=datetime.now(ZoneInfo(found.company.timezone)).date(),
        )
    except load.CannotLoadDemo as error:
        raise answers.Failure(str(error)) from error
    running.say(
        f"{loaded.site}: {loaded.users} people, {loaded.items} items, {loaded.customers} customers,"
        f" {loaded.past_orders} past orders."
    )
