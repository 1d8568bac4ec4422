"""What the price rules tell."""

from __future__ import annotations

from dataclasses import dataclass

from obeya.journal import events


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row that came, went or changed: its place, and the rule before and after ("" where there is none).

    A rule is told in a sentence with codes.
    """

    place: int
    before: str
    after: str


@events.register("orders.price_rules_saved")
@dataclass(frozen=True, slots=True)
class PriceRulesSaved:
    """The draft was saved. `changed` counts all changes; `changes` tells at most the first 200 of them."""

    revision: int
    rows: int
    changed: int
    moved: bool
    changes: tuple[RowChange, ...]


@events.register("orders.price_rules_dropped")
@dataclass(frozen=True, slots=True)
class PriceRulesDropped:
    """The draft was thrown away; the rules in force stay."""

    revision: int
    rows: int


@events.register("orders.price_rules_put_in_force")
@dataclass(frozen=True, slots=True)
class PriceRulesPutInForce:
    """A draft became the version that holds from now on, in place of `before` (0: there was none).

    `alone`: who saved it also put it in force, because nobody else at the site may. `digest` is the
    SHA-256 of its rows; `changes` are against `before`, at most the first 200 of `changed`.
    """

    number: int
    before: int
    rows: int
    digest: str
    saved_by: str
    alone: bool
    why: str
    changed: int
    moved: bool
    changes: tuple[RowChange, ...]
