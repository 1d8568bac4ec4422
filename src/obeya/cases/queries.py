"""Reading cases."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from obeya.cases import models, rules
from obeya.decisions import queries as decisions
from obeya.inbox import queries as inbox
from obeya.journal import events
from obeya.journal import queries as journal
from obeya.lib import canonical
from obeya.outbox import queries as outbox


class NoSuchCase(LookupError):
    """There is no exception with this id."""


@dataclass(frozen=True, slots=True)
class Question:
    """A request of a case; the case resolves when every required one is decided."""

    request: decisions.Request
    required: bool


@dataclass(frozen=True, slots=True)
class Case:
    """One exception with its questions."""

    id: uuid.UUID
    number: str
    site: str
    kind: str
    severity: int
    about: str
    title: str
    facts: Mapping[str, canonical.Json]
    state: str
    opened_at: datetime
    opened_by: int | None
    resolved_at: datetime | None
    closed_at: datetime | None
    outcome: str
    outcome_text: str
    correlation: uuid.UUID
    signal: uuid.UUID | None
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question that is not answered yet: whom it is asked of, and the time for the answer."""

    function: str
    opened_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Brief:
    """An exception as a list shows it, with the questions that are still open, in their order."""

    id: uuid.UUID
    number: str
    kind: str
    title: str
    state: str
    opened_at: datetime
    outcome_text: str
    waits: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that belongs to one correlation: the raw signal, events, requests, postings, messages."""

    signal: inbox.Signal | None
    events: tuple[events.Event, ...]
    requests: tuple[decisions.Request, ...]
    postings: tuple[outbox.PostingView, ...]
    messages: tuple[outbox.MessageView, ...]


def as_opened(row: models.CaseRow, questions: Sequence[Question]) -> Case:
    """A case that was opened just now, with what was asked: nothing is read."""
    return _with_questions(row, tuple(questions))


def _case(row: models.CaseRow, asked: Mapping[uuid.UUID, decisions.Request]) -> Case:
    return _with_questions(row, tuple(Question(asked[q.request_id], q.required) for q in row.questions.all()))


def _with_questions(row: models.CaseRow, questions: tuple[Question, ...]) -> Case:
    return Case(
        id=row.id,
        number=row.number,
        site=row.site_id,
        kind=row.kind,
        severity=row.severity,
        about=row.about,
        title=row.title,
        facts=row.facts,
        state=row.state,
        opened_at=row.opened_at,
        opened_by=row.opened_by_id,
        resolved_at=row.resolved_at,
        closed_at=row.closed_at,
        outcome=row.outcome,
        outcome_text=row.outcome_text,
        correlation=row.correlation,
        signal=row.signal,
        questions=questions,
    )


def _asked(rows: Sequence[models.CaseRow]) -> dict[uuid.UUID, decisions.Request]:
    wanted = [question.request_id for row in rows for question in row.questions.all()]
    return {request.id: request for request in decisions.list_requests(wanted)}


def get_case(case_id: uuid.UUID | str) -> Case:
    """The exception with this id. Raises NoSuchCase."""
    row = models.CaseRow.objects.prefetch_related("questions").filter(pk=case_id).first()
    if row is None:
        raise NoSuchCase(str(case_id))
    return _case(row, _asked([row]))


def _of_sites(sites: Sequence[str], open_only: bool) -> QuerySet[models.CaseRow]:
    rows = models.CaseRow.objects.filter(site__in=sites)
    return rows.filter(state__in=["open", "resolving"]) if open_only else rows


def list_cases(*, sites: Sequence[str], open_only: bool = False, limit: int = 100) -> list[Brief]:
    """Exceptions of some sites, the newest first, in two statements."""
    named = ("id", "number", "kind", "title", "state", "opened_at", "outcome_text")
    found = list(_of_sites(sites, open_only).order_by("-opened_at").values(*named)[:limit])
    waits: dict[uuid.UUID, list[Waiting]] = {row["id"]: [] for row in found}
    asked = models.QuestionRow.objects.filter(case__in=list(waits), request__state="open")
    moments = ("request__function", "request__opened_at", "request__due_at")
    for case, function, opened_at, due_at in asked.order_by("position").values_list("case_id", *moments):
        waits[case].append(Waiting(function, opened_at, due_at))
    return [Brief(**row, waits=tuple(waits[row["id"]])) for row in found]


def count_open(sites: Sequence[str]) -> int:
    """How many exceptions of some sites are neither closed nor withdrawn."""
    return _of_sites(sites, open_only=True).count()


def list_about(site: str, about: str) -> list[Case]:
    """Every exception about one thing ("lot:FG-CAP28:L-2041"), the newest first."""
    rows = models.CaseRow.objects.prefetch_related("questions").filter(site=site, about=about)
    found = list(rows.order_by("-opened_at"))
    asked = _asked(found)
    return [_case(row, asked) for row in found]


def routes_of(site: str) -> list[rules.Route]:
    """The routing table of a site."""
    return [
        rules.Route(
            kind=row.kind,
            severity=row.severity,
            function=row.function,
            question=row.question,
            options=tuple((code, label) for code, label in row.options),
            window_s=row.window_s,
            required=row.required,
        )
        for row in models.RouteRow.objects.filter(site=site)
    ]


def count_open_postings(case_id: uuid.UUID) -> int:
    """How many postings of a case are neither in ERP nor given up."""
    found = outbox.list_postings(subject=f"case:{case_id}")
    return sum(posting.state not in ("posted", "cancelled") for posting in found)


def story_of(case: Case) -> Story:
    """The case's whole story."""
    return Story(
        signal=inbox.get_signal(case.signal) if case.signal else None,
        events=tuple(journal.list_story(case.correlation)),
        requests=tuple(decisions.list_story(case.correlation)),
        postings=tuple(outbox.list_postings(correlation=case.correlation)),
        messages=tuple(outbox.list_messages(correlation=case.correlation)),
    )
