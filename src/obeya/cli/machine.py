"""What this machine has: a browser, Node, space on the disk."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser() -> str | None:
    """The system's Chromium: the program that OBEYA_CHROMIUM names, or the first known name on the path."""
    named = os.environ.get("OBEYA_CHROMIUM")
    return next((found for name in ((named,) if named else BROWSERS) if (found := shutil.which(name))), None)


def find_node() -> str | None:
    """Node, on the path."""
    return shutil.which("node")


def free_mb(folder: Path) -> int:
    """Megabytes free where `folder` lies, or will lie."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(there).free // (1024 * 1024)
