"""What becomes of a message that is not an order, or not only one.

Answered at once where it is certain, made an exception, or shown to a person with an answer to send.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from obeya.cases import actions as cases
from obeya.cases import reported
from obeya.inbox import queries as inbox
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.orders import drafting, models, telling
from obeya.orders.enquiries import (
    answering,
    asking,
    complaints,
    cues,
    events,
    goods_answers,
    loops,
    parting,
    phrases,
    replying,
    sayings,
    settings,
)
from obeya.orders.reading import mail, types

SUGGESTED = {
    "payment": "suggest_payment",
    "price_query": "suggest_price",
    "stock_query": "suggest_stock",
    "status_query": "suggest_status",
    "complaint": "suggest_complaint",
    "cancel": "suggest_cancel",
}
"""What is suggested to a person for a message of each intent; "suggest_other" for all others."""
LATE_ORDER = "Is it late? The facts are in ERP."


@dataclass(frozen=True, slots=True)
class _Message:
    """A message to deal with, and the terms on which it is. `said` are the sender's own words in place."""

    row: models.OrderRow
    arrived: drafting.Arrived
    origin: Origin
    set_as: settings.Answering
    language: str
    said: str


class _ForAPerson(Exception):
    """A part of a message that is not certain enough: the text says why, `suggestion` what to answer."""

    def __init__(self, why: str, suggestion: str = "") -> None:
        super().__init__(why)
        self.suggestion = suggestion


def drafted(signal: inbox.Signal, arrived: drafting.Arrived) -> models.OrderRow:
    """The order a message may become; where it says other things besides, those are set aside first."""
    if arrived.reading is not None:
        return drafting.draft(signal, arrived)
    pieces = parting.take_apart(_own_words(arrived.text, arrived.channel))
    aside = tuple((piece.start, piece.end) for piece in parting.aside(pieces))
    orders_too = any(piece.kind == parting.OTHER for piece in pieces)
    orders_too = orders_too or not complaints.only_pictures(arrived.attachments)
    if not aside or not orders_too:
        return drafting.draft(signal, arrived)
    row = drafting.draft(signal, dataclasses.replace(arrived, aside=aside))
    if row.intent in types.ORDER_INTENTS and row.lines.filter(item__isnull=False).exists():
        row.reading["aside"] = [list(span) for span in aside]
        row.save(update_fields=["reading"])
    else:
        drafting.redraft(row, arrived)
    return row


def _own_words(text: str, channel: str) -> str:
    """The text without quotes, signatures and disclaimers, every letter in its place."""
    return mail.own_text(text, channel)[0] if channel == "email" else text


def deal(row: models.OrderRow, arrived: drafting.Arrived, origin: Origin) -> bool:
    """Deal with a message that is no order, or with what stands beside one; True where nothing is left.

    Facts go only to a sender who is in the customer list by this very number or address. What is not
    certain is left to a person, with an answer to send where the message can be answered.
    """
    language = phrases.language_of(row.text, row.customer.language if row.customer else "")
    said = _own_words(row.text, row.channel)
    message = _Message(row, arrived, origin, settings.of_site(row.site_id), language, said)
    pieces = [piece for piece in parting.take_apart(said) if piece.kind != parting.GREETING]
    if row.reading.get("aside"):
        _beside_an_order(message, parting.aside(pieces))
        return False
    if arrived.reading is not None or (row.reading["auto"] and not _asks_outright(said)):
        return False
    if row.customer is None and (supplier := settings.find_supplier(row.site_id, row.sender)):
        return _from_supplier(message, supplier.name)
    kinds = {piece.kind for piece in pieces}
    if len(kinds) > 1 and parting.OTHER not in kinds and not arrived.attachments:
        return _several(message, pieces)
    return _one_thing(message)


def _one_thing(message: _Message) -> bool:
    row = message.row
    if answering.answer(row, message.arrived, message.origin, message.set_as):
        return True
    settled = _asks_goods(message) or _complains(message) or _greets(message)
    if not settled and row.intent not in types.ORDER_INTENTS:
        _suggest(message, SUGGESTED.get(row.intent, "suggest_other"))
    return settled


def _suggest(message: _Message, what: str) -> None:
    """Keep an answer for a person to send, where the sender can be answered."""
    reading = message.row.reading
    if message.row.channel in loops.CHANNELS and not cues.is_automatic(message.row.text):
        reading.setdefault(replying.SUGGESTION, sayings.say(what, message.language))
    message.row.save()


def _leave(row: models.OrderRow, why: str, suggestion: str = "") -> None:
    """Say to the person who gets it why it was not dealt with by itself."""
    row.reading[replying.WHY] = why
    if suggestion:
        row.reading[replying.SUGGESTION] = suggestion
    row.save()


