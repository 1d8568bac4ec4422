"""A live plant: customers write by WhatsApp, now and then an operator holds a lot at the terminal.

Everything goes through the front doors: signed webhooks over HTTP, and the terminal page with a log-in.
What is sent comes from the plant's messages; a seed makes the order of things repeatable.
"""

from __future__ import annotations

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
    clear = _endless([one for one in found.messages if one.kind == "clear"], chance)
    other = _endless([one for one in found.messages if one.kind != "clear"], chance)
    until_hold = FIRST_HOLD_AFTER
    wait_s = min(1.0, pace_s)
    while True:
        yield Act(wait_s, next(clear if chance.random() < CLEAR_SHARE else other))
        wait_s = pace_s * chance.uniform(0.5, 1.5)
        until_hold -= 1
        if until_hold <= 0:
            yield Act(wait_s / 2, None)
            wait_s /= 2
            until_hold = chance.randint(HOLD_EVERY // 2, HOLD_EVERY + HOLD_EVERY // 2)


def _endless(messages: list[plant.Message], chance: random.Random) -> Iterator[plant.Message]:
    while True:
        yield from chance.sample(messages, len(messages))


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
        text = with_fresh_reference(message.text, self._chance)
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
