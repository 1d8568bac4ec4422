"""What each function needs to know about an exception: one builder per kind and function.

Modules register builders; the router knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from obeya.lib.canonical import Json

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class About:
    """What a builder gets: where, what about, and the facts the exception was opened with."""

    site: str
    kind: str
    about: str
    facts: Mapping[str, Json]
    known: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What one builder looked up and the next may use: the functions are asked in one breath."""

    def look_up(self, name: str, look: Callable[[], _Found]) -> _Found:
        """What `look` finds, looked up once for all builders."""
        if name not in self.known:
            self.known[name] = look()
        found: _Found = self.known[name]
        return found


@dataclass(frozen=True, slots=True)
class Table:
    """Rows a function looks through; `empty` is what to say where there are none."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str

    def as_json(self) -> Json:
        """The form in which it is stored with the request."""
        return {
            "title": self.title,
            "columns": list(self.columns),
            "rows": [list(row) for row in self.rows[:50]],
            "empty": self.empty,
            "left_out": max(0, len(self.rows) - 50),
        }


@dataclass(frozen=True, slots=True)
class Context:
    """Facts (label, value), tables and one sentence of advice."""

    facts: tuple[tuple[str, str], ...] = ()
    tables: tuple[Table, ...] = ()
    advice: str = ""
    shared: tuple[tuple[str, str], ...] = field(default=())

    def as_json(self) -> dict[str, Json]:
        """The form in which it is stored with the request: a snapshot of what was known when asked."""
        return {
            "facts": [{"label": label, "value": value} for label, value in (*self.shared, *self.facts)],
            "tables": [table.as_json() for table in self.tables],
            "advice": self.advice,
        }


Builder = Callable[[About], Context]
_builders: dict[tuple[str, str], Builder] = {}


def register(kind: str, function: str, builder: Builder) -> None:
    """Let `builder` prepare what `function` sees of an exception of `kind`."""
    _builders[kind, function] = builder


def build(about: About, functions: Iterable[str]) -> dict[str, Context]:
    """Each function's context; a function without a builder sees the bare facts."""
    told = ((label, value) for label, value in about.facts.items() if value and isinstance(value, str))
    bare = Context(facts=tuple(told))
    return {
        function: builder(about) if (builder := _builders.get((about.kind, function))) else bare
        for function in functions
    }
