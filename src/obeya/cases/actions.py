"""The only writers of cases: open and route, resolve when the last answer is in, close, withdraw."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.db import connection, transaction

from obeya.cases import contexts, events, models, outcomes, queries, routing, rules
from obeya.catalog import readers
from obeya.decisions import actions as decisions
from obeya.decisions import rules as decision_rules
from obeya.journal import actions as journal
from obeya.journal.events import Event, Origin
from obeya.lib import canonical, clock, ids, live
from obeya.memory import actions as memory
from obeya.outbox import actions as outbox
from obeya.people import rules as people


class CannotOpenCase(Exception):
    """The routing table has no row for this kind of exception at this site."""


class CannotWithdrawCase(Exception):
    """Only an open exception can be withdrawn, with a reason, by those who may."""


def ensure_routes(*, site: str) -> None:
    """Give a site the starting routing table; rows that are there stay as they are."""
    models.RouteRow.objects.bulk_create(
        [
            models.RouteRow(
                site_id=site,
                kind=route.kind,
                severity=route.severity,
                function=route.function,
                question=route.question,
                options=[list(option) for option in route.options],
                window_s=route.window_s,
                required=route.required,
                position=position,
            )
            for position, route in enumerate(routing.STARTING_TABLE)
        ],
        ignore_conflicts=True,
    )


def open_case(
    *,
    key: str,
    site: str,
    kind: str,
    severity: int,
    about: str,
    title: str,
    facts: Mapping[str, canonical.Json],
    origin: Origin,
    opened_by: int | None = None,
) -> queries.Case:
    """Open an exception and ask every routed function at once, each with its own context.

    One transaction; the same key opens one case. Raises CannotOpenCase.
    """
    routes = rules.choose_routes(queries.routes_of(site), kind, severity)
    if not routes:
        raise CannotOpenCase(f"Nobody is set to answer for {kind.replace('_', ' ')} at {site}.")
    known = models.CaseRow.objects.filter(key=key).first()
    if known is not None:
        return queries.get_case(known.id)
    row = models.CaseRow(
        id=ids.new_id(),
        key=key,
        site_id=site,
        kind=kind,
        severity=severity,
        about=about,
        title=title[:300],
        facts=dict(facts),
        opened_at=clock.now(),
        opened_by_id=opened_by,
        source=origin.source,
        actor=origin.actor,
        correlation=origin.correlation,
        causation=origin.causation,
        signal=origin.signal,
    )
    with transaction.atomic():
        row.number = _next_number(kind, row.opened_at.year)
        models.CaseRow.objects.bulk_create([row], ignore_conflicts=True)
        stored = models.CaseRow.objects.get(key=key)
        if stored.id != row.id:
            return queries.get_case(stored.id)
        opened = _tell(row, _opened(row, routes), origin)
        questions = _ask(row, routes, origin.after(opened))
        _remember(row)
    return queries.as_opened(row, questions)


def _next_number(kind: str, year: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_number')")
        number = cursor.fetchone()[0]
    initials = "".join(word[0] for word in kind.split("_")).upper()
    return f"{initials}-{year}-{number:05d}"


def _opened(row: models.CaseRow, routes: list[rules.Route]) -> events.CaseOpened:
    functions = tuple(route.function for route in routes)
    return events.CaseOpened(row.id, row.number, row.kind, row.severity, row.about, row.title, functions)


def _tell(row: models.CaseRow, payload: object, origin: Origin) -> Event:
    (event,) = journal.append(
        journal.Draft(payload=payload, site=row.site_id, subject=f"case:{row.id}", origin=origin)
    )
    live.publish(f"cases:{row.id}:{row.site_id}")
    return event


def _ask(row: models.CaseRow, routes: list[rules.Route], origin: Origin) -> list[queries.Question]:
    about = contexts.About(row.site_id, row.kind, row.about, row.facts)
    built = contexts.build(about, [route.function for route in routes])
    asked = decisions.open_requests(
        [
            decisions.Ask(
                key=f"case:{row.id}:{route.function}",
                site=row.site_id,
                kind=f"{row.kind}.{route.function}",
                subject=f"case:{row.id}",
                function=route.function,
                title=row.title,
                question=route.question,
                options=[decision_rules.Option(code, label) for code, label in route.options],
                window_s=route.window_s,
                context=built[route.function].as_json(),
                severity=row.severity,
                origin=origin,
            )
            for route in routes
        ]
    )
    models.QuestionRow.objects.bulk_create(
        models.QuestionRow(
            case=row,
            request_id=request.id,
            function=route.function,
            required=route.required,
            position=position,
        )
        for position, (route, request) in enumerate(zip(routes, asked, strict=True))
    )
    return [queries.Question(request, route.required) for route, request in zip(routes, asked, strict=True)]


def _remember(row: models.CaseRow, case: queries.Case | None = None) -> None:
    """Make the case findable, with everything decided so far."""
    decided = [
        f"{q.request.function}: {q.request.decision.label}. {q.request.decision.rationale}"
        for q in (case.questions if case else ())
        if q.request.decision
    ]
    facts = [value for value in row.facts.values() if value and isinstance(value, str)]
    memory.remember(
        ref=f"case:{row.id}",
        kind="case",
        site=row.site_id,
        title=f"{row.number} {row.title}",
        body="\n".join([*facts, *decided, row.outcome_text]),
        happened_at=row.opened_at,
        url=f"/exceptions/{row.id}",
        functions=rules.SEEN_BY,
        facets={"kind": row.kind, "about": row.about, "state": row.state},
    )


def hear_decision(*, event: Event) -> None:
    """A request was decided: when it was the last required one of its case, resolve the case.

    The case row is locked first; of two last answers at the same moment the second waits for the lock
    and then sees that the case is no longer open.
    """
    with transaction.atomic():
        case_id = uuid.UUID(event.subject.removeprefix("case:"))
        row = models.CaseRow.objects.select_for_update().get(pk=case_id)
        case = queries.get_case(case_id)
        _remember(row, case)
        if row.state != "open":
            return
        answers = {
            q.request.function: rules.Answer(
                q.request.function, q.request.decision.option, q.request.decision.rationale
            )
            for q in case.questions
            if q.request.decision
        }
        required = [q.request.function for q in case.questions if q.required]
        if not rules.missing(required, answers):
            _resolve(row, answers, event.origin)


def _resolve(row: models.CaseRow, answers: Mapping[str, rules.Answer], origin: Origin) -> None:
    about = contexts.About(row.site_id, row.kind, row.about, row.facts)
    outcome = outcomes.resolve(about, answers)
    connector = readers.serving(row.site_id)
    postings = outcome.postings if connector else ()
    text = outcome.text
    if outcome.postings and not connector:
        text += " No ERP is connected for this site, so nothing was posted."
    row.state, row.resolved_at = "resolving", clock.now()
    row.outcome, row.outcome_text, row.open_postings = outcome.code, text, len(postings)
    resolved = _tell(
        row,
        events.CaseResolved(row.id, row.kind, row.about, outcome.code, text, len(postings)),
        origin,
    )
    for number, planned in enumerate(postings):
        outbox.queue_posting(
            key=outbox.key_of(resolved.id, f"{planned.payload.kind}:{number}"),
            connector=connector,
            site=row.site_id,
            document=planned.document,
            subject=f"case:{row.id}",
            payload=planned.payload,
            origin=origin.after(resolved),
        )
    for question in row.questions.filter(required=False):
        decisions.withdraw(request_id=question.request_id, reason="The exception is resolved.", origin=origin)
    if not postings:
        _close(row, origin.after(resolved))
    row.save()
    _remember(row, queries.get_case(row.id))


def _close(row: models.CaseRow, origin: Origin) -> None:
    row.state, row.closed_at = "closed", clock.now()
    _tell(row, events.CaseClosed(row.id, row.kind, row.about, row.outcome, row.outcome_text), origin)


def hear_posting(*, event: Event) -> None:
    """A posting of a case has arrived in ERP, or was given up by a person: the last one closes the case."""
    subject = str(event.data["subject"])
    if not subject.startswith("case:"):
        return
    with transaction.atomic():
        row = models.CaseRow.objects.select_for_update().get(pk=subject.removeprefix("case:"))
        if row.state != "resolving":
            return
        left = queries.count_open_postings(row.id)
        row.open_postings = left
        if event.type == "outbox.posting_cancelled":
            row.outcome_text += f" Not posted to ERP: {event.data['reason']}"
        if left == 0:
            _close(row, event.origin)
        row.save()
        _remember(row, queries.get_case(row.id))


def withdraw(*, case_id: uuid.UUID, access: people.Access, reason: str, origin: Origin) -> None:
    """The exception was none: stop asking. Raises CannotWithdrawCase."""
    if not reason.strip():
        raise CannotWithdrawCase("Say in a sentence why this is no exception.")
    with transaction.atomic():
        row = models.CaseRow.objects.select_for_update().get(pk=case_id)
        if row.state != "open":
            raise CannotWithdrawCase("It is not open any more; the page shows how it stands.")
        if not rules.may_withdraw(access, site=row.site_id, opened_by=row.opened_by_id):
            raise CannotWithdrawCase("Quality, the plant manager or whoever raised it can withdraw it.")
        own = Origin(origin.source, origin.actor, row.correlation, row.causation, row.signal)
        row.state, row.closed_at, row.outcome = "withdrawn", clock.now(), "withdrawn"
        row.outcome_text = reason.strip()[:2000]
        row.save()
        for question in row.questions.all():
            decisions.withdraw(request_id=question.request_id, reason=row.outcome_text, origin=own)
        _tell(row, events.CaseWithdrawn(row.id, row.kind, row.about, row.outcome_text), own)
        _remember(row, queries.get_case(row.id))
