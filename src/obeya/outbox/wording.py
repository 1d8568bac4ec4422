"""The outbox's states in people's words: pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from obeya.outbox import answers, ports, rules

KINDS: Mapping[str, str] = {
    ports.CommandKind.SALES_ORDER.value: "Sales order",
    ports.CommandKind.PRODUCTION_CONFIRMATION.value: "Production confirmation",
    ports.CommandKind.GOODS_MOVEMENT.value: "Goods movement",
    ports.CommandKind.LOT_STATUS.value: "Lot status",
    ports.CommandKind.DELIVERY.value: "Delivery",
    ports.CommandKind.REVERSE.value: "Reversal",
}


@dataclass(frozen=True, slots=True)
class Said:
    """A state in one sentence, what a person may do about it, and how loud it is."""

    text: str
    what_to_do: str
    tone: answers.Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What the words about a posting are made of."""

    state: rules.State
    erp: str
    registered: bool
    attempts: int
    failures: int
    error: str
    number: str
    next_at: datetime
    unknown_since: datetime | None
    paused_until: datetime | None
    pause_error: str
    behind: bool
    """An earlier posting of the same document is not finished."""


def clock_text(moment: datetime, tz: tzinfo) -> str:
    """The time of day on the site's clock."""
    return moment.astimezone(tz).strftime("%H:%M:%S")


def _sentence(text: str) -> str:
    stripped = text.strip()
    return stripped if not stripped or stripped[-1] in ".!?" else f"{stripped}."


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def of_posting(posting: Posting, tz: tzinfo) -> Said:
    """How a posting is, in one or two sentences."""
    match posting.state:
        case rules.State.WAITING:
            return _waiting(posting, tz)
        case rules.State.SENDING:
            return Said(f"Being sent to {posting.erp} at this moment.", "", "info")
        case rules.State.UNKNOWN:
            return _unknown(posting, tz)
        case rules.State.ACCEPTED:
            text = f"{posting.erp} accepted it and is still working on it. {_sentence(posting.error)}"
            return Said(text.strip(), "", "warn" if posting.error else "info")
        case rules.State.POSTED:
            number = f" as {posting.number}" if posting.number else ""
            return Said(f"In {posting.erp}{number}.", "", "good")
        case rules.State.REJECTED:
            advice = "Put right what it objects to and try again, or give the posting up."
            return Said(f"{posting.erp} refused it: {_sentence(posting.error)}", advice, "bad")
        case rules.State.CONFLICT:
            advice = f"Compare it with {posting.erp}, then try again or give the posting up."
            text = f"{posting.erp} has something else in its place: {_sentence(posting.error)}"
            return Said(text, advice, "bad")
        case rules.State.CANCELLED:
            return Said(f"Given up: {_sentence(posting.error)}", "", "plain")


def _waiting(posting: Posting, tz: tzinfo) -> Said:
    erp = posting.erp
    if not posting.registered:
        return Said(
            f"Waits: {erp} is not set up.",
            "IT sets the connector up; the posting then leaves by itself.",
            "warn",
        )
    if posting.behind:
        return Said("Waits for an earlier posting of the same document.", "", "info")
    if posting.paused_until is not None and posting.failures == 0:
        reason = f" ({posting.pause_error.strip().rstrip('.')})" if posting.pause_error else ""
        again = clock_text(max(posting.paused_until, posting.next_at), tz)
        return Said(f"Waits: {erp} does not answer{reason}; next try {again}.", _NOTHING, "warn")
    if posting.failures:
        again = clock_text(max(posting.next_at, posting.paused_until or posting.next_at), tz)
        reason = f" ({posting.error.strip().rstrip('.')})" if posting.error else ""
        tried = _times(posting.failures)
        return Said(f"{erp} does not answer{reason}; tried {tried}, next try {again}.", _NOTHING, "warn")
    return Said(f"Waits to be sent to {erp}.", "", "info")


_NOTHING = "Nothing has to be done: it is sent by itself when the ERP answers again."


def _unknown(posting: Posting, tz: tzinfo) -> Said:
    since = f" since {clock_text(posting.unknown_since, tz)}" if posting.unknown_since else ""
    text = (
        f"{posting.erp} has not said{since} whether it has it"
        f"{f' ({posting.error.strip().rstrip(chr(46))})' if posting.error else ''};"
        f" asked {_times(posting.failures) if posting.failures else 'not yet'},"
        f" next question {clock_text(max(posting.next_at, posting.paused_until or posting.next_at), tz)}."
    )
    advice = "Nothing has to be done: it is sent again only when the ERP surely does not have it."
    return Said(text, advice, "warn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What the words about a message are made of."""

    state: rules.MessageState
    channel: str
    error: str
    attempts: int
    next_at: datetime


def of_message(message: Message, tz: tzinfo) -> Said:
    """How a message is, in one or two sentences."""
    error = _sentence(message.error)
    match message.state:
        case rules.MessageState.QUEUED if message.attempts:
            again = clock_text(message.next_at, tz)
            reason = error or f"{message.channel} does not take it."
            return Said(f"{reason} Tried {_times(message.attempts)}, next try {again}.", "", "warn")
        case rules.MessageState.HELD:
            advice = "IT sets the channel up; the message then leaves by itself."
            return Said(f"Held: {error}", advice, "warn")
        case rules.MessageState.UNKNOWN:
            advice = "Ask the recipient, or send it again; a second copy is possible."
            return Said(f"Nobody knows whether it arrived: {error}", advice, "bad")
        case rules.MessageState.FAILED:
            return Said(
                f"Not delivered: {error}", "Reach the recipient another way, or send it again.", "bad"
            )
        case state:
            text, tone = _SAID[state]
            return Said(text, "", tone)


_SAID: Mapping[rules.MessageState, tuple[str, answers.Tone]] = {
    rules.MessageState.QUEUED: ("Waits to be sent.", "info"),
    rules.MessageState.SENDING: ("Being sent at this moment.", "info"),
    rules.MessageState.FORWARDED: ("Passed on to each person on duty.", "plain"),
    rules.MessageState.SENT: ("Sent.", "good"),
    rules.MessageState.DELIVERED: ("Delivered.", "good"),
    rules.MessageState.READ: ("Read.", "good"),
}
