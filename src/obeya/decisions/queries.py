"""Reading decisions."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from obeya.decisions import models, rules
from obeya.journal import events
from obeya.lib import canonical
from obeya.people import rules as people


class NoSuchRequest(LookupError):
    """There is no decision request with this id."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a decision."""

    worked: bool | None
    text: str
    recorded_at: datetime
    recorded_by: int | None


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer with its reasons. `outsider` names who answered where that was nobody of ours."""

    option: str
    label: str
    rationale: str
    constraints: tuple[str, ...]
    values: Mapping[str, canonical.Json]
    decided_by: int | None
    decided_at: datetime
    outcome: Outcome | None
    outsider: str = ""


@dataclass(frozen=True, slots=True)
class Escalation:
    """One rung climbed; a reminder goes to the function itself before the window ends."""

    number: int
    to: str
    due_at: datetime
    escalated_at: datetime
    reminder: bool


@dataclass(frozen=True, slots=True)
class Request:
    """A decision request with everything that happened to it. People are user ids."""

    id: uuid.UUID
    key: str
    site: str
    kind: str
    subject: str
    function: str
    asked: tuple[str, ...]
    title: str
    question: str
    severity: int
    context: Mapping[str, canonical.Json]
    options: tuple[rules.Option, ...]
    stored_ladder: Mapping[str, canonical.Json]
    state: str
    opened_at: datetime
    due_at: datetime
    next_at: datetime | None
    raised_by: int | None
    claimed_by: int | None
    delegated_to: int | None
    delegated_by: int | None
    delegation_note: str
    closed_at: datetime | None
    correlation: uuid.UUID
    escalations: tuple[Escalation, ...]
    decision: Decision | None
    held_until: datetime | None = None
    """Till then its clock stands still: somebody outside is asked. A person may decide all the same."""
    hold_note: str = ""

    @property
    def starts_at(self) -> datetime:
        """When its clock began to run, or will: it was opened, or its hold ends."""
        return self.held_until or self.opened_at

    def is_held(self, now: datetime) -> bool:
        """True while its clock stands still."""
        return self.state == "open" and self.held_until is not None and now < self.held_until

    @property
    def ladder(self) -> rules.Ladder:
        """Who is asked next, and when; lists do without it."""
        return to_ladder(self.stored_ladder)

    def may_answer(self, access: people.Access) -> bool:
        """True where the person with `access` is asked, or was delegated to, and the request is open."""
        return self.state == "open" and self._is_asked(access)

    def may_tell_outcome(self, access: people.Access) -> bool:
        """True for those who could have decided it, once it is decided."""
        return self.state == "decided" and self._is_asked(access)

    def _is_asked(self, access: people.Access) -> bool:
        if access.user_id is None:
            return False
        held = access.functions(self.site)
        return rules.may_answer(
            user=access.user_id, held=held, asked=self.asked, delegated_to=self.delegated_to
        )


@dataclass(frozen=True, slots=True)
class Brief:
    """A request as a list shows it, without what was told with it, its options and its ladder.

    `escalated`: it has climbed a rung that is no reminder. People are user ids.
    """

    id: uuid.UUID
    kind: str
    function: str
    title: str
    question: str
    state: str
    opened_at: datetime
    due_at: datetime
    claimed_by: int | None
    held_until: datetime | None
    escalated: bool

    @property
    def starts_at(self) -> datetime:
        """When its clock began to run, or will: it was opened, or its hold ends."""
        return self.held_until or self.opened_at

    def is_held(self, now: datetime) -> bool:
        """True while its clock stands still."""
        return self.state == "open" and self.held_until is not None and now < self.held_until


@dataclass(frozen=True, slots=True)
class Load:
    """How many open requests a person may answer: all, those in the person's hand, those of each function.

    `overdue` and `soon`: whose window has ended, and whose window ends soon.
    """

    all: int
    mine: int
    by_function: Mapping[str, int]
    overdue: int
    soon: int


def to_ladder(stored: Mapping[str, canonical.Json]) -> rules.Ladder:
    """A ladder from its stored form."""
    steps = stored["steps"]
    assert isinstance(steps, Sequence)
    return rules.Ladder(tuple(rules.Step(**step) for step in steps), int(str(stored["repeat_s"])))  # type: ignore[arg-type]  # stored by ourselves


def _decision(row: models.RequestRow, options: tuple[rules.Option, ...]) -> Decision | None:
    found = getattr(row, "decision", None) if row.state == "decided" else None
    if found is None:
        return None
    told = list(found.outcomes.all())
    outcome = told[-1] if told else None
    return Decision(
        option=found.option,
        label=next((option.label for option in options if option.code == found.option), found.option),
        rationale=found.rationale,
        constraints=tuple(found.constraints_named),
        values=found.values,
        decided_by=found.decided_by_id,
        decided_at=found.decided_at,
        outcome=outcome
        and Outcome(outcome.worked, outcome.text, outcome.recorded_at, outcome.recorded_by_id),
        outsider=found.outsider,
    )


def as_opened(row: models.RequestRow) -> Request:
    """A request that was opened just now: nothing has happened to it, so nothing is read."""
    return _request(row, climbed=())


def ids_by_key(keys: Sequence[str]) -> dict[str, uuid.UUID]:
    """The requests under these keys."""
    return dict(models.RequestRow.objects.filter(key__in=keys).values_list("key", "id"))


def _request(row: models.RequestRow, climbed: Sequence[models.EscalationRow] | None = None) -> Request:
    options = tuple(rules.Option(**option) for option in row.options)
    return Request(
        id=row.id,
        key=row.key,
        site=row.site_id,
        kind=row.kind,
        subject=row.subject,
        function=row.function,
        asked=tuple(row.asked),
        title=row.title,
        question=row.question,
        severity=row.severity,
        context=row.context,
        options=options,
        stored_ladder=row.ladder,
        state=row.state,
        opened_at=row.opened_at,
        due_at=row.due_at,
        next_at=row.next_at,
        raised_by=row.raised_by_id,
        claimed_by=row.claimed_by_id,
        delegated_to=row.delegated_to_id,
        delegated_by=row.delegated_by_id,
        delegation_note=row.delegation_note,
        closed_at=row.closed_at,
        correlation=row.correlation,
        escalations=tuple(
            Escalation(e.number, e.to, e.due_at, e.escalated_at, e.due_at < row.due_at)
            for e in (row.climbed.all() if climbed is None else climbed)
        ),
        decision=_decision(row, options),
        held_until=row.held_until,
        hold_note=row.hold_note,
    )


def _rows() -> QuerySet[models.RequestRow]:
    return models.RequestRow.objects.select_related("decision").prefetch_related(
        "climbed", "decision__outcomes"
    )


def get_request(request_id: uuid.UUID | str) -> Request:
    """The request with this id. Raises NoSuchRequest."""
    row = _rows().filter(pk=request_id).first()
    if row is None:
        raise NoSuchRequest(str(request_id))
    return _request(row)


def find_request(key: str) -> Request | None:
    """The request opened under this natural key, if any."""
    row = _rows().filter(key=key).first()
    return _request(row) if row else None


def list_about(subject: str) -> list[Request]:
    """Every request about one subject ("case:..."), oldest first."""
    return [_request(row) for row in _rows().filter(subject=subject).order_by("opened_at", "id")]


def list_story(correlation: uuid.UUID) -> list[Request]:
    """Every request of one story, oldest first."""
    return [_request(row) for row in _rows().filter(correlation=correlation).order_by("opened_at", "id")]


def _waiting(access: people.Access) -> QuerySet[models.RequestRow]:
    mine = Q(delegated_to=access.user_id)
    for site in access.sites:
        mine |= Q(site=site, asked__overlap=[str(f) for f in access.functions(site)])
    return models.RequestRow.objects.filter(mine, state="open")


def list_waiting(access: people.Access, *, limit: int = 200) -> list[Request]:
    """Open requests that the person with `access` may answer, the one due first on top."""
    if access.user_id is None:
        return []
    rows = _waiting(access).select_related("decision").prefetch_related("climbed", "decision__outcomes")
    return [_request(row) for row in rows.order_by("due_at", "id")[:limit]]


_BRIEF = (
    "id",
    "kind",
    "function",
    "title",
    "question",
    "state",
    "opened_at",
    "due_at",
    "claimed_by",
    "held_until",
)


def _briefs(rows: QuerySet[models.RequestRow]) -> list[Brief]:
    """In one statement: lists are long, are fetched by many at once, and need little of a request."""
    climbed = models.EscalationRow.objects.filter(request=OuterRef("pk"), due_at__gte=OuterRef("due_at"))
    return [Brief(*row) for row in rows.values_list(*_BRIEF, Exists(climbed))]


def _in_hand(user_id: int | None) -> Q:
    return Q(claimed_by=user_id) | Q(delegated_to=user_id)


def list_waiting_briefly(
    access: people.Access, *, function: str = "", mine: bool = False, limit: int = 200
) -> list[Brief]:
    """Open requests that the person with `access` may answer, the one due first on top.

    `function`: only those that are asked of it; `mine`: only those in the person's own hand.
    """
    if access.user_id is None:
        return []
    rows = _waiting(access)
    if function:
        rows = rows.filter(asked__contains=[function])
    if mine:
        rows = rows.filter(_in_hand(access.user_id))
    return _briefs(rows.order_by("due_at", "id")[:limit])


def load_of(access: people.Access, *, now: datetime, soon: datetime) -> Load:
    """How much waits for the person with `access`, counted by the database; `soon` is after `now`."""
    if access.user_id is None:
        return Load(0, 0, {}, 0, 0)
    held = sorted({str(function) for site in access.sites for function in access.functions(site)})
    of = {f"of_{name}": Count("pk", filter=Q(asked__contains=[name])) for name in held}
    told = _waiting(access).aggregate(
        **of,
        all=Count("pk"),
        mine=Count("pk", filter=_in_hand(access.user_id)),
        overdue=Count("pk", filter=Q(due_at__lte=now)),
        soon=Count("pk", filter=Q(due_at__gt=now, due_at__lte=soon)),
    )
    by_function = {name: told[f"of_{name}"] for name in held}
    return Load(told["all"], told["mine"], by_function, told["overdue"], told["soon"])


def count_waiting(access: people.Access) -> tuple[int, datetime | None]:
    """How many open requests the person with `access` may answer, and when the first of them ends."""
    if access.user_id is None:
        return 0, None
    found = _waiting(access).aggregate(n=Count("pk"), first=Min("due_at"))
    return found["n"], found["first"]


def people_named() -> frozenset[int]:
    """Whoever has an open request in hand: claimed it, or was given it by somebody."""
    rows = models.RequestRow.objects.filter(
        Q(claimed_by__isnull=False) | Q(delegated_to__isnull=False), state="open"
    )
    named = rows.values_list("claimed_by", "delegated_to").distinct()
    return frozenset(person for pair in named for person in pair if person is not None)


def list_decided(access: people.Access, *, limit: int = 50) -> list[Brief]:
    """The latest requests of the person's functions that were decided, newest first."""
    mine = Q(decision__decided_by=access.user_id)
    for site in access.sites:
        mine |= Q(site=site, asked__overlap=[str(f) for f in access.functions(site)])
    rows = models.RequestRow.objects.filter(mine, state="decided")
    return _briefs(rows.order_by("-closed_at")[:limit])


def count_open() -> dict[tuple[str, str], int]:
    """How many requests are open, by site and function."""
    rows = models.RequestRow.objects.filter(state="open").order_by()
    told = rows.values_list("site_id", "function").annotate(Count("pk"))
    return {(site, function): count for site, function, count in told}


def overdue_seconds(now: datetime) -> list[int]:
    """For each open request whose stored due moment has passed: by how many seconds (the auditor's eye)."""
    late = models.RequestRow.objects.filter(state="open", next_at__lte=now).values_list("next_at", flat=True)
    return [int((now - moment).total_seconds()) for moment in late if moment]


def origin_of(row: models.RequestRow, *, source: str, actor: str) -> events.Origin:
    """The origin of what happens to a request: its story and signal, a new actor."""
    return events.Origin(source, actor, row.correlation, row.causation, row.signal)


def list_requests(request_ids: Sequence[uuid.UUID]) -> list[Request]:
    """Requests by id, in no promised order."""
    return [_request(row) for row in _rows().filter(pk__in=request_ids)]
