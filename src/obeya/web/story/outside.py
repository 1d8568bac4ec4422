"""Events of the outbox and of orders, in words."""

from __future__ import annotations

import uuid
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from obeya.catalog.queries import plain
from obeya.journal.events import Event
from obeya.outbox import queries as outbox
from obeya.web import shown
from obeya.web.cases.page import StoryEntry
from obeya.web.story.telling import Known, entry, facts, said, tells

_CHANNELS = {"whatsapp": "WhatsApp", "email": "E-mail"}


def _posting(event: Event, known: Known) -> outbox.PostingView | None:
    return known.postings.get(uuid.UUID(said(event, "posting_id")))


def _names(event: Event, known: Known) -> dict[str, str]:
    found = _posting(event, known)
    if found is None:
        return {"what": said(event, "kind").replace("_", " ").capitalize(), "erp": said(event, "connector")}
    return {"what": found.kind_text, "erp": found.connector_title}


@tells("outbox.posting_queued")
def _queued(event: Event, known: Known) -> StoryEntry:
    title = _("%(what)s goes to %(erp)s") % _names(event, known)
    return entry(event, known, title, kind="posting", tone="info")


@tells("outbox.posting_delayed")
def _delayed(event: Event, known: Known) -> StoryEntry:
    title = _("%(erp)s does not answer: it waits") % _names(event, known)
    return entry(event, known, title, kind="posting", tone="warn", text=said(event, "text"))


@tells("outbox.posting_posted")
def _posted(event: Event, known: Known) -> StoryEntry:
    refs = event.data.get("erp_refs")
    told = {str(name): str(value) for name, value in refs.items()} if isinstance(refs, dict) else {}
    number = told.pop("number", "")
    named = {**_names(event, known), "number": number}
    title = _("%(what)s is in %(erp)s as %(number)s") if number else _("%(what)s is in %(erp)s")
    return entry(
        event,
        known,
        title % named,
        kind="posting",
        tone="good",
        facts=facts(*((name.replace("_", " ").capitalize(), value[:200]) for name, value in told.items())),
    )


@tells("outbox.posting_rejected")
def _rejected(event: Event, known: Known) -> StoryEntry:
    title = _("%(erp)s refused it") % _names(event, known)
    return entry(event, known, title, kind="posting", tone="bad", text=said(event, "text"))


@tells("outbox.posting_conflict")
def _conflict(event: Event, known: Known) -> StoryEntry:
    title = _("%(erp)s has something else in its place") % _names(event, known)
    return entry(event, known, title, kind="posting", tone="bad", text=said(event, "text"))


@tells("outbox.posting_retried")
def _retried(event: Event, known: Known) -> StoryEntry:
    return entry(event, known, _("It is sent again"), kind="posting")


@tells("outbox.posting_cancelled")
def _cancelled(event: Event, known: Known) -> StoryEntry:
    title = _("It is not posted to %(erp)s") % _names(event, known)
    return entry(event, known, title, kind="posting", tone="warn", quote=said(event, "reason"))


def _message(event: Event, known: Known) -> tuple[str, str, str]:
    found = known.messages.get(uuid.UUID(said(event, "message_id")))
    channel = _CHANNELS.get(said(event, "channel"), said(event, "channel"))
    return (channel, found.to, found.body) if found else (channel, "", "")


@tells("outbox.message_queued")
def _message_queued(event: Event, known: Known) -> StoryEntry:
    channel, to, body = _message(event, known)
    title = _("%(channel)s to %(to)s") % {"channel": channel, "to": to}
    return entry(event, known, title, kind="message", tone="info", quote=body)


@tells("outbox.message_sent")
def _message_sent(event: Event, known: Known) -> StoryEntry:
    channel, to, _body = _message(event, known)
    return entry(
        event, known, _("%(channel)s to %(to)s: sent") % {"channel": channel, "to": to}, kind="message"
    )


@tells("outbox.message_failed", "outbox.message_unanswered")
def _message_failed(event: Event, known: Known) -> StoryEntry:
    channel, to, _body = _message(event, known)
    title = _("%(channel)s to %(to)s: not delivered") % {"channel": channel, "to": to}
    return entry(event, known, title, kind="message", tone="bad", text=said(event, "text"))


@tells("outbox.message_retried")
def _message_retried(event: Event, known: Known) -> StoryEntry:
    channel, to, _body = _message(event, known)
    title = _("%(channel)s to %(to)s is sent again") % {"channel": channel, "to": to}
    return entry(event, known, title, kind="message")


@tells("orders.message_read")
def _read(event: Event, known: Known) -> StoryEntry:
    count = int(said(event, "lines") or 0)
    lines = ngettext("%(n)d line", "%(n)d lines", count) % {"n": count}
    sure = round(float(said(event, "confidence") or 0) * 100)
    text = _("%(lines)s, %(sure)d %% sure.") % {"lines": lines, "sure": sure}
    return entry(event, known, _("The message was read"), tone="info", text=text)


@tells("orders.line_fixed")
def _fixed(event: Event, known: Known) -> StoryEntry:
    names = {"text": said(event, "text"), "sku": said(event, "sku")}
    return entry(event, known, _("“%(text)s” is %(sku)s; remembered") % names, kind="decision", tone="good")


