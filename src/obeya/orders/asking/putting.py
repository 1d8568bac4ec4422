"""Put a doubt to the customer: its row, its message, the desk's clock on hold, all in one transaction."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from django.conf import settings

from obeya.catalog import answers
from obeya.catalog import queries as catalog
from obeya.decisions import outsiders
from obeya.decisions import queries as decisions
from obeya.inbox import queries as inbox
from obeya.journal.events import Origin
from obeya.lib import clock, ids
from obeya.orders import models, repeats, telling
from obeya.orders.asking import choosing, closing, events, words
from obeya.orders.enquiries import phrases
from obeya.outbox import actions as outbox
from obeya.outbox import channels
from obeya.outbox import choices as offers
from obeya.people import queries as people

LOOKED_BACK = 40
"""So many past orders say how much of an item is usual."""
MOST_MESSAGE = 1_000
"""Characters of title and body: WhatsApp takes 1,024 where answers can be tapped."""
_NUMBER = re.compile(r"OB-\d{4}-\d+")
_SPOKEN = ("audio/", "video/", "image/")
_STRANGE = re.compile(r"[^\w.@-]")


class CannotAsk(Exception):
    """The customer cannot be asked this; the text says why, for the person at the desk."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A question as it would go out. `labels` are what the customer can answer, with what stands below."""

    doubt: models.DoubtRow
    kind: str
    language: str
    title: str
    text: str
    choices: tuple[tuple[str, str, str, str], ...]
    """Code, label, detail, role: as they are kept."""

    @property
    def labels(self) -> list[tuple[str, str]]:
        """What can be answered, with the detail of each."""
        return [(label, detail) for _, label, detail, _ in self.choices]


def address_of(sender: str) -> str:
    """A number or an address as it is compared: a number's figures, an address in small letters."""
    return _STRANGE.sub("", sender).lower()


def consider(row: models.OrderRow, origin: Origin) -> None:
    """Ask the customer of a waiting order by itself, where their answers would settle all that waits."""
    if not settings.ASK_CUSTOMERS or row.state != "waiting" or not row.auto:
        return
    doubts = open_doubts(row)
    if not doubts or not choosing.may_by_itself(standing_of(row), len(doubts), clock.now()):
        return
    prepared = [ready(row, doubt) for doubt in doubts]
    if prepared[0] is not None and all(prepared):
        put(row, prepared[0], origin=origin)


def open_doubts(row: models.OrderRow) -> list[models.DoubtRow]:
    """What the desk would have to settle, in the order in which it was asked."""
    found = row.doubts.filter(settled_at__isnull=True).exclude(kind__in=closing.COMMERCIAL)
    return list(found.select_related("line__item").order_by("line__position", "pk"))


def standing_of(row: models.OrderRow) -> choosing.Standing:
    """How an order stands, for the rules."""
    asked = list(row.questions.all())
    wrote = models.OrderRow.objects.filter(site=row.site_id, sender=row.sender, channel=row.channel)
    files = inbox.get_signal(row.signal).files
    return choosing.Standing(
        channel=row.channel,
        known_active=row.customer is not None and row.customer.active,
        wrote_at=max(wrote.order_by("-received_at").values_list("sent_at", flat=True)[:20]),
        intent=row.intent,
        about_all={code for code, line, _ in row.reading["doubts"] if line is None},
        spoken=any(file.content_type.startswith(_SPOKEN) for file in files),
        untouched=row.auto,
        asked=len(asked),
        open_question=any(one.state == "asked" for one in asked),
        unsettled=any(one.state not in ("asked", "answered") for one in asked),
        channel_problem=channels.problem_of(row.channel),
    )


def ready(row: models.OrderRow, doubt: models.DoubtRow) -> Ready | None:
    """The question that would settle a doubt, in the customer's language; None where a person must."""
    asked = choosing.question_of(_open(row, doubt))
    if asked is None or row.customer is None:
        return None
    language = _language(row)
    labelled = tuple(
        (choice.code, words.label(language, choice), choice.detail, choice.role) for choice in asked.choices
    )
    text = words.question(language, asked)
    title = words.sentence(language, "title", number=row.number)
    return Ready(doubt, asked.kind, language, title, text, labelled)


def _language(row: models.OrderRow) -> str:
    """The customer's language as the catalogue has it; where it says none, that of the message's script."""
    assert row.customer is not None
    usual = row.customer.language
    return words.language_of(usual or phrases.language_of(row.text, ""))


def _open(row: models.OrderRow, doubt: models.DoubtRow) -> choosing.Open:
    line = doubt.line
    if line is None:
        return _of_order(row, doubt)
    request = decisions.get_request(doubt.request_id)
    listed = cast(Sequence[Mapping[str, Any]], request.context.get("candidates", ()))
    scores = {str(one["sku"]): float(one["score"]) for one in listed}
    known = catalog.items_by_sku(row.site_id, {*scores, *_skus_of(line)})
    item = known.get(line.item.sku) if line.item else None
    substitute = known.get(item.substitute_sku) if item else None
    return choosing.Open(
        kind=doubt.kind,
        reason=doubt.reason,
        words=line.text or line.words,
        item=_item(item) if item else None,
        substitute=_item(substitute) if substitute else None,
        offered=tuple((_item(known[sku]), score) for sku, score in scores.items() if sku in known),
        quantity=line.quantity,
        uom=line.uom,
        doubts=tuple(line.read_doubts),
        usual=_usual(row, item.sku) if item and line.quantity is None else (),
    )


