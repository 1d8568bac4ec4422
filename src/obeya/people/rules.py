"""Functions, access and shift hours: pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

COMPANY = "*"
"""The journal's site for what belongs to the company and to no single site."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Function(StrEnum):
    """What a person does at a site; every question is asked of a function, never of a name."""

    ORDER_DESK = "order_desk"
    QUALITY = "quality"
    PLANNING = "planning"
    MATERIALS = "materials"
    MAINTENANCE = "maintenance"
    PRODUCTION = "production"
    CUSTOMER_SERVICE = "customer_service"
    COMMERCIAL = "commercial"
    DISPATCH = "dispatch"
    PLANT_MANAGER = "plant_manager"
    OPERATOR = "operator"
    DRIVER = "driver"
    IT = "it"

    @property
    def label(self) -> str:
        """The name people use for it."""
        return LABELS[self]


LABELS: Mapping[Function, str] = {
    Function.ORDER_DESK: "Order desk",
    Function.QUALITY: "Quality",
    Function.PLANNING: "Production planning",
    Function.MATERIALS: "Materials",
    Function.MAINTENANCE: "Maintenance",
    Function.PRODUCTION: "Production",
    Function.CUSTOMER_SERVICE: "Customer service",
    Function.COMMERCIAL: "Commercial",
    Function.DISPATCH: "Dispatch",
    Function.PLANT_MANAGER: "Plant manager",
    Function.OPERATOR: "Operator",
    Function.DRIVER: "Driver",
    Function.IT: "IT",
}


@dataclass(frozen=True, slots=True)
class Access:
    """What one person may do: the functions held at each site. No other power exists."""

    user_id: int | None
    functions_by_site: Mapping[str, frozenset[Function]] = field(default_factory=dict)

    @property
    def sites(self) -> frozenset[str]:
        """Codes of the sites where the person holds any function."""
        return frozenset(self.functions_by_site)

    def functions(self, site: str) -> frozenset[Function]:
        """The functions held at `site`."""
        return self.functions_by_site.get(site, frozenset())

    def may(self, functions: Iterable[Function], site: str) -> bool:
        """True where one of `functions` is held at `site`. IT is one function among others."""
        return not self.functions(site).isdisjoint(functions)

    def may_see(self, functions: Iterable[Function], site: str) -> bool:
        """As `may`, and a plant manager may look at everything of the site (but not decide it)."""
        return self.may((*functions, Function.PLANT_MANAGER), site)


NOBODY = Access(user_id=None)


@dataclass(frozen=True, slots=True)
class Hours:
    """A shift's hours by the clock on the wall; it starts on `days` and may end after midnight.

    Equal start and end mean a whole day.
    """

    starts: time
    ends: time
    days: frozenset[str]


def instant(day: date, wall: time, tz: tzinfo) -> datetime:
    """The moment in UTC at which the clock on the wall shows `wall` on `day`.

    A time shown twice means the first showing; a time that is skipped means the moment of the skip,
    so that later wall times never come earlier and shifts that meet leave no gap and no overlap.
    """
    local = datetime.combine(day, wall, tz)
    moment = local.astimezone(UTC)
    if moment.astimezone(tz).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    before, after = local.replace(fold=1).astimezone(UTC), moment
    offset = before.astimezone(tz).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(tz).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def span(hours: Hours, day: date, tz: tzinfo) -> tuple[datetime, datetime]:
    """The shift that starts on `day`, as moments in UTC, whatever the clocks do that night."""
    last_day = day + timedelta(days=1) if hours.ends <= hours.starts else day
    return instant(day, hours.starts, tz), instant(last_day, hours.ends, tz)


def shift_day(hours: Hours, moment: datetime, tz: tzinfo) -> date | None:
    """The day on which the shift that covers `moment` started; None if none covers it."""
    today = moment.astimezone(tz).date()
    for day in (today, today - timedelta(days=1)):
        if WEEKDAYS[day.weekday()] in hours.days:
            starts, ends = span(hours, day, tz)
            if starts <= moment < ends:
                return day
    return None


def covers(hours: Hours, moment: datetime, tz: tzinfo) -> bool:
    """True while the shift works; the end belongs to the next shift."""
    return shift_day(hours, moment, tz) is not None
