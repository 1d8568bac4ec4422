"""What `obeya doctor` says: findings in plain words, each with what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How it stands: `OFF` is not set up, and need not be."""

    OK = "ok"
    OFF = "not set"
    BAD = "MISSING"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, how it is, and what to do."""

    state: State
    what: str
    text: str
    do: str = ""


def ok(what: str, text: str) -> Finding:
    """All is well."""
    return Finding(State.OK, what, text)


def off(what: str, text: str, do: str) -> Finding:
    """Not set up; Obeya runs without it."""
    return Finding(State.OFF, what, text, do)


def bad(what: str, text: str, do: str) -> Finding:
    """Obeya does not do its work without it."""
    return Finding(State.BAD, what, text, do)


def lines(found: Iterable[Finding]) -> list[str]:
    """The findings as text, what to do below what is wrong."""
    told: list[str] = []
    for one in found:
        told.append(f"{one.state.value:<8} {one.what}: {one.text}")
        if one.do:
            told.append(f"{'':<8}   -> {one.do}")
    return told


def exit_code(found: Iterable[Finding]) -> int:
    """1 where something is missing or broken, else 0."""
    return int(any(one.state is State.BAD for one in found))
