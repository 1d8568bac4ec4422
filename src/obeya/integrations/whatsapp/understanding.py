"""What a part of a delivery means: an order message, news about one of ours, something a person must see."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from obeya.decisions import actions as decisions
from obeya.decisions import rules as decision_rules
from obeya.inbox import interpreters
from obeya.inbox import queries as inbox
from obeya.integrations.whatsapp import failures, inbound, media, outbound, parts, templates
from obeya.lib import canonical
from obeya.orders import actions as orders
from obeya.orders import queries as order_queries
from obeya.orders import questions
from obeya.orders.reading import types
from obeya.outbox import actions as outbox
from obeya.outbox import queries as messages
from obeya.people.queries import Function

CHANNEL = "whatsapp"
WINDOW_S = 20 * 60
"""How long the order desk has to look at a changed message, as for a doubtful order."""
_LONGEST_SHOWN = 2_000
_DONE = decision_rules.Option("done", "I have seen to it", True, "good")
_NOTHING = decision_rules.Option("nothing", "Nothing to change", True)


def understand(signal: inbox.Signal) -> interpreters.Outcome:
    """Turn the signal of one part into what follows from it; the interpreter of source "whatsapp"."""
    if signal.natural_key.startswith(inbound.WHOLE):
        return interpreters.Understood()  # its parts are signals of their own
    part = inbound.part_of(signal)
    match part:
        case parts.Text() | parts.ButtonReply() | parts.ListReply() | parts.TemplateReply():
            return _read(signal, part)
        case parts.Edited() | parts.Revoked():
            return _change(signal, part)
        case parts.Status():
            return _apply(part)
        case parts.Reaction() | parts.SystemNotice():
            return interpreters.Understood()  # kept; nothing follows from a thumb or a changed number
        case parts.Message():
            return _show(signal, part)
        case parts.AccountErrors():
            return interpreters.Waiting(f"Meta reports trouble with the account: {_errors(part.errors)}")
        case parts.Unsupported():
            return _keep(signal, part)


class OriginalNotReadYet(Exception):
    """A change of a message came before the message itself was read; it is tried again in a moment."""


def _read(signal: inbox.Signal, part: parts.Message) -> interpreters.Outcome:
    if not part.readable_text.strip():
        return _show(signal, part)
    return _as_answer(signal, part) or _take(signal, part, text=part.readable_text)


def _as_answer(signal: inbox.Signal, part: parts.Message) -> interpreters.Outcome | None:
    """An answer to a question of ours about an order: to one with answers to tap, or to one in free words.

    Only who was asked, or wrote the order, may answer; what anybody else says is a message of its own.
    """
    asked = messages.find_sent(CHANNEL, part.reply_to or "")
    answer = questions.Answer(
        site=signal.site,
        channel=CHANNEL,
        sender=part.sender.address,
        said=part.readable_text,
        token=_choice_of(part),
        message=asked.id if asked else None,
        alone=not part.forwarded,
    )
    heard = questions.hear(answer=answer, origin=signal.origin)
    if heard is not None:
        return interpreters.Understood(f"order:{heard}")
    if asked is None or not asked.subject.startswith("order:"):
        return None
    order = order_queries.get_order(uuid.UUID(asked.subject.removeprefix("order:")))
    may_answer = {asked.to.removeprefix("+"), order.sender.removeprefix("+")}
    if signal.site != order.site or part.sender.address.removeprefix("+") not in may_answer:
        return None
    settled = orders.hear_customer(
        order_id=order.id,
        words=part.readable_text,
        choice=_choice_of(part),
        origin=signal.origin,
    )
    return interpreters.Understood(asked.subject) if settled else None


def _choice_of(part: parts.Message) -> str:
    match part:
        case parts.ButtonReply():
            return part.button_id
        case parts.ListReply():
            return part.row_id
        case parts.TemplateReply():
            return part.payload
    return ""


def _take(
    signal: inbox.Signal,
    part: parts.Message,
    *,
    text: str,
    subject: str = "",
    unread: str = "",
    files: Sequence[inbox.File] | None = None,
) -> interpreters.Outcome:
    """Hand a message to the order desk; with `unread` (why not) a person looks before anything is booked."""
    return orders.take_message(
        signal=signal,
        channel=CHANNEL,
        sender=part.sender.address,
        sender_name=part.sender.profile_name,
        text=text,
        sent_at=part.sent_at,
        subject=subject,
        reply_to=part.wamid,
        attachments=[types.Unreadable(name=subject, why=unread)] if unread else [],
        files=files,
    )


def _show(signal: inbox.Signal, part: parts.Message) -> interpreters.Outcome:
    """What holds more than words goes to the order desk with its words, and is never booked unseen."""
    name, why = _what_is_unread(signal, part)
    files: list[inbox.File] | None = [] if why else None
    return _take(signal, part, text=_words_of(part), subject=name, unread=why, files=files)


def _what_is_unread(signal: inbox.Signal, part: parts.Message) -> tuple[str, str]:
    """What arrived, in a word or two, and why Obeya cannot use it; "" for a file that is looked into."""
    match part:
        case parts.Media():
            return media.name_of(part), _why_not_looked_into(signal, part)
        case parts.Location():
            return "Location", "Obeya does not use places on a map yet."
        case parts.Contacts():
            return "Contact card", "Obeya does not use contact cards yet."
        case parts.CatalogueOrder():
            return "Cart", "Obeya does not compare the prices of a cart yet. " + _prices_of(part)
        case parts.FormReply():
            return "Form", "Obeya does not read filled-in forms yet."
    return "Message", "It holds no words."


def _why_not_looked_into(signal: inbox.Signal, part: parts.Media) -> str:
    if signal.missing:
        return signal.missing[0].reason
    if part.kind in ("video", "sticker"):
        return f"Obeya does not read a WhatsApp {part.kind}: look at it."
    return "" if signal.files else f"The {part.kind} was not fetched from WhatsApp."


def _words_of(part: parts.Message) -> str:
    match part:
        case parts.CatalogueOrder():
            lines = [f"{line.quantity.normalize():f} x {line.product_retailer_id}" for line in part.lines]
            return "\n".join([*lines, part.text]).strip()
        case parts.FormReply():
            return part.response_json
    return part.readable_text


def _prices_of(part: parts.CatalogueOrder) -> str:
    return "; ".join(
        f"{line.product_retailer_id}: {line.item_price:f} {line.currency}".strip()
        for line in part.lines
        if line.item_price is not None
    )


def _change(signal: inbox.Signal, part: parts.Edited | parts.Revoked) -> interpreters.Outcome:
    """Before it is booked an order follows its message; afterwards a person decides what becomes of it."""
    original = inbox.find_signal(inbound.SOURCE, part.original_wamid)
    if original is not None and original.state == "received":
        raise OriginalNotReadYet(part.original_wamid)
    if original is None or not original.became.startswith("order:"):
        return _ask_about_change(signal, part, original, None)
    order_id = uuid.UUID(original.became.removeprefix("order:"))
    try:
        if isinstance(part, parts.Revoked):
            orders.take_back(order_id=order_id, origin=signal.origin)
        else:
            _rewrite(order_id, signal, part, original)
    except orders.CannotChangeOrder:
        return _ask_about_change(signal, part, original, order_queries.get_order(order_id))
    return interpreters.Understood(original.became)


def _rewrite(order_id: uuid.UUID, signal: inbox.Signal, part: parts.Edited, original: inbox.Signal) -> None:
    words, unread, files = part.content, [], original.files
    if isinstance(words, parts.Media):
        name, why = _what_is_unread(original, words)
        unread = [types.Unreadable(name=name, why=why)] if why else []
        files = () if why else files
    orders.change_message(
        order_id=order_id,
        text=_words_of(words),
        attachments=unread,
        files=files,
        origin=signal.origin,
    )


_STANDS = {
    "confirmed": "is on its way to ERP",
    "booked": "is booked",
    "refused": "was refused",
    "answered": "was dealt with",
}


def _ask_about_change(
    signal: inbox.Signal,
    part: parts.Edited | parts.Revoked,
    original: inbox.Signal | None,
    order: order_queries.Order | None,
) -> interpreters.Outcome:
    """Nothing is changed by itself any more: the order desk is asked to change or cancel it."""
    about = f"order:{order.id}" if order else f"signal:{signal.id}"
    who = part.sender.profile_name or part.sender.address
    verb = "took back" if isinstance(part, parts.Revoked) else "changed"
    facts = [
        ("Written from", part.sender.address),
        *([("Order", f"{order.number} {order.erp_number}".strip())] if order else []),
        ("It said", _original_words(original)),
        *([] if isinstance(part, parts.Revoked) else [("It says now", part.readable_text or "(no words)")]),
    ]
    shown: list[canonical.Json] = [
        {"label": label, "value": value[:_LONGEST_SHOWN]} for label, value in facts
    ]
    stands = f" The order {order.number} {_STANDS.get(order.state, 'stands')}." if order else ""
    request = decisions.open_request(
        key=f"whatsapp:{signal.natural_key}",
        site=signal.site,
        kind="whatsapp.message_changed",
        subject=about,
        function=Function.ORDER_DESK,
        title=f"{who} {verb} a message",
        question=f"{who} {verb} a message after sending it.{stands} What becomes of the order?",
        options=(_DONE, _NOTHING),
        window_s=WINDOW_S,
        context={"facts": shown},
        origin=signal.origin,
    )
    return interpreters.Understood(f"request:{request.id}")


def _original_words(original: inbox.Signal | None) -> str:
    if original is None:
        return "(it is not here)"
    part = inbound.part_of(original)
    return (part.readable_text if isinstance(part, parts.Message) else "") or "(no words)"


def _apply(part: parts.Status) -> interpreters.Outcome:
    """Note a receipt. A text refused afterwards, the customer being quiet, goes again as a template."""
    late = any(failures.explain(e.code).reason is failures.Reason.WINDOW for e in part.errors)
    if part.status == "failed" and late:
        again = templates.configured() and outbox.send_otherwise(
            provider_id=part.wamid, tracking=part.tracking, data={outbound.OUTSIDE_WINDOW: "yes"}
        )
        if again:
            return interpreters.Understood()
    outbox.apply_status(
        provider_id=part.wamid,
        tracking=part.tracking,
        status=part.status,
        at=part.at,
        error=outbound.NO_TEMPLATE if late else _errors(part.errors),
    )
    return interpreters.Understood()


def _errors(errors: tuple[parts.MetaError, ...]) -> str:
    told = [f"{e.title or e.message} {e.details}".strip() + f" ({e.code})" for e in errors]
    return "; ".join(told)[:_LONGEST_SHOWN]


def _keep(signal: inbox.Signal, part: parts.Unsupported) -> interpreters.Outcome:
    """A message that cannot be read goes to the order desk as any other; the rest is for IT to see."""
    if part.kind.startswith("field:"):
        return interpreters.Understood()  # news about the account that nothing here acts upon
    if part.sender is None or not part.sender.address or part.wamid is None:
        return interpreters.Waiting(f"{part.reason}.")
    sent_at: datetime = part.sent_at or signal.received_at
    message = parts.Message(account=part.account, wamid=part.wamid, sent_at=sent_at, sender=part.sender)
    return _take(signal, message, text="", subject="Message", unread=f"{part.reason}.")
