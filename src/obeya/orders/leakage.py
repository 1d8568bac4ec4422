"""What is given away: list value against booked value, by whose decision, to whom, for what and why.

Counted are the lines of orders confirmed in a period, by the clock of the site, in one currency, that have
a list price. A discount is what the list price exceeds the booked one by, times the quantity. Prices that
the price rules set stand as list prices; what they lie below ERP's list is told apart.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, ExpressionWrapper, F, Q, QuerySet, Sum, TextField, Value
from django.db.models.functions import Coalesce

from obeya.orders import models
from obeya.people import queries as people

PERIODS = ("this_month", "last_month", "last_90_days")
LONGEST = timedelta(days=3 * 366)
MOST_GROUPS, MOST_LINES = 30, 200
BOOKED = ("confirmed", "booked")
UNDER_LIST = Q(unit_price__lt=F("list_price"))
BELOW_FLOOR = Q(floor__isnull=False, unit_price__lt=F("floor"))
UNDECIDED = UNDER_LIST & (Q(agreed_request__isnull=True) | ~Q(agreed_price=F("unit_price")))
"""Under the list price, and nobody decided for just that price."""
_DECISION = "agreed_request__decision__"
KEYS: Mapping[str, tuple[str, str]] = {
    "decider": (f"{_DECISION}decided_by", f"{_DECISION}decided_by"),
    "customer": ("order__customer__code", "order__customer__name"),
    "item": ("item__sku", "item__description"),
    "category": ("item__category", "item__category"),
    "reason": (f"{_DECISION}rationale", f"{_DECISION}rationale"),
}
"""By what discounts are told: the column that tells apart, and the one that names."""
FILTERS: Mapping[str, Q] = {
    "all": UNDER_LIST | BELOW_FLOOR,
    "below_floor": BELOW_FLOOR,
    "undecided": UNDECIDED,
}


class NoSuchPeriod(ValueError):
    """A period runs from a day to the same or a later one, and is at most three years long."""


@dataclass(frozen=True, slots=True)
class Period:
    """Both days count; `since` and `until` are the moments it runs from and to by the site's clock."""

    first: date
    last: date
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Sums:
    """What lines come to, in money: at list, as booked, and the discount; `orders` they belong to."""

    orders: int
    lines: int
    list_value: Decimal
    booked_value: Decimal
    discount: Decimal


@dataclass(frozen=True, slots=True)
class Group:
    """The discounted lines of one decider, customer, item, category or reason."""

    code: str
    name: str
    sums: Sums


