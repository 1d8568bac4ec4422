"""Work on untrusted bytes ends within its limits, and never takes the asker with it."""

import os
import signal
import threading
import time

import pytest

from obeya.lib import bounded

SMALL = bounded.Limits(cpu_s=2, wall_s=8.0, memory_bytes=256 << 20, answer_bytes=1 << 20)


def turn_round(content, about):
    return content[::-1] + about["tail"].encode()


def spin(_content, _about):
    while True:
        pass


def wait(_content, _about):
    threading.Event().wait(60)
    return b""


def swell(_content, _about):
    return b"x" * (1 << 30)


def babble(_content, _about):
    return b"x" * (2 << 20)


def crash(_content, _about):
    os.kill(os.getpid(), signal.SIGSEGV)
    return b""


def refuse(_content, _about):
    raise LookupError("no such page")


def tell_environment(_content, _about):
    return " ".join(sorted(os.environ)).encode()


def test_the_answer_comes_back():
    assert bounded.run(turn_round, b"abc", {"tail": "!"}, SMALL) == b"cba!"


def test_what_computes_for_ever_is_ended():
    with pytest.raises(bounded.TookTooLong):
        bounded.run(spin, b"", {}, SMALL)


def test_what_waits_for_ever_is_ended():
    short = bounded.Limits(cpu_s=2, wall_s=0.6, memory_bytes=256 << 20)
    started = time.monotonic()
    with pytest.raises(bounded.TookTooLong):
        bounded.run(wait, b"", {}, short)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("work", [swell, babble])
def test_what_swells_is_ended(work):
    with pytest.raises(bounded.NeededTooMuch):
        bounded.run(work, b"", {}, SMALL)


def test_a_crash_is_told_and_harmless():
    with pytest.raises(bounded.BrokeDown, match="signal 11"):
        bounded.run(crash, b"", {}, SMALL)


def test_an_error_is_told_by_its_name():
    with pytest.raises(bounded.BrokeDown, match="LookupError: no such page"):
        bounded.run(refuse, b"", {}, SMALL)


def test_the_child_knows_no_secrets(monkeypatch):
    monkeypatch.setenv("OBEYA_DATABASE_PASSWORD", "secret")
    assert b"OBEYA" not in bounded.run(tell_environment, b"", {}, SMALL)
