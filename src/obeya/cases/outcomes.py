"""What follows when every required answer is in: one handler per kind turns answers into an outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from obeya.cases import rules
from obeya.cases.contexts import About
from obeya.outbox import ports


@dataclass(frozen=True, slots=True)
class Planned:
    """A posting to queue; `document` keeps those of one document in order."""

    document: str
    payload: ports.Payload


@dataclass(frozen=True, slots=True)
class Outcome:
    """The code and the sentence of what was decided, and what goes to ERP for it."""

    code: str
    text: str
    postings: tuple[Planned, ...] = ()


Handler = Callable[[About, Mapping[str, rules.Answer]], Outcome]
_handlers: dict[str, Handler] = {}


def register(kind: str, handler: Handler) -> None:
    """Let `handler` resolve exceptions of `kind`."""
    _handlers[kind] = handler


def resolve(about: About, answers: Mapping[str, rules.Answer]) -> Outcome:
    """The outcome; a kind without a handler ends with what was decided and posts nothing."""
    handler = _handlers.get(about.kind)
    if handler is not None:
        return handler(about, answers)
    said = "; ".join(f"{answer.function}: {answer.option}" for answer in answers.values())
    return Outcome("decided", said)
