"""The only writers of decision requests: ask, take, hand on, answer, withdraw, and what came of it."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from obeya.decisions import events, models, queries, rules
from obeya.journal import actions as journal
from obeya.journal.events import Event, Origin
from obeya.lib import canonical, clock, ids, live
from obeya.people import rules as people


class CannotAnswer(Exception):
    """The request is closed, asked of somebody else, or the answer is incomplete."""


class CannotAsk(ValueError):
    """A request needs options, a window and a ladder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A question to one function; the same key asks once.

    `raised_by` is the person whose doing is to be judged: that person may not answer.
    """

    key: str
    site: str
    kind: str
    subject: str
    function: str
    title: str
    question: str
    options: Sequence[rules.Option]
    window_s: int
    origin: Origin
    context: Mapping[str, canonical.Json] = field(default_factory=dict)
    ladder: rules.Ladder | None = None
    severity: int = 3
    raised_by: int | None = None


def open_request(**ask: Any) -> queries.Request:
    """Ask a function a question: the fields of `Ask` by name. Raises CannotAsk."""
    return open_requests([Ask(**ask)])[0]


def open_requests(asks: Sequence[Ask]) -> list[queries.Request]:
    """Ask several functions at once, in a constant number of statements. Raises CannotAsk."""
    now = clock.now()
    rows = [_row(ask, now) for ask in asks]
    with transaction.atomic():
        models.RequestRow.objects.bulk_create(rows, ignore_conflicts=True)
        stored = queries.ids_by_key([row.key for row in rows])
        fresh = [(row, ask) for row, ask in zip(rows, asks, strict=True) if stored[row.key] == row.id]
        if fresh:
            journal.append(*(_opened(row, ask.origin) for row, ask in fresh))
            live.publish(*(f"requests:{row.id}:{row.site_id}" for row, _ in fresh))
    opened = {row.id for row, _ in fresh}
    return [
        queries.as_opened(row) if row.id in opened else queries.get_request(stored[row.key]) for row in rows
    ]


def _opened(row: models.RequestRow, origin: Origin) -> journal.Draft:
    told = events.RequestOpened(row.id, row.kind, row.function, row.question, row.due_at)
    return journal.Draft(payload=told, site=row.site_id, subject=row.subject, origin=origin)


def _row(ask: Ask, now: datetime) -> models.RequestRow:
    ladder = ask.ladder or rules.default_ladder(ask.function, window_s=ask.window_s)
    _check_ask(ask.options, ask.window_s, ladder)
    return models.RequestRow(
        id=ids.new_id(),
        key=ask.key,
        site_id=ask.site,
        kind=ask.kind,
        subject=ask.subject,
        function=ask.function,
        asked=[ask.function],
        title=ask.title,
        question=ask.question,
        severity=ask.severity,
        context=dict(ask.context),
        options=[dataclasses.asdict(option) for option in ask.options],
        ladder=dataclasses.asdict(ladder),
        raised_by_id=ask.raised_by,
        **_schedule(ladder, ask.window_s, now),
        **dataclasses.asdict(ask.origin),
    )


def _check_ask(options: Sequence[rules.Option], window_s: int, ladder: rules.Ladder) -> None:
    try:
        rules.check_ladder(ladder)
    except rules.BadLadder as error:
        raise CannotAsk(str(error)) from error
    if not options or window_s < 1:
        raise CannotAsk(CannotAsk.__doc__)


def _schedule(ladder: rules.Ladder, window_s: int, now: datetime) -> dict[str, Any]:
    """The moments of a request opened now; rungs that lie before now count as climbed."""
    due_at = now + timedelta(seconds=window_s)
    number, next_at = rules.first_moment(ladder, now, due_at)
    return {
        "opened_at": now,
        "due_at": due_at,
        "next_at": next_at,
        "escalations": number - 1,
        "skipped": number - 1,
    }


def _tell(row: models.RequestRow, payload: object, origin: Origin) -> Event:
    (event,) = journal.append(
        journal.Draft(payload=payload, site=row.site_id, subject=row.subject, origin=origin)
    )
    live.publish(f"requests:{row.id}:{row.site_id}")
    return event


def _locked(request_id: uuid.UUID) -> models.RequestRow:
    row = models.RequestRow.objects.select_for_update().filter(pk=request_id).first()
    if row is None:
        raise queries.NoSuchRequest(str(request_id))
    return row


def _require_open(row: models.RequestRow) -> None:
    if row.state == "decided":
        raise CannotAnswer("Somebody has decided this already; the page shows the answer.")
    if row.state == "withdrawn":
        raise CannotAnswer("This question was withdrawn; nothing is asked any more.")


def _require_asked(row: models.RequestRow, access: people.Access) -> int:
    held = [str(function) for function in access.functions(row.site_id)]
    if access.user_id is None or not rules.may_answer(
        user=access.user_id, held=held, asked=row.asked, delegated_to=row.delegated_to_id
    ):
        raise CannotAnswer("This question is asked of another function.")
    return access.user_id


def claim(*, request_id: uuid.UUID, access: people.Access, origin: Origin) -> None:
    """Take the request in hand, so that others see who works on it. Raises CannotAnswer."""
    with transaction.atomic():
        row = _locked(request_id)
        _require_open(row)
        user = _require_asked(row, access)
        if row.claimed_by_id not in (None, user):
            raise CannotAnswer("Somebody else has this in hand; you can still decide it.")
        row.claimed_by_id, row.claimed_at = user, clock.now()
        row.save(update_fields=["claimed_by", "claimed_at"])
        _tell(row, events.RequestClaimed(row.id, user), _origin(row, origin))


def release(*, request_id: uuid.UUID, access: people.Access, origin: Origin) -> None:
    """Put the request back for everybody asked. Raises CannotAnswer."""
    with transaction.atomic():
        row = _locked(request_id)
        _require_open(row)
        user = _require_asked(row, access)
        if row.claimed_by_id != user:
            raise CannotAnswer("It is not in your hand.")
        row.claimed_by_id, row.claimed_at = None, None
        row.save(update_fields=["claimed_by", "claimed_at"])
        _tell(row, events.RequestReleased(row.id), _origin(row, origin))


def delegate(
    *,
    request_id: uuid.UUID,
    access: people.Access,
    to: int,
    to_access: people.Access,
    note: str,
    origin: Origin,
) -> None:
    """Hand the request to another person of the site; the clock runs on. Raises CannotAnswer."""
    with transaction.atomic():
        row = _locked(request_id)
        _require_open(row)
        user = _require_asked(row, access)
        if to == user:
            raise CannotAnswer("Choose somebody else to hand it to.")
        if row.site_id not in to_access.sites:
            raise CannotAnswer("That person does not work at this site.")
        if to == row.raised_by_id:
            raise CannotAnswer("Nobody may decide what they asked for themselves.")
        row.delegated_to_id, row.delegated_by_id, row.delegation_note = to, user, note.strip()[:2000]
        row.claimed_by_id, row.claimed_at = None, None
        row.save(
            update_fields=["delegated_to", "delegated_by", "delegation_note", "claimed_by", "claimed_at"]
        )
        _tell(row, events.RequestDelegated(row.id, to, row.delegation_note), _origin(row, origin))


def decide(
    *,
    request_id: uuid.UUID,
    access: people.Access,
    option: str,
    rationale: str,
    origin: Origin,
    constraints: Sequence[str] = (),
    values: Mapping[str, canonical.Json] | None = None,
) -> Event:
    """Answer: the option, the reason, the constraints it was taken under. Raises CannotAnswer.

    One answer counts: a second one finds the request closed. The owner of the subject hears
    `decisions.request_decided` and acts.
    """
    with transaction.atomic():
        row = _locked(request_id)
        _require_open(row)
        user = _require_asked(row, access)
        if user == row.raised_by_id:
            raise CannotAnswer("Nobody may decide what they asked for themselves.")
        try:
            chosen = rules.check_answer([rules.Option(**stored) for stored in row.options], option, rationale)
        except rules.BadAnswer as error:
            raise CannotAnswer(str(error)) from error
        now = clock.now()
        _close(row, "decided", now)
        told = events.RequestDecided(row.id, row.kind, row.function, chosen.code, rationale.strip()[:8000])
        event = _tell(row, told, _origin(row, origin))
        models.DecisionRow.objects.create(
            request=row,
            option=chosen.code,
            rationale=rationale.strip()[:8000],
            constraints_named=[text.strip()[:500] for text in constraints if text.strip()][:20],
            values=dict(values or {}),
            decided_by_id=user,
            decided_at=now,
            event=event.id,
        )
    return event


def _close(row: models.RequestRow, state: str, now: datetime) -> None:
    row.state, row.closed_at, row.next_at = state, now, None
    row.save(update_fields=["state", "closed_at", "next_at"])


def _origin(row: models.RequestRow, origin: Origin) -> Origin:
    return queries.origin_of(row, source=origin.source, actor=origin.actor)


def withdraw(*, request_id: uuid.UUID, reason: str, origin: Origin) -> bool:
    """Stop asking; True where it was still open. What was decided stays decided."""
    with transaction.atomic():
        row = _locked(request_id)
        if row.state != "open":
            return False
        _close(row, "withdrawn", clock.now())
        _tell(row, events.RequestWithdrawn(row.id, reason), _origin(row, origin))
    return True


def record_outcome(
    *, request_id: uuid.UUID, access: people.Access, worked: bool | None, text: str, origin: Origin
) -> None:
    """Tell what became of a decision: it worked, did not, or in part (None); the latest word counts.

    Raises CannotAnswer where there is no decision, no right, or no word on what went wrong.
    """
    if worked is not True and not text.strip():
        raise CannotAnswer("Say in a sentence what did not work.")
    with transaction.atomic():
        row = _locked(request_id)
        if row.state != "decided":
            raise CannotAnswer("There is no decision yet.")
        user = _require_asked(row, access)
        models.OutcomeRow.objects.create(
            decision=row.decision,
            worked=worked,
            text=text.strip()[:8000],
            recorded_by_id=user,
            recorded_at=clock.now(),
        )
        _tell(row, events.OutcomeRecorded(row.id, worked, text.strip()[:8000]), _origin(row, origin))