def _close(row: models.OrderRow) -> None:
    """Nothing is left to do: lines that were no order are taken off."""
    row.lines.all().delete()
    row.state, row.closed_at = "answered", clock.now()
    row.save()
    telling.remember(row)


# Messages of several parts


def _beside_an_order(message: _Message, pieces: Sequence[parting.Piece]) -> None:
    """Deal with what stands beside an order; what is not certain is asked of a person by itself."""
    for number, piece in enumerate(pieces):
        try:
            _deal_with(message, piece)
        except _ForAPerson as error:
            suggestion = error.suggestion or sayings.say(_suggestion_of(piece), message.language)
            replying.ask(message.row, number, piece.text.strip(), str(error), suggestion, message.origin)
    message.row.save()


def _several(message: _Message, pieces: Sequence[parting.Piece]) -> bool:
    """Deal with each part of a message without an order; True where all of it is."""
    row = message.row
    left: list[tuple[parting.Piece, _ForAPerson]] = []
    for piece in pieces:
        try:
            _deal_with(message, piece)
        except _ForAPerson as error:
            left.append((piece, error))
    if not left:
        _close(row)
        return True
    first, reason = left[0]
    row.intent = _INTENTS[first.kind]
    row.reading["doubts"] = []
    row.lines.all().delete()
    why = " ".join(f"“{one.text.strip()}”: {said}" for one, said in left)
    _leave(row, why, reason.suggestion or sayings.say(_suggestion_of(first), message.language))
    return False


_INTENTS = {
    parting.GOODS: "price_query",
    parting.STATUS: "status_query",
    parting.COMPLAINT: "complaint",
    parting.PAYMENT: "payment",
}


def _suggestion_of(piece: parting.Piece) -> str:
    return SUGGESTED[_INTENTS[piece.kind]]


def _deal_with(message: _Message, piece: parting.Piece) -> None:
    """Deal with one part of a message. Raises _ForAPerson where it is not certain."""
    match piece.kind:
        case parting.GOODS:
            asked = asking.read(piece.text)
            if asked is None:
                raise _ForAPerson("It is not certain what is asked.")
            told = _certain(message, asked)
            _hold_what_is_asked_about(message.row, told.skus)
            _tell_goods(message, asked, told)
        case parting.STATUS:
            standing = answering.standing_of(message.row, piece.text) if _may_know(message) else None
            if standing is None or not loops.may_answer(message.row, message.set_as):
                raise _ForAPerson(LATE_ORDER)
            message.row.reading[loops.ANSWERED] = True
            answering.tell(message.row, standing, message.origin)
        case parting.COMPLAINT:
            if message.row.customer is None:
                raise _ForAPerson("The sender is not known.")
            _open_case(message, complaints.kind_of(piece.text), piece.text.strip())
        case _:
            raise _ForAPerson("It tells of a payment.")


def _hold_what_is_asked_about(row: models.OrderRow, skus: Sequence[str]) -> None:
    """An order of goods about which the same message asks waits for a person: the answer may change it."""
    lines = row.lines.filter(item__sku__in=skus).select_related("item")
    names = ", ".join(sorted({line.item.description for line in lines if line.item}))
    if names:
        reason = f"The message also asks about {names}. See that the order stands all the same."
        row.reading["doubts"].append(["question", None, reason])
        row.reading["auto"] = False


# Questions about goods


def _may_know(message: _Message) -> bool:
    """Whether facts may go to the sender: known by this contact, and confirmed as far as that can be."""
    unsure = any(isinstance(one, types.Unreadable) for one in message.arrived.attachments)
    return answering.knows_sender(message.row) and not unsure


def _certain(message: _Message, asked: asking.Asked) -> goods_answers.Told:
    """The answer to a question about goods. Raises _ForAPerson where it may not go out by itself."""
    if not _may_know(message):
        raise _ForAPerson("The sender is not known by this number or address.")
    try:
        told = goods_answers.answer(message.row, asked, message.language, message.set_as)
    except goods_answers.NotForThem as error:
        raise _ForAPerson(str(error)) from error
    if not loops.may_answer(message.row, message.set_as):
        raise _ForAPerson("Enough was answered by itself for now: send it yourself.", told.text)
    return told


def _tell_goods(message: _Message, asked: asking.Asked, told: goods_answers.Told) -> None:
    """Send an answer about goods, and keep in the journal what was told."""
    row, kinds = message.row, tuple(sorted(asked.kinds))
    row.reading[loops.ANSWERED] = True
    answer = events.GoodsTold(row.id, row.number, kinds, told.skus, message.language, told.as_of)
    event = telling.tell(row, answer, message.origin)
    key = f"order:{row.id}:goods:{'-'.join(told.skus)[:100]}:{'-'.join(kinds)}"
    telling.write_to_customer(row, key, "", told.text, message.origin.after(event))


