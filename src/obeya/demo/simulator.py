"""A live plant: customers write by WhatsApp, now and then an operator holds a lot at the terminal.

Everything goes through the front doors: signed webhooks over HTTP, and the terminal page with a log-in.
What is sent comes from the plant's messages; a seed makes the order of things repeatable.
"""

from __future__ import annotations

import itertools
import random
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import structlog

from obeya.demo import graph_stub, pages, plant

CLEAR_SHARE = 0.65
"""Share of messages that say plainly what is wanted; the others each test something."""
HOLD_EVERY = 10
"""One hold for so many messages, on average."""
FIRST_HOLD_AFTER = 2
_REFERENCE = re.compile(r"(?<![\w/-])([A-Z]{2,5}(?:-|/(?:\d\d/)?))(\d{3,5})(?!\d)")
"""A customer's order number: letters, a dash or a stroke, digits ("SD/4490", "SJP/25/1005")."""
_AMOUNT = re.compile(r"(?<![\w.,/-])(\d{1,2})(?= ?(?:ctn|cartons?|rolls?|peti|khoke)\b)")
"""How many cartons or rolls: what a customer orders more of on one day than on another."""
NUMBERED_SHARE = 0.75
"""Share of orders with an order number, of customers who have none in the plant's messages; where there is
none, the desk rightly asks whether it is the same order again."""
DAY_S = 24 * 3600.0
MOST_A_DAY = 8
"""Clear orders of one customer within a day: nobody pays in this demo, and credit is not endless."""
QUIET_FACTOR = 10.0
"""So much longer are the pauses when everybody has ordered what there is to order today."""
NOTES = (
    "seen on three cartons of this hour",
    "since the last change of tool",
    "the sample of the shift was good",
)
_log = structlog.get_logger("obeya.simulator")


@dataclass(frozen=True, slots=True)
class Act:
    """What happens next: a message, or a hold where `message` is None; after so many seconds."""

    wait_s: float
    message: plant.Message | None


def script(found: plant.Plant, *, pace_s: float, chance: random.Random) -> Iterator[Act]:
    """What happens, for ever: a message every half to one and a half times `pace_s`, a hold now and then."""
    clear = _Bounded([one for one in found.messages if one.kind == "clear"], chance)
    other = _endless([one for one in found.messages if one.kind != "clear"], chance)
    until_hold = FIRST_HOLD_AFTER
    wait_s, elapsed_s = min(1.0, pace_s), 0.0
    while True:
        elapsed_s += wait_s
        message = clear.next_at(elapsed_s) if chance.random() < CLEAR_SHARE else next(other)
        yield Act(wait_s, message or next(other))
        wait_s = pace_s * chance.uniform(0.5, 1.5) * (1.0 if message else QUIET_FACTOR)
        until_hold -= 1
        if until_hold <= 0:
            yield Act(wait_s / 2, None)
            wait_s /= 2
            elapsed_s += wait_s
            until_hold = chance.randint(HOLD_EVERY // 2, HOLD_EVERY + HOLD_EVERY // 2)


def _endless(messages: list[plant.Message], chance: random.Random) -> Iterator[plant.Message]:
    while True:
        yield from chance.sample(messages, len(messages))


class _Bounded:
    """The clear messages in turn, of each customer at most `MOST_A_DAY` in a day of the script's time."""

    def __init__(self, messages: list[plant.Message], chance: random.Random) -> None:
        self._endless = _endless(messages, chance)
        self._count = len(messages)
        self._times: dict[str, list[float]] = {}

    def next_at(self, now_s: float) -> plant.Message | None:
        """The next one whose customer has not ordered enough today; None where all have."""
        for message in itertools.islice(self._endless, 2 * self._count):
            times = [at for at in self._times.get(message.customer, []) if at > now_s - DAY_S]
            if len(times) < MOST_A_DAY:
                self._times[message.customer] = [*times, now_s]
                return message
        return None


def varied(message: plant.Message, chance: random.Random) -> str:
    """The words of a message as they are sent this time: a clear order in another size, with its number."""
    text = with_fresh_reference(message.text, chance)
    if message.kind != "clear":
        return text
    if not _REFERENCE.search(text) and chance.random() < NUMBERED_SHARE:
        text = f"PO-{chance.randrange(1_000, 10_000)} {text}"
    return _AMOUNT.sub(lambda found: str(chance.randint(max(1, int(found[1]) // 3), int(found[1]))), text)


def with_fresh_reference(text: str, chance: random.Random) -> str:
    """The text with another order number in it: a customer does not give the same number twice."""

    def renumber(found: re.Match[str]) -> str:
        digits = len(found[2])
        return f"{found[1]}{chance.randrange(10 ** (digits - 1), 10**digits)}"

    return _REFERENCE.sub(renumber, text)


class Simulator:
    """Plays the script on a running Obeya at `url`; `tell` gets a line for each thing done."""

    def __init__(
        self,
        *,
        stub: graph_stub.GraphStub,
        found: plant.Plant,
        url: str,
        password: str,
        tell: Callable[[str], None],
        chance: random.Random,
    ) -> None:
        self._stub = stub
        self._plant = found
        self._url = url
        self._password = password
        self._tell = tell
        self._chance = chance
        self._names = {customer.code: customer.contact_name for customer in found.customers}

    def run(self, *, pace_s: float, stopping: threading.Event) -> None:
        """Play until `stopping` is set."""
        for act in script(self._plant, pace_s=pace_s, chance=self._chance):
            if stopping.wait(act.wait_s):
                return
            if act.message is None:
                self.hold_something()
            else:
                self.write(act.message)

    def write(self, message: plant.Message) -> bool:
        """A customer writes; whether the webhook took it."""
        digits = "".join(ch for ch in message.phone if ch.isdigit())
        name = self._names.get(message.customer, "Unknown")
        text = varied(message, self._chance)
        taken = self._stub.deliver_text(digits, name, text).accepted
        self._tell(f"{name} writes: {text}" + ("" if taken else "  (the webhook did not take it)"))
        return taken

    def hold_something(self) -> bool:
        """An operator holds a running lot at the terminal; whether the page took it."""
        order = self._chance.choice([one for one in self._plant.production_orders if one.lot])
        operator = self._chance.choice([one for one in self._plant.users if one.function == "operator"])
        visitor = pages.Visitor(self._url)
        try:
            visitor.log_in(operator.login, self._password)
            self._press_hold(visitor, order)
        except pages.CannotUsePage as error:
            _log.warning("the operator could not hold a lot", lot=order.lot, reason=str(error))
            return False
        finally:
            visitor.close()
        self._tell(f"{operator.name} holds lot {order.lot} at {order.work_unit}")
        return True

    def _press_hold(self, visitor: pages.Visitor, order: plant.ProductionOrder) -> None:
        form = visitor.form(f"/terminal?machine={order.work_unit}", having="hold_id")
        reasons = [reason for reason in form.choices.get("reason", []) if reason]
        if not reasons:
            raise pages.CannotUsePage("the terminal offers no reasons")
        visitor.send(
            form,
            machine=order.work_unit,
            lot="",
            lot_code=order.lot,
            reason=self._chance.choice(reasons),
            note=self._chance.choice(NOTES),
            extent="whole",
        )
