"""An ERP and a channel that misbehave on demand, and the small world that the outbox tests live in."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from obeya.journal import queries as journal
from obeya.journal.events import Origin
from obeya.lib import clock as clocks
from obeya.outbox import actions, channels, models, ports, rules
from obeya.people import actions as people_actions
from obeya.people import queries as people

ORIGIN = Origin.fresh(source="test", actor="user:asha")
START = datetime(2026, 2, 6, 8, 30, tzinfo=UTC)


class Killed(BaseException):
    """The process was killed at this point."""


def make_site(code: str = "PUNE") -> None:
    people_actions.create_site(
        code=code,
        name="Pune plant",
        country="IN",
        timezone="Asia/Kolkata",
        currency="INR",
        week=["mon", "tue", "wed", "thu", "fri", "sat"],
        origin=ORIGIN,
    )


def make_person(name: str, function: people.Function | None = None, **more: str) -> people.Person:
    person = people_actions.create_user(username=name, display_name=name.capitalize(), origin=ORIGIN, **more)
    if function is not None:
        people_actions.grant(user_id=person.id, site="PUNE", function=function, origin=ORIGIN)
    return person


def order(quantity: str = "2.50") -> ports.SalesOrder:
    line = ports.SalesOrderLine(
        sku="CAP-28",
        quantity=Decimal(quantity),
        uom="ctn",
        unit_price=Decimal("1200.0000"),
        base_quantity=Decimal(quantity) * 1000,
    )
    return ports.SalesOrder(
        customer="C001", currency="INR", lines=(line,), ordered_on=date(2026, 2, 6), customer_reference="PO 7"
    )


def queue(
    number: int | str = 1,
    *,
    document: str = "",
    quantity: str = "2.50",
    connector: str = "fake",
    origin: Origin = ORIGIN,
) -> models.Posting:
    posting_id = actions.queue_posting(
        key=rules.key_of(f"event-{number}", ports.CommandKind.SALES_ORDER),
        connector=connector,
        site="PUNE",
        document=document or f"order:{number}",
        subject=f"order:{number}",
        payload=order(quantity),
        origin=origin,
    )
    return models.Posting.objects.get(pk=posting_id)


def told(posting: models.Posting) -> list[str]:
    """The events about a posting, without their room."""
    return [
        event.type.removeprefix("outbox.posting_") for event in journal.list_about(f"posting:{posting.id}")
    ]


@dataclass
class Document:
    """What the fake ERP holds: one row per creation, so that a second one is seen."""

    number: str
    key: str
    payload: ports.Payload
    confirmed: bool = False

    @property
    def refs(self) -> dict[str, str]:
        return {"number": self.number, "id": self.number.removeprefix("SO-")}


@dataclass
class FakeErp:
    """An ERP that creates and then confirms. `script` says how the next requests to post go wrong.

    ok · lost_answer: done, but the answer is lost · lost_request: nothing done, nobody knows ·
    at_work: nothing yet, `catch_up` does it within the limit · half: created, then the line breaks ·
    unreachable · unreachable_half · refuse · conflict · accept: `catch_up` does it at any time ·
    killed_before / killed_flying (at work when our process dies) / killed_between / killed_after.
    """

    clock: clocks.Clock

    request_limit_s: float = 60.0
    documents: list[Document] = field(default_factory=list)
    script: deque[str] = field(default_factory=deque)
    reachable: bool = True
    commands: list[ports.Command] = field(default_factory=list)
    questions: int = 0
    at_work: list[tuple[ports.Command, datetime | None]] = field(default_factory=list)
    before_post: Callable[[], None] = lambda: None
    before_find: Callable[[], None] = lambda: None

    def post(self, command: ports.Command) -> ports.Answer:
        self.before_post()
        how = self.script.popleft() if self.script else "ok"
        if not self.reachable or how == "unreachable":
            return ports.Unknown("connection refused", step=command.step, sent=False)
        self.commands.append(command)
        nothing_done = self._do_nothing(command, how)
        return nothing_done or self._do(command, how)

    def _do_nothing(self, command: ports.Command, how: str) -> ports.Answer | None:
        """What happens before anything is created; None where something is."""
        if how in ("at_work", "killed_flying"):
            self.at_work.append((command, self.clock.now()))
        elif how == "accept":
            self.at_work.append((command, None))
            return ports.Accepted("ticket-1")
        if how in ("killed_before", "killed_flying"):
            raise Killed
        if how == "refuse":
            return ports.Rejected("credit_limit", "It will exceed the credit limit by 9720", "customer")
        return ports.Unknown("no answer for 30 s") if how in ("at_work", "lost_request") else None

    def _do(self, command: ports.Command, how: str) -> ports.Answer:
        """Create and confirm, as far as it goes."""
        document, fresh = self._create(command)
        match how:
            case "conflict":
                return ports.Conflict(document.refs, f"{document.number} has other lines")
            case "killed_between":
                raise Killed
            case "half":
                return ports.Unknown("connection reset", step="confirm", erp_refs=document.refs)
            case "unreachable_half":
                return ports.Unknown("connection refused", "confirm", document.refs, sent=False)
        fresh, document.confirmed = fresh or not document.confirmed, True
        if how == "killed_after":
            raise Killed
        if how == "lost_answer":
            return ports.Unknown("HTTP 500")
        return ports.Posted(document.refs) if fresh else ports.Replayed(document.refs)

    def _create(self, command: ports.Command) -> tuple[Document, bool]:
        """As an ERP without any means against duplicates: a post from the start always creates."""
        if command.step:
            return self.of(command.key)[0], False
        document = Document(f"SO-{len(self.documents) + 1:04d}", command.key, command.payload)
        self.documents.append(document)
        return document, True

    def find(self, key: str, payload: ports.Payload) -> ports.Found | None:
        self.before_find()
        self.questions += 1
        if not self.reachable:
            raise ports.CannotAskErp("connection refused")
        found = self.of(key)
        if not found:
            return None
        return ports.Found(found[0].refs, found[0].confirmed, "" if found[0].confirmed else "confirm")

    def of(self, key: str) -> list[Document]:
        return [document for document in self.documents if document.key == key]

    def catch_up(self) -> None:
        """Requests still at work come to their end, but for those over the limit: they came to nothing."""
        limit = timedelta(seconds=self.request_limit_s)
        for command, since in self.at_work:
            if since is None or self.clock.now() - since < limit:
                self._create(command)[0].confirmed = True
        self.at_work.clear()


@dataclass
class FakeChannel:
    """A channel that keeps what it was given; `script` says what it answers, then it sends."""

    sent: list[channels.Letter] = field(default_factory=list)
    script: deque[channels.Outcome | type[Killed]] = field(default_factory=deque)
    trouble: str = ""

    def problem(self) -> str:
        return self.trouble

    def address_of(self, person: people.Person) -> str:
        return person.email

    def send(self, letter: channels.Letter) -> channels.Outcome:
        outcome = self.script.popleft() if self.script else channels.Sent(f"id-{letter.key}")
        if outcome is Killed:
            raise Killed
        assert not isinstance(outcome, type)
        if isinstance(outcome, channels.Sent):
            self.sent.append(letter)
        return outcome
