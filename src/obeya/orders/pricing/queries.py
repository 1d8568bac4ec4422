"""Reading price rules: the version that holds at a moment, the draft, old versions."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Func, IntegerField, Q

from obeya.orders.pricing import checking, differing, facts, models, table, typed, wording
from obeya.people import queries as people

KEEPERS = (people.Function.COMMERCIAL,)
"""Who writes price rules and puts them in force."""
KEPT_TABLES = 32
"""Versions whose table a process keeps at hand."""


class NoSuchVersion(LookupError):
    """The site has no price rules with this number."""


@dataclass(frozen=True, slots=True)
class InForce:
    """A version as lines are priced by it; `currency` is that of costs, days of rules are in `tz`."""

    id: int
    number: int
    currency: str
    tz: ZoneInfo
    table: table.Table


@dataclass(frozen=True, slots=True)
class Trial:
    """A dry run: of which revision, how far it is, what it found (`comparing` says how)."""

    revision: int
    judged_on: date
    state: str
    asked_at: datetime
    done_at: datetime | None
    tried: int
    total: int
    result: dict[str, Any] | None
    problem: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What is being written. `base` is the number of the version in force now, 0 for none."""

    revision: int
    rows: tuple[table.Row, ...]
    base: int
    begun_at: datetime
    saved_at: datetime
    saved_by: int
    trial: Trial | None

    def find_row(self, row_id: int) -> tuple[int, table.Row] | None:
        """A row by its id, with its place counted from 1."""
        return next(((n, row) for n, row in enumerate(self.rows, 1) if row.id == row_id), None)

    @property
    def is_tried(self) -> bool:
        """True where the dry run of exactly these rows is done."""
        return self.trial is not None and self.trial.state == "done" and self.trial.revision == self.revision


@dataclass(frozen=True, slots=True)
class Version:
    """One version that is or was in force; `rows` is empty in lists."""

    number: int
    state: str
    count: int
    in_force_at: datetime
    ended_at: datetime | None
    saved_by: int
    in_force_by: int
    why: str
    rows: tuple[table.Row, ...] = ()


def rows_of(stored: Sequence[Any]) -> tuple[table.Row, ...]:
    """Rules as they are kept with a version."""
    return tuple(typed.from_kept(row) for row in stored)


@functools.lru_cache(maxsize=KEPT_TABLES)
def _compiled(version_id: int) -> table.Table:
    """The table of a version that is or was in force: it never changes, so its id is enough."""
    return table.Table(rows_of(models.PriceTableRow.objects.get(pk=version_id).rows))


def find_in_force(site: str, at: datetime) -> InForce | None:
    """The rules that held at a site at the moment `at`, in one query (and one more the first time)."""
    holds = Q(in_force_at__lte=at) & (Q(ended_at__isnull=True) | Q(ended_at__gt=at))
    found = models.PriceTableRow.objects.filter(holds, site=site).exclude(state="draft")
    told = found.values_list("id", "number", "currency", "timezone").first()
    if told is None:
        return None
    version_id, number, currency, timezone = told
    return InForce(version_id, number or 0, currency, ZoneInfo(timezone), _compiled(version_id))


def find_draft(site: str) -> Draft | None:
    """The draft of a site with its last dry run, if somebody writes one."""
    row = models.PriceTableRow.objects.filter(site=site, state="draft").first()
    if row is None:
        return None
    base = models.PriceTableRow.objects.filter(site=site, state="in_force").values_list("number", flat=True)
    trial = models.PriceTrialRow.objects.filter(draft=row).first()
    return Draft(
        revision=row.revision,
        rows=rows_of(row.rows),
        base=base.first() or 0,
        begun_at=row.begun_at,
        saved_at=row.saved_at,
        saved_by=row.saved_by_id,
        trial=to_trial(trial) if trial else None,
    )


def to_trial(row: models.PriceTrialRow) -> Trial:
    """A dry run as others see it."""
    return Trial(
        revision=row.revision,
        judged_on=row.judged_on,
        state=row.state,
        asked_at=row.asked_at,
        done_at=row.done_at,
        tried=row.tried,
        total=row.total,
        result=row.result,
        problem=row.problem,
    )


def find_trial(site: str) -> Trial | None:
    """The last dry run of a site's draft."""
    row = models.PriceTrialRow.objects.filter(draft__site=site, draft__state="draft").first()
    return to_trial(row) if row else None


def list_versions(site: str, *, limit: int = 100) -> tuple[Version, ...]:
    """The versions of a site, the latest first, without their rows."""
    rows = models.PriceTableRow.objects.filter(site=site).exclude(state="draft")
    counted = rows.annotate(count=Func(F("rows"), function="jsonb_array_length", output_field=IntegerField()))
    return tuple(_version(row, count=row.count) for row in counted.defer("rows").order_by("-number")[:limit])


def get_version(site: str, number: int) -> Version:
    """One version with its rows. Raises NoSuchVersion."""
    rows = models.PriceTableRow.objects.filter(site=site, number=number).exclude(state="draft")
    row = rows.first() if number < 2**31 else None
    if row is None:
        raise NoSuchVersion(f"There is no version {number} of the price rules of {site}.")
    return _version(row)


def find_current(site: str) -> Version | None:
    """The version in force now with its rows."""
    row = models.PriceTableRow.objects.filter(site=site, state="in_force").first()
    return _version(row) if row else None


def _version(row: models.PriceTableRow, *, count: int | None = None) -> Version:
    """A version; with `count` given its rows are not read."""
    assert row.number is not None
    assert row.in_force_at is not None
    assert row.in_force_by_id is not None
    return Version(
        number=row.number,
        state=row.state,
        count=len(row.rows) if count is None else count,
        in_force_at=row.in_force_at,
        ended_at=row.ended_at,
        saved_by=row.saved_by_id,
        in_force_by=row.in_force_by_id,
        why=row.why,
        rows=rows_of(row.rows) if count is None else (),
    )


def may_write(site: str, access: people.Access) -> bool:
    """True for those who write price rules at a site."""
    return access.may(KEEPERS, site)


def needs_another(site: str, saved_by: int) -> bool:
    """True where somebody else than `saved_by` may put the draft in force: then that one must."""
    return any(person.id != saved_by for function in KEEPERS for person in people.list_people(site, function))


def problems_of(site: str, rows: Sequence[table.Row], now: datetime) -> list[checking.Problem]:
    """Everything that is wrong with a table, as the catalog is now."""
    return checking.problems_of(rows, facts.facts_for(site, rows, now))


def facts_for(site: str, rows: Sequence[table.Row], now: datetime) -> checking.Facts:
    """What the catalog says of everything that rows name."""
    return facts.facts_for(site, rows, now)


def names_of(known: checking.Facts) -> wording.Names:
    """What people call the customers and items of which something is known."""
    return facts.names_of(known)


def names_for(site: str, rows: Sequence[table.Row]) -> wording.Names:
    """What people call the customers and items that rules name."""
    return facts.names_for(site, rows)


def difference(before: Sequence[table.Row], after: Sequence[table.Row]) -> differing.Difference:
    """What differs between two tables."""
    return differing.between(before, after)