@dataclass(frozen=True, slots=True)
class Offers:
    """Counter-offers sent in the period, by what came of them.

    `saved`: what accepted ones brought above the asked price, on orders that were confirmed.
    """

    sent: int
    accepted: int
    declined: int
    unanswered: int
    withdrawn: int
    open: int
    saved: Decimal


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report. `below_floor` is how far approved prices lie below the floor, in money."""

    site: str
    period: Period
    currency: str
    currencies: tuple[str, ...]
    total: Sums
    discounted: Sums
    below_floor_lines: int
    below_floor: Decimal
    undecided_lines: int
    undecided: Decimal
    below_erp: Decimal
    groups: Mapping[str, tuple[Group, ...]]
    offers: Offers


@dataclass(frozen=True, slots=True)
class Line:
    """One line that was booked under list or below the floor; prices per `uom`. `agreed` is the kind."""

    order_id: uuid.UUID
    number: str
    erp_number: str
    confirmed_at: datetime
    customer: str
    customer_name: str
    sku: str
    item_name: str
    category: str
    quantity: Decimal
    uom: str
    currency: str
    list_price: Decimal
    floor: Decimal | None
    price: Decimal
    discount: Decimal
    agreed: str
    decided_by: str
    decided_at: datetime | None
    reason: str


def _money(expression: Any) -> Any:
    return ExpressionWrapper(expression, DecimalField(max_digits=40, decimal_places=12))


_LIST = _money(F("list_price") * F("quantity"))
_BOOKED = _money(F("unit_price") * F("quantity"))
_DISCOUNT = _money((F("list_price") - F("unit_price")) * F("quantity"))


def period(site: str, *, first: date, last: date) -> Period:
    """The period from one day to another, both counted. Raises NoSuchPeriod."""
    if last < first or last - first > LONGEST or not 1900 <= first.year <= last.year <= 2900:
        raise NoSuchPeriod("Choose a first day and the same or a later last day, within three years.")
    zone = people.get_site(site).tz
    since = datetime.combine(first, time(), zone)
    return Period(first, last, since, datetime.combine(last + timedelta(days=1), time(), zone))


def usual_period(site: str, code: str, *, now: datetime) -> Period:
    """One of `PERIODS`, as it is at a moment."""
    today = now.astimezone(people.get_site(site).tz).date()
    first_of_month = today.replace(day=1)
    if code == "last_month":
        last = first_of_month - timedelta(days=1)
        return period(site, first=last.replace(day=1), last=last)
    first = today - timedelta(days=89) if code == "last_90_days" else first_of_month
    return period(site, first=first, last=today)


def _all(site: str, told: Period) -> QuerySet[models.LineRow]:
    return models.LineRow.objects.filter(
        order__site=site,
        order__state__in=BOOKED,
        order__confirmed_at__gte=told.since,
        order__confirmed_at__lt=told.until,
        dropped=False,
        quantity__isnull=False,
        unit_price__isnull=False,
        list_price__isnull=False,
    )


def report(site: str, told: Period, *, currency: str = "") -> Report:
    """What was given away at a site in a period, in one currency: the site's own unless another is named."""
    every = _all(site, told)
    found = every.order_by().values_list("order__currency", flat=True).distinct()
    offered = _offers_of(site, told).order_by().values_list("currency", flat=True).distinct()
    currencies = tuple(sorted({*found, *offered}))
    home = people.get_site(site).currency
    chosen = currency or (home if home in currencies or not currencies else currencies[0])
    lines = every.filter(order__currency=chosen)
    below = lines.filter(BELOW_FLOOR).aggregate(
        n=Count("pk"), amount=Sum(_money((F("floor") - F("unit_price")) * F("quantity")))
    )
    undecided = lines.filter(UNDECIDED).aggregate(n=Count("pk"), amount=Sum(_DISCOUNT))
    by_rules = lines.filter(erp_price__gt=F("list_price")).aggregate(
        amount=Sum(_money((F("erp_price") - F("list_price")) * F("quantity")))
    )
    return Report(
        site=site,
        period=told,
        currency=chosen,
        currencies=currencies,
        total=_sums(lines),
        discounted=_sums(lines.filter(UNDER_LIST)),
        below_floor_lines=below["n"],
        below_floor=below["amount"] or Decimal(0),
        undecided_lines=undecided["n"],
        undecided=undecided["amount"] or Decimal(0),
        below_erp=by_rules["amount"] or Decimal(0),
        groups={by: _groups(lines.filter(UNDER_LIST), by) for by in KEYS},
        offers=_offers(site, told, chosen),
    )


_SUMS: Mapping[str, Any] = {
    "n_orders": Count("order", distinct=True),
    "n_lines": Count("pk"),
    "at_list": Sum(_LIST),
    "booked": Sum(_BOOKED),
    "given": Sum(_DISCOUNT),
}


def _sums(lines: QuerySet[models.LineRow]) -> Sums:
    return _to_sums(lines.aggregate(**_SUMS))


def _to_sums(told: Mapping[str, Any]) -> Sums:
    nothing = Decimal(0)
    return Sums(
        orders=told["n_orders"],
        lines=told["n_lines"],
        list_value=told["at_list"] or nothing,
        booked_value=told["booked"] or nothing,
        discount=told["given"] or nothing,
    )


def _groups(lines: QuerySet[models.LineRow], by: str) -> tuple[Group, ...]:
    """The largest discounts by one thing, the largest first."""
    key, name = KEYS[by]
    keyed: Any = lines.order_by()  # the columns are chosen here, so nothing is known of their types
    told = keyed.values(key=_text(by, key), label=_text(by, name)).annotate(**_SUMS)
    rows = list(told.order_by("-given", "key")[:MOST_GROUPS])
    if by == "decider":
        names = people.get_users(row["key"] for row in rows if row["key"] is not None)
        known = {user_id: person.display_name for user_id, person in names.items()}
        return tuple(Group(str(row["key"] or ""), known.get(row["key"], ""), _to_sums(row)) for row in rows)
    code = reason_code if by == "reason" else str
    return tuple(Group(code(row["key"]), row["label"], _to_sums(row)) for row in rows)


