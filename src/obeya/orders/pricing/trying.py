"""The dry run: what a draft would have made of the orders of the last month, beside the rules in force."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from procrastinate.contrib.django import app

from obeya.catalog import queries as catalog
from obeya.lib import clock, live
from obeya.orders import models as orders
from obeya.orders.pricing import actions, applying, comparing, models, queries, table
from obeya.people import queries as people

PERIOD = timedelta(days=31)
"""How far back orders are looked at."""
MOST_ORDERS = 10_000
"""The newest of them; more are not looked at, and the report says so."""
CHUNK = 1_000
"""Lines of a customer that are priced at once."""
TASK = "orders.try_price_rules"
QUEUE = "dry_runs"
NO_PRICE = "No price is kept with the past order."
UNKNOWN_CUSTOMER = "The customer is not in the catalog any more."


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a past order as it is kept."""

    order: str
    order_id: str
    sku: str
    quantity: Decimal
    uom: str
    price: Decimal


def start_trial(*, site: str, revision: int, judged_on: date, access: people.Access) -> None:
    """Have the draft tried out as it is, as if every order had come on `judged_on`.

    Raises CannotChangePriceRules.
    """
    with transaction.atomic():
        draft = actions.locked_draft(site, revision, access)
        models.PriceTrialRow.objects.update_or_create(
            draft=draft,
            defaults={
                "revision": draft.revision,
                "judged_on": judged_on,
                "state": "asked",
                "asked_at": clock.now(),
                "done_at": None,
                "tried": 0,
                "total": 0,
                "result": None,
                "problem": "",
            },
        )
        job = app.configure_task(TASK, queue=QUEUE, lock=f"{TASK}:{site}")
        job.defer(draft_id=draft.pk, revision=draft.revision)
        live.publish(f"orders::{site}")


def run_trial(*, draft_id: int, revision: int) -> None:
    """Try a draft out; nothing happens where it was changed meanwhile: that asks for a new dry run."""
    trial = models.PriceTrialRow.objects.select_related("draft").filter(draft=draft_id).first()
    if trial is None or trial.revision != revision or trial.state == "done":
        return
    draft = trial.draft
    if draft.state != "draft" or draft.revision != revision:
        _note(draft, revision, state="failed", problem="The draft was changed meanwhile: run it again.")
        return
    result = _try(draft, revision, trial.judged_on)
    _note(draft, revision, state="done", done_at=clock.now(), result=result)


def _note(draft: models.PriceTableRow, revision: int, **values: object) -> None:
    """Write down how far the dry run is, unless another one was asked for meanwhile."""
    models.PriceTrialRow.objects.filter(draft=draft.pk, revision=revision).update(**values)
    live.publish(f"orders::{draft.site_id}")


def _try(draft: models.PriceTableRow, revision: int, judged_on: date) -> dict[str, Any]:
    site, until = draft.site_id, clock.now()
    report = comparing.Report()
    found, total = _orders(site, until - PERIOD, until, report)
    in_force = queries.find_in_force(site, until)
    before = in_force.table if in_force else table.Table(())
    tables = before, table.Table(queries.rows_of(draft.rows))
    count, tried = sum(map(len, found.values())), 0
    _note(draft, revision, state="running", total=count)
    for customer, lines in found.items():
        _judge(site, customer, lines, tables, judged_on, draft.currency, report)
        tried += len(lines)
        _note(draft, revision, tried=tried)
    told = report.told()
    return told | {
        "since": (until - PERIOD).isoformat(),
        "until": until.isoformat(),
        "judged_on": judged_on.isoformat(),
        "base": in_force.number if in_force else 0,
        "not_looked_at": max(0, total - MOST_ORDERS),
    }


