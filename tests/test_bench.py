"""Every benchmark runs by itself and prints its figures by their names. How good they are is not judged."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
IS_PROGRAM = re.compile(r"^if __name__ == .__main__.:", re.MULTILINE)
FIGURES = {
    "desk_queue": ("orders", "list_p95_ms", "searched_p95_ms", "order_p95_ms", "ratio_list", "p95_ms"),
    "documents": ("documents", "p95_s", "ratio"),
    "hold_fanout": ("p50_ms", "p95_ms"),
    "journal_append": ("events_per_s", "raw_per_s", "ratio"),
    "journal_verify": ("events", "verify_s", "events_per_s", "raw_read_s", "ratio", "found", "place"),
    "order_latency": ("total_p50_ms", "total_p95_ms", "erp_p95_ms", "overhead_p95_ms"),
}
"""What each benchmark prints at least."""
NEEDS = {"hold_fanout": (pytest.mark.erp, pytest.mark.browser), "order_latency": (pytest.mark.erp,)}
WITHIN_S = 600
"""Benchmarks wait for each other, and for one that somebody runs at the same time."""


def test_every_benchmark_has_its_figures_named_here():
    programs = {path.stem for path in (ROOT / "bench").glob("*.py") if IS_PROGRAM.search(path.read_text())}
    assert programs == set(FIGURES)


@pytest.mark.slow
@pytest.mark.parametrize("name", [pytest.param(name, marks=NEEDS.get(name, ())) for name in FIGURES])
def test_a_benchmark_runs_by_itself_and_prints_its_figures(name):
    told = result_of(name)
    missing = [figure for figure in FIGURES[name] if figure not in told]
    assert missing == []
    empty = {figure: told[figure] for figure in FIGURES[name] if not is_something(told[figure])}
    assert empty == {}


def result_of(name):
    """The one JSON object that a quick run prints, without what this test session has set up for itself."""
    alone = {key: value for key, value in os.environ.items() if not key.startswith(("OBEYA_", "DJANGO_"))}
    alone |= {key: os.environ[key] for key in ("OBEYA_CHROMIUM",) if key in os.environ}
    done = subprocess.run(
        [sys.executable, f"bench/{name}.py", "--quick", "--json"],
        cwd=ROOT, env=alone, capture_output=True, text=True, timeout=WITHIN_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    told = json.loads(done.stdout)
    assert isinstance(told, dict)
    return told


def is_something(value):
    """A number above zero, or a text that says something."""
    return bool(value) if isinstance(value, str) else value > 0
