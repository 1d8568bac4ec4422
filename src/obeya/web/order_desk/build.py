"""From orders to the order desk: the list, and one order with its message, lines and doubts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from obeya.inbox import queries as inbox
from obeya.orders import figures
from obeya.orders import queries as orders
from obeya.orders import queue_queries as queue
from obeya.people import queries as people
from obeya.web import doors, shown, wording
from obeya.web.decision_request.build import Viewer
from obeya.web.order_desk import (
    asked,
    attachments,
    beside,
    doubts,
    enquiries,
    filters,
    page,
    second,
    states,
)

_ROLES: Mapping[str, page.SpanRole] = {
    "item": "item",
    "qty": "qty",
    "unit": "unit",
    "date": "date",
    "price": "price",
    "unread": "unread",
}
state_badge = states.state_badge
channel_icon = states.channel_icon


def whole(number: int) -> Decimal:
    """A whole number as a quantity's value."""
    return Decimal(number)


def counts(site: people.Site, now: datetime) -> orders.Counts:
    """How the desk stands since midnight by the site's clock."""
    midnight = now.astimezone(site.tz).replace(hour=0, minute=0, second=0, microsecond=0)
    return orders.counts([site.code], since=midnight)


def today(site: people.Site, counted: orders.Counts, now: datetime) -> tuple[shown.Fact, ...]:
    """The day so far, and what audits found lately: what went by itself is never told without the other."""
    facts = [shown.Fact(_("Waiting"), counted.waiting)]
    if counted.oldest_waiting_at is not None:
        since = (now - counted.oldest_waiting_at).total_seconds()
        facts.append(shown.Fact(_("The oldest"), wording.duration_words(since)))
    facts += [
        shown.Fact(_("Today"), counted.received),
        shown.Fact(_("Booked"), counted.booked),
    ]
    if counted.orders:
        share = Decimal(100 * counted.booked_unseen // counted.orders)
        facts.append(shown.Fact(_("By itself"), shown.Quantity(share, "%")))
    audited = figures.audited(site.code, now=now)
    if audited.audited or counted.orders:
        facts.append(shown.Fact(_("Wrong by audit"), wrong_words(audited)))
    return tuple(facts)


def wrong_words(told: figures.Audited) -> str:
    """How many audits found an order wrong, of how many."""
    return (
        _("%(wrong)d of %(n)d") % {"wrong": told.wrong, "n": told.audited} if told.audited else _("none yet")
    )


def queued(
    site: people.Site, wanted: queue.Wanted, after: str, chosen: str, now: datetime
) -> page.OrderDeskPage:
    """One page of the orders behind the filters, the newest first, with the ways on and back."""
    found = queue.list_page(site=site.code, wanted=wanted, now=now, after=after)
    query, desk = filters.query(wanted, after), reverse("web:order_desk")
    return page.OrderDeskPage(
        now=now,
        tabs=(),
        orders=tuple(_row(row, query, chosen) for row in found.rows),
        older_url=desk + filters.query(wanted, found.after) if found.after else "",
        newest_url=desk + filters.query(wanted) if after else "",
        filtered=wanted != queue.Wanted(),
    )


def _row(row: orders.Row, query: str, chosen: str) -> page.OrderRow:
    return page.OrderRow(
        id=str(row.id),
        url=reverse("web:order", args=[row.id]) + query,
        customer=row.customer_name,
        text=row.text,
        channel_icon=states.channel_icon(row.channel),
        received_at=row.received_at,
        badge=states.state_badge(row.state, unposted=row.unposted),
        lines=row.lines,
        total=shown.Money(row.total, row.currency) if row.total and row.currency else None,
        erp_number=row.erp_number,
        chosen=str(row.id) == chosen,
        asked_at=row.asked_at,
    )


def detail(order: orders.Order, viewer: Viewer, *, typed: shown.Typed | None = None) -> page.OrderDetail:
    """One order with everything the desk needs."""
    desk = viewer.access.may(doors.ORDERS_ACT, order.site)
    waiting = order.state == "waiting"
    left = doubts.open_doubts(order)
    hard = [doubt for doubt in left if doubt.kind != "other"]
    may_ask = desk and waiting and order.channel in ("whatsapp", "email")
    can_ask, cannot_ask = asked.preview(order) if may_ask else ((), "")
    fixers = people.get_users(line.fixed_by for line in order.lines if line.fixed_by is not None)
    return page.OrderDetail(
        id=str(order.id),
        url=reverse("web:order", args=[order.id]),
        customer=order.customer_name or order.sender_name or order.sender,
        badge=states.state_badge(order.state, unposted=order.unposted),
        message=_message(order, desk=desk),
        steps=states.steps(order),
        lines=tuple(_line(order, line, viewer, fixers) for line in order.lines if not line.dropped),
        beside=beside.to_page(order),
        facts=_facts(order),
        doubts=tuple(doubts.to_page(doubt, viewer.access) for doubt in left if doubt.line is None),
        replies=enquiries.replies_of(order, viewer.access),
        exceptions=enquiries.exceptions_of(order),
        total=_money(order.total, order),
        erp_number=order.erp_number,
        took=_took(order),
        story_url=reverse("web:order_story", args=[order.id]),
        posting_words=_posting_words(order),
        posting_tone=order.posting.tone if order.posting else "warn" if order.unposted else "info",
        may_confirm=desk and waiting and not hard,
        blocked=_("Settle what is doubtful first.") if desk and waiting and hard else "",
        may_ask=may_ask,
        can_ask=can_ask,
        cannot_ask=cannot_ask,
        asked=asked.to_page(order),
        may_reject=desk and waiting,
        ask_text="\n".join(doubt.reason for doubt in left),
        reject_reasons=states.reason_choices(),
        rejected_because=order.refusal if order.state == "refused" else "",
        typed=typed or shown.Typed(),
    )


def _took(order: orders.Order) -> str:
    if order.took_s is None:
        return ""
    span = wording.duration_words(order.took_s)
    words = (
        _("In ERP %(span)s after it arrived, untouched by a person")
        if order.auto
        else _("In ERP %(span)s after it arrived")
    )
    return words % {"span": span}


def _posting_words(order: orders.Order) -> str:
    if order.unposted:
        return _(
            "No ERP was connected for this site when the order was confirmed, so nothing was posted. "
            "Enter it in your ERP by hand."
        )
    if order.posting is None or order.state == "booked":
        return ""
    return f"{order.posting.state_text} {order.posting.what_to_do}".strip()


def _facts(order: orders.Order) -> tuple[shown.Fact, ...]:
    told = [shown.Fact(_("Our number"), order.number)]
    if order.customer_code:
        told.append(shown.Fact(_("Customer"), order.customer_code))
    if order.po_number:
        told.append(shown.Fact(_("Their number"), order.po_number))
    if order.requested_on:
        told.append(shown.Fact(_("Wanted on"), order.requested_on))
    if order.ship_to:
        told.append(shown.Fact(_("Ship to"), order.ship_to))
    return (*told, *second.facts_of(order.id))


def _message(order: orders.Order, *, desk: bool) -> page.Message:
    named = order.sender_name and order.sender_name != order.sender
    signal = inbox.get_signal(order.signal)
    recorded = any(file.content_type in attachments.AUDIO for file in signal.files)
    again = desk and any(file.again for file in signal.missing)
    return page.Message(
        channel=states.channel_name(order.channel),
        channel_icon=states.channel_icon(order.channel),
        sender=f"{order.sender_name} · {order.sender}" if named else order.sender,
        received_at=order.received_at,
        spans=tuple(spans(order.text, order.spans)),
        attachments=attachments.of_signal(order.id, signal),
        subject=order.subject,
        fetch_url=reverse("web:order_fetch", args=[order.id]) if again else "",
        spoken=recorded and bool(order.text.strip()),
        write_url=_write_url(order) if recorded and desk and order.state == "waiting" else "",
    )


def _write_url(order: orders.Order) -> str:
    return f"{reverse('web:order_paste')}?{urlencode({'customer': order.customer_code, 'channel': 'phone'})}"


def spans(text: str, read: Iterable[tuple[int, int, str, int | None]]) -> Iterable[page.Span]:
    """The whole text in runs: what was read with its role, what lies between as it is."""
    at = 0
    for start, end, role, line in sorted(read, key=lambda span: (span[0], span[1])):
        if role not in _ROLES or not at <= start < end <= len(text):
            continue
        if start > at:
            yield page.Span(text[at:start])
        yield page.Span(text[start:end], _ROLES[role], 0 if line is None else line + 1)
        at = end
    if at < len(text):
        yield page.Span(text[at:])


def _line(
    order: orders.Order, line: orders.Line, viewer: Viewer, fixers: Mapping[int, people.Person]
) -> page.Line:
    open_here = [doubt for doubt in doubts.open_doubts(order) if doubt.line == line.position]
    converted = line.base_quantity is not None and line.base_uom and line.base_uom != line.uom
    fixer = fixers.get(line.fixed_by or 0)
    return page.Line(
        id=f"{order.id}-{line.position}",
        number=line.position + 1,
        item_code=line.sku,
        item_name=line.name,
        read_as=line.text,
        confidence=states.percent(line.confidence),
        quantity=shown.Quantity(line.quantity, line.uom or "?") if line.quantity is not None else None,
        base=shown.Quantity(line.base_quantity, line.base_uom) if converted and line.base_quantity else None,
        price=_price(order, line),
        amount=_money(line.amount, order),
        doubts=tuple(doubts.to_page(doubt, viewer.access) for doubt in open_here),
        fixed_by=fixer.display_name if fixer else "",
    )


def _money(amount: Decimal | None, order: orders.Order) -> shown.Money | None:
    return shown.Money(amount, order.currency) if amount is not None and order.currency else None


def _price(order: orders.Order, line: orders.Line) -> page.LinePrice | None:
    price = _money(line.unit_price if line.unit_price is not None else line.list_price, order)
    if price is None:
        return None
    below_floor = line.floor is not None and price.amount < line.floor
    asked_low = line.asked_price is not None and line.floor is not None and line.asked_price < line.floor
    below_list = line.list_price is not None and price.amount < line.list_price
    badge = None
    if below_floor or asked_low:
        badge = shown.Badge(_("Below floor"), "bad")
    elif below_list:
        badge = shown.Badge(_("Below list"), "warn")
    return page.LinePrice(
        price=price,
        list_price=_money(line.list_price if line.erp_price is None else line.erp_price, order),
        floor=_money(line.floor, order),
        asked=_money(line.asked_price, order) if line.asked_price != price.amount else None,
        badge=badge,
        by_rule=line.price_rule,
    )
