"""What a buyer sends is kept as a signal first: sent twice, it is there once. Then the desk takes it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from ninja import Schema
from pydantic import Field, StringConstraints

from obeya.catalog import offers
from obeya.inbox import actions as inbox
from obeya.inbox import interpreters, queries
from obeya.orders import buying, customer_queries, forms
from obeya.web.api import fields
from obeya.web.order_desk import pasted
from obeya.web.portal import door

SOURCE = "portal"
MOST_FILES = pasted.MOST_FILES
MOST_BYTES = pasted.MOST_BYTES
MOST_TEXT = 4_000
"""Characters of a list that is pasted in the portal, or of words beside a file."""
USUAL = 12
Upload = pasted.Upload


class SentBefore(Exception):
    """The same form was sent before with other contents; what arrived first stands."""


class LineIn(Schema):
    """One line of an order."""

    sku: Annotated[
        str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True), fields.Storable
    ]
    quantity: Decimal = Field(description="In `uom`; decimal text or a number.")
    uom: Annotated[str, StringConstraints(max_length=40, strip_whitespace=True), fields.Storable]
    words: Annotated[str, StringConstraints(max_length=forms.MOST_WORDS), fields.Storable] = Field(
        "", description="Your own words for the item, where you have some."
    )


class OrderIn(Schema):
    """An order."""

    lines: Annotated[list[LineIn], Field(max_length=forms.MOST_LINES + 1)]
    requested_on: date | None = Field(None, description="The day of delivery you wish for.")
    ship_to: fields.Name = Field("", description="One of your places of delivery, by name; empty: as usual.")
    po_number: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True), fields.Storable] = ""
    note: Annotated[str, StringConstraints(max_length=2_000, strip_whitespace=True), fields.Storable] = Field(
        "", description="Words for our desk: a person reads them, so the order waits for that."
    )

    def form(self) -> forms.Form:
        """As the desk's rules take it."""
        lines = tuple(forms.FormLine(one.sku, one.quantity, one.uom, one.words) for one in self.lines)
        return forms.Form(lines, self.requested_on, self.ship_to, self.po_number, self.note)


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a form so far: its signal, and the order once there is one."""

    signal: queries.Signal
    fresh: bool

    @property
    def order_id(self) -> uuid.UUID | None:
        """The order it became."""
        kind, _, number = self.signal.became.partition(":")
        return uuid.UUID(number) if kind == "order" else None


def problems_of(visitor: door.Visitor, form: forms.Form) -> list[forms.Problem]:
    """What is wrong with a form, in the buyer's words; nothing, where it can be sent."""
    items = offers.find(visitor.customer, [one.sku for one in form.lines], also=known_before(visitor))
    return forms.problems_of(form, items, places=visitor.customer.ship_to, today=visitor.today)


def known_before(visitor: door.Visitor) -> tuple[str, ...]:
    """Items that the customer has bought: they may be ordered again, whatever the price list says."""
    usual = customer_queries.usual_of(visitor.buyer.site, visitor.buyer.customer, most=200)
    return tuple(one.sku for one in usual)


def key_of(visitor: door.Visitor, form_id: str) -> str:
    """The natural key of what a buyer sends: a customer's own, so nobody meets another's."""
    return f"{visitor.buyer.site}/{visitor.buyer.customer}/{form_id}"


def keep_form(visitor: door.Visitor, form_id: str, form: forms.Form, files: Sequence[Upload] = ()) -> Kept:
    """Keep an order that came as lines. Raises SentBefore."""
    lines = [[one.sku, str(one.quantity), one.uom, one.words] for one in form.lines]
    day = form.requested_on.isoformat() if form.requested_on else ""
    told = {"lines": lines, "on": day, "to": form.ship_to, "po": form.po_number, "note": form.note}
    return _keep(visitor, form_id, {"what": "form", **told}, files)


def keep_written(visitor: door.Visitor, form_id: str, text: str, files: Sequence[Upload]) -> Kept:
    """Keep an order that came in words, files or both. Raises SentBefore."""
    return _keep(visitor, form_id, {"what": "written", "text": text}, files)


def keep_wish(visitor: door.Visitor, form_id: str, order_id: uuid.UUID, wish: str, said: str) -> Kept:
    """Keep a wish to change or cancel an order. Raises SentBefore."""
    return _keep(visitor, form_id, {"what": "wish", "order": str(order_id), "wish": wish, "said": said}, ())


def keep_choice(visitor: door.Visitor, form_id: str, order_id: uuid.UUID, choice: str) -> Kept:
    """Keep what a buyer chose where a line of theirs was in doubt. Raises SentBefore."""
    return _keep(visitor, form_id, {"what": "choice", "order": str(order_id), "choice": choice}, ())


def _keep(visitor: door.Visitor, form_id: str, told: dict[str, object], files: Sequence[Upload]) -> Kept:
    attached = [
        inbox.Attachment(inbox.store_media(content=file.content, content_type=file.content_type), file.name)
        for file in files
    ]
    buyer = visitor.buyer
    by = {"buyer": buyer.id, "name": buyer.name, "customer": buyer.customer}
    body = json.dumps({**told, "by": by, "files": [one.digest for one in attached]}, ensure_ascii=False)
    received = inbox.receive(
        site=buyer.site,
        source=SOURCE,
        natural_key=key_of(visitor, form_id),
        body=body.encode("utf-8", "replace"),
        content_type="application/json",
        attachments=attached,
    )
    signal = queries.get_signal(received.signal_id)
    if not received.fresh and not _says_the_same(signal.body, body):
        raise SentBefore("This was sent before, with other contents. What arrived first stands.")
    return Kept(signal, received.fresh)


def _says_the_same(stored: bytes, body: str) -> bool:
    """Whoever of the customer sends it again: what is ordered counts."""
    was, now = json.loads(stored), json.loads(body)
    return bool({**was, "by": ""} == {**now, "by": ""})


def find_kept(visitor: door.Visitor, form_id: str) -> Kept | None:
    """What the customer sent under this id, if anything."""
    signal = queries.find_signal(SOURCE, key_of(visitor, form_id))
    return Kept(signal, fresh=False) if signal else None


def understand(signal: queries.Signal) -> interpreters.Outcome:
    """The interpreter of source "portal"."""
    told = json.loads(signal.body)
    who = told["by"]
    by = buying.By(who["customer"], who["name"], f"buyer:{who['buyer']}")
    if told["what"] == "form":
        return buying.take_form(signal=signal, by=by, form=_form(told))
    if told["what"] == "written":
        return buying.take_written(signal=signal, by=by, text=told["text"])
    order_id = uuid.UUID(told["order"])
    if told["what"] == "choice":
        return buying.take_choice(signal=signal, by=by, order_id=order_id, choice=told["choice"])
    return buying.take_wish(signal=signal, by=by, order_id=order_id, wish=told["wish"], said=told["said"])


def _form(told: dict[str, object]) -> forms.Form:
    lines = told["lines"]
    assert isinstance(lines, list)
    return forms.Form(
        lines=tuple(forms.FormLine(sku, Decimal(much), uom, words) for sku, much, uom, words in lines),
        requested_on=date.fromisoformat(str(told["on"])) if told["on"] else None,
        ship_to=str(told["to"]),
        po_number=str(told["po"]),
        note=str(told["note"]),
    )
