"""`obeya web`: the screens and the API, served by granian."""

from __future__ import annotations

import argparse
import importlib
import os
import threading
from collections.abc import Callable
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from obeya.config import home, logs
from obeya.lib import lifeline

APPLICATION = "obeya.config.asgi:application"
PARENT_GLANCE_S = 0.25


def run(args: argparse.Namespace) -> None:
    """Serve until a signal ends it."""
    home.refuse_taken_port(args.host, args.port)
    os.environ["OBEYA_PROCESS"] = "obeya web"
    (home.folder() / "static").mkdir(parents=True, exist_ok=True)
    lifeline.watch()
    server = Server(
        APPLICATION,
        address=args.host,
        port=args.port,
        interface=Interfaces.ASGINL,
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig=logs.settings(os.environ),
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=4,
    )
    server.serve(target_loader=_load, wrap_loader=False)


def _load(*_arguments: object) -> Callable[..., Any]:
    """The application, in the serving process; that one ends with the process that made it."""
    threading.Thread(target=_end_with_parent, args=[os.getppid()], name="parent", daemon=True).start()
    module, _, name = APPLICATION.partition(":")
    application: Callable[..., Any] = vars(importlib.import_module(module))[name]
    return application


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        threading.Event().wait(PARENT_GLANCE_S)
    os._exit(1)
