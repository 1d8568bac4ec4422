"""The health of every door to another system, from the rooms that use it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from obeya.catalog import answers, readers
from obeya.catalog import queries as catalog
from obeya.inbox import queries as inbox
from obeya.orders import second_queries
from obeya.outbox import queries as outbox
from obeya.web import shown
from obeya.web.connectors import page

_ENTITIES = {
    "items": "Items",
    "customers": "Customers",
    "prices": "Prices",
    "boms": "Bills of materials",
    "equipment": "Machines",
    "lots": "Lots",
    "stock": "Stock",
    "production_orders": "Production orders",
    "sales_lines": "Open sales lines",
}
SILENT = timedelta(minutes=30)
"""A mailbox that nobody has looked into for so long is not read any more."""
_SOURCES = {
    "whatsapp": "WhatsApp",
    "email": "E-mail",
    "terminal": "Terminal",
    "api": "API",
    "paste": "a paste",
}
ABOUT = {"order": ("web:order", "The order"), "case": ("web:case", "The exception")}


def connectors_page(site: str, now: datetime, *, may_act: bool) -> page.ConnectorsPage:
    """Everything, the unwell first."""
    found = [
        *_erps(site, may_act),
        *_sources(site, now),
        *_second_reader(site, now),
        *_messages(site, may_act),
        *_arrivals(site, may_act),
    ]
    unwell = [c for c in found if c.badge.tone in ("bad", "warn")]
    if unwell:
        names = ", ".join(c.name for c in unwell)
        summary = _("Needs a look: %(names)s. Everything else works.") % {"names": names}
    else:
        summary = _("Everything works.")
    tone: shown.Tone = "bad" if any(c.badge.tone == "bad" for c in unwell) else "warn" if unwell else "good"
    order = {"bad": 0, "warn": 1}
    return page.ConnectorsPage(
        now, summary, tone, tuple(sorted(found, key=lambda c: order.get(c.badge.tone, 2)))
    )


def _erps(site: str, may_act: bool) -> list[page.Connector]:
    reading = {health.connector: health for health in catalog.connector_health() if health.site == site}
    posting = {health.connector: health for health in outbox.health()}
    stuck = outbox.list_trouble([site])
    return [
        _erp(name, reading.get(name), posting.get(name), [p for p in stuck if p.connector == name], may_act)
        for name in sorted({*reading, *posting})
    ]


def _erp(
    name: str,
    reading: answers.ConnectorHealth | None,
    posting: outbox.ConnectorHealth | None,
    stuck: Sequence[outbox.PostingView],
    may_act: bool,
) -> page.Connector:
    entities = reading.entities if reading else ()
    words = [health.text for health in (reading, posting) if health is not None]
    last = reading.round if reading else None
    tried = [entity.last_tried_at for entity in entities if entity.last_tried_at]
    return page.Connector(
        id=name,
        name=posting.title if posting else name.title(),
        purpose=_("ERP: master data comes in, confirmed outcomes go out"),
        icon="erp",
        badge=_erp_badge(reading, posting),
        words=" ".join(words),
        checked_at=max(tried, default=None),
        advice=_erp_advice(reading, posting),
        entities=tuple(_entity(entity) for entity in entities),
        postings=tuple(_posting(found, may_act) for found in stuck),
        outgoing=posting is not None,
        may_sync=may_act and name in readers.names(),
        reading=_reading(last) if last else "",
        reads_now=last is not None and last.state != "read",
    )


def _reading(last: answers.Round) -> str:
    if last.state == "asked":
        return _("Waits to be read: somebody asked for it.")
    if last.state == "reading":
        return _("Is being read.")
    rows = ngettext("%(n)d row was new or different", "%(n)d rows were new or different", last.written)
    if not last.failed:
        return _("Last reading: %(rows)s.") % {"rows": rows % {"n": last.written}}
    kinds = ngettext("%(n)d kind could not be read", "%(n)d kinds could not be read", last.failed)
    return _("Last reading: %(rows)s, %(kinds)s.") % {
        "rows": rows % {"n": last.written},
        "kinds": kinds % {"n": last.failed},
    }


def _erp_badge(
    reading: answers.ConnectorHealth | None, posting: outbox.ConnectorHealth | None
) -> shown.Badge:
    if posting and not posting.healthy:
        return shown.Badge(_("Not well"), "bad")
    if reading and not reading.healthy:
        never = not reading.entities
        return shown.Badge(_("Not read yet"), "warn") if never else shown.Badge(_("Not well"), "bad")
    waits = reading is not None and any(entity.set_aside for entity in reading.entities)
    return shown.Badge(_("Some rows wait"), "warn") if waits else shown.Badge(_("Well"), "good")


def _erp_advice(reading: answers.ConnectorHealth | None, posting: outbox.ConnectorHealth | None) -> str:
    if posting and not posting.registered:
        return _("Set it up in the environment and start Obeya again; `obeya doctor` says what is missing.")
    if posting and posting.paused_until:
        return _("Look whether ERP runs and can be reached. Obeya tries again by itself; nothing is lost.")
    if reading and any(entity.error for entity in reading.entities):
        return _("What was read before stays in use. Obeya reads again every minute.")
    return ""


def _entity(found: answers.EntityHealth) -> page.Entity:
    if found.error:
        badge, note = shown.Badge(_("Cannot be read"), "bad"), found.error
    elif found.set_aside:
        count = ngettext("%(n)d row waits", "%(n)d rows wait", found.set_aside) % {"n": found.set_aside}
        badge, note = shown.Badge(count, "warn"), found.set_aside_reason
    else:
        badge, note = shown.Badge(_("Current"), "good"), ""
    name = _(_ENTITIES.get(found.entity, found.entity.replace("_", " ").capitalize()))
    return page.Entity(name, found.rows, found.as_of, badge, note)


def _posting(found: outbox.PostingView, may_act: bool) -> page.PostingRow:
    return page.PostingRow(
        id=str(found.id),
        title=found.kind_text,
        badge=shown.Badge(_STATES.get(found.state, found.state), found.tone),
        since=found.created_at,
        attempts=found.attempts,
        reason=found.state_text,
        advice=found.what_to_do,
        story=_about(found.subject),
        retry_url=reverse("web:posting_retry", args=[found.id]) if may_act else "",
        next_try_at=found.next_at,
    )


_STATES = {
    "waiting": "Waits",
    "unknown": "No answer yet",
    "accepted": "Accepted",
    "rejected": "Refused",
    "conflict": "Conflict",
    "failed": "Not delivered",
    "held": "Held",
}


def _about(subject: str) -> shown.Link | None:
    kind, _sep, key = subject.partition(":")
    if kind not in ABOUT:
        return None
    name, words = ABOUT[kind]
    return shown.Link(_(words), reverse(name, args=[key]))


def _messages(site: str, may_act: bool) -> list[page.Connector]:
    stuck = outbox.list_message_trouble([site])
    if not stuck:
        return []
    count = ngettext("%(n)d message has not arrived.", "%(n)d messages have not arrived.", len(stuck)) % {
        "n": len(stuck)
    }
    bad = any(found.tone == "bad" for found in stuck)
    return [
        page.Connector(
            id="messages",
            name=_("Messages to people"),
            purpose=_("E-mail and WhatsApp to customers and colleagues"),
            icon="message",
            badge=shown.Badge(_("Some have not arrived"), "bad" if bad else "warn"),
            words=count,
            postings=tuple(_message(found, may_act) for found in stuck),
            outgoing=True,
        )
    ]


def _message(found: outbox.MessageView, may_act: bool) -> page.PostingRow:
    channel = _SOURCES.get(found.channel, found.channel)
    return page.PostingRow(
        id=str(found.id),
        title=_("%(channel)s to %(to)s") % {"channel": channel, "to": found.to},
        badge=shown.Badge(_STATES.get(found.state, found.state), found.tone),
        since=found.created_at,
        attempts=found.attempts,
        reason=found.state_text,
        advice=found.what_to_do,
        story=_about(found.subject),
        retry_url=reverse("web:message_retry", args=[found.id]) if may_act else "",
    )


def _arrivals(site: str, may_act: bool) -> list[page.Connector]:
    """What came in and could not be used, and what was turned away at the door."""
    stuck = inbox.list_signals(sites=[site], states=("waiting", "refused"), limit=50)
    turned_away = inbox.list_refusals()
    badge = shown.Badge(_("Some wait"), "warn") if stuck else shown.Badge(_("Well"), "good")
    count = ngettext("%(n)d signal could not be used.", "%(n)d signals could not be used.", len(stuck)) % {
        "n": len(stuck)
    }
    return [
        page.Connector(
            id="arrivals",
            name=_("What arrives"),
            purpose=_("Messages, taps and files, kept as they came"),
            icon="signal",
            badge=badge,
            words=count if stuck else _("Everything that arrived was understood."),
            facts=tuple(_refusals(turned_away)),
            postings=tuple(_signal(found, may_act) for found in stuck),
            outgoing=bool(stuck),
        )
    ]


def _sources(site: str, now: datetime) -> Iterable[page.Connector]:
    """The mailboxes and folders that are read: how they are, and since when."""
    for found in inbox.list_sources([site]):
        silent = now - found.looked_at > SILENT
        if found.problem or silent:
            badge = shown.Badge(_("Not well"), "bad")
            words = found.problem or _("Nobody looks into it at the moment.")
        else:
            badge = shown.Badge(_("Well"), "good")
            words = ngettext("%(n)d mail was taken.", "%(n)d mails were taken.", found.taken) % {
                "n": found.taken
            }
        yield page.Connector(
            id=f"{found.source}-{found.name}",
            name=_("Mailbox %(name)s") % {"name": found.name},
            purpose=_("Orders by e-mail come in"),
            icon="mail",
            badge=badge,
            words=words,
            checked_at=found.looked_at,
            advice=_mailbox_advice(found.problem, silent=silent),
        )


WEEK = timedelta(days=7)


def _second_reader(site: str, now: datetime) -> Iterable[page.Connector]:
    """The language model that reads orders a second time; nothing where none is set for this site."""
    found = second_queries.find_health(site, since=now - WEEK)
    if found is None:
        return
    failing = found.failed * 2 > found.asked
    asked = ngettext(
        "%(n)d order was given to it in seven days.",
        "%(n)d orders were given to it in seven days.",
        found.asked,
    )
    yield page.Connector(
        id="second-reader",
        name=_("Second reader"),
        purpose=_("A language model reads written orders again; it proposes and never books"),
        icon="message",
        badge=shown.Badge(_("Often fails"), "warn") if failing else shown.Badge(_("Well"), "good"),
        words=" ".join(
            [
                _("The words of customers' messages leave this machine: they go to %(host)s.")
                % {"host": found.host},
                asked % {"n": found.asked},
            ]
        ),
        facts=(
            shown.Fact(_("Read alike"), found.agreed),
            shown.Fact(_("Read differently"), found.differed),
            *(shown.Fact(_("It %(what)s") % {"what": words}, n) for words, n in found.failures),
        ),
        advice=_("Orders are read without it; nothing is lost.") if failing else "",
    )


def _mailbox_advice(problem: str, *, silent: bool) -> str:
    if problem:
        return _("Mails stay in the mailbox until they can be read; Obeya tries again by itself.")
    if silent:
        return _("Look whether `obeya run` is up; `obeya doctor` says what is set.")
    return ""


def _refusals(found: Iterable[inbox.Refusal]) -> Iterable[shown.Fact]:
    for refusal in list(found)[:10]:
        name = _SOURCES.get(refusal.source, refusal.source)
        label = _("Turned away at the door: %(source)s") % {"source": name}
        count = ngettext("%(n)d time", "%(n)d times", refusal.count) % {"n": refusal.count}
        yield shown.Fact(label, count, refusal.reason)


def _signal(found: inbox.Signal, may_act: bool) -> page.PostingRow:
    name = _SOURCES.get(found.source, found.source)
    waits = found.state == "waiting"
    return page.PostingRow(
        id=str(found.id),
        title=_("Signal from %(source)s") % {"source": name},
        badge=shown.Badge(_("Waits for a person"), "warn") if waits else shown.Badge(_("Refused"), "bad"),
        since=found.received_at,
        attempts=found.attempts,
        reason=found.reason,
        retry_url=reverse("web:signal_retry", args=[found.id]) if may_act else "",
    )
