"""Answer at once where an order of the customer's own stands; what is not certain is left to a person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db.models import Q

from obeya.catalog import answers
from obeya.catalog import queries as catalog
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.orders import drafting, models, rules, telling
from obeya.orders.enquiries import events, loops, phrases, settings
from obeya.orders.reading import intents, letters, tokens, words
from obeya.people import queries as people

FRESH = timedelta(minutes=30)
"""Facts that ERP told longer ago are not given out by themselves."""
_SENTENCE = re.compile(r"[?!\n؟।۔]+|\.(?=\s|$)")
_REFERENCE = re.compile(r"[\w/.\-]*\d[\w/.\-]*")


@dataclass(frozen=True, slots=True)
class Standing:
    """How one order stands, from ERP as read at `as_of`."""

    lines: Sequence[answers.SalesLine]
    as_of: datetime


def answer(
    row: models.OrderRow, arrived: drafting.Arrived, origin: Origin, set_as: settings.Answering
) -> bool:
    """Answer a question about an order of the sender's own and close its message; False leaves all as it is.

    Only a sender who is in the customer list by this very number or address gets facts, and only where
    everything the message names is one order of theirs that ERP lists as open and in time.
    """
    if not _asks_only_that(row, arrived):
        return False
    standing = standing_of(row, row.text)
    if standing is None or not loops.may_answer(row, set_as):
        return False
    row.reading[loops.ANSWERED] = True
    row.state, row.closed_at = "answered", clock.now()
    row.save()
    tell(row, standing, origin)
    telling.remember(row)
    return True


def tell(row: models.OrderRow, standing: Standing, origin: Origin) -> None:
    """Send where an order stands, and keep in the journal that it was told."""
    assert row.customer is not None
    language = phrases.language_of(row.text, row.customer.language)
    first = standing.lines[0].order_number
    told = events.QuestionAnswered(row.id, row.number, first, language, standing.as_of)
    event = telling.tell(row, told, origin)
    body = _words(row, standing, language)
    telling.write_to_customer(row, f"order:{row.id}:answer", first, body, origin.after(event))


def knows_sender(row: models.OrderRow) -> bool:
    """Whether the sender is in the customer list by just this contact, and by that of one customer only."""
    if row.customer is None:
        return False
    kind: Literal["email", "phone"] = "email" if "@" in row.sender else "phone"
    known = catalog.find_customers_by_contact(row.site_id, kind, row.sender)
    return [one.code for one in known] == [row.customer.code]


def _asks_only_that(row: models.OrderRow, arrived: drafting.Arrived) -> bool:
    """A status question in plain words, by somebody in the list, with nothing else in it."""
    if row.intent != "status_query" or row.channel not in loops.CHANNELS or arrived.attachments:
        return False
    found = intents.cues(letters.fold(row.text).text)
    besides = found.complaint + found.payment + found.cancel + found.price + found.stock
    besides += found.change + found.repeat + found.insists
    if (
        besides
        or not all(map(_is_about_status, _SENTENCE.split(row.text)))
        or row.customer is None
        or row.lines.filter(item__isnull=False).exists()
    ):
        return False
    return knows_sender(row)


def _is_about_status(sentence: str) -> bool:
    """Whether a sentence asks where something is, or holds nothing but greetings: nothing else is lost."""
    text = letters.fold(sentence).text
    return intents.cues(text).status > 0 or all(word in words.FILLER for word in tokens.WORDS.findall(text))


def is_question(text: str) -> bool:
    """Whether a text has the form or the words of a question."""
    return intents.cues(letters.fold(text).text).question > 0


def standing_of(row: models.OrderRow, text: str) -> Standing | None:
    """The one order that is meant, where ERP was read lately and it is not late; None for none, or two."""
    assert row.customer is not None
    as_of = _read_at(row.site_id)
    if as_of is None or clock.now() - as_of > FRESH:
        return None
    lines = catalog.list_open_sales(row.site_id, customer=row.customer.code)
    named = [_key(one.group()) for one in _REFERENCE.finditer(letters.fold(text).text)]
    meant = [{line.order_number for line in lines if name in _names(line)} for name in named]
    if not meant and _has_another_under_way(row, as_of):
        return None
    orders = meant or [{line.order_number for line in lines}]
    if any(len(one) != 1 for one in orders) or len(set().union(*orders)) != 1:
        return None
    own = [line for line in lines if line.order_number in orders[0]]
    today = clock.now().astimezone(people.get_site(row.site_id).tz).date()
    in_time = all(line.due_on is not None and line.due_on >= today for line in own)
    return Standing(own, as_of) if in_time else None


def _has_another_under_way(row: models.OrderRow, as_of: datetime) -> bool:
    """Whether the customer may mean an order that ERP did not list yet when it was read."""
    under_way = Q(state__in=["waiting", "confirmed"]) | Q(state="booked", booked_at__gt=as_of)
    others = models.OrderRow.objects.filter(under_way, customer=row.customer_id).exclude(pk=row.pk)
    return others.exclude(intent__in=rules.NOT_AN_ORDER).exists()


def _key(text: str) -> str:
    return re.sub(r"[^\w]", "", letters.fold(text).text).casefold()


def _names(line: answers.SalesLine) -> set[str]:
    return {_key(name) for name in (line.order_number, line.customer_reference) if name}


def _read_at(site: str) -> datetime | None:
    """When ERP's open sales lines of a site were read last; None where they cannot be read, or never were."""
    found = [
        entity
        for connector in catalog.connector_health()
        if connector.site == site
        for entity in connector.entities
        if entity.entity == "sales_lines"
    ]
    if not found or any(entity.error or entity.as_of is None for entity in found):
        return None
    return min(entity.as_of for entity in found if entity.as_of is not None)


def _words(row: models.OrderRow, standing: Standing, language: str) -> str:
    part = any(line.open_quantity < line.quantity for line in standing.lines)
    due = max(line.due_on for line in standing.lines if line.due_on is not None)
    as_of = standing.as_of.astimezone(people.get_site(row.site_id).tz)
    return phrases.status(
        language,
        "part" if part else "open",
        order=standing.lines[0].order_number,
        due=due.isoformat(),
        as_of=f"{as_of:%Y-%m-%d %H:%M}",
    )
