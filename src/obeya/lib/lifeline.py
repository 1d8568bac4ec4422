"""A child process ends when its supervisor is gone, however that one ended.

The supervisor keeps the writing end of the child's standard input open and never writes. End of file
there means that it is gone: not even kill -9 leaves processes behind.
"""

from __future__ import annotations

import os
import signal
import threading

VARIABLE = "OBEYA_LIFELINE"
PATIENCE_S = 10.0


def watch() -> None:
    """End this process, and its group, when standard input ends; only where a supervisor asked for it."""
    if os.environ.pop(VARIABLE, None) == "1":
        threading.Thread(target=_wait_for_the_end, name="lifeline", daemon=True).start()


def _wait_for_the_end() -> None:
    while os.read(0, 64):
        continue
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(PATIENCE_S)
    os.killpg(os.getpgid(0), signal.SIGKILL)
