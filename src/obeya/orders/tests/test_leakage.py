"""What is given away, as the report tells it and as plain SQL counts it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from tests.worlds import desk, small

from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.orders import actions, counter_words, leakage, models, queries
from obeya.people import queries as people

pytestmark = pytest.mark.django_db
NIKHIL = Origin.fresh(source="web.orders", actor="user:nikhil")
D = Decimal


@pytest.fixture(autouse=True)
def the_clock():
    with desk.standing() as manual:
        yield manual


def decide(order: queries.Order, option: str, rationale: str, **more: Any) -> None:
    (doubt,) = [doubt for doubt in desk.open_doubts(order) if doubt.kind == "price"]
    actions.answer_doubt(
        request_id=doubt.id,
        access=desk.access("nikhil"),
        option=option,
        rationale=rationale,
        origin=NIKHIL,
        **more,
    )


def counter(order: queries.Order, price: str, *, yes: bool | None) -> None:
    decide(order, "counter", "Half way", price=D(price))
    made = models.CounterOfferRow.objects.get(order=order.id)
    if yes is not None:
        said = counter_words.tap(made.id, yes=yes)
        origin = Origin.fresh(source="whatsapp", actor="customer:KRS01")
        assert actions.hear_customer(order_id=order.id, words="-", choice=said, origin=origin)


def a_month() -> None:
    """Four orders: at list, asked below the floor, countered and taken, countered and declined (waits)."""
    desk.write("PO-1: 2 ctn CAP-28-WHT")
    decide(desk.write("PO-2: 3 ctn CAP-28-WHT rate 2000 per ctn"), "asked", "Win back")
    counter(desk.write("PO-3: 4 ctn CAP-28-WHT rate 2500 per ctn"), "2550", yes=True)
    counter(desk.write("PO-4: 5 ctn CAP-38-WHT rate 2700 per ctn"), "2800", yes=False)


def this_month() -> leakage.Period:
    return leakage.usual_period(small.SITE, "this_month", now=clock.now())


def one(sql: str, *values: Any) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        (row,) = cursor.fetchall()
    return tuple(row)


BASE = """
FROM orders_line l JOIN orders_order o ON o.id = l.order_id
LEFT JOIN decisions_decision d ON d.request_id = l.agreed_request_id
WHERE o.site_id = %s AND o.state IN ('confirmed', 'booked') AND NOT l.dropped
  AND (o.confirmed_at AT TIME ZONE 'Asia/Kolkata')::date BETWEEN %s AND %s AND o.currency = 'INR'