def _asks_goods(message: _Message) -> bool:
    """Answer a question about prices or stock, if the message asks nothing else and all is certain."""
    row = message.row
    asked = asking.read(message.said)
    if asked is None or not _is_question(row) or message.arrived.attachments:
        return False
    row.intent = "price_query" if asking.PRICE in asked.kinds else "stock_query"
    row.reading["doubts"] = []
    row.lines.all().delete()
    try:
        told = _certain(message, asked)
    except _ForAPerson as error:
        _leave(row, str(error), error.suggestion)
        return False
    _tell_goods(message, asked, told)
    _close(row)
    return True


def _asks_outright(said: str) -> bool:
    """Whether words that read like a whole order are nothing but a question: then nothing is booked."""
    asked = asking.read(said)
    return (
        asked is not None and bool(asked.goods) and (answering.is_question(said) or asking.is_outright(said))
    )


def _is_question(row: models.OrderRow) -> bool:
    """Whether the message is a question indeed: read as one, or with the words of one."""
    asks = row.intent in ("price_query", "stock_query")
    outright = answering.is_question(row.text) or asking.is_outright(row.text)
    return asks or (row.intent in types.ORDER_INTENTS and outright)


# Exceptions


def _open_case(message: _Message, kind: str, text: str, *, supplier: str = "") -> str:
    """Open an exception; its number. Raises _ForAPerson where nobody is set to answer for it."""
    try:
        return complaints.open_case(message.row, kind, text, message.origin, supplier=supplier).number
    except cases.CannotOpenCase as error:
        raise _ForAPerson(str(error)) from error


def _complains(message: _Message) -> bool:
    """Open an exception for a customer's complaint; True where the message holds nothing else."""
    row = message.row
    if row.customer is None or row.intent in ("payment", "cancel"):
        return False
    complaint = row.intent == "complaint" or cues.is_complaint(message.said)
    late = row.intent == "status_query" and cues.says_late(message.said) and complaints.late_order(row)
    if not complaint and not late:
        _doubt_what_may_complain(message)
        return False
    try:
        number = _open_case(
            message, complaints.kind_of(message.said) if complaint else reported.DELIVERY, message.said
        )
    except _ForAPerson as error:
        _leave(row, str(error))
        return False
    if complaints.keeps_an_order(row, message.arrived):
        why = f"It complains, so {number} was opened. See whether it orders something too."
        if row.intent in types.ORDER_INTENTS:
            row.reading["doubts"].append(["question", None, why])
            row.reading["auto"] = False
        _leave(row, why)
        return False
    row.intent = "complaint"
    _close(row)
    return True


def _doubt_what_may_complain(message: _Message) -> None:
    """A person who looks at an order anyway is told that the same words may complain, too."""
    row = message.row
    if row.intent in types.ORDER_INTENTS and cues.may_complain(message.said):
        row.reading["doubts"].append(["question", None, "It may complain of something as well."])
        row.save(update_fields=["reading"])


def _from_supplier(message: _Message, supplier: str) -> bool:
    """Open an exception for a supplier's notice of delay; whatever else they write goes to a person."""
    row = message.row
    row.intent = "greeting_or_other"
    row.reading["doubts"] = []
    row.lines.all().delete()
    if not cues.tells_delay(f"{row.subject}\n{message.said}"):
        row.reading[replying.WHY] = f"{supplier}, a supplier, writes of no delay."
        _suggest(message, "suggest_other")
        return False
    try:
        number = _open_case(message, reported.SUPPLY, message.said, supplier=supplier)
    except _ForAPerson as error:
        _leave(row, str(error))
        return False
    if not complaints.only_pictures(message.arrived.attachments):
        _leave(row, f"{supplier} tells of a delay, so {number} was opened. Look into the files, too.")
        return False
    _close(row)
    return True


# Greetings


def _greets(message: _Message) -> bool:
    """Close a message that only greets or thanks, answered if the site wants that."""
    row, set_as = message.row, message.set_as
    if set_as.greetings == "person" or row.customer is None or message.arrived.attachments:
        return False
    if not cues.is_greeting(message.said) or _is_awaited(row):
        return False
    answered = set_as.greetings == "answer" and loops.may_answer(row, set_as)
    if answered:
        row.reading[loops.ANSWERED] = True
    _close(row)
    event = telling.tell(row, events.GreetingClosed(row.id, row.number, answered), message.origin)
    if answered:
        body, key = sayings.say("greeting", message.language), f"order:{row.id}:greeting"
        telling.write_to_customer(row, key, "", body, message.origin.after(event))
    return True


def _is_awaited(row: models.OrderRow) -> bool:
    """Whether the customer has an order that waits: any word of theirs may be the answer to a question."""
    others = models.OrderRow.objects.filter(site=row.site_id, customer=row.customer_id, state="waiting")
    return others.exclude(pk=row.pk).exists()
