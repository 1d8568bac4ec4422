"""What differs between two tables of rules: pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from obeya.orders.pricing import table, typed


@dataclass(frozen=True, slots=True)
class Change:
    """One rule that came (`before` None), went (`after` None) or changed, at its new place or its old."""

    place: int
    before: table.Row | None
    after: table.Row | None


@dataclass(frozen=True, slots=True)
class Difference:
    """All changes; `moved` where rules that stayed stand in another order."""

    changes: tuple[Change, ...]
    moved: bool

    def __bool__(self) -> bool:
        return bool(self.changes) or self.moved


def between(before: Sequence[table.Row], after: Sequence[table.Row]) -> Difference:
    """What makes `after` of `before`; a rule is known again by its id."""
    old = {row.id: (place, row) for place, row in enumerate(before, 1)}
    new = {row.id: (place, row) for place, row in enumerate(after, 1)}
    changes = [
        Change(place, old[key][1] if key in old else None, row)
        for key, (place, row) in new.items()
        if key not in old or old[key][1] != row
    ]
    changes += [Change(place, row, None) for key, (place, row) in old.items() if key not in new]
    stayed = [row.id for row in before if row.id in new]
    return Difference(tuple(changes), stayed != [row.id for row in after if row.id in old])


def with_known_ids(
    rows: Sequence[table.Row], known: Sequence[table.Row], next_id: int
) -> tuple[tuple[table.Row, ...], int]:
    """Rules of a file with the ids of the same rules in `known`, new ids for the others; and the next id."""
    ids: dict[tuple[str, ...], list[int]] = {}
    for row in reversed(known):
        ids.setdefault(_said(row), []).append(row.id)
    found = []
    for row in rows:
        same = ids.get(_said(row))
        found.append(_with_id(row, same.pop() if same else next_id))
        next_id += 0 if found[-1].id != next_id else 1
    return tuple(found), next_id


def _said(row: table.Row) -> tuple[str, ...]:
    return tuple(typed.texts_of(row).values())


def _with_id(row: table.Row, row_id: int) -> table.Row:
    return dataclasses.replace(row, id=row_id)
