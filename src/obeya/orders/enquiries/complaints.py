"""Complaints and suppliers' notices become exceptions; whoever wrote is told that it arrived."""

from __future__ import annotations

import re
from collections.abc import Sequence

from obeya.cases import actions as cases
from obeya.cases import queries as case_queries
from obeya.cases import reported
from obeya.catalog import queries as catalog
from obeya.catalog import supplied
from obeya.inbox import queries as inbox
from obeya.journal.events import Origin
from obeya.lib import canonical, clock
from obeya.orders import drafting, models, telling
from obeya.orders.enquiries import cues, events, loops, phrases, sayings, settings
from obeya.orders.reading import letters, types
from obeya.people import queries as people

SEVERITY = 3
_REFERENCE = re.compile(r"[\w/.\-]*\d[\w/.\-]*")


def kind_of(text: str) -> str:
    """Which exception a complaint becomes: about the goods themselves, or about their delivery."""
    return reported.COMPLAINT if cues.is_of_the_goods(text) else reported.DELIVERY


def only_pictures(attachments: Sequence[types.Attachment]) -> bool:
    """Whether everything with a message is a picture or a recording: what goes with a complaint."""
    seen = {one.name for one in attachments if isinstance(one, types.Unreadable | types.Scanned)}
    return all(not isinstance(one, types.ElectronicOrder) and one.name in seen for one in attachments)


def open_case(
    row: models.OrderRow,
    kind: str,
    text: str,
    origin: Origin,
    *,
    supplier: str = "",
    opened_by: int | None = None,
) -> case_queries.Case:
    """Open the exception that a message reports, once, and tell the sender its number.

    The sender is told only where one more message may go out by itself. Raises cases.CannotOpenCase.
    """
    order = named_order(row, text)
    case = cases.open_case(
        key=f"order:{row.id}:{kind}",
        site=row.site_id,
        kind=kind,
        severity=SEVERITY,
        about=_about(row, order, supplier),
        title=_title(row, text, supplier),
        facts=_facts(row, text, order, supplier),
        origin=origin,
        opened_by=opened_by,
    )
    told = loops.may_answer(row, settings.of_site(row.site_id))
    row.reading[loops.ANSWERED] = row.reading.get(loops.ANSWERED, False) or told
    row.reading["cases"] = [*row.reading.get("cases", []), [str(case.id), case.number, case.kind]]
    row.save(update_fields=["reading"])
    event = telling.tell(
        row, events.ExceptionReported(row.id, row.number, case.id, case.number, kind, told), origin
    )
    if told:
        language = phrases.language_of(row.text, row.customer.language if row.customer else "")
        what = "notice" if kind == reported.SUPPLY else "complaint"
        body = sayings.say(what, language, reference=case.number)
        telling.write_to_customer(row, f"order:{row.id}:{kind}", case.number, body, origin.after(event))
    return case


def _title(row: models.OrderRow, text: str, supplier: str) -> str:
    who = supplier or (row.customer.name if row.customer else row.sender_name or row.sender)
    return f"{who}: {' '.join(text.split())[:200]}"


def _about(row: models.OrderRow, order: str, supplier: str) -> str:
    if order:
        return f"sales_order:{order}"
    if supplier:
        return f"supplier:{supplier[:200]}"
    return f"customer:{row.customer.code}" if row.customer else f"sender:{row.sender}"


def _facts(row: models.OrderRow, text: str, order: str, supplier: str) -> dict[str, canonical.Json]:
    signal = inbox.get_signal(row.signal)
    zone = people.get_site(row.site_id).tz
    customer = row.customer
    return {
        "customer": customer.name if customer and not supplier else "",
        "customer_code": customer.code if customer and not supplier else "",
        "supplier": supplier,
        "contact": f"{row.sender_name} {row.sender}".strip(),
        "order": order,
        "items": ", ".join(_items(row.site_id, text) or _supplied(row.site_id, supplier)),
        "message": (row.subject + "\n" if row.subject and row.channel == "email" else "") + text[:2_000],
        "files": ", ".join(file.name or "picture" for file in signal.files)[:500],
        "received": f"{row.received_at.astimezone(zone):%Y-%m-%d %H:%M}",
        "our_number": row.number,
    }


def _items(site: str, text: str) -> list[str]:
    """The items whose code the text names."""
    folded = letters.fold(text).text
    words = set(re.findall(r"[\w.\-/]+", folded))
    named = [item for item in catalog.list_items(site) if item.sku.lower() in words]
    return [item.sku for item in named][:10]


def _supplied(site: str, supplier: str) -> list[str]:
    """What a supplier brought before: their notice may be about any of it."""
    return list(supplied.skus_from(site, supplier))[:10] if supplier else []


def named_order(row: models.OrderRow, text: str) -> str:
    """ERP's number of the one order of the sender's own that a text names; "" for none, or two."""
    if row.customer is None:
        return ""
    named = {_key(one.group()) for one in _REFERENCE.finditer(letters.fold(text).text)}
    found = {
        line.order_number
        for line in catalog.list_open_sales(row.site_id, customer=row.customer.code)
        if named & {_key(line.order_number), _key(line.customer_reference)} - {""}
    }
    booked = models.OrderRow.objects.filter(customer=row.customer_id, state="booked").exclude(erp_number="")
    for number, po_number in booked.order_by("-booked_at").values_list("erp_number", "po_number")[:500]:
        if named & {_key(number), _key(po_number)} - {""}:
            found.add(number)
    return found.pop() if len(found) == 1 else ""


def _key(text: str) -> str:
    return re.sub(r"[^\w]", "", letters.fold(text).text)


def late_order(row: models.OrderRow) -> str:
    """The one own order that a message means and that ERP promised for a day before today; "" otherwise."""
    if row.customer is None:
        return ""
    lines = catalog.list_open_sales(row.site_id, customer=row.customer.code)
    named = named_order(row, row.text)
    numbers = {line.order_number for line in lines}
    meant = named or (numbers.pop() if len(numbers) == 1 else "")
    today = clock.now().astimezone(people.get_site(row.site_id).tz).date()
    late = any(
        line.due_on is not None and line.due_on < today for line in lines if line.order_number == meant
    )
    return meant if late else ""


def keeps_an_order(row: models.OrderRow, arrived: drafting.Arrived) -> bool:
    """Whether there may be an order in the message besides: then a person looks at it as well."""
    if not only_pictures(arrived.attachments) or row.lines.filter(item__isnull=False).exists():
        return True
    return cues.orders_too(row.text)
