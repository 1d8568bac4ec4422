"""`obeya tick`: the process that seals, escalates, wakes and reaps; a second one stands by."""

from __future__ import annotations

import argparse
import os
import signal

import prometheus_client

from obeya.config import ticking
from obeya.lib import lifeline


def run(args: argparse.Namespace) -> None:
    """Tick until a signal ends it."""
    os.environ.setdefault("OBEYA_PROCESS", "obeya tick")
    lifeline.watch()
    ticker = ticking.Ticker()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: ticker.stop())
    if args.metrics_port:
        prometheus_client.start_http_server(args.metrics_port, addr="127.0.0.1")
    ticker.run()
