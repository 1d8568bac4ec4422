"""`obeya simulate`: Meta's side of the demo, and the plant's people and customers."""

from __future__ import annotations

import argparse
import os
import random
import signal
import threading
import time
import urllib.parse

from obeya.config import answers, home, logs, running
from obeya.demo import graph_stub, plant, simulator
from obeya.lib import lifeline

WEBHOOK = "/webhooks/whatsapp"
STATUSES = ("sent", "delivered", "read")


def run(args: argparse.Namespace) -> None:
    """Stand in for Meta, and play the live plant, until a signal ends it. Raises Mistake."""
    folder = home.folder()
    if not home.is_demo(folder):
        raise answers.Mistake("The simulator belongs to the demo plant: start it with `obeya demo`.")
    lifeline.watch()
    logs.apply(logs.settings(os.environ))
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopping.set())
    url = os.environ["OBEYA_BASE_URL"]
    with _stub(url) as stub:
        if args.no_signals:
            stopping.wait()
            return
        simulator.Simulator(
            stub=stub,
            found=plant.load(),
            url=url,
            password=(folder / "demo.password").read_text(),
            tell=(lambda _line: None) if args.quiet else _tell,
            chance=random.Random(),  # noqa: S311 - chance, not a secret
        ).run(pace_s=args.pace, stopping=stopping)


def _tell(line: str) -> None:
    running.say(f"   {line}")


def _stub(url: str) -> graph_stub.GraphStub:
    """The stand-in for the Graph API, at the address and with the secrets that Obeya was given."""
    stub = graph_stub.GraphStub(
        port=urllib.parse.urlsplit(os.environ["OBEYA_WHATSAPP_BASE_URL"]).port or 0,
        token=os.environ["OBEYA_WHATSAPP_ACCESS_TOKEN"],
        app_secret=os.environ["OBEYA_WHATSAPP_APP_SECRETS"],
        phone_number_id=os.environ["OBEYA_WHATSAPP_PHONE_NUMBER_ID"],
        auto_statuses=STATUSES,
        first_serial=time.time_ns() // 1_000_000,
    )
    stub.webhook_url = url + WEBHOOK
    return stub