def _text(by: str, column: str) -> Any:
    return F(column) if by == "decider" else Coalesce(F(column), Value(""), output_field=TextField())


def reason_code(reason: str) -> str:
    """A short name for a reason in words; "" for none."""
    return hashlib.sha256(reason.encode()).hexdigest()[:16] if reason else ""


def _offers_of(site: str, told: Period) -> QuerySet[models.CounterOfferRow]:
    rows = models.CounterOfferRow.objects.filter(order__site=site)
    return rows.filter(sent_at__gte=told.since, sent_at__lt=told.until)


def _offers(site: str, told: Period, currency: str) -> Offers:
    rows = _offers_of(site, told).filter(currency=currency)
    states = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    taken = rows.filter(state="accepted", order__state__in=BOOKED, line__unit_price=F("price"))
    above = _money((F("price") - F("asked_price")) * F("quantity"))
    saved = taken.filter(asked_price__isnull=False, line__dropped=False).aggregate(amount=Sum(above))
    return Offers(
        sent=sum(states.values()),
        accepted=states.get("accepted", 0),
        declined=states.get("declined", 0),
        unanswered=states.get("unanswered", 0),
        withdrawn=states.get("withdrawn", 0),
        open=states.get("open", 0),
        saved=saved["amount"] or Decimal(0),
    )


def list_lines(
    site: str, told: Period, *, currency: str, by: str = "all", code: str = "", limit: int | None = MOST_LINES
) -> Iterator[Line]:
    """The lines behind a figure, the largest discount first; `by` is of `KEYS` (with `code`) or `FILTERS`."""
    lines = _all(site, told).filter(order__currency=currency)
    lines = lines.filter(FILTERS[by]) if by in FILTERS else _narrowed(lines.filter(UNDER_LIST), by, code)
    rows = lines.select_related("order__customer", "item", "agreed_request__decision__decided_by").annotate(
        given=_DISCOUNT
    )
    ordered = rows.order_by("-given", "order__number", "position")
    for row in ordered[:limit].iterator() if limit else ordered.iterator():
        yield _line(row, row.given)


def _narrowed(lines: QuerySet[models.LineRow], by: str, code: str) -> QuerySet[models.LineRow]:
    column = KEYS[by][0]
    if by == "reason" and code:
        texts = lines.order_by().values_list(column, flat=True).distinct()
        wanted = [text for text in texts if text and reason_code(text) == code]
        return lines.filter(**{f"{column}__in": wanted})
    if by == "decider" and code:
        return lines.filter(**{column: int(code)}) if code.isdecimal() and len(code) < 10 else lines.none()
    if not code:
        empty = Q(**{f"{column}__isnull": True})
        return lines.filter(empty if by == "decider" else empty | Q(**{column: ""}))
    return lines.filter(**{column: code})


def _line(row: models.LineRow, given: Decimal) -> Line:
    order, item, request = row.order, row.item, row.agreed_request
    decision = getattr(request, "decision", None)
    person = decision.decided_by if decision is not None else None
    assert row.quantity is not None
    assert row.list_price is not None
    assert row.unit_price is not None
    assert order.confirmed_at is not None
    return Line(
        order_id=order.id,
        number=order.number,
        erp_number=order.erp_number,
        confirmed_at=order.confirmed_at,
        customer=order.customer.code if order.customer else "",
        customer_name=order.customer.name if order.customer else "",
        sku=item.sku if item else "",
        item_name=item.description if item else "",
        category=item.category if item else "",
        quantity=row.quantity,
        uom=row.uom,
        currency=order.currency,
        list_price=row.list_price,
        floor=row.floor,
        price=row.unit_price,
        discount=given,
        agreed=row.price_decided,
        decided_by=person.display_name if person is not None else "",
        decided_at=decision.decided_at if decision is not None else None,
        reason=decision.rationale if decision is not None else "",
    )


def is_narrowing(by: str) -> bool:
    """Whether lines can be listed by this."""
    return by in KEYS or by in FILTERS