def _orders(
    site: str, since: datetime, until: datetime, report: comparing.Report
) -> tuple[dict[str, list[_Line]], int]:
    """Lines of the last month's orders by customer, ours and those of before; and how many orders."""
    ours = orders.OrderRow.objects.filter(
        site=site, state__in=["confirmed", "booked"], received_at__gt=since, received_at__lte=until
    )
    numbers = orders.OrderRow.objects.filter(site=site).values("number")
    past = orders.PastOrderRow.objects.filter(site=site, ordered_at__gt=since, ordered_at__lte=until)
    past = past.exclude(order_no__in=numbers)
    total = ours.count() + past.count()
    newest: list[tuple[datetime, object]] = [
        *ours.order_by("-received_at").values_list("received_at", "pk")[:MOST_ORDERS],
        *past.order_by("-ordered_at").values_list("ordered_at", "pk")[:MOST_ORDERS],
    ]
    newest = sorted(newest, key=lambda one: one[0], reverse=True)[:MOST_ORDERS]
    wanted: set[object] = {key for _, key in newest}
    found: defaultdict[str, list[_Line]] = defaultdict(list)
    for customer, line in _our_lines(ours, wanted):
        found[customer].append(line)
    for row in past.iterator(chunk_size=500):
        if row.pk in wanted:
            found[row.customer] += _past_lines(row, report)
    return dict(sorted(found.items())), total


def _our_lines(ours: QuerySet[orders.OrderRow], wanted: set[object]) -> Iterator[tuple[str, _Line]]:
    rows = orders.LineRow.objects.filter(order__in=ours, dropped=False, item__isnull=False)
    rows = rows.exclude(unit_price__isnull=True).exclude(quantity__isnull=True).order_by("order", "position")
    fields = ("order", "order__number", "order__customer__code", "item__sku", "quantity", "uom", "unit_price")
    for key, number, customer, sku, quantity, uom, price in rows.values_list(*fields).iterator(2_000):
        if key in wanted:
            yield customer, _Line(number, str(key), sku, quantity, uom, price)


def _past_lines(row: orders.PastOrderRow, report: comparing.Report) -> list[_Line]:
    found = []
    for line in row.lines if isinstance(row.lines, list) else []:
        price, quantity = _number(line.get("unit_price")), _number(line.get("qty"))
        if price is None:
            report.leave_out(row.order_no, NO_PRICE)
        elif quantity is None or quantity <= 0:
            report.leave_out(row.order_no, "No quantity is kept with the past order.")
        else:
            uom = str(line.get("uom") or "")
            found.append(_Line(row.order_no, "", str(line.get("sku")), quantity, uom, price))
    return found


def _number(kept: object) -> Decimal | None:
    try:
        value = Decimal(str(kept))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _judge(
    site: str,
    customer: str,
    lines: Sequence[_Line],
    tables: tuple[table.Table, table.Table],
    judged_on: date,
    cost_currency: str,
    report: comparing.Report,
) -> None:
    known = catalog.find_customer(site, customer)
    if known is None:
        for line in lines:
            report.leave_out(line.order, UNKNOWN_CUSTOMER)
        return
    for start in range(0, len(lines), CHUNK):
        part = lines[start : start + CHUNK]
        wanted = [catalog.Wanted(line.sku, line.uom, line.quantity) for line in part]
        answers = catalog.prices_for(site, customer=customer, lines=wanted, on=judged_on)
        items = catalog.items_by_sku(site, {line.sku for line in part})
        for line, answer in zip(part, answers, strict=True):
            if line.uom not in answer.units:
                report.leave_out(line.order, f"{answer.problem[:1].upper()}{answer.problem[1:]}.")
                continue
            asked = applying.line_of(answer, customer, on=judged_on, cost_currency=cost_currency)
            booked = comparing.Booked(
                order=line.order,
                order_id=line.order_id,
                customer=customer,
                customer_name=known.name,
                item=line.sku,
                item_name=items[line.sku].description,
                quantity=line.quantity,
                uom=line.uom,
                currency=answer.currency,
                price=line.price,
                before=tables[0].judge(asked),
                after=tables[1].judge(asked),
            )
            report.add(booked)
