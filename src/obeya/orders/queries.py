"""Reading the order desk."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Prefetch, Q, QuerySet

from obeya.catalog import answers
from obeya.catalog import queries as catalog
from obeya.decisions import queries as decisions
from obeya.orders import models, rules
from obeya.outbox import queries as outbox

NO_ORDER = Q(state="answered") | Q(state__in=["waiting", "refused"], intent__in=sorted(rules.NOT_AN_ORDER))
"""Messages that turned out to be no orders: they count neither for nor against the desk."""


class NoSuchOrder(LookupError):
    """There is no order with this id."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line; prices per `uom`, `base_quantity` in `base_uom`. `fixed_by` is a user id."""

    position: int
    item_id: int | None
    sku: str
    name: str
    text: str
    quantity: Decimal | None
    uom: str
    base_quantity: Decimal | None
    base_uom: str
    list_price: Decimal | None
    floor: Decimal | None
    asked_price: Decimal | None
    unit_price: Decimal | None
    amount: Decimal | None
    price_text: str
    confidence: Decimal
    fixed_by: int | None
    dropped: bool
    erp_price: Decimal | None = None
    """Of ERP's list, where a price rule gives another in its place."""
    price_rule: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """One open or settled doubt; `id` is the id of its decision request."""

    id: uuid.UUID
    line: int | None
    kind: str
    reason: str
    request: decisions.Request
    settled: bool


@dataclass(frozen=True, slots=True)
class Order:
    """A message and the order it became. `spans` are (start, end, role, line or None) over `text`."""

    id: uuid.UUID
    number: str
    site: str
    customer_code: str
    customer_name: str
    channel: str
    sender: str
    sender_name: str
    sent_at: datetime
    received_at: datetime
    subject: str
    text: str
    intent: str
    state: str
    lines: tuple[Line, ...]
    doubts: tuple[Doubt, ...]
    spans: tuple[tuple[int, int, str, int | None], ...]
    requested_on: date | None
    po_number: str
    ship_to: str
    currency: str
    total: Decimal | None
    confidence: Decimal
    auto: bool
    signal: uuid.UUID
    correlation: uuid.UUID
    posting: outbox.PostingView | None
    confirmed_at: datetime | None
    booked_at: datetime | None
    erp_number: str
    refusal: str

    @property
    def unposted(self) -> bool:
        """Confirmed while no ERP was connected for the site: nothing goes there by itself."""
        return self.state == "confirmed" and self.posting is None

    @property
    def took_s(self) -> float | None:
        """Seconds from arrival to the ERP's confirmation."""
        return (self.booked_at - self.received_at).total_seconds() if self.booked_at else None


@dataclass(frozen=True, slots=True)
class Row:
    """One order in a list. `unposted`: confirmed while no ERP was connected for the site."""

    id: uuid.UUID
    number: str
    site: str
    customer_name: str
    channel: str
    sender: str
    text: str
    intent: str
    state: str
    received_at: datetime
    lines: int
    open_doubts: int
    total: Decimal | None
    currency: str
    erp_number: str
    auto: bool
    unposted: bool
    asked_at: datetime | None = None
    """Since when its customer has a question of ours."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How the desk stands: waiting now, and of those received since a moment how many went which way.

    `received` counts messages, `orders` those of them that are orders; `booked_unseen` of the orders were
    booked by themselves.
    """

    waiting: int
    oldest_waiting_at: datetime | None
    received: int
    orders: int
    booked: int
    booked_unseen: int


def _rows() -> QuerySet[models.OrderRow]:
    lines = Prefetch("lines", models.LineRow.objects.select_related("item"))
    doubts = Prefetch("doubts", models.DoubtRow.objects.select_related("line"))
    return models.OrderRow.objects.select_related("customer").prefetch_related(lines, doubts)


def get_order(order_id: uuid.UUID | str) -> Order:
    """The order with this id. Raises NoSuchOrder."""
    row = _rows().filter(pk=order_id).first()
    if row is None:
        raise NoSuchOrder(str(order_id))
    items = catalog.items_by_id([line.item_id for line in row.lines.all() if line.item_id])
    asked = {request.id: request for request in decisions.list_about(f"order:{row.id}")}
    return Order(
        id=row.id,
        number=row.number,
        site=row.site_id,
        customer_code=row.customer.code if row.customer else "",
        customer_name=row.customer.name if row.customer else "",
        channel=row.channel,
        sender=row.sender,
        sender_name=row.sender_name,
        sent_at=row.sent_at,
        received_at=row.received_at,
        subject=row.subject,
        text=row.text,
        intent=row.intent,
        state=row.state,
        lines=tuple(_line(line, items.get(line.item_id or 0)) for line in row.lines.all()),
        doubts=tuple(_doubt(doubt, asked[doubt.request_id]) for doubt in row.doubts.all()),
        spans=tuple((start, end, role, line) for start, end, role, line in row.reading["spans"]),
        requested_on=row.requested_on,
        po_number=row.po_number,
        ship_to=row.ship_to,
        currency=row.currency,
        total=row.total,
        confidence=row.confidence,
        auto=row.auto,
        signal=row.signal,
        correlation=row.correlation,
        posting=outbox.posting_of(f"order:{row.id}"),
        confirmed_at=row.confirmed_at,
        booked_at=row.booked_at,
        erp_number=row.erp_number,
        refusal=row.refusal,
    )


