"""How well the desk does by itself, and how much of that was wrong: both numbers, always together."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncWeek

from obeya.orders import models, queries, rules
from obeya.people import queries as people

AUDIT_WEEKS = 12
"""The period over which what audits found is told."""
MOST_CUSTOMERS = 50
BY_ITSELF = Q(state__in=["confirmed", "booked"], auto=True)
AUDITED, FOUND_WRONG = Q(audit__wrong__isnull=False, auto=True), Q(audit__wrong=True, auto=True)


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the orders received: booked by itself, booked by a person, refused, waiting; and what audits say.

    `audited` orders of those booked by themselves were compared with their message, `wrong` were wrong;
    `asked` audits wait for their answer.
    """

    received: int
    by_itself: int
    by_person: int
    refused: int
    waiting: int
    audited: int
    wrong: int
    asked: int

    @property
    def straight_through(self) -> Decimal | None:
        """The share of all orders received that nobody touched, 0 to 1; None where there was none."""
        return Decimal(self.by_itself) / self.received if self.received else None

    @property
    def wrong_at_most(self) -> float:
        """The share of wrong ones among those booked by themselves: not exceeded, 95 % sure."""
        return rules.at_most(self.wrong, self.audited)


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of one week (`week`), channel (`code`), or customer (`code` and `name`)."""

    figures: Figures
    code: str = ""
    name: str = ""
    week: date | None = None


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The figures of a period in all, by week (latest first), by channel and customer (most first)."""

    since: datetime
    total: Figures
    weeks: tuple[Group, ...]
    channels: tuple[Group, ...]
    customers: tuple[Group, ...]
    audit_share: Decimal


@dataclass(frozen=True, slots=True)
class Audit:
    """One audit: the order, the answer (`wrong` None: none yet) and what was found."""

    order_id: uuid.UUID
    request_id: uuid.UUID
    site: str
    wrong: bool | None
    findings: tuple[tuple[int | None, str], ...]
    note: str
    judged_at: datetime | None
    judged_by: int | None


class NoSuchAudit(LookupError):
    """There is no audit behind this request."""


def orders_received(sites: Sequence[str], *, since: datetime) -> QuerySet[models.OrderRow]:
    """The messages of some sites since a moment that are orders."""
    return models.OrderRow.objects.filter(site__in=sites, received_at__gte=since).exclude(queries.NO_ORDER)


@dataclass(frozen=True, slots=True)
class Audited:
    """What the audits of the last `AUDIT_WEEKS` weeks found."""

    audited: int
    wrong: int


def audited(site: str, *, now: datetime) -> Audited:
    """How many orders were audited, and how many of them were wrong, by the moment of the answer."""
    since = now - timedelta(weeks=AUDIT_WEEKS)
    rows = models.AuditRow.objects.filter(order__site=site, order__auto=True, judged_at__gte=since)
    told = rows.aggregate(audited=Count("pk"), wrong=Count("pk", filter=Q(wrong=True)))
    return Audited(told["audited"], told["wrong"])


def accuracy(site: str, *, now: datetime, weeks: int) -> Accuracy:
    """The figures of the last `weeks` weeks, the running one included; weeks begin on Monday at the site."""
    zone = people.get_site(site).tz
    monday = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    since = monday - timedelta(days=monday.weekday(), weeks=weeks - 1)
    found = orders_received([site], since=since)
    weekly = found.annotate(week=TruncWeek("received_at", tzinfo=zone))
    customers = found.filter(customer__isnull=False)
    return Accuracy(
        since=since,
        total=_figures(found.aggregate(**_COUNTED)),
        weeks=tuple(
            Group(_figures(row), week=row["week"].date()) for row in reversed(_grouped(weekly, "week"))
        ),
        channels=tuple(
            Group(_figures(row), code=row["channel"]) for row in _most_first(_grouped(found, "channel"))
        ),
        customers=tuple(
            Group(_figures(row), code=row["customer__code"], name=row["customer__name"])
            for row in _most_first(_grouped(customers, "customer__code", "customer__name"))[:MOST_CUSTOMERS]
        ),
        audit_share=audit_share(site),
    )


_COUNTED = {
    "received": Count("pk"),
    "by_itself": Count("pk", filter=BY_ITSELF),
    "by_person": Count("pk", filter=Q(state__in=["confirmed", "booked"], auto=False)),
    "refused": Count("pk", filter=Q(state="refused")),
    "waiting": Count("pk", filter=Q(state="waiting")),
    "audited": Count("pk", filter=AUDITED),
    "wrong": Count("pk", filter=FOUND_WRONG),
    "asked": Count("pk", filter=Q(audit__isnull=False, audit__wrong__isnull=True, auto=True)),
}


def _grouped(rows: QuerySet[Any], *by: str) -> list[dict[str, Any]]:
    """The counts for each combination of some columns, ordered by them."""
    return [dict(row) for row in rows.order_by().values(*by).annotate(**_COUNTED).order_by(*by)]


def _most_first(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: -int(row["received"]))


def _figures(row: dict[str, Any]) -> Figures:
    return Figures(**{name: row[name] for name in _COUNTED})


def audit_share(site: str) -> Decimal:
    """Which share of the orders booked by themselves is audited at a site, 0 to 1."""
    row = models.DeskRow.objects.filter(site=site).first()
    return row.audit_share if row else rules.AUDIT_SHARE


def get_audit(request_id: uuid.UUID) -> Audit:
    """The audit behind a request. Raises NoSuchAudit."""
    row = models.AuditRow.objects.select_related("order").filter(request=request_id).first()
    if row is None:
        raise NoSuchAudit(str(request_id))
    return Audit(
        order_id=row.order_id,
        request_id=row.request_id,
        site=row.order.site_id,
        wrong=row.wrong,
        findings=tuple((line, code) for line, code in row.findings),
        note=row.note,
        judged_at=row.judged_at,
        judged_by=row.judged_by_id,
    )


def line_findings() -> dict[str, str]:
    """What may be wrong with a line, by code."""
    return dict(rules.LINE_FINDINGS)


def order_findings() -> dict[str, str]:
    """What may be wrong with a whole order, by code."""
    return dict(rules.ORDER_FINDINGS)