"""


def test_the_figures_are_those_of_plain_sql():
    a_month()
    told = leakage.report(small.SITE, this_month())
    day = (small.SITE, told.period.first, told.period.last)
    total = told.total
    assert (total.orders, total.list_value, total.booked_value, total.discount) == one(
        "SELECT count(DISTINCT o.id), sum(l.list_price * l.quantity), sum(l.unit_price * l.quantity),"
        f" sum((l.list_price - l.unit_price) * l.quantity) {BASE}",
        *day,
    )
    assert (told.below_floor_lines, told.below_floor) == one(
        f"SELECT count(*), sum((l.floor - l.unit_price) * l.quantity) {BASE} AND l.unit_price < l.floor", *day
    )
    assert (told.discounted.lines, told.discounted.discount) == one(
        f"SELECT count(*), sum((l.list_price - l.unit_price) * l.quantity) {BASE}"
        " AND l.unit_price < l.list_price",
        *day,
    )
    assert (told.offers.sent, told.offers.accepted, told.offers.declined, told.offers.saved) == one(
        "SELECT count(*), count(*) FILTER (WHERE state = 'accepted'),"
        " count(*) FILTER (WHERE state = 'declined'),"
        " sum((price - asked_price) * quantity) FILTER (WHERE state = 'accepted') FROM orders_counter_offer"
    )
    assert (total.orders, total.discount, told.offers.saved) == (3, D(3 * 600 + 4 * 50), D(4 * 50))


@pytest.mark.parametrize(
    ("by", "column"),
    [
        ("decider", "d.decided_by_id::text"),
        ("customer", "(SELECT code FROM catalog_customer c WHERE c.id = o.customer_id)"),
        ("item", "(SELECT sku FROM catalog_item i WHERE i.id = l.item_id)"),
        ("category", "(SELECT category FROM catalog_item i WHERE i.id = l.item_id)"),
        ("reason", "d.rationale"),
    ],
)
def test_each_break_down_adds_up_and_is_that_of_plain_sql(by, column):
    a_month()
    told = leakage.report(small.SITE, this_month())
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column} AS k, sum((l.list_price - l.unit_price) * l.quantity) AS s {BASE}"
            " AND l.unit_price < l.list_price GROUP BY k ORDER BY s DESC",
            [small.SITE, told.period.first, told.period.last],
        )
        expected = [(name or "", amount) for name, amount in cursor.fetchall()]
    found = told.groups[by]
    named = [(leakage.reason_code(name) if by == "reason" else name, amount) for name, amount in expected]
    assert [(group.code, group.sums.discount) for group in found] == named
    assert sum(group.sums.discount for group in found) == told.discounted.discount
    for group in found:
        lines = list(leakage.list_lines(small.SITE, told.period, currency="INR", by=by, code=group.code))
        assert sum(line.discount for line in lines) == group.sums.discount


def test_the_lines_name_who_decided_and_why():
    a_month()
    (line, other) = leakage.list_lines(small.SITE, this_month(), currency="INR")
    assert (line.discount, line.agreed, line.decided_by, line.reason) == (
        D(1800),
        "asked",
        "Nikhil Bapat",
        "Win back",
    )
    assert (other.discount, other.agreed, other.price) == (D(200), "counter", D(2550))
    (below,) = leakage.list_lines(small.SITE, this_month(), currency="INR", by="below_floor")
    assert below == line


def test_a_line_under_list_that_nobody_decided_is_told():
    a_month()
    assert leakage.report(small.SITE, this_month()).undecided_lines == 0
    models.LineRow.objects.filter(price_decided="asked").update(agreed_request=None)
    told = leakage.report(small.SITE, this_month())
    assert (told.undecided_lines, told.undecided) == (1, D(1800))
    (line,) = leakage.list_lines(small.SITE, told.period, currency="INR", by="undecided")
    assert (line.decided_by, line.reason) == ("", "")


def test_a_price_that_is_not_the_agreed_one_counts_as_decided_by_nobody():
    a_month()
    models.LineRow.objects.filter(price_decided="asked").update(unit_price=D(1900))
    assert leakage.report(small.SITE, this_month()).undecided_lines == 1


def test_a_time_without_orders_has_nothing_in_it():
    told = leakage.report(small.SITE, this_month())
    assert (told.total.orders, told.total.discount, told.offers.sent, told.currency) == (0, D(0), 0, "INR")
    assert told.groups["customer"] == ()


def test_periods_are_days_of_the_site():
    now = clock.now()
    today = now.astimezone(people.get_site(small.SITE).tz).date()
    last = leakage.usual_period(small.SITE, "last_month", now=now)
    assert (last.first.day, last.last) == (1, today.replace(day=1) - timedelta(days=1))
    assert leakage.usual_period(small.SITE, "last_90_days", now=now).first == today - timedelta(days=89)
    assert last.until.hour == 0
    for first, until in ((date(2026, 2, 2), date(2026, 2, 1)), (date(2000, 1, 1), date(2026, 1, 1))):
        with pytest.raises(leakage.NoSuchPeriod):
            leakage.period(small.SITE, first=first, last=until)


def test_orders_of_last_month_are_told_of_last_month(the_clock):
    a_month()
    the_clock.advance(timedelta(days=31))
    assert leakage.report(small.SITE, this_month()).total.orders == 0
    last = leakage.usual_period(small.SITE, "last_month", now=clock.now())
    assert leakage.report(small.SITE, last).total.orders == 3


def test_another_currency_is_told_apart():
    a_month()
    order = models.OrderRow.objects.filter(state="confirmed").order_by("number").first()
    assert order is not None
    models.OrderRow.objects.filter(pk=order.pk).update(currency="USD")
    told = leakage.report(small.SITE, this_month())
    assert (told.currency, told.currencies, told.total.orders) == ("INR", ("INR", "USD"), 2)
    assert leakage.report(small.SITE, this_month(), currency="USD").total.orders == 1
