"""What a buyer does in the portal becomes an order at the desk: lines, words and files, a wish for a change.

Whoever calls this has checked who the buyer is and for which customer they act.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from obeya.catalog import answers
from obeya.catalog import queries as catalog
from obeya.inbox import interpreters
from obeya.inbox import queries as inbox
from obeya.orders import actions, forms, models, rules
from obeya.orders.reading import letters, tokens, types, words

CHANNEL = "portal"
CANCEL, CHANGE = "cancel", "change"
SUBJECTS = {CANCEL: "Cancel {number}", CHANGE: "Change {number}"}
"""Of a wish about an order, by which it is found again."""


@dataclass(frozen=True, slots=True)
class By:
    """Who orders: somebody of a customer (a code)."""

    customer: str
    name: str
    reply_to: str


def take_form(*, signal: inbox.Signal, by: By, form: forms.Form) -> interpreters.Outcome:
    """Book an order that came as lines, or open a doubt for each thing that keeps it from being booked."""
    customer = catalog.get_customer(signal.site, by.customer)
    items = catalog.items_by_sku(signal.site, {line.sku for line in form.lines})
    text, reading = forms.reading_of(form, items, doubts=_doubts_of(customer, form, signal))
    return actions.take_message(
        signal=signal,
        channel=CHANNEL,
        sender=by.customer,
        sender_name=by.name,
        text=text,
        sent_at=signal.received_at,
        reply_to=by.reply_to,
        files=(),  # a file beside the lines is not read: a person compares it
        customer=by.customer,
        reading=reading,
    )


def _doubts_of(customer: answers.Customer, form: forms.Form, signal: inbox.Signal) -> list[types.Doubt]:
    """What a person must look at before lines are booked that are clear by themselves."""
    found = []
    if not customer.active:
        found.append(types.Doubt(forms.INACTIVE, None, "ERP no longer lists this customer as active."))
    if form.note and not is_courtesy(form.note):
        found.append(types.Doubt(forms.NOTE, None, f"The buyer added a note: “{form.note}”"))
    if signal.files:
        found.append(types.Doubt(forms.FILE, None, "A file came beside the lines: compare them."))
    return found


def is_courtesy(note: str) -> bool:
    """Whether a note holds nothing but greetings and thanks: nobody has to read it."""
    said = tokens.WORDS.findall(letters.fold(note).text)
    return not any(char.isdigit() for char in note) and all(word in words.FILLER for word in said)


def take_written(*, signal: inbox.Signal, by: By, text: str) -> interpreters.Outcome:
    """Read an order that came in words or files like every message of the customer."""
    return actions.take_message(
        signal=signal,
        channel=CHANNEL,
        sender=by.customer,
        sender_name=by.name,
        text=text,
        sent_at=signal.received_at,
        reply_to=by.reply_to,
        customer=by.customer,
    )


def take_wish(
    *, signal: inbox.Signal, by: By, order_id: uuid.UUID, wish: str, said: str
) -> interpreters.Outcome:
    """A buyer wants an order of theirs changed or cancelled.

    One that nobody booked yet is taken back at once. Anything else becomes a question to the desk: what is
    booked is never changed silently.
    """
    row = models.OrderRow.objects.filter(pk=order_id, site=signal.site, customer__code=by.customer).first()
    if row is None:
        return interpreters.Refused("There is no such order of this customer.")
    if wish == CANCEL and row.state == "waiting":
        actions.take_back(order_id=row.id, origin=signal.origin)
        return interpreters.Understood(f"order:{row.id}")
    named = f"{row.number} ({row.erp_number})" if row.erp_number else row.number
    asks = f"{by.name} asks to {wish} {named}: “{said}”" if said else f"{by.name} asks to {wish} {named}."
    return actions.take_message(
        signal=signal,
        channel=CHANNEL,
        sender=by.customer,
        sender_name=by.name,
        text=said or f"Please cancel {named}.",
        sent_at=signal.received_at,
        subject=SUBJECTS[wish].format(number=row.number),
        reply_to=by.reply_to,
        files=(),
        customer=by.customer,
        reading=types.Reading(
            intent=rules.CHANGE_REQUEST,
            intent_confidence=1.0,
            doubts=(types.Doubt("asked", None, asks),),
        ),
    )


def take_choice(*, signal: inbox.Signal, by: By, order_id: uuid.UUID, choice: str) -> interpreters.Outcome:
    """A buyer chose which item or unit is meant where a line of theirs is in doubt: that is settled.

    What does not fit any more, or fits two lines, changes nothing: the desk goes on looking.
    """
    if not models.OrderRow.objects.filter(pk=order_id, site=signal.site, customer__code=by.customer).exists():
        return interpreters.Refused("There is no such order of this customer.")
    actions.hear_customer(order_id=order_id, words="", choice=choice, origin=signal.origin)
    return interpreters.Understood(f"order:{order_id}")