def _line(row: models.LineRow, item: answers.Item | None) -> Line:
    units = item.units if item else {}
    in_base = row.quantity * units[row.uom] if row.quantity is not None and row.uom in units else None
    amount = row.quantity * row.unit_price if row.quantity and row.unit_price else None
    return Line(
        position=row.position,
        item_id=row.item_id,
        sku=item.sku if item else "",
        name=item.description if item else "",
        text=row.text,
        quantity=row.quantity,
        uom=row.uom,
        base_quantity=in_base,
        base_uom=item.base_uom if item else "",
        list_price=row.list_price,
        floor=row.floor,
        asked_price=row.asked_price,
        unit_price=row.unit_price,
        amount=amount,
        price_text=row.price_text,
        confidence=row.confidence,
        fixed_by=row.fixed_by_id,
        dropped=row.dropped,
        erp_price=row.erp_price,
        price_rule=row.price_rule,
    )


def _doubt(row: models.DoubtRow, request: decisions.Request) -> Doubt:
    line = row.line.position if row.line else None
    return Doubt(row.request_id, line, row.kind, row.reason, request, row.settled_at is not None)


def list_orders(
    *, sites: Sequence[str], states: Sequence[str] = (), text: str = "", limit: int = 100
) -> list[Row]:
    """Orders of some sites, the newest first, at most `limit` (1 to 500)."""
    rows = models.OrderRow.objects.filter(site__in=sites)
    if states:
        rows = rows.filter(state__in=states)
    if text:
        rows = rows.filter(Q(number__icontains=text) | Q(customer__name__icontains=text))
    return rows_of(rows.select_related("customer").order_by("-received_at")[: max(1, min(limit, 500))])


def rows_of(told: Iterable[models.OrderRow]) -> list[Row]:
    """These orders as they are listed, in a few queries, in the order given."""
    told = list(told)
    ids = [row.id for row in told]
    lines = _counted(models.LineRow.objects.filter(order__in=ids, dropped=False))
    doubts = _counted(models.DoubtRow.objects.filter(order__in=ids, settled_at__isnull=True))
    unposted = _unposted(told)
    asked = dict(
        models.QuestionRow.objects.filter(order__in=ids, state="asked").values_list("order", "asked_at")
    )
    listed = [
        _list_row(row, lines.get(row.id, 0), doubts.get(row.id, 0), unposted=row.id in unposted)
        for row in told
    ]
    return [replace(row, asked_at=asked.get(row.id)) for row in listed]


def _unposted(rows: Iterable[models.OrderRow]) -> set[uuid.UUID]:
    confirmed = {f"order:{row.id}": row.id for row in rows if row.state == "confirmed"}
    posted = outbox.posted_subjects(confirmed) if confirmed else set()
    return {order for subject, order in confirmed.items() if subject not in posted}


def _counted(
    rows: QuerySet[models.LineRow] | QuerySet[models.DoubtRow],
) -> dict[uuid.UUID, int]:
    return dict(rows.values_list("order").annotate(n=Count("pk")).values_list("order", "n"))


def _list_row(row: models.OrderRow, lines: int, doubts: int, *, unposted: bool) -> Row:
    return Row(
        id=row.id,
        number=row.number,
        site=row.site_id,
        customer_name=row.customer.name if row.customer else row.sender_name or row.sender,
        channel=row.channel,
        sender=row.sender,
        text=row.text[:300],
        intent=row.intent,
        state=row.state,
        received_at=row.received_at,
        lines=lines,
        open_doubts=doubts,
        total=row.total,
        currency=row.currency,
        erp_number=row.erp_number,
        auto=row.auto,
        unposted=unposted,
    )


def counts(sites: Sequence[str], *, since: datetime) -> Counts:
    """How the desk of some sites stands; everything but what waits is counted since `since`."""
    mine = models.OrderRow.objects.filter(site__in=sites)
    waiting = mine.filter(state="waiting")
    oldest = waiting.order_by("received_at").values_list("received_at", flat=True).first()
    recent = mine.filter(received_at__gte=since)
    told = recent.aggregate(
        received=Count("pk"),
        no_orders=Count("pk", filter=NO_ORDER),
        booked=Count("pk", filter=Q(state__in=["confirmed", "booked"])),
        unseen=Count("pk", filter=Q(state__in=["confirmed", "booked"], auto=True)),
    )
    return Counts(
        waiting=waiting.count(),
        oldest_waiting_at=oldest,
        received=told["received"],
        orders=told["received"] - told["no_orders"],
        booked=told["booked"],
        booked_unseen=told["unseen"],
    )


def find_items(site: str, text: str, *, limit: int = 20) -> list[answers.Item]:
    """Items whose code or name holds every word of `text`; for the search box of a doubt."""
    wanted = text.lower().split()[:8]
    if not wanted:
        return []
    found = [
        item
        for item in catalog.list_items(site)
        if all(word in f"{item.sku} {item.description} {item.category}".lower() for word in wanted)
    ]
    return found[:limit]


def confirmation_text(order_id: uuid.UUID) -> str:
    """What the customer is told when the order is booked: number, lines, total."""
    row = _rows().get(pk=order_id)
    lines = [
        f"{line.quantity.normalize():f} {line.uom} {line.item.description}"
        for line in row.lines.all()
        if line.item and line.quantity and not line.dropped
    ]
    head = f"Thank you. Your order {row.erp_number or row.number} is booked:"
    total = f"Total {row.currency} {row.total:,.2f}" if row.total else ""
    return "\n".join([head, *(f"- {line}" for line in lines), total]).strip()
