"""How a posting moves on, how an ERP is left alone for a while, how a message ends: pure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from obeya.lib import canonical
from obeya.outbox import ports


class State(StrEnum):
    """Where a posting stands."""

    WAITING = "waiting"
    """Nothing is on its way: it can be sent."""
    SENDING = "sending"
    """A request may be on its way at this moment."""
    UNKNOWN = "unknown"
    """A request left and its answer never came: the ERP must be asked."""
    ACCEPTED = "accepted"
    """The ERP took it and will carry it out by itself."""
    REJECTED = "rejected"
    CONFLICT = "conflict"
    POSTED = "posted"
    CANCELLED = "cancelled"


MOVING = (State.WAITING, State.SENDING, State.UNKNOWN, State.ACCEPTED)
"""The outbox itself brings these on."""
STOPPED = (State.REJECTED, State.CONFLICT)
"""A person decides about these."""
FINISHED = (State.POSTED, State.CANCELLED)
"""All other states hold up the later postings of the same document."""

LONGEST_PAUSE_S = 15
LONGEST_WAIT_S = 30
ACCEPTED_TOO_LONG = 6
"""So many questions without a document, and an ERP that accepted a posting counts as late (about 90 s)."""


class Move(StrEnum):
    """What to do with a posting that is due."""

    SEND = "send"
    ASK = "ask"


class Told(StrEnum):
    """Which event a change tells."""

    POSTED = "posted"
    REJECTED = "rejected"
    CONFLICT = "conflict"
    DELAYED = "delayed"


def key_of(event_id: uuid.UUID | str, kind: ports.CommandKind | str, part: str = "") -> str:
    """The key of the posting that an event leads to: 64 hexadecimal digits, the same for ever.

    `part` tells several postings of one kind from one event apart.
    """
    return canonical.digest([str(event_id), str(kind), part])


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All of a posting that decides what happens next.

    `failures` counts requests in a row that brought nothing; `unknown_since` is the moment from which
    surely no request of ours left any more.
    """

    state: State
    step: str = ""
    erp_refs: Mapping[str, str] = field(default_factory=dict)
    failures: int = 0
    unknown_since: datetime | None = None
    delayed: bool = False
    ask_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What becomes of a posting. `answer` is the attempt's outcome in one word."""

    state: State
    answer: str
    step: str
    erp_refs: Mapping[str, str]
    next_at: datetime
    failures: int = 0
    unknown_since: datetime | None = None
    error: str = ""
    code: str = ""
    wrong_field: str = ""
    told: Told | None = None


def next_move(standing: Standing) -> Move:
    """Send only what surely is not on its way, and after a refusal ask the ERP first."""
    if standing.state is State.WAITING and not standing.ask_first:
        return Move.SEND
    return Move.ASK


def wait_s(failures: int, longest_s: int = LONGEST_WAIT_S) -> int:
    """Seconds until the next try: 2, 4, 8, ... up to `longest_s`."""
    return int(min(2 ** max(1, min(failures, 16)), longest_s))


def _later(now: datetime, failures: int, longest_s: int = LONGEST_WAIT_S) -> datetime:
    return now + timedelta(seconds=wait_s(failures, longest_s))


def after_answer(standing: Standing, answer: ports.Answer, now: datetime) -> Change:
    """What an answer to a sent posting makes of it."""
    refs = dict(standing.erp_refs)
    if isinstance(answer, ports.Unknown):
        return _after_silence(standing, answer, now)
    if isinstance(answer, ports.Accepted):
        refs |= {"ticket": answer.ticket}
        state, name, told = State.ACCEPTED, "accepted", None
    elif isinstance(answer, ports.Rejected):
        return _after_refusal(standing, answer, now)
    else:
        refs |= answer.erp_refs
        state, name, told = _ENDS[type(answer)]
    error = answer.text if isinstance(answer, ports.Conflict) else ""
    due = _later(now, 1) if state is State.ACCEPTED else now
    return Change(
        state=state, answer=name, step=standing.step, erp_refs=refs, next_at=due, error=error, told=told
    )


_ENDS: Mapping[type, tuple[State, str, Told]] = {
    ports.Posted: (State.POSTED, "posted", Told.POSTED),
    ports.Replayed: (State.POSTED, "replayed", Told.POSTED),
    ports.Conflict: (State.CONFLICT, "conflict", Told.CONFLICT),
}


def _after_refusal(standing: Standing, answer: ports.Rejected, now: datetime) -> Change:
    return Change(
        state=State.REJECTED,
        answer="rejected",
        step=answer.step or standing.step,
        erp_refs={**standing.erp_refs, **answer.erp_refs},
        next_at=now,
        error=answer.text,
        code=answer.code,
        wrong_field=answer.field,
        told=Told.REJECTED,
    )


def _after_silence(standing: Standing, answer: ports.Unknown, now: datetime) -> Change:
    failures = standing.failures + 1
    return Change(
        state=State.UNKNOWN if answer.sent else State.WAITING,
        answer="unknown" if answer.sent else "not_sent",
        step=answer.step or standing.step,
        erp_refs={**standing.erp_refs, **answer.erp_refs},
        next_at=_later(now, 1) if answer.sent else _later(now, failures, LONGEST_PAUSE_S),
        failures=0 if answer.sent else failures,
        unknown_since=now if answer.sent else None,
        error=answer.text,
        told=_delay(standing),
    )


def _delay(standing: Standing) -> Told | None:
    return None if standing.delayed else Told.DELAYED


def after_death(standing: Standing, now: datetime) -> Change:
    """A posting found as `sending` by a new writer: the old one died, perhaps with a request under way."""
    return Change(
        state=State.UNKNOWN,
        answer="died",
        step=standing.step,
        erp_refs=standing.erp_refs,
        next_at=now,
        unknown_since=now,
        error="Obeya stopped before the answer came.",
    )


