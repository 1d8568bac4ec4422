"""Documents that are posted by pressing one button after the other, each from its own state.

The state the ERP shows is the cursor: whatever happened to the answer of an earlier request, reading the
document says which button comes next, and a button pressed twice is refused by the ERP's own workflow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from obeya.integrations.tryton import client, stamps, wire
from obeya.outbox import ports

FIELDS = ("number", "state", "reference")
CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of document: the field that carries the stamp, the button for each state, where it ends."""

    model: str
    stamp_field: str
    buttons: Mapping[str, str]
    done: Sequence[str]
    fields: Sequence[str] = FIELDS


class Stuck(Exception):
    """A button was pressed and the document stayed where it was; `record` is how it stands now."""

    def __init__(self, record: wire.Record, button: str) -> None:
        super().__init__(button)
        self.record, self.button = record, button


class TwoOfThem(Exception):
    """The ERP holds two live documents under one key."""

    def __init__(self, records: Sequence[wire.Record]) -> None:
        super().__init__("the ERP holds two documents under one key")
        self.records = records


def find(erp: client.Client, kind: Kind, key: str) -> wire.Record | None:
    """The document under a key; a cancelled one only where there is no live one.

    Raises TwoOfThem, and what the client raises.
    """
    found = erp.page(kind.model, [[kind.stamp_field, "like", stamps.pattern(key)]], kind.fields)
    live = [record for record in found if record["state"] != CANCELLED]
    if len(live) > 1:
        raise TwoOfThem(live)
    return next(iter(live or found), None)


def steps(
    erp: client.Client, kind: Kind, record: wire.Record, prepare: Callable[[wire.Record], None]
) -> Iterator[wire.Record]:
    """Press the buttons that are left; the document as it is after each (at first as it was given).

    `prepare` gets the document before each press, to write what the ERP takes only in that state.
    Raises Stuck, Refused where no button leads on, and what else the client raises.
    """
    yield record
    while record["state"] not in kind.done:
        button = kind.buttons.get(record["state"])
        if button is None:
            raise client.Refused(
                f"{name(record)} is {record['state']} in the ERP: nothing can be posted to it any more",
                code="wrong_state",
            )
        prepare(record)
        after = _press(erp, kind, record, button)
        if after["state"] == record["state"]:
            raise Stuck(after, button)
        record = after
        yield record


def _press(erp: client.Client, kind: Kind, record: wire.Record, button: str) -> wire.Record:
    """Press one button; a refusal counts only if nobody else has moved the document on meanwhile."""
    try:
        return erp.act(kind.model, record["id"], button, kind.fields)
    except client.Refused:
        now = erp.page(kind.model, [["id", "=", record["id"]]], kind.fields)
        if now and now[0]["state"] not in (record["state"], CANCELLED):
            return now[0]
        raise


def refs(kind: Kind, record: wire.Record) -> dict[str, str]:
    """What people and we need to find the document again."""
    return {"number": name(record), "id": str(record["id"]), "model": kind.model, "state": record["state"]}


def name(record: wire.Record) -> str:
    """What people call the document; before it has a number, its id."""
    return str(record["number"] or f"id {record['id']}")


def next_step(kind: Kind, record: wire.Record) -> str:
    """The button that comes next, "" at the end."""
    return "" if record["state"] in kind.done else kind.buttons.get(record["state"], record["state"])


def found(kind: Kind, record: wire.Record) -> ports.Found:
    """The document as the outbox wants it."""
    return ports.Found(
        erp_refs=refs(kind, record), complete=record["state"] in kind.done, step=next_step(kind, record)
    )
