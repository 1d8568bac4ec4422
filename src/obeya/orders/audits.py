"""The writers of blind audits: a person compares some orders booked by themselves with the message."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from obeya.decisions import actions as decisions
from obeya.decisions import queries as decision_queries
from obeya.decisions import rules as decision_rules
from obeya.journal import actions as journal
from obeya.journal.events import Event, Origin
from obeya.lib import canonical, clock, live
from obeya.orders import conflicts, events, figures, gate, models, rules, telling, threshold_queries
from obeya.people import queries as people

AUDIT, CHANGE = "order_audit", "order_change"
"""The kinds of the two requests: to compare, and to put right what was found wrong."""
HOUR_S = 3_600
AUDIT_WINDOW_S, CHANGE_WINDOW_S = 24 * HOUR_S, 2 * HOUR_S
CALM = decision_rules.Ladder((decision_rules.Step(0, "order_desk"),), repeat_s=24 * HOUR_S)
"""An audit that waits is brought back to the desk's mind once a day; it climbs to nobody."""
QUESTION = "Was this booked as the message says? Compare line by line; nothing changes by your answer."
SETTERS = (people.Function.PLANT_MANAGER,)
"""Who says how many orders are audited: not those whose orders they are."""
Finding = tuple[int | None, str]
"""Position of the line (None: the whole order) and a code of `rules.LINE_FINDINGS`, `ORDER_FINDINGS`."""
Option = decision_rules.Option


class CannotAudit(Exception):
    """The audit cannot be answered like this; the text says why, for the person at the screen."""


def hear_booked(*, event: Event) -> None:
    """An order is in ERP: where nobody touched it and the sample falls on it, ask for an audit, once."""
    rows = models.OrderRow.objects.select_related("customer")
    row = rows.get(pk=uuid.UUID(str(event.data["order"])))
    unseen = row.auto or gate.is_held_and_accepted(row)
    if not unseen or not rules.is_sampled(row.id, threshold_queries.audit_share(row)):
        return
    with transaction.atomic():
        request = decisions.open_request(
            key=f"{AUDIT}:{row.id}",
            site=row.site_id,
            kind=AUDIT,
            subject=f"audit:{row.id}",
            function="order_desk",
            title=_title(row),
            question=QUESTION,
            options=(
                Option("right", "Everything is as the message says", False, "good"),
                Option("wrong", "Something is wrong", True, "bad"),
            ),
            window_s=AUDIT_WINDOW_S,
            ladder=CALM,
            context=_context(row),
            origin=telling.origin_of(row, event.origin),
        )
        models.AuditRow.objects.get_or_create(
            order=row, defaults={"request_id": request.id, "opened_at": clock.now()}
        )


def _title(row: models.OrderRow) -> str:
    return f"{row.number} from {row.customer.name if row.customer else row.sender}"


def _context(row: models.OrderRow, *more: tuple[str, str]) -> dict[str, canonical.Json]:
    """The message and what was booked; nothing of how sure the reading was."""
    facts: list[canonical.Json] = [
        {"label": label, "value": value}
        for label, value in (("Message", row.text[:2_000] or "(a file)"), *more)
    ]
    booked: list[canonical.Json] = [
        [str(line.position + 1), f"{line.item.sku} {line.item.description}", _much(line)]
        for line in row.lines.select_related("item").filter(dropped=False)
        if line.item is not None
    ]
    table: canonical.Json = {"title": "Booked", "columns": ["Line", "Item", "Quantity"], "rows": booked}
    return {"facts": facts, "tables": [table]}


def _much(line: models.LineRow) -> str:
    return f"{rules.plain(line.quantity)} {line.uom}" if line.quantity is not None else "-"


def judge(
    *,
    request_id: uuid.UUID,
    findings: Sequence[Finding],
    note: str,
    access: people.Access,
    origin: Origin,
) -> None:
    """Answer an audit: no finding says that all is right. The booked order stays as it is.

    Raises CannotAudit with words for the person.
    """
    with transaction.atomic():
        audit = _open_audit(request_id)
        if audit is None:
            raise CannotAudit("This is answered already.")
        _check(audit.order, findings)
        text = f"{_words(findings)}. {note.strip()}" if findings else note
        values: dict[str, canonical.Json] = {
            "findings": [list(finding) for finding in findings],
            "note": note,
        }
        try:
            decided = decisions.decide(
                request_id=request_id,
                access=access,
                option="wrong" if findings else "right",
                rationale=text,
                values=values,
                origin=origin,
            )
        except decisions.CannotAnswer as error:
            raise CannotAudit(str(error)) from error
        _carry_out(audit, decided)


