"""From a decision request to what its screen shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.urls import reverse
from django.utils.translation import gettext as _

from obeya.cases import queries as cases
from obeya.decisions import queries as decisions
from obeya.orders import agreements, audits
from obeya.orders import queries as orders
from obeya.orders.enquiries import replying
from obeya.people import queries as people
from obeya.web import doors, saying, shown
from obeya.web.decision_request import page

_TONES: dict[str, shown.Tone] = {"good": "good", "warn": "warn", "bad": "bad", "info": "info"}

COUNTER = "counter"
"""The answer that takes a price and a note to the customer, in a form of its own."""
NEEDS_A_VALUE = frozenset({"other_item", "other_customer", "set"})
"""Answers that the order desk takes with a value beside them; a bare tap would say nothing."""

OUTCOMES: Mapping[str, bool | None] = {"yes": True, "partly": None, "no": False}
"""How forms and programs say what came of a decision."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, and when."""

    access: people.Access
    now: datetime


def may_see(found: decisions.Request, held: people.Access) -> bool:
    """True for those asked, for whoever it was delegated to or who raised it, and for the plant manager."""
    if held.user_id is None:
        return False
    asked = [people.Function(code) for code in found.asked]
    concerned = (found.delegated_to, found.delegated_by, found.raised_by)
    return held.may_see(asked, found.site) or held.user_id in concerned or _shares_subject(found, held)


def _shares_subject(found: decisions.Request, held: people.Access) -> bool:
    """Functions that are asked about the same exception or order see each other's questions and answers."""
    if found.subject.startswith("order:"):
        return held.may(doors.ORDERS, found.site)
    return found.subject.startswith("case:") and any(
        held.may([people.Function(code) for code in other.asked], found.site)
        for other in decisions.list_about(found.subject)
    )


def detail(
    found: decisions.Request, viewer: Viewer, *, url: str, typed: shown.Typed | None = None
) -> page.RequestDetail:
    """Everything the request's screen shows."""
    others = [other for other in decisions.list_about(found.subject) if other.id != found.id]
    names = _names([found, *others])
    mine = viewer.access.user_id
    may_decide = found.may_answer(viewer.access) and mine != found.raised_by
    return page.RequestDetail(
        id=str(found.id),
        url=url,
        state=cast(page.RequestState, found.state),
        kind=saying.request_kind(found.kind),
        question=found.question,
        function_name=saying.function_name(found.function),
        window=saying.window(found),
        case=about(found),
        context=context(found),
        options=tuple(
            page.Option(option.code, option.label, option.hint, _TONES.get(option.tone, "plain"))
            for option in found.options
            if option.code not in NEEDS_A_VALUE
        ),
        escalation=_ladder(found),
        similar=similar(found),
        counter=_counter(found),
        asked_too=tuple(_asked(other, names, viewer.now) for other in others),
        delegates=_delegates(found, mine) if may_decide else (),
        claimed_by=names.get(found.claimed_by or 0, ""),
        claimed_by_you=found.claimed_by is not None and found.claimed_by == mine,
        may_decide=may_decide,
        may_not_because=_may_not(found, mine),
        answer=_answer(found, names),
        outcomes=_outcomes(found, viewer.access),
        state_words=_state_words(found, names),
        needs_rationale=all(option.needs_rationale for option in found.options),
        typed=typed or shown.Typed(),
    )


def _names(requests: Iterable[decisions.Request]) -> dict[int, str]:
    ids: set[int | None] = set()
    for found in requests:
        ids |= {found.claimed_by, found.delegated_to, found.delegated_by, found.raised_by}
        ids.add(found.decision.decided_by if found.decision else None)
    known = people.get_users(user_id for user_id in ids if user_id is not None)
    return {user_id: person.display_name for user_id, person in known.items()}


def about(found: decisions.Request) -> shown.Link | None:
    """The exception or the order that the request belongs to."""
    kind, _sep, key = found.subject.partition(":")
    if kind == "case":
        return shown.Link(cases.get_case(key).number, reverse("web:case", args=[key]))
    if kind == "order":
        return shown.Link(orders.get_order(key).number, reverse("web:order", args=[key]))
    if kind == replying.SUBJECT:
        return shown.Link(orders.get_order(key).number, reverse("web:order", args=[key]))
    if kind == "audit" and found.kind == audits.AUDIT:
        return shown.Link(_("Compare line by line"), reverse("web:audit", args=[found.id]))
    if kind == "audit":
        return shown.Link(orders.get_order(key).number, reverse("web:order", args=[key]))
    return None


def context(found: decisions.Request) -> tuple[page.ContextBlock, ...]:
    """The snapshot of what was known when asked: facts and advice first, then one block a table."""
    stored = cast(Mapping[str, Any], found.context)
    facts = tuple(shown.Fact(str(fact["label"]), str(fact["value"])) for fact in stored.get("facts", ()))
    blocks = []
    if facts or stored.get("advice"):
        advice = str(stored.get("advice", ""))
        blocks.append(page.ContextBlock(_("What it is about"), facts=facts, notice=advice))
    blocks += [_table_block(table) for table in stored.get("tables", ())]
    return tuple(blocks)


