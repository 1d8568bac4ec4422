"""What the nightly checks of what was learned found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from obeya.orders import models

LATEST = 10


@dataclass(frozen=True, slots=True)
class Group:
    """One group under both: of `cases` messages so many are booked by itself, so many of these are wrong."""

    name: str
    cases: int
    champion: tuple[int, int]
    challenger: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Check:
    """One nightly check. `code` is the verdict: promoted, or why not.

    `in_use`: its constants are in use now. `words` says what became of learned words, "" where nothing.
    """

    id: int
    at: datetime
    code: str
    why: str
    fitted_on: int
    replayed: int
    left_out: int
    words: str
    in_use: bool
    rolled_back_at: datetime | None
    groups: tuple[Group, ...]


def list_checks(site: str, *, limit: int = LATEST) -> list[Check]:
    """The latest checks of a site, the newest first."""
    rows = models.LearningRow.objects.filter(site=site).order_by("-at", "-pk")
    return [_check(row) for row in rows[:limit]]


def find_in_use(site: str) -> Check | None:
    """The check whose constants are in use; None where those that everybody starts with are."""
    row = models.LearningRow.objects.filter(site=site, active=True).first()
    return _check(row) if row else None


def _check(row: models.LearningRow) -> Check:
    return Check(
        id=row.pk,
        at=row.at,
        code=row.code,
        why=row.why,
        fitted_on=row.fitted_on,
        replayed=row.replayed,
        left_out=row.left_out,
        words=row.words,
        in_use=row.active,
        rolled_back_at=row.rolled_back_at,
        groups=tuple(
            Group(one["name"], one["cases"], tuple(one["champion"]), tuple(one["challenger"]))
            for one in row.figures.get("groups", ())
        ),
    )
