"""How a command ends when it cannot do what was asked: one sentence, and an exit code."""

from __future__ import annotations


class Mistake(Exception):
    """What was typed cannot be meant: the sentence says why. Exit code 2."""

    code = 2


class Failure(Exception):
    """Something that is needed is missing or broken: the sentence says what to do. Exit code 1."""

    code = 1
