"""A second reader of a message, asked outside the transaction: it proposes lines, and each is verified.

A proposal counts only where every word of it stands in the message, and where our own reader, given those
words alone, finds one item of the catalogue with quantity and unit and doubts nothing.
"""

from __future__ import annotations

import re
import threading
import uuid
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol

from obeya.inbox import interpreters
from obeya.inbox import queries as inbox
from obeya.orders import drafting
from obeya.orders.reading import reader, types

MOST_TEXT = 4_000
"""Characters of a message that are given away; a longer one is read by our reader alone."""
MOST_KEPT = 200
FAILURES: Mapping[str, str] = {
    "late": "took too long",
    "unreachable": "could not be reached",
    "refused": "refused the key",
    "error": "answered with an error",
    "endless": "answered without end",
    "nonsense": "gave no usable answer",
    "invented": "named words that the message does not have",
    "unknown": "named nothing that the catalogue surely has",
    "paused": "was not asked: too many messages at once, or it failed just before",
}
"""Why an answer counts for nothing."""


class CannotPropose(Exception):
    """The second reader gave nothing that can be used; `code` is one of FAILURES."""

    def __init__(self, code: str) -> None:
        super().__init__(FAILURES[code])
        self.code = code


@dataclass(frozen=True, slots=True)
class Said:
    """One line as the second reader says it: pieces of the message, word for word; no unit is ""."""

    item: str
    quantity: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """All lines, and the words for the day of delivery ("" for none)."""

    lines: tuple[Said, ...]
    date: str = ""


class Proposer(Protocol):
    """Reads a message a second time, somewhere else."""

    @property
    def host(self) -> str:
        """Where messages go, for people."""
        ...

    def serves(self, site: str) -> bool:
        """Whether messages of this site may be given to it."""
        ...

    def propose(self, text: str) -> Answer:
        """What the message orders. Raises CannotPropose."""
        ...


@dataclass(frozen=True, slots=True)
class Proposal:
    """A line that was verified: where its item stands in the text, and what it means."""

    start: int
    end: int
    sku: str
    qty: Decimal
    uom: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the second reader said of one message. `failure` is one of FAILURES, "" for a usable answer.

    `left_out` counts lines that name nothing the catalogue surely has.
    """

    proposals: tuple[Proposal, ...] = ()
    requested_on: date | None = None
    left_out: int = 0
    failure: str = ""


@dataclass(slots=True)
class _Standing:
    proposer: Proposer | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    opinions: OrderedDict[uuid.UUID, Opinion] = field(default_factory=OrderedDict)


_standing = _Standing()


def register(proposer: Proposer | None) -> None:
    """Have messages read a second time by `proposer`, or by nobody."""
    _standing.proposer = proposer
    with _standing.lock:
        _standing.opinions.clear()


def find_proposer(site: str) -> Proposer | None:
    """Who reads this site's messages a second time, if anybody does."""
    proposer = _standing.proposer
    return proposer if proposer is not None and proposer.serves(site) else None


def opinion_of(signal: inbox.Signal, arrived: drafting.Arrived) -> Opinion | None:
    """What the second reader says of a message; None where it is not asked about such a message.

    Raises interpreters.SomethingFirst where it is still to be asked: that takes seconds.
    """
    proposer = find_proposer(signal.site)
    if proposer is None or arrived.attachments or not 0 < len(arrived.text.strip()) <= MOST_TEXT:
        return None
    with _standing.lock:
        known = _standing.opinions.get(signal.id)
    if known is not None:
        return known
    ahead = drafting.read_ahead(signal, arrived)
    if ahead is None or not _is_comparable(ahead[1]):
        return None
    raise interpreters.SomethingFirst(lambda: _keep(signal.id, ask(proposer, ahead[0], signal, arrived)))


