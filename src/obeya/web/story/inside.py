"""Events of the inbox, the floor, cases and decisions, in words."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from obeya.catalog.queries import plain
from obeya.floor import queries as floor
from obeya.inbox import queries as inbox
from obeya.journal.events import Event
from obeya.web import saying, shown
from obeya.web.cases.page import StoryEntry
from obeya.web.story.telling import Known, entry, facts, said, tells

_SOURCES = {
    "terminal": "A tap at the terminal",
    "whatsapp": "A WhatsApp message",
    "email": "An e-mail",
    "api": "A signal through the API",
}
MOST_SHOWN = 20_000
"""Characters of a raw signal that the page shows."""


@tells("inbox.signal_received")
def _received(event: Event, known: Known) -> StoryEntry:
    source = said(event, "source")
    name = _(_SOURCES.get(source, source.replace("_", " ").capitalize()))
    return entry(
        event,
        known,
        _("%(what)s arrived") % {"what": name},
        kind="signal",
        tone="info",
        detail=raw_text(known.signal) if known.signal else "",
    )


def raw_text(signal: inbox.Signal) -> str:
    """The signal as it arrived, as far as it is text; the page escapes it."""
    head = signal.body[: MOST_SHOWN * 4]
    text = head.decode("utf-8", errors="replace")[:MOST_SHOWN]
    return text + ("\n…" if len(signal.body) > len(head) or len(text) == MOST_SHOWN else "")


@tells("inbox.signal_understood")
def _understood(event: Event, known: Known) -> StoryEntry:
    return entry(event, known, _("Understood"))


@tells("inbox.signal_waiting")
def _waits(event: Event, known: Known) -> StoryEntry:
    return entry(event, known, _("A person must look at it"), tone="warn", text=said(event, "reason"))


@tells("inbox.signal_refused")
def _refused(event: Event, known: Known) -> StoryEntry:
    return entry(event, known, _("It could not be used"), tone="bad", text=said(event, "reason"))


@tells("inbox.signal_retried")
def _retried(event: Event, known: Known) -> StoryEntry:
    return entry(event, known, _("It is tried again"))


@tells("floor.lot_held")
def _held(event: Event, known: Known) -> StoryEntry:
    quantity = said(event, "quantity")
    much = f"{plain(Decimal(quantity))} {said(event, 'uom')}" if quantity else _("the whole lot")
    return entry(
        event,
        known,
        _("Lot %(lot)s was put on hold") % {"lot": said(event, "lot")},
        tone="hold",
        facts=facts(
            (_("Reason"), floor.reason_text(said(event, "reason"))),
            (_("How much"), much),
            (_("Found at"), said(event, "machine")),
        ),
        quote=said(event, "note"),
    )


@tells("floor.hold_ended")
def _hold_ended(event: Event, known: Known) -> StoryEntry:
    words = {
        "released": _("The hold has ended: the lot is free"),
        "scrapped": _("The hold has ended: the lot is scrapped"),
    }
    return entry(event, known, words.get(said(event, "outcome"), _("The lot stays on hold")), tone="hold")


@tells("cases.case_opened")
def _opened(event: Event, known: Known) -> StoryEntry:
    functions = event.data.get("functions")
    asked = saying.function_names(map(str, functions)) if isinstance(functions, list) else ""
    title = _("Exception %(number)s opened") % {"number": said(event, "number")}
    text = _("Asked at the same moment: %(functions)s.") % {"functions": asked}
    return entry(event, known, title, tone="warn", text=text)


@tells("cases.case_resolved")
def _resolved(event: Event, known: Known) -> StoryEntry:
    return entry(event, known, _("Every answer is in"), tone="good", text=said(event, "text"))


@tells("cases.case_closed")
def _closed(event: Event, known: Known) -> StoryEntry:
    return entry(event, known, _("The exception is closed"), tone="good")


@tells("cases.case_withdrawn")
def _withdrawn(event: Event, known: Known) -> StoryEntry:
    return entry(event, known, _("The exception was withdrawn"), quote=said(event, "reason"))


@tells("decisions.request_opened")
def _asked(event: Event, known: Known) -> StoryEntry:
    request = known.request(event)
    function = saying.function_name(said(event, "function"))
    link = None
    if request is not None:
        link = shown.Link(_("See the request"), reverse("web:request_page", args=[request.id]))
    window = int((request.due_at - request.starts_at).total_seconds() // 60) if request else 0
    within = ngettext("Within %(n)d minute.", "Within %(n)d minutes.", window) % {"n": window}
    told = entry(
        event,
        known,
        _("%(function)s is asked") % {"function": function},
        kind="request",
        tone="info",
        text=f"{said(event, 'question')} {within if window else ''}".strip(),
        link=link,
    )
    return dataclasses.replace(told, by="")  # asked by the house, whoever set it in motion


@tells("decisions.request_claimed")
def _claimed(event: Event, known: Known) -> StoryEntry:
    return entry(event, known, _("%(function)s has it in hand") % {"function": _function(event, known)})


@tells("decisions.request_released")
def _released(event: Event, known: Known) -> StoryEntry:
    return entry(event, known, _("%(function)s gave it back") % {"function": _function(event, known)})


@tells("decisions.request_delegated")
def _delegated(event: Event, known: Known) -> StoryEntry:
    to = known.by_id.get(int(said(event, "to") or 0), "")
    title = _("%(function)s: handed to %(to)s") % {"function": _function(event, known), "to": to}
    return entry(event, known, title, quote=said(event, "note"))


@tells("decisions.request_escalated")
def _escalated(event: Event, known: Known) -> StoryEntry:
    to = saying.function_name(said(event, "to"))
    if event.data.get("reminder"):
        return entry(
            event, known, _("%(function)s was reminded") % {"function": to}, kind="escalation", tone="warn"
        )
    names = {"function": _function(event, known), "to": to}
    title = _("%(function)s has not answered in time: %(to)s is asked too") % names
    return entry(event, known, title, kind="escalation", tone="bad")


@tells("decisions.request_decided")
def _decided(event: Event, known: Known) -> StoryEntry:
    request = known.request(event)
    made = request.decision if request else None
    label = made.label if made else said(event, "option")
    conditions = tuple(shown.Fact(_("Condition"), text) for text in made.constraints) if made else ()
    told = entry(
        event,
        known,
        f"{saying.function_name(said(event, 'function'))}: {label}",
        kind="decision",
        tone="good",
        quote=said(event, "rationale"),
        facts=conditions,
    )
    return dataclasses.replace(told, by=made.outsider) if made and made.outsider else told


@tells("decisions.request_held")
def _clock_stands(event: Event, known: Known) -> StoryEntry:
    title = _("The clock of %(function)s stands still") % {"function": _function(event, known)}
    return entry(event, known, title, text=said(event, "why"))


@tells("decisions.hold_ended")
def _runs_again(event: Event, known: Known) -> StoryEntry:
    title = _("The clock of %(function)s runs again") % {"function": _function(event, known)}
    return entry(event, known, title, text=said(event, "why"))


@tells("decisions.request_withdrawn")
def _unasked(event: Event, known: Known) -> StoryEntry:
    title = _("%(function)s need not answer any more") % {"function": _function(event, known)}
    return entry(event, known, title, text=said(event, "reason"))


@tells("decisions.outcome_recorded")
def _outcome(event: Event, known: Known) -> StoryEntry:
    title = _("What came of it: %(word)s") % {"word": saying.outcome(event.data.get("worked"))}
    return entry(event, known, title, tone="info", quote=said(event, "text"))


def _function(event: Event, known: Known) -> str:
    request = known.request(event)
    return saying.function_name(request.function) if request else ""
