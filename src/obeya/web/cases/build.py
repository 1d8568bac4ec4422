"""From exceptions to the list and to the page with the whole story."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from obeya.cases import queries as cases
from obeya.cases import reported, rules
from obeya.decisions import queries as decisions
from obeya.outbox import queries as outbox
from obeya.people import queries as people
from obeya.web import saying, shown, wording
from obeya.web.cases import files, page
from obeya.web.decision_request import build as decision_request
from obeya.web.story import build as story

Viewer = decision_request.Viewer
OPEN = ("open", "resolving")
_FACTS = {
    "item": "Item",
    "lot": "Lot",
    "reason": "Reason",
    "extent": "How much",
    "where": "Lies at",
    "machine": "Found at",
    "note": "Note",
    "operator": "Held by",
    **reported.FACTS,
}
_UNSHOWN = frozenset({"customer_code"})
"""What programs look things up with, and people do not read."""


def list_page(sites: Sequence[str], show: str, now: datetime) -> page.CaseListPage:
    """Exceptions of some sites: the open ones, or all."""
    url = reverse("web:cases")
    tabs = (
        shown.Tab(_("Open"), url, cases.count_open(sites), show != "all"),
        shown.Tab(_("All"), f"{url}?{urlencode({'show': 'all'})}", None, show == "all"),
    )
    return page.CaseListPage(now, tabs, rows(sites, show))


def rows(sites: Sequence[str], show: str) -> tuple[page.CaseRow, ...]:
    """The rows of the list alone."""
    return tuple(_row(case) for case in cases.list_cases(sites=sites, open_only=show != "all"))


def _row(case: cases.Brief) -> page.CaseRow:
    first = min(case.waits, key=lambda waiting: waiting.due_at, default=None)
    return page.CaseRow(
        id=str(case.id),
        number=case.number,
        url=reverse("web:case", args=[case.id]),
        kind=saying.case_kind(case.kind),
        title=case.title,
        badge=saying.case_state(case.state),
        opened_at=case.opened_at,
        waits_for=saying.function_names(waiting.function for waiting in case.waits),
        window=shown.Window(first.opened_at, first.due_at) if first else None,
        outcome=case.outcome_text,
    )


def case_page(case: cases.Case, viewer: Viewer, typed: shown.Typed | None = None) -> page.CasePage:
    """One exception with everything that belongs to it."""
    told = cases.story_of(case)
    names = _names(q.request for q in case.questions)
    return page.CasePage(
        now=viewer.now,
        head=_head(case, viewer.now),
        facts=_facts(case.facts),
        parts=tuple(_part(q.request, viewer, names) for q in case.questions),
        story=story.tell(
            told.events,
            signal=told.signal,
            requests=told.requests,
            postings=told.postings,
            messages=told.messages,
        ),
        affected=_affected(case),
        postings=tuple(posting_fact(posting) for posting in told.postings),
        files=files.of_case(case),
        live=" ".join([f"cases:{case.id}", *(f"requests:{q.request.id}" for q in case.questions)]),
        may_withdraw=case.state == "open"
        and rules.may_withdraw(viewer.access, site=case.site, opened_by=case.opened_by),
        typed=typed or shown.Typed(),
    )


def _head(case: cases.Case, now: datetime) -> page.CaseHead:
    ended = case.closed_at or now
    words = wording.duration_words((ended - case.opened_at).total_seconds())
    took = _("took %(span)s") if case.closed_at else _("open for %(span)s")
    return page.CaseHead(
        id=str(case.id),
        number=case.number,
        kind=saying.case_kind(case.kind),
        title=case.title,
        badge=saying.case_state(case.state),
        opened_at=case.opened_at,
        severity=saying.severity(case.severity),
        closed_at=case.closed_at,
        outcome=case.outcome_text,
        took=took % {"span": words},
    )


def _facts(stored: Mapping[str, object]) -> tuple[shown.Fact, ...]:
    ordered = [name for name in _FACTS if name in stored] + [name for name in stored if name not in _FACTS]
    return tuple(
        shown.Fact(_(_FACTS.get(name, name.replace("_", " ").capitalize())), str(stored[name]))
        for name in ordered
        if stored[name] and isinstance(stored[name], str) and name not in _UNSHOWN
    )


def _names(requests: Iterable[decisions.Request]) -> dict[int, str]:
    ids = set()
    for request in requests:
        ids |= {request.claimed_by, request.decision.decided_by if request.decision else None}
    found = people.get_users(user_id for user_id in ids if user_id is not None)
    return {user_id: person.display_name for user_id, person in found.items()}


def _part(request: decisions.Request, viewer: Viewer, names: Mapping[int, str]) -> page.Part:
    made = request.decision
    who = made.decided_by if made else request.claimed_by
    yours = request.may_answer(viewer.access)
    sees = decision_request.may_see(request, viewer.access)
    return page.Part(
        function_name=saying.function_name(request.function),
        icon=saying.function_icon(request.function),
        question=request.question,
        badge=saying.request_state(request, viewer.now),
        url=reverse("web:request_page", args=[request.id]) if sees else "",
        who=names.get(who or 0, ""),
        window=saying.window(request) if request.state == "open" else None,
        decided=made.label if made else "",
        rationale=made.rationale if made else "",
        yours=yours,
        outcome=decision_request.outcome_words(made) if made else "",
        tells_outcome=bool(
            made and not made.outcome and sees and decision_request.tells_outcome(request, viewer.access)
        ),
    )


def _affected(case: cases.Case) -> tuple[shown.Table, ...]:
    """The tables that the functions were given when asked; the same table once."""
    found: dict[str, shown.Table] = {}
    for question in case.questions:
        for block in decision_request.context(question.request):
            if block.table is not None and block.table.rows:
                table = shown.Table(block.title, block.table.columns, block.table.rows, block.table.empty)
                found.setdefault(block.title, table)
    return tuple(found.values())


def posting_fact(posting: outbox.PostingView) -> shown.Fact:
    """A posting in one line: what it is, and how it is with ERP."""
    return shown.Fact(posting.kind_text, posting.state_text, posting.what_to_do)