def _is_comparable(reading: types.Reading) -> bool:
    """Only an order whose lines all stand in the message's own words can be read a second time."""
    own = all(line.source in ("text", "unread") for line in reading.lines)
    return reading.intent == "order" and bool(reading.lines) and own


def _keep(signal_id: uuid.UUID, opinion: Opinion) -> None:
    with _standing.lock:
        _standing.opinions[signal_id] = opinion
        while len(_standing.opinions) > MOST_KEPT:
            _standing.opinions.popitem(last=False)


def ask(proposer: Proposer, own: reader.Reader, signal: inbox.Signal, arrived: drafting.Arrived) -> Opinion:
    """Ask the second reader and verify every word of its answer; a failure is an opinion too."""
    try:
        answer = proposer.propose(arrived.text)
        places = located(arrived.text, answer)
    except CannotPropose as error:
        return Opinion(failure=error.code)
    customer = drafting.customer_code(signal.site, arrived)
    sent = types.Message(str(signal.id), arrived.channel, customer, arrived.sent_at, "")
    found = [_read(own, sent, said, place) for said, place in zip(answer.lines, places, strict=True)]
    proposals = tuple(one for one in found if one is not None)
    if not proposals:
        return Opinion(failure="unknown")
    day = _day(own, sent, answer) if answer.date else None
    return Opinion(proposals, day, len(found) - len(proposals))


def _read(own: reader.Reader, sent: types.Message, said: Said, place: tuple[int, int]) -> Proposal | None:
    """The line through our own reader, by the same matching and the same gates."""
    reading = own.read(_with_text(sent, _words(said)))
    if len(reading.lines) != 1:
        return None
    (line,) = reading.lines
    if line.sku is None or line.qty is None or line.uom is None or line.doubts:
        return None
    return Proposal(*place, line.sku, line.qty, line.uom)


def _day(own: reader.Reader, sent: types.Message, answer: Answer) -> date | None:
    return own.read(_with_text(sent, f"{_words(answer.lines[0])}\n{answer.date}")).requested_date


def _words(said: Said) -> str:
    return " ".join(part for part in (said.quantity, said.unit, said.item) if part)


def _with_text(sent: types.Message, text: str) -> types.Message:
    return types.Message(sent.id, sent.channel, sent.customer, sent.sent_at, text)


def located(text: str, answer: Answer) -> list[tuple[int, int]]:
    """Where each line's item stands. Raises CannotPropose where a word is not in the text, or used twice.

    A number must stand there whole: the 2 of "28 mm" is no quantity. A unit may serve several lines.
    """
    if not answer.lines:
        raise CannotPropose("nonsense")
    items: list[tuple[int, int]] = []
    used: list[tuple[int, int]] = []
    for said in answer.lines:
        items.append(_nearest(text, said.item, items, None))
        used.append(_nearest(text, said.quantity, [*used, items[-1]], items[-1]))
        if said.unit:
            _nearest(text, said.unit, [], items[-1])
    if answer.date:
        _nearest(text, answer.date, [], None)
    return items


def _nearest(
    text: str, words: str, taken: list[tuple[int, int]], near: tuple[int, int] | None
) -> tuple[int, int]:
    """The place of these very words, free and nearest to `near` (else the first). Raises CannotPropose."""
    free = [place for place in _places(text, words) if all(place[1] <= a or b <= place[0] for a, b in taken)]
    if not free:
        raise CannotPropose("invented")
    if near is None:
        return free[0]
    middle = near
    return min(free, key=lambda place: max(place[0] - middle[1], middle[0] - place[1]))


def _places(text: str, words: str) -> list[tuple[int, int]]:
    words = words.strip()
    if not words:
        return []
    before = r"(?<!\d)(?<!\d[.,])" if words[0].isdigit() else r"(?<![^\W\d_])"
    after = r"(?!\d|[.,]\d)" if words[-1].isdigit() else r"(?![^\W\d_])"
    return [found.span() for found in re.finditer(before + re.escape(words) + after, text)]