def over_at(standing: Standing, request_limit_s: float) -> datetime | None:
    """From when on no earlier request can still be at work in the ERP; None where none was under way."""
    if standing.unknown_since is None:
        return None
    return standing.unknown_since + timedelta(seconds=request_limit_s)


def after_found(
    standing: Standing, found: ports.Found | None, now: datetime, request_limit_s: float
) -> Change:
    """What the ERP's word about a key makes of a posting.

    Complete: posted. Incomplete: go on from its step. Nothing there: send, but only where no earlier
    request can still be at work; otherwise ask again later.
    """
    if found is None:
        return _after_nothing_found(standing, now, request_limit_s)
    refs = {**standing.erp_refs, **found.erp_refs}
    if found.complete:
        return Change(
            state=State.POSTED,
            answer="found",
            step=found.step,
            erp_refs=refs,
            next_at=now,
            told=Told.POSTED,
        )
    return Change(state=State.WAITING, answer="incomplete", step=found.step, erp_refs=refs, next_at=now)


def _after_nothing_found(standing: Standing, now: datetime, request_limit_s: float) -> Change:
    failures = standing.failures + 1
    if standing.state is State.ACCEPTED:
        late = failures >= ACCEPTED_TOO_LONG
        return Change(
            state=State.ACCEPTED,
            answer="not_yet",
            step=standing.step,
            erp_refs=standing.erp_refs,
            next_at=_later(now, failures),
            failures=failures,
            error="The ERP accepted it but has not made the document yet." if late else "",
            told=_delay(standing) if late else None,
        )
    over = over_at(standing, request_limit_s)
    if over is None or now >= over:
        return _after_surely_nothing(standing, now)
    return Change(
        state=State.UNKNOWN,
        answer="not_there_yet",
        step=standing.step,
        erp_refs=standing.erp_refs,
        next_at=min(_later(now, failures), over),
        failures=failures,
        unknown_since=standing.unknown_since,
        error="The ERP does not have it so far, but the request that was not answered may still be at work",
        told=_delay(standing),
    )


def _after_surely_nothing(standing: Standing, now: datetime) -> Change:
    """Send it again, from the start; but a document that was seen and is gone is for a person to judge."""
    known = standing.erp_refs.get("number") or standing.erp_refs.get("id")
    if standing.unknown_since is None or not known:
        return Change(state=State.WAITING, answer="not_there", step="", erp_refs={}, next_at=now)
    return Change(
        state=State.CONFLICT,
        answer="gone",
        step=standing.step,
        erp_refs=standing.erp_refs,
        next_at=now,
        error=f"The ERP had it as {known} and does not have it any more: somebody may have removed it there.",
        told=Told.CONFLICT,
    )


def after_no_word(standing: Standing, text: str, now: datetime) -> Change:
    """The ERP could not be asked: nothing changes but the time of the next question."""
    failures = standing.failures + 1
    return Change(
        state=standing.state,
        answer="cannot_ask",
        step=standing.step,
        erp_refs=standing.erp_refs,
        next_at=_later(now, failures),
        failures=failures,
        unknown_since=standing.unknown_since,
        error=text,
        told=_delay(standing),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """The line to one ERP: how many requests in a row were not answered, and until when it is left alone."""

    silent: int = 0
    paused_until: datetime | None = None


def line_after(line: Line, answer: str, now: datetime) -> Line:
    """An ERP that cannot be reached, or that twice in a row did not answer, is left alone for a while."""
    if answer not in ("unknown", "not_sent", "cannot_ask"):
        return Line()
    silent = line.silent + 1
    if answer == "unknown" and silent < 2:
        return Line(silent)
    return Line(silent, _later(now, silent, LONGEST_PAUSE_S))


class MessageState(StrEnum):
    """Where a message to a person stands."""

    QUEUED = "queued"
    SENDING = "sending"
    HELD = "held"
    """The channel is not set up; sent as soon as it is."""
    UNKNOWN = "unknown"
    """It was handed over and the answer never came: not sent again by itself."""
    FORWARDED = "forwarded"
    """Addressed to a function: passed on to each person on duty."""
    FAILED = "failed"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"


GIVE_UP_AFTER = timedelta(hours=24)
ANSWER_LIMIT = timedelta(seconds=120)
"""A message that has been `sending` for longer has lost its sender."""
LONGEST_MESSAGE_WAIT_S = 600
_RANK = {MessageState.SENT: 1, MessageState.DELIVERED: 2, MessageState.READ: 3}
_STATUS = {
    "sent": MessageState.SENT,
    "delivered": MessageState.DELIVERED,
    "read": MessageState.READ,
    "played": MessageState.READ,
    "failed": MessageState.FAILED,
}


def after_status(state: MessageState, status: str) -> MessageState:
    """The state after a receipt, whatever the order in which receipts come; unknown words change nothing.

    A failure does not undo a delivery, and a delivery proves a reported failure wrong.
    """
    told = _STATUS.get(status)
    if told is None or state is MessageState.FORWARDED:
        return state
    if told is MessageState.FAILED:
        return state if state in (MessageState.DELIVERED, MessageState.READ) else told
    if state is MessageState.FAILED and told is MessageState.SENT:
        return state
    return told if _RANK[told] > _RANK.get(state, 0) else state


def message_retry_at(attempts: int, retry_after_s: float | None, now: datetime) -> datetime:
    """When to try a message again after a failure that passes: 4, 8, 16 ... 600 s, or as the channel asks."""
    own = wait_s(attempts + 1, LONGEST_MESSAGE_WAIT_S)
    return now + timedelta(seconds=max(float(own), retry_after_s or 0.0))
