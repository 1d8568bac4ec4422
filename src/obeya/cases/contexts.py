"""What each function needs to know about an exception: one builder per kind and function.

Modules register builders; the router knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from obeya.lib.canonical import Json


@dataclass(frozen=True, slots=True)
class About:
    """What a builder gets: where, what about, and the facts the exception was opened with."""

    site: str
    kind: str
    about: str
    facts: Mapping[str, Json]


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
    bare = Context(facts=tuple((label, str(value)) for label, value in about.facts.items() if value))
    return {
        function: builder(about) if (builder := _builders.get((about.kind, function))) else bare
        for function in functions
    }
