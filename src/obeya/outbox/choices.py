"""Answers that a message offers to tap: rooms put them into its data, channels take them out.

A channel without taps sends the words alone, so the words say how to answer there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass

_CHOICES, _OPEN_WITH = "choices", "open_with"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer. `token` comes back when it is tapped; `detail` says more where there is room."""

    token: str
    label: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a message offers; `open_with` are the words that open the list where it is one."""

    choices: tuple[Choice, ...] = ()
    open_with: str = ""


def in_data(choices: Sequence[Choice], *, open_with: str) -> dict[str, str]:
    """The part of a message's data that offers these answers."""
    told = json.dumps([astuple(choice) for choice in choices], ensure_ascii=False)
    return {_CHOICES: told, _OPEN_WITH: open_with}


def of_data(data: Mapping[str, str]) -> Offer:
    """What a message's data offer; nothing where they offer nothing."""
    told = json.loads(data.get(_CHOICES) or "[]")
    return Offer(tuple(Choice(*map(str, one)) for one in told), data.get(_OPEN_WITH, ""))
