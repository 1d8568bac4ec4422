"""The demo ERP starts, keeps what it holds, stops cleanly and starts over."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from obeya.demo import erp
from obeya.integrations.tryton import client, inbound
from obeya.lib import clock

pytestmark = pytest.mark.erp


def today() -> str:
    return clock.SystemClock().now().date().isoformat()


def connected(handle: erp.ErpHandle) -> client.Client:
    return client.Client(client.Connection(url=handle.url, database=handle.database, key=handle.key))


def is_listening(handle: erp.ErpHandle) -> bool:
    try:
        httpx.get(handle.url, trust_env=False)
    except httpx.ConnectError:
        return False
    return True


def test_two_copies_run_at_once_and_know_nothing_of_each_other(tmp_path: Path) -> None:
    seed_day = clock.SystemClock().now().date()
    with (
        erp.running(home=tmp_path / "one", seed_day=seed_day) as one,
        erp.running(home=tmp_path / "two", seed_day=seed_day) as two,
    ):
        assert one.url != two.url
        connected(one).create("party.party", {"name": "Only here", "code": "ONE"})
        found = connected(two).page("party.party", [["code", "=", "ONE"]], ["name"])
        assert found == []
        assert "Deccan Polypack" in inbound.TrytonReader(connected(two)).check()
    assert not is_listening(one)
    assert not is_listening(two)


def test_a_restart_keeps_what_was_booked_and_a_reset_forgets_it(tmp_path: Path) -> None:
    seed_day = clock.SystemClock().now().date()
    with erp.running(home=tmp_path / "erp", seed_day=seed_day) as first:
        connected(first).create("stock.lot", {"number": "KEPT", "product": 1})
    with erp.running(home=tmp_path / "erp", seed_day=seed_day) as second:
        assert connected(second).page("stock.lot", [["number", "=", "KEPT"]], ["number"])
    erp.reset(home=tmp_path / "erp")
    with erp.running(home=tmp_path / "erp", seed_day=seed_day) as third:
        assert not connected(third).page("stock.lot", [["number", "=", "KEPT"]], ["number"])


def test_a_copy_left_running_by_a_killed_process_is_ended_by_the_next_start(tmp_path: Path) -> None:
    home = tmp_path / "erp"
    killed = (
        "import os, sys; from datetime import date; from pathlib import Path; from obeya.demo import erp;"
        f"erp.ensure_running(home=Path({str(home)!r}), port=None, seed_day=date.fromisoformat({today()!r}));"
        "os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", killed], check=False)
    left = int((home / "pid").read_text())
    with erp.running(home=home, seed_day=clock.SystemClock().now().date()) as handle:
        assert handle.process.pid != left
        assert connected(handle).page("party.party", [], ["name"])
    still = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(left)], capture_output=True, text=True, check=False
    )
    assert still.stdout.strip()[:1] in ("", "Z")


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    seed_day = clock.SystemClock().now().date()
    with erp.running(home=tmp_path / "one", seed_day=seed_day) as one:
        port = int(one.url.rpartition(":")[2])
        with pytest.raises(erp.CannotStartErp, match=f"port {port} .* in use"):
            erp.ensure_running(home=tmp_path / "two", port=port, seed_day=seed_day)