def _check(order: models.OrderRow, findings: Sequence[Finding]) -> None:
    lines = set(order.lines.filter(dropped=False).values_list("position", flat=True))
    for line, code in findings:
        if line is not None and (line not in lines or code not in rules.LINE_FINDINGS):
            raise CannotAudit("Say for each line what is wrong with it.")
        if line is None and code not in rules.ORDER_FINDINGS:
            raise CannotAudit("Say what is wrong with the order.")


def hear_decision(*, event: Event) -> None:
    """A request about an audit was decided on another screen: carry it out, once."""
    with transaction.atomic():
        audit = _open_audit(uuid.UUID(str(event.data["request"])))
        if audit is not None:
            _carry_out(audit, event)


def _open_audit(request_id: uuid.UUID) -> models.AuditRow | None:
    rows = models.AuditRow.objects.select_for_update(of=("self",)).select_related("order__customer")
    return rows.filter(request=request_id, judged_at__isnull=True).first()


def _carry_out(audit: models.AuditRow, decided: Event) -> None:
    made = decision_queries.get_request(audit.request_id).decision
    assert made is not None
    row, wrong = audit.order, made.option == "wrong"
    found = _findings(made.values.get("findings")) or ([(None, "other")] if wrong else [])
    audit.wrong, audit.findings = wrong, [list(finding) for finding in found]
    audit.note = str(made.values.get("note", made.rationale))
    audit.judged_at, audit.judged_by_id = clock.now(), made.decided_by
    origin = telling.origin_of(row, decided.origin)
    told = events.OrderAudited(row.id, row.number, wrong, tuple(_one(one) for one in found), audit.note)
    audited = telling.tell(row, told, origin)
    gate.hear_audit(audit, _words(found), origin.after(audited))
    if wrong:
        audit.follow_up_id = _ask_to_put_right(audit, found, origin.after(audited)).id
        _weigh_words(row, found)
    audit.save()


def _findings(stored: object) -> list[Finding]:
    told = stored if isinstance(stored, list) else []
    return [(None if line is None else int(line), str(code)) for line, code in told]


def _ask_to_put_right(
    audit: models.AuditRow, found: Sequence[Finding], origin: Origin
) -> decision_queries.Request:
    """A wrong order is in ERP: a person changes it there and tells the customer."""
    row = audit.order
    changed = "It is put right in ERP, and the customer knows"
    return decisions.open_request(
        key=f"{CHANGE}:{row.id}",
        site=row.site_id,
        kind=CHANGE,
        subject=f"audit:{row.id}",
        function="order_desk",
        title=_title(row),
        question=f"{row.erp_number or row.number} was booked wrong: {_words(found)}. Put it right.",
        options=(
            Option("changed", changed, True, "good"),
            Option("kept", "The customer keeps it as it was booked", True, "warn"),
        ),
        window_s=CHANGE_WINDOW_S,
        context=_context(
            row, ("Found by audit", _words(found)), ("In the auditor's words", audit.note or "-")
        ),
        severity=2,
        origin=origin,
    )


def _words(findings: Sequence[Finding]) -> str:
    return "; ".join(_one(finding) for finding in findings)


def _one(finding: Finding) -> str:
    line, code = finding
    if line is None:
        return rules.ORDER_FINDINGS[code]
    return f"line {line + 1}: {rules.LINE_FINDINGS[code]}"


def _weigh_words(row: models.OrderRow, found: Sequence[Finding]) -> None:
    """Words that were read as the wrong item count against it, as a fix would."""
    wrong = {line for line, code in found if code == "item" and line is not None}
    for line in row.lines.filter(position__in=wrong).exclude(words=""):
        same = conflicts.same_words(row.site_id, row.customer_id, line.words)
        ids = [alias.pk for alias in same if alias.item_id == line.item_id]
        models.AliasRow.objects.filter(pk__in=ids).update(bad=F("bad") + 1, revision=F("revision") + 1)


def set_share(*, site: str, share: Decimal, why: str, access: people.Access, origin: Origin) -> None:
    """From now on this share (0 to 1) of the orders booked by themselves is audited. Raises CannotAudit."""
    if not access.may(SETTERS, site):
        raise CannotAudit("Only the plant manager says how many orders are audited.")
    if not 0 <= share <= 1:
        raise CannotAudit("Give a share from 0 to 100 %.")
    if len(why.strip()) < 3:
        raise CannotAudit("Say why, so that the next one who looks knows.")
    with transaction.atomic():
        before = figures.audit_share(site)
        models.DeskRow.objects.update_or_create(site_id=site, defaults={"audit_share": share})
        told = events.AuditShareSet(before, share, why.strip()[:1_000])
        journal.append(journal.Draft(payload=told, site=site, subject=f"site:{site}", origin=origin))
        live.publish(f"orders::{site}")
