"""How sure an order must be to be booked unasked, by group, and what was found in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet

from obeya.orders import figures, models, threshold_words
from obeya.orders import thresholds_rules as rules
from obeya.orders.threshold_words import ALL

WINDOW = timedelta(days=365)
"""What was found longer ago counts no more: the reader, the customers and the goods were others."""
Key = tuple[str, str]
"""Channel and script."""
POOL: Key = (ALL, ALL)


@dataclass(frozen=True, slots=True)
class Group:
    """One group: what it books by itself, what was found, and what it must show today.

    `looked` orders were compared with their message, `blind` of them in audits, `wrong` were wrong. `at_most`
    is the share of wrong ones certified at today's threshold; None where nothing was compared, or nothing
    is booked unasked. `pooled`: that is of all orders of the site. `score` is None where a person
    confirms all. `audit_share` of its orders is audited, from 0 to 1.
    """

    channel: str
    script: str
    orders: str
    by_itself: int
    held: int
    looked: int
    blind: int
    wrong: int
    at_most: float | None
    pooled: bool
    proven: bool
    level: int
    level_name: str
    score: float | None
    borrowed: bool
    since: datetime | None
    why: str
    audit_share: Decimal


def evidence(site: str, key: Key, *, now: datetime) -> list[rules.Count]:
    """For each step of the ladder what was found in a group among readings with at least its score."""
    rows = _looked(site, now)
    if key != POOL:
        rows = rows.filter(channel=key[0], script=key[1])
    told = rows.aggregate(**_COUNTED)
    return _counts(told)


def _looked(site: str, now: datetime) -> QuerySet[models.SureRow]:
    return models.SureRow.objects.filter(site=site, looked_at__gte=now - WINDOW)


_COUNTED = {
    f"{name}{step}": Count("pk", filter=Q(score__gte=least, **only))
    for step, least in enumerate((-1.0, *rules.STEPS[1:]))
    for name, only in (("looked", {}), ("wrong", {"wrong": True}))
}


def _counts(told: Mapping[str, Any]) -> list[rules.Count]:
    return [rules.Count(told[f"looked{step}"], told[f"wrong{step}"]) for step in range(rules.ALL)]


def standing_rows(site: str, keys: Sequence[Key]) -> dict[Key, models.ThresholdRow]:
    """Where these groups stand; one that never had an error found may have no row."""
    rows = models.ThresholdRow.objects.filter(
        site=site, channel__in=[key[0] for key in keys], script__in=[key[1] for key in keys]
    )
    return {(row.channel, row.script): row for row in rows if (row.channel, row.script) in keys}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a group must show today, with the standing that it comes from (`key`), since when and why."""

    threshold: rules.Threshold
    key: Key
    since: datetime | None
    why: str


def asked_of(site: str, key: Key, *, now: datetime) -> Asked | None:
    """What a group must show beyond the reader's own limit; None where that is nothing."""
    rows = standing_rows(site, [key, POOL])
    if not any(row.level for row in rows.values()):
        return None
    told = _asked(rows, key, evidence(site, key, now=now), evidence(site, POOL, now=now))
    return told if told.threshold.level else None


def _asked(
    rows: dict[Key, models.ThresholdRow], key: Key, own: rules.Evidence, pool: rules.Evidence
) -> Asked:
    levels = {one: rows[one].level if one in rows else 0 for one in (key, POOL)}
    told = rules.threshold(levels[key], levels[POOL], own, pool)
    source = POOL if told.borrowed else key
    row = rows.get(source)
    return Asked(told, source, row.since if row else None, row.why if row else "")


def audit_share(row: models.OrderRow) -> Decimal:
    """Which share of the orders of this one's group is audited, 0 to 1."""
    share = figures.audit_share(row.site_id)
    sure = models.SureRow.objects.filter(order=row.pk).first()
    if sure is None:
        return share
    asked = asked_of(row.site_id, (sure.channel, sure.script), now=row.received_at)
    level = asked.threshold.level if asked else 0
    return Decimal(str(rules.audit_share(level, float(share))))


def list_groups(site: str, *, now: datetime, since: datetime) -> list[Group]:
    """Every group of a site that was sure of an order since then, or stands above the lowest step.

    What is booked and held is counted since then, what was found over `WINDOW`; most orders first.
    """
    booked = _booked(site, since)
    found = _found(site, now)
    standing = models.ThresholdRow.objects.filter(site=site)
    rows = {(row.channel, row.script): row for row in standing}
    pool = _summed(list(found.values()))
    share = figures.audit_share(site)
    keys = {*booked, *(key for key, row in rows.items() if row.level)} - {POOL}
    groups = [
        _group(key, booked.get(key, (0, 0)), found.get(key, _NOTHING), pool, rows, share) for key in keys
    ]
    return sorted(groups, key=lambda group: (-group.by_itself - group.held, group.channel, group.script))


def _booked(site: str, since: datetime) -> dict[Key, tuple[int, int]]:
    rows = models.SureRow.objects.filter(site=site, order__received_at__gte=since)
    told = rows.order_by().values("channel", "script").annotate(
        by_itself=Count("pk", filter=Q(order__auto=True, order__state__in=["confirmed", "booked"])),
        held=Count("pk", filter=Q(held_at__isnull=False)),
    )  # fmt: skip
    return {(row["channel"], row["script"]): (row["by_itself"], row["held"]) for row in told}


_Found = tuple[list[rules.Count], int]
"""What was found at each step of the ladder, and how many of all were compared blind."""
_NOTHING: _Found = ([rules.Count()] * rules.ALL, 0)


def _found(site: str, now: datetime) -> dict[Key, _Found]:
    told = (
        _looked(site, now)
        .order_by()
        .values("channel", "script")
        .annotate(**_COUNTED, blind_=Count("pk", filter=Q(blind=True)))
    )
    return {(row["channel"], row["script"]): (_counts(row), row["blind_"]) for row in told}


def _summed(found: Sequence[_Found]) -> list[rules.Count]:
    return [
        rules.Count(sum(one[step].looked for one, _ in found), sum(one[step].wrong for one, _ in found))
        for step in range(rules.ALL)
    ]


def _group(
    key: Key,
    booked: tuple[int, int],
    found: _Found,
    pool: rules.Evidence,
    rows: dict[Key, models.ThresholdRow],
    share: Decimal,
) -> Group:
    own, blind = found
    asked = _asked(rows, key, own, pool)
    told = asked.threshold
    shut = told.level == rules.ALL
    return Group(
        channel=key[0],
        script=key[1],
        orders=threshold_words.orders_of(*key),
        by_itself=booked[0],
        held=booked[1],
        looked=own[0].looked,
        blind=blind,
        wrong=own[0].wrong,
        at_most=None if shut or told.at_most >= 1 else told.at_most,
        pooled=told.pooled,
        proven=told.proven,
        level=told.level,
        level_name=threshold_words.level_name(told.level),
        score=None if shut else told.score,
        borrowed=told.borrowed,
        since=asked.since,
        why=asked.why,
        audit_share=Decimal(str(rules.audit_share(told.level, float(share)))),
    )
