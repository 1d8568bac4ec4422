"""One rig for all of chaos; each test leaves it well."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos import rig as rigs


@pytest.fixture(scope="session")
def rig() -> Iterator[rigs.Rig]:
    """The running processes, PostgreSQL, Tryton and Meta's stand-in."""
    with tempfile.TemporaryDirectory(prefix="obeya-chaos-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # PostgreSQL does not run as root and must come through
        with rigs.running(Path(folder)) as running:
            yield running