@tells("orders.order_confirmed")
def _confirmed(event: Event, known: Known) -> StoryEntry:
    lines = event.data.get("lines")
    told: tuple[shown.Fact, ...] = ()
    if isinstance(lines, list):
        told = tuple(_line(line) for line in lines[:50] if isinstance(line, dict))
    by_itself = event.data.get("auto") is True
    title = _("Confirmed, untouched by a person") if by_itself else _("The order is confirmed")
    return entry(event, known, title, tone="good", facts=told)


def _line(line: dict[str, object]) -> shown.Fact:
    quantity, price = (plain(Decimal(str(line[name]))) for name in ("quantity", "unit_price"))
    return shown.Fact(str(line["sku"]), f"{quantity} {line['uom']} × {price}")


@tells("orders.order_not_posted")
def _not_posted(event: Event, known: Known) -> StoryEntry:
    return entry(event, known, _("No ERP is connected for this site, so nothing was posted"), tone="warn")


@tells("orders.order_booked")
def _booked(event: Event, known: Known) -> StoryEntry:
    title = _("Booked as %(number)s") % {"number": said(event, "erp_number")}
    return entry(event, known, title, tone="good")


@tells("orders.order_refused")
def _refused(event: Event, known: Known) -> StoryEntry:
    quote = f"{said(event, 'reason')} {said(event, 'note')}".strip()
    return entry(event, known, _("The order was refused"), tone="bad", quote=quote)


@tells("orders.message_answered")
def _answered(event: Event, known: Known) -> StoryEntry:
    return entry(event, known, _("Dealt with; it was no order"))


@tells("orders.question_answered")
def _question_answered(event: Event, known: Known) -> StoryEntry:
    title = _("The question about order %(order)s was answered by itself") % {"order": said(event, "about")}
    return entry(event, known, title, tone="good")


@tells("orders.goods_told")
def _goods_told(event: Event, known: Known) -> StoryEntry:
    names, kinds = event.data.get("skus"), event.data.get("kinds")
    told = {"skus": ", ".join(map(str, names)) if isinstance(names, list) else ""}
    both = isinstance(kinds, list) and len(kinds) > 1
    of_prices = isinstance(kinds, list) and "price" in kinds
    if both:
        title = _("Prices and stock of %(skus)s were told by itself") % told
    elif of_prices:
        title = _("The price of %(skus)s was told by itself") % told
    else:
        title = _("The stock of %(skus)s was told by itself") % told
    return entry(event, known, title, tone="good")


@tells("orders.greeting_closed")
def _greeting_closed(event: Event, known: Known) -> StoryEntry:
    return entry(event, known, _("It only greets: nothing to do"))


@tells("orders.exception_reported")
def _exception_reported(event: Event, known: Known) -> StoryEntry:
    title = _("It became exception %(number)s") % {"number": said(event, "case_number")}
    text = _("The sender was told the number.") if event.data.get("told") is True else ""
    return entry(event, known, title, tone="warn", text=text)


@tells("orders.reply_sent")
def _reply_sent(event: Event, known: Known) -> StoryEntry:
    changed = event.data.get("changed") is True
    title = _("A changed answer was sent") if changed else _("The suggested answer was sent")
    return entry(event, known, title, kind="decision", tone="good", quote=said(event, "text"))


@tells("orders.order_audited")
def _audited(event: Event, known: Known) -> StoryEntry:
    if event.data.get("wrong") is not True:
        return entry(event, known, _("A blind audit found it right"), kind="decision", tone="good")
    findings = event.data.get("findings")
    text = "; ".join(map(str, findings)) if isinstance(findings, list) else ""
    title, note = _("A blind audit found it wrong"), said(event, "note")
    return entry(event, known, title, kind="decision", tone="bad", text=text, quote=note)


@tells("orders.alias_conflict_found")
def _alias_conflict(event: Event, known: Known) -> StoryEntry:
    skus = event.data.get("skus")
    names = ", ".join(map(str, skus)) if isinstance(skus, list) else ""
    text = _("They were given to %(names)s: none is used until somebody settles it.") % {"names": names}
    title = _("“%(words)s” is in conflict") % {"words": said(event, "words")}
    return entry(event, known, title, tone="warn", text=text)


@tells("orders.alias_conflict_settled")
def _alias_settled(event: Event, known: Known) -> StoryEntry:
    title = _("Settled: the words mean %(sku)s") % {"sku": said(event, "sku")}
    return entry(event, known, title, kind="decision", tone="good", quote=said(event, "why"))


@tells("orders.alias_changed")
def _alias_changed(event: Event, known: Known) -> StoryEntry:
    before, after = (
        f"{said(event, sku)} {said(event, uom)}".strip()
        for sku, uom in (("before_sku", "before_uom"), ("sku", "uom"))
    )
    title = _("Changed from %(before)s to %(after)s") % {"before": before, "after": after}
    return entry(event, known, title, kind="decision", tone="good", quote=said(event, "why"))


@tells("orders.alias_retired")
def _alias_retired(event: Event, known: Known) -> StoryEntry:
    title = _("Retired: the words no longer mean %(sku)s") % {"sku": said(event, "sku")}
    return entry(event, known, title, kind="decision", quote=said(event, "why"))


@tells("orders.alias_restored")
def _alias_restored(event: Event, known: Known) -> StoryEntry:
    title = _("In use again: the words mean %(sku)s") % {"sku": said(event, "sku")}
    return entry(event, known, title, kind="decision", tone="good", quote=said(event, "why"))