def similar(found: decisions.Request) -> tuple[page.PastCase, ...]:
    """What was decided in similar cases, as it was known when this was asked."""
    stored = cast(Mapping[str, Any], found.context)
    return tuple(
        page.PastCase(
            title=str(past["title"]),
            url=str(past["url"]),
            decided=str(past["decided"]),
            why=str(past["why"]),
            on=datetime.fromisoformat(str(past["on"])),
            by=str(past["by"]),
            came=str(past["came"]),
        )
        for past in stored.get("similar", ())
    )


def _counter(found: decisions.Request) -> page.CounterForm | None:
    """The form of a counter-offer, where the request takes one."""
    limits = agreements.limits_of(found.context)
    if limits is None or all(option.code != COUNTER for option in found.options):
        return None
    told = (_("asked"), limits.asked), (_("floor"), limits.floor), (_("list"), limits.list_price)
    label = _("Price, %(currency)s per %(uom)s") % {"currency": limits.currency, "uom": limits.uom}
    return page.CounterForm(label, ", ".join(f"{name} {price}" for name, price in told if price))


def _table_block(stored: Mapping[str, Any]) -> page.ContextBlock:
    columns = tuple(shown.Column(str(label)) for label in stored["columns"])
    rows = tuple(shown.TableRow(tuple(str(cell) for cell in row)) for row in stored["rows"])
    left_out = int(stored.get("left_out", 0))
    return page.ContextBlock(
        str(stored["title"]),
        table=shown.Table("", columns, rows, str(stored.get("empty", ""))),
        text=_("and %(n)d more") % {"n": left_out} if left_out else "",
    )


def _ladder(found: decisions.Request) -> tuple[page.EscalationStep, ...]:
    """Who is told when, if nobody answers; rungs that were past when it was opened are left out."""
    climbed = {step.number for step in found.escalations}
    steps = []
    for number, step in enumerate(found.ladder.steps, start=1):
        at = found.due_at + timedelta(seconds=step.after_s)
        if at <= found.starts_at and number not in climbed:
            continue
        to = saying.function_name(step.to)
        if step.after_s < 0:
            to = _("Reminder to %(function)s") % {"function": to}
        steps.append(page.EscalationStep(to, at, number in climbed))
    return tuple(steps)


def _asked(other: decisions.Request, names: Mapping[int, str], now: datetime) -> page.Asked:
    who = other.decision.decided_by if other.decision else other.claimed_by
    return page.Asked(
        saying.function_name(other.function), saying.request_state(other, now), names.get(who or 0, "")
    )


def _delegates(found: decisions.Request, mine: int | None) -> tuple[shown.Choice, ...]:
    choices: dict[int, shown.Choice] = {}
    for code in found.asked:
        for person in people.list_people(found.site, people.Function(code)):
            if person.id not in (mine, found.raised_by, found.delegated_to):
                hint = saying.function_name(code)
                choices.setdefault(person.id, shown.Choice(str(person.id), person.display_name, hint))
    return tuple(choices.values())


def _may_not(found: decisions.Request, mine: int | None) -> str:
    if found.raised_by is not None and found.raised_by == mine:
        return _("You asked for this yourself; somebody else must decide it.")
    return _("%(functions)s decides this. You can see it, but not answer it.") % {
        "functions": saying.function_names(found.asked)
    }


def _answer(found: decisions.Request, names: Mapping[int, str]) -> page.Answer | None:
    made = found.decision
    if made is None:
        return None
    tones: Sequence[shown.Tone] = [
        _TONES.get(option.tone, "good") for option in found.options if option.code == made.option
    ]
    return page.Answer(
        option=made.label,
        by=made.outsider or names.get(made.decided_by or 0, _("Obeya")),
        at=made.decided_at,
        rationale=made.rationale,
        constraints=made.constraints,
        outcome=outcome_words(made),
        tone=tones[0] if tones else "good",
    )


def outcome_words(made: decisions.Decision) -> str:
    """What came of a decision, as it was told last; empty before."""
    if made.outcome is None:
        return ""
    word = saying.outcome(made.outcome.worked)
    return f"{word}: {made.outcome.text}" if made.outcome.text else word


def tells_outcome(found: decisions.Request, held: people.Access) -> bool:
    """Whether the person says what came of it: of decisions on exceptions, not of an order's doubts."""
    return found.subject.startswith("case:") and found.may_tell_outcome(held)


def _outcomes(found: decisions.Request, held: people.Access) -> tuple[shown.Choice, ...]:
    if not tells_outcome(found, held):
        return ()
    return (
        shown.Choice("yes", _("It worked")),
        shown.Choice("partly", _("In part")),
        shown.Choice("no", _("It did not work")),
    )


def _state_words(found: decisions.Request, names: Mapping[int, str]) -> str:
    if found.state == "withdrawn":
        return _("This question was withdrawn: nothing is asked any more.")
    if found.state == "open" and found.delegated_to is not None:
        said = _("%(by)s handed this to %(to)s.") % {
            "by": names.get(found.delegated_by or 0, ""),
            "to": names.get(found.delegated_to, ""),
        }
        return f"{said} {found.delegation_note}".strip()
    if found.state == "open" and found.hold_note:
        return found.hold_note
    if found.state == "open" and any(option.code in NEEDS_A_VALUE for option in found.options):
        return _("To choose another item, quantity or customer, open the order.")
    return ""
