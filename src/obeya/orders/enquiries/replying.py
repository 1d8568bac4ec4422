"""A person answers what was not answered by itself: with the suggested words, changed or not."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from obeya.cases import reported
from obeya.decisions import actions as decisions
from obeya.decisions import queries as decision_queries
from obeya.decisions import rules as decision_rules
from obeya.journal.events import Event, Origin
from obeya.lib import canonical
from obeya.orders import models, telling
from obeya.orders.enquiries import complaints, events
from obeya.outbox import queries as outbox

SUGGESTION, WHY = "suggestion", "for_a_person"
"""Keys in an order's reading and in a request's context: what could be answered, and why nobody was yet."""
KIND, SUBJECT = "order_enquiry", "enquiry"
"""The kind of a request about a question that stands beside an order, and the front of its subject."""
SEND, DEALT = "send", "answered"
WINDOW_S = 20 * 60
LONGEST = 4_000
Option = decision_rules.Option
OPEN = {
    f"case:{reported.COMPLAINT}": "Open an exception: complaint",
    f"case:{reported.DELIVERY}": "Open an exception: delivery",
}
OPEN_SUPPLY = {f"case:{reported.SUPPLY}": "Open an exception: a supplier is late"}


@dataclass(frozen=True, slots=True)
class Suggested:
    """An answer that waits to be sent: the request it settles, to what, why by a person, and its words."""

    request: uuid.UUID
    said: str
    why: str
    text: str


def options(row: models.OrderRow) -> list[Option]:
    """What a person may do with a message that is no order."""
    can_send = bool(row.reading.get(SUGGESTION))
    opened = {kind for _, _, kind in row.reading.get("cases", [])}
    offered = OPEN if row.customer else OPEN | OPEN_SUPPLY
    return [
        *([Option(SEND, "Send the suggested answer", False, "good")] if can_send else []),
        Option(DEALT, "I have dealt with it", False, "plain" if can_send else "good"),
        *(
            Option(code, label, False)
            for code, label in offered.items()
            if code.partition(":")[2] not in opened
        ),
        Option("as_read", "It is an order: book what was read", False),
        Option("refuse", "Nothing to do", True),
    ]


def facts(row: models.OrderRow) -> list[tuple[str, str]]:
    """Why it was not dealt with by itself, and what would be answered."""
    told = [("Why a person", row.reading.get(WHY, "")), ("Suggested answer", row.reading.get(SUGGESTION, ""))]
    numbers = ", ".join(number for _, number, _ in row.reading.get("cases", []))
    return [(label, value) for label, value in (*told, ("Exception", numbers)) if value]


def ask(row: models.OrderRow, number: int, said: str, why: str, suggestion: str, origin: Origin) -> None:
    """Ask the order desk to answer what stands beside an order; the order does not wait for it."""
    who = row.customer.name if row.customer else row.sender_name or row.sender
    shown = (
        ("Customer", who),
        ("They write", said[:600]),
        ("Why a person", why),
        ("Suggested answer", suggestion),
    )
    told: list[canonical.Json] = [{"label": label, "value": value} for label, value in shown]
    decisions.open_request(
        key=f"order:{row.id}:enquiry:{number}",
        site=row.site_id,
        kind=KIND,
        subject=f"{SUBJECT}:{row.id}",
        function="order_desk",
        title=f"{row.number} from {who}",
        question=f"Beside an order they write: “{said[:200]}”",
        options=[
            Option(SEND, "Send the suggested answer", False, "good"),
            Option(DEALT, "I have dealt with it", False),
        ],
        window_s=WINDOW_S,
        context={"facts": told, "said": said[:600], WHY: why, SUGGESTION: suggestion},
        origin=origin,
    )


def suggested_of(requests: Sequence[decision_queries.Request]) -> list[Suggested]:
    """The answers that wait to be sent among some requests about an order."""
    return [
        Suggested(
            request.id,
            str(request.context.get("said", "")),
            str(request.context.get(WHY, "")),
            str(request.context.get(SUGGESTION, "")),
        )
        for request in requests
        if request.state == "open" and any(option.code == SEND for option in request.options)
    ]


def cases_of(order_id: uuid.UUID) -> list[tuple[uuid.UUID, str, str]]:
    """The exceptions that a message became: id, number and kind."""
    reading = models.OrderRow.objects.filter(pk=order_id).values_list("reading", flat=True).first() or {}
    return [(uuid.UUID(case), str(number), str(kind)) for case, number, kind in reading.get("cases", [])]


def asked_beside(order_id: uuid.UUID) -> list[decision_queries.Request]:
    """What was asked of people about questions that stand beside an order."""
    return decision_queries.list_about(f"{SUBJECT}:{order_id}")


def carry_out(row: models.OrderRow, request: decision_queries.Request, origin: Origin) -> None:
    """Send what a person decided to send, or open the exception they chose; nothing for other answers."""
    decision = request.decision
    if decision is None:
        return
    front, _, kind = decision.option.partition(":")
    if decision.option == SEND:
        _send(row, request, origin)
    elif front == "case" and kind in reported.KINDS:
        supplier = (row.sender_name or row.sender) if kind == reported.SUPPLY else ""
        complaints.open_case(row, kind, row.text, origin, supplier=supplier, opened_by=decision.decided_by)


def _send(row: models.OrderRow, request: decision_queries.Request, origin: Origin) -> None:
    suggestion = str(request.context.get(SUGGESTION, ""))
    text = _typed(request) or suggestion
    told = events.ReplySent(row.id, row.number, text, text != suggestion)
    event = telling.tell(row, told, origin)
    telling.write_to_customer(row, _key(request), "", text, origin.after(event))


def _key(request: decision_queries.Request) -> str:
    """One answer goes out for one request, however often it is heard of."""
    return f"{request.subject}:reply:{request.id}"


def _typed(request: decision_queries.Request) -> str:
    values = request.decision.values if request.decision else {}
    told = values.get("note", "") if isinstance(values, Mapping) else ""
    return str(told).strip()[:LONGEST]


def closes(option: str) -> bool:
    """Whether an answer of a person settles a message that is no order."""
    return option in (SEND, DEALT) or option.startswith("case:")


def hear(*, event: Event) -> None:
    """A question beside an order was decided: send the answer, once."""
    request = decision_queries.get_request(uuid.UUID(str(event.data["request"])))
    if outbox.find_message(_key(request)) is not None:
        return
    rows = models.OrderRow.objects.select_related("customer")
    row = rows.get(pk=request.subject.partition(":")[2])
    with transaction.atomic():
        carry_out(row, request, telling.origin_of(row, event.origin))