def _skus_of(line: models.LineRow) -> set[str]:
    return {line.item.sku, line.item.substitute_sku} if line.item else set()


def _item(item: answers.Item) -> choosing.Item:
    return choosing.Item(item.sku, item.description, item.active, item.units, item.base_uom)


def _of_order(row: models.OrderRow, doubt: models.DoubtRow) -> choosing.Open:
    """A doubt about the whole order; only that it may be an earlier one again is for the customer."""
    told = choosing.Open(kind=doubt.kind, reason=doubt.reason, words=row.text)
    codes = {code for code, line, _ in row.reading["doubts"] if line is None}
    named = _NUMBER.search(doubt.reason)
    if doubt.kind != "other" or codes != {"repeat"} or named is None:
        return told
    earlier = models.OrderRow.objects.filter(site=row.site_id, number=named.group()).first()
    if earlier is None:
        return told
    same = doubt.reason.startswith(repeats.SAME)
    return replace(told, same_basket=same, earlier_at=_clock(row, earlier.sent_at, day_of=row.sent_at))


def _clock(row: models.OrderRow, moment: datetime, *, day_of: datetime) -> str:
    """A moment by the site's clock, with its day where that is another than that of `day_of`."""
    zone = people.get_site(row.site_id).tz
    here, there = moment.astimezone(zone), day_of.astimezone(zone)
    return f"{here:%H:%M}" if here.date() == there.date() else f"{here:%Y-%m-%d %H:%M}"


def _usual(row: models.OrderRow, sku: str) -> tuple[tuple[Decimal, str], ...]:
    assert row.customer is not None
    past = models.PastOrderRow.objects.filter(site=row.site_id, customer=row.customer.code)
    counted = Counter(
        (Decimal(str(line["qty"])), str(line["uom"]))
        for lines in past.order_by("-ordered_at").values_list("lines", flat=True)[:LOOKED_BACK]
        for line in lines
        if line["sku"] == sku and line.get("qty")
    )
    return tuple(much for much, _ in counted.most_common(3))


def check_length(row: models.OrderRow, asked: Ready) -> None:
    """Raises CannotAsk where the message would be longer than its channel takes with answers to tap."""
    body = words.body(asked.language, row.channel, asked.text, asked.labels)
    if not asked.text.strip():
        raise CannotAsk("Write what you want to ask.")
    if len(asked.title) + len(body) > MOST_MESSAGE:
        over = len(asked.title) + len(body) - MOST_MESSAGE
        raise CannotAsk(f"The question is too long by {over} characters.")


def put(row: models.OrderRow, asked: Ready, *, origin: Origin, by: int | None = None) -> models.QuestionRow:
    """Send the question, have the desk's clocks stand still and tell it. Raises CannotAsk."""
    check_length(row, asked)
    now = clock.now()
    question_id = ids.new_id()
    made = models.QuestionRow.objects.create(
        id=question_id,
        order=row,
        doubt=asked.doubt,
        kind=asked.kind,
        language=asked.language,
        text=asked.text,
        choices=[list(choice) for choice in asked.choices],
        channel=row.channel,
        address=address_of(row.sender),
        message=_send(row, asked, question_id, origin),
        asked_by_id=by,
        asked_at=now,
        until=now + timedelta(seconds=settings.ASK_WINDOW_S),
    )
    _hold(row, made, origin)
    told = events.CustomerAsked(
        order=row.id,
        number=row.number,
        question=made.id,
        kind=made.kind,
        text=made.text,
        choices=tuple(label for label, _ in asked.labels),
        language=made.language,
        until=made.until,
        by_itself=by is None,
    )
    telling.tell(row, told, origin)
    return made


def _hold(row: models.OrderRow, made: models.QuestionRow, origin: Origin) -> None:
    since, until = (_clock(row, moment, day_of=made.asked_at) for moment in (made.asked_at, made.until))
    why = f"Asked the customer at {since}. If no answer comes by {until}, the desk decides."
    requests = closing.desk_requests(row.id)
    outsiders.hold(request_ids=requests, until=made.until, why=why, origin=origin)


def _send(row: models.OrderRow, asked: Ready, question_id: uuid.UUID, origin: Origin) -> uuid.UUID:
    title = asked.title
    if row.channel == "email" and row.subject:
        title = row.subject if row.subject.lower().startswith("re:") else f"Re: {row.subject}"
    offered = [
        offers.Choice(token_of(question_id, number), label, detail)
        for number, (label, detail) in enumerate(asked.labels)
    ]
    data = offers.in_data(offered, open_with=words.SENTENCES[asked.language]["open_list"])
    if row.reply_to:
        data["reply_to"] = row.reply_to
    return outbox.send_message(
        key=f"question:{question_id}",
        site=row.site_id,
        channel=row.channel,
        to=row.sender,
        title=title[: telling.MOST_TITLE],
        body=words.body(asked.language, row.channel, asked.text, asked.labels),
        data=data,
        subject=f"order:{row.id}",
        origin=origin,
    )


def token_of(question_id: uuid.UUID, number: int) -> str:
    """What comes back when the choice with this number (from 0) is tapped."""
    return f"question.{question_id.hex}.{number}"


def of_token(token: str) -> tuple[uuid.UUID, int] | None:
    """The question and the number of the choice; None where it is no token of ours."""
    found = re.fullmatch(r"question\.([0-9a-f]{32})\.(\d{1,2})", token, re.ASCII)
    return (uuid.UUID(found.group(1)), int(found.group(2))) if found else None
