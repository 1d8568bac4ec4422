"""Stories of questions to customers: what was asked, and what came back."""

from __future__ import annotations

import dataclasses

from django.utils.translation import gettext as _

from obeya.journal.events import Event
from obeya.web import shown
from obeya.web.cases.page import StoryEntry
from obeya.web.story.telling import Known, entry, said, tells


@tells("orders.customer_asked")
def _asked(event: Event, known: Known) -> StoryEntry:
    unbidden = bool(event.data.get("by_itself"))
    title = _("The customer was asked, by itself") if unbidden else _("The customer was asked")
    choices = event.data.get("choices")
    told = " · ".join(map(str, choices)) if isinstance(choices, list | tuple) else ""
    answers = (shown.Fact(_("To choose from"), told),) if told else ()
    told_ = entry(event, known, title, kind="request", tone="info", quote=said(event, "text"), facts=answers)
    return dataclasses.replace(told_, by="") if unbidden else told_


@tells("orders.customer_answered")
def _answered(event: Event, known: Known) -> StoryEntry:
    title = _("The customer chose: %(choice)s") % {"choice": said(event, "choice")}
    return entry(event, known, title, kind="decision", tone="good", quote=said(event, "said"))


@tells("orders.answer_unclear")
def _unclear(event: Event, known: Known) -> StoryEntry:
    title = _("The customer's answer does not settle it: the order desk decides")
    return entry(event, known, title, tone="warn", quote=said(event, "said"))


@tells("orders.answer_too_late")
def _late(event: Event, known: Known) -> StoryEntry:
    title = _("The customer answered what was settled already; nothing was changed")
    return entry(event, known, title, quote=said(event, "said"))


@tells("orders.question_expired")
def _expired(event: Event, known: Known) -> StoryEntry:
    return entry(event, known, _("The customer did not answer in time: the order desk decides"), tone="warn")


@tells("orders.question_undelivered")
def _undelivered(event: Event, known: Known) -> StoryEntry:
    title = _("The question did not reach the customer: the order desk decides")
    return entry(event, known, title, tone="warn", text=said(event, "why"))
