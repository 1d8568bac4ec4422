"""What a mail means: an order message for the desk, a report about one of ours, or a program's chatter."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings

from obeya.catalog import queries as catalog
from obeya.decisions import actions as decisions
from obeya.decisions import rules as decision_rules
from obeya.inbox import actions as inbox_actions
from obeya.inbox import fetching, interpreters
from obeya.inbox import queries as inbox
from obeya.integrations.email import inbound, letters, replies
from obeya.lib import bounded, contacts
from obeya.orders import actions as orders
from obeya.orders import questions
from obeya.orders.reading import types
from obeya.outbox import actions as outbox
from obeya.outbox import queries as messages
from obeya.people.queries import Function

CHANNEL = "email"
LIMITS = bounded.Limits(cpu_s=20, wall_s=40.0, memory_bytes=1 << 30, answer_bytes=64 << 20)
LATEST = timedelta(days=30)
"""A mail may say when it was written; one that says longer ago than this is taken as written on arrival."""
WINDOW_S = 60 * 60
TOO_LARGE = f"it is larger than {inbound.MOST_BYTES >> 20} MB: look into the mailbox"
_DONE = decision_rules.Option("done", "I have seen to it", True, "good")
_NOTHING = decision_rules.Option("nothing", "Nothing to do", False)


def understand(signal: inbox.Signal) -> interpreters.Outcome:
    """Turn a mail into what follows from it; the interpreter of source "email"."""
    about = {"own": " ".join(own_addresses())}
    try:
        answer = bounded.run(letters.take_apart, inbound.raw_of(signal), about, LIMITS)
    except (bounded.TookTooLong, bounded.NeededTooMuch, bounded.BrokeDown):
        return interpreters.Waiting("This mail is damaged, or made to be unreadable. It is kept as it came.")
    letter = letters.put_together(answer)
    if letter.automatic:
        return _note_program(signal, letter)
    if not _is_address(letter.sender):
        return interpreters.Waiting("This mail does not say who sent it.")
    return _as_answer(signal, letter) or _take(signal, letter)


def _as_answer(signal: inbox.Signal, letter: letters.Letter) -> interpreters.Outcome | None:
    """A reply to a question of ours whose first line answers it; one with files or tables is an order."""
    asked = next((one for one in map(_sent, reversed(letter.references)) if one is not None), None)
    if letter.tables or any(file.says_something for file in letter.files):
        return None
    said, alone = replies.first_line(letter.text, names=letter.sender_name)
    answer = questions.Answer(
        site=signal.site,
        channel=CHANNEL,
        sender=letter.sender,
        said=said,
        message=asked.id if asked else None,
        alone=alone and inbound.TOO_LARGE not in signal.headers,
        trusted=not letter.distrust,
    )
    heard = questions.hear(answer=answer, origin=signal.origin)
    return interpreters.Understood(f"order:{heard}") if heard else None


def _sent(message_id: str) -> messages.MessageView | None:
    return messages.find_sent(CHANNEL, message_id)


def own_addresses() -> tuple[str, ...]:
    """The addresses that mail of ours comes from."""
    ours = {parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower()}
    for source in inbox.list_all_sources(inbound.SOURCE):
        ours.add(source.name.lower())
    return tuple(sorted(one for one in ours if _is_address(one)))


def _is_address(text: str) -> bool:
    try:
        contacts.email(text)
    except contacts.NotAContact:
        return False
    return True


def _take(signal: inbox.Signal, letter: letters.Letter) -> interpreters.Outcome:
    """Keep the files, and hand words, tables and what says something to the order desk."""
    found = [
        fetching.Fetched(content, file.content_type, file.name)
        for file, content in zip(letter.files, letter.contents, strict=True)
    ]
    kept = inbox_actions.attach(signal_id=signal.id, found=found)
    said = [file for file, told in zip(kept, letter.files, strict=True) if told.says_something]
    unread = [types.Unreadable(name, why) for name, why in letter.notes]
    if letter.distrust:
        unread.append(types.Unreadable("The sender", letter.distrust))
    if inbound.TOO_LARGE in signal.headers:
        unread.append(types.Unreadable("This mail", TOO_LARGE))
    return orders.take_message(
        signal=signal,
        channel=CHANNEL,
        sender=letter.sender,
        sender_name=letter.sender_name,
        text=letter.text,
        sent_at=_moment(signal, letter),
        subject=letter.subject,
        reply_to=" ".join([*letter.references, letter.message_id]) if letter.message_id else "",
        attachments=[*(types.Table(one.name, one.rows) for one in letter.tables), *unread],
        files=said,
    )


def _moment(signal: inbox.Signal, letter: letters.Letter) -> datetime:
    if letter.sent_at:
        told = datetime.fromisoformat(letter.sent_at)
        if signal.received_at - LATEST < told <= signal.received_at:
            return told
    return signal.received_at


def _note_program(signal: inbox.Signal, letter: letters.Letter) -> interpreters.Outcome:
    """A program's mail is no order and gets no answer; from a customer a person is told of it.

    Many purchasing systems send orders by themselves. What answers a mail of ours asks nobody.
    """
    for message_id in letter.failed:
        text = f"It came back: {letter.subject}"[:300]
        outbox.apply_status(provider_id=message_id, status="failed", at=signal.received_at, error=text)
    known = catalog.find_customers_by_contact(signal.site, "email", letter.sender)
    if not known or letter.references or "answer" in letter.automatic or "report" in letter.automatic:
        return interpreters.Understood()
    words = [
        ("Customer", ", ".join(customer.name for customer in known)),
        ("Written from", letter.sender),
        ("Subject", letter.subject or "-"),
        ("It says", letter.text[:2_000] or "(no text)"),
        ("Files", ", ".join(file.name for file in letter.files)[:500] or "none"),
        ("Why it was not read", letter.automatic),
    ]
    request = decisions.open_request(
        key=f"email:{signal.id}",
        site=signal.site,
        kind="email.program",
        subject=f"signal:{signal.id}",
        function=Function.ORDER_DESK,
        title=f"A program of {known[0].name} sent a mail",
        question="A program sent this, not a person: it was not read as an order. Is there something to do?",
        options=(_DONE, _NOTHING),
        window_s=WINDOW_S,
        context={"facts": [{"label": label, "value": value} for label, value in words]},
        origin=signal.origin,
    )
    return interpreters.Understood(f"request:{request.id}")
