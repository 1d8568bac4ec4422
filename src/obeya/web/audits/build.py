"""From an audit to its screen: what was booked beside what was written."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from obeya.decisions import queries as decisions
from obeya.inbox import queries as inbox
from obeya.orders import figures
from obeya.orders import queries as orders
from obeya.people import queries as people
from obeya.web import saying, shown
from obeya.web.audits import page
from obeya.web.decision_request.build import Viewer
from obeya.web.order_desk import attachments, states
from obeya.web.order_desk import page as order_desk

RIGHT = "right"


def audit_page(audit: figures.Audit, viewer: Viewer, *, typed: shown.Typed | None = None) -> page.AuditPage:
    """Everything the screen shows. What was typed comes back where something was missing."""
    order, request = orders.get_order(audit.order_id), decisions.get_request(audit.request_id)
    told = typed or shown.Typed()
    return page.AuditPage(
        now=viewer.now,
        id=str(audit.request_id),
        number=order.number,
        message=_message(order),
        facts=_facts(order),
        lines=tuple(_line(line, audit, told) for line in order.lines if not line.dropped),
        whole=tuple(
            page.Verdict(code, _(label).capitalize(), (None, code) in audit.findings or code in told.values)
            for code, label in figures.order_findings().items()
        ),
        window=saying.window(request) if request.state == "open" else None,
        may_answer=request.may_answer(viewer.access),
        may_not_because=_may_not(request),
        answered=_answered(audit),
        answered_tone="bad" if audit.wrong else "good",
        follow_up=_follow_up(order, audit),
        typed=told,
    )


def field_of(position: int) -> str:
    """The name of a line's field in the form."""
    return f"line-{position}"


def _line(line: orders.Line, audit: figures.Audit, typed: shown.Typed) -> page.Line:
    name = field_of(line.position)
    said = {code for position, code in audit.findings if position == line.position}
    if audit.wrong is not None and not said:
        said = {RIGHT}
    chosen = said or {typed.values.get(name, "")}
    verdicts = {RIGHT: "right"} | figures.line_findings()
    return page.Line(
        number=line.position + 1,
        field=name,
        code=line.sku,
        name=line.name,
        quantity=shown.Quantity(line.quantity, line.uom) if line.quantity is not None else None,
        verdicts=tuple(
            page.Verdict(code, _(label).capitalize(), code in chosen) for code, label in verdicts.items()
        ),
    )


def _message(order: orders.Order) -> order_desk.Message:
    """The message as it came: nothing is marked in it."""
    return order_desk.Message(
        channel=states.channel_name(order.channel),
        channel_icon=states.channel_icon(order.channel),
        sender=order.sender_name or order.sender,
        received_at=order.received_at,
        spans=(order_desk.Span(order.text),) if order.text else (),
        attachments=attachments.of_signal(order.id, inbox.get_signal(order.signal)),
        subject=order.subject,
    )


def _facts(order: orders.Order) -> tuple[shown.Fact, ...]:
    told = [shown.Fact(_("Customer"), order.customer_name), shown.Fact(_("In ERP"), order.erp_number)]
    if order.requested_on:
        told.append(shown.Fact(_("Wanted on"), order.requested_on))
    if order.ship_to:
        told.append(shown.Fact(_("Ship to"), order.ship_to))
    if order.po_number:
        told.append(shown.Fact(_("Their number"), order.po_number))
    return tuple(told)


def _may_not(request: decisions.Request) -> str:
    asked = saying.function_names(request.asked)
    return _("%(functions)s answers this. You can see it, but not answer it.") % {"functions": asked}


def _answered(audit: figures.Audit) -> str:
    if audit.wrong is None:
        return ""
    known = people.get_users([audit.judged_by] if audit.judged_by is not None else [])
    who = {"who": next(iter(known.values())).display_name if known else _("Somebody")}
    if audit.wrong:
        return f"{_('%(who)s found it wrong.') % who} {audit.note}".strip()
    return _("%(who)s compared it with the message: everything is right.") % who


def _follow_up(order: orders.Order, audit: figures.Audit) -> shown.Link | None:
    if not audit.wrong:
        return None
    found = [one for one in decisions.list_about(f"audit:{order.id}") if one.id != audit.request_id]
    if not found:
        return None
    return shown.Link(_("What becomes of it"), reverse("web:request_page", args=[found[0].id]))
