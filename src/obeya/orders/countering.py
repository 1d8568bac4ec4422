"""The only writer of counter-offers: put one to the customer, note what they say, take it back.

Whoever calls has locked the order and checks it afterwards.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.conf import settings

from obeya.decisions import queries as decisions
from obeya.journal.events import Event, Origin
from obeya.lib import canonical, clock, ids
from obeya.orders import (
    agreements,
    counter_events,
    counter_models,
    counter_terms,
    counter_words,
    models,
    rules,
    telling,
)
from obeya.orders.enquiries import phrases
from obeya.outbox import choices
from obeya.people import queries as people

MOST_HEARD, MOST_WORDS = 20, 500
"""So many answers, and so many characters of each, are kept with an offer; all are kept as signals."""


def offer(row: models.OrderRow, line: models.LineRow, request: decisions.Request, origin: Origin) -> None:
    """Put the counter-offer that a request was answered with to the customer, in their words and channel.

    One that cannot be made any more, because its line is another now, is not: the price is asked anew.
    """
    assert request.decision is not None
    values, terms = request.decision.values, agreements.asked_with(request.context)
    now_terms = agreements.terms_of(line, row.currency)
    if terms is None or now_terms is None or not _is_same(terms, now_terms) or not values.get("price"):
        return
    site, now = people.get_site(row.site_id), clock.now()
    usual = row.customer.language if row.customer else ""
    made = counter_models.CounterOfferRow(
        id=ids.new_id(),
        order=row,
        line=line,
        request_id=request.id,
        item_name=line.item.description if line.item else "",
        price=Decimal(str(values["price"])),
        asked_price=line.asked_price,
        quantity=terms.quantity,
        uom=terms.uom,
        currency=terms.currency,
        terms=agreements.stored(terms),
        note=str(values.get("note", ""))[: counter_terms.MOST_NOTE],
        offered_by_id=request.decision.decided_by,
        language=phrases.language_of(row.text, usual),
        sent_to=row.sender,
        sent=False,
        sent_at=now,
        due_at=counter_terms.due_after(now, hours=settings.COUNTER_OFFER_HOURS, week=site.week, zone=site.tz),
    )
    made.sent = _write(row, made, site, origin)
    made.save()
    telling.tell(row, _sent_event(row, line, made), origin)


def _is_same(terms: rules.Terms, now: rules.Terms) -> bool:
    return (terms.sku, terms.uom, terms.quantity, terms.currency) == (
        now.sku,
        now.uom,
        now.quantity,
        now.currency,
    )


def _write(
    row: models.OrderRow, made: counter_models.CounterOfferRow, site: people.Site, origin: Origin
) -> bool:
    language = made.language
    body = counter_words.offer(
        language,
        note=made.note,
        until=moment_words(made.due_at, site),
        number=row.number,
        quantity=rules.plain(made.quantity),
        uom=made.uom,
        item=made.item_name,
        price=rules.plain(made.price),
        currency=made.currency,
    )
    yes, no = counter_words.BUTTONS[language]
    taps = choices.in_data(
        [
            choices.Choice(counter_words.tap(made.id, yes=True), yes),
            choices.Choice(counter_words.tap(made.id, yes=False), no),
        ],
        open_with="",
    )
    return telling.write_to_customer(
        row,
        message_key(row.id, made.id),
        counter_words.title(language, number=row.number),
        body,
        origin,
        {"language": language, **taps},
    )


def message_key(order_id: uuid.UUID, offer_id: uuid.UUID) -> str:
    """The key of the message that tells the customer of an offer."""
    return f"order:{order_id}:counter:{offer_id}"


def moment_words(moment: datetime, site: people.Site) -> str:
    """A moment by the site's clock, as messages and reasons tell it."""
    return f"{moment.astimezone(site.tz):%Y-%m-%d %H:%M}"


def _sent_event(
    row: models.OrderRow, line: models.LineRow, made: counter_models.CounterOfferRow
) -> counter_events.CounterSent:
    return counter_events.CounterSent(
        order=row.id,
        number=row.number,
        offer=made.id,
        line=line.position,
        sku=str(made.terms["sku"]),
        quantity=made.quantity,
        uom=made.uom,
        price=made.price,
        asked_price=made.asked_price,
        currency=made.currency,
        until=made.due_at,
        told_by_obeya=made.sent,
    )


def settle(
    row: models.OrderRow,
    made: counter_models.CounterOfferRow,
    *,
    yes: bool,
    words: str,
    origin: Origin,
    person: int | None = None,
) -> Event:
    """Note a yes or a no to an open offer, by the customer or told by a `person`; yes agrees to its price."""
    _hear(made, words, origin)
    _close(made, "accepted" if yes else "declined", person)
    if yes and made.line is not None:
        agreements.agree(
            made.line,
            what="counter",
            price=made.price,
            terms=agreements.to_terms(made.terms),
            request=made.request_id,
        )
        made.line.save()
    happened = counter_events.CounterAccepted if yes else counter_events.CounterDeclined
    return telling.tell(row, happened(row.id, row.number, made.id, made.price, words[:MOST_WORDS]), origin)


def note_unclear(made: counter_models.CounterOfferRow, words: str, origin: Origin) -> None:
    """Keep words that answer an offer without a yes or a no."""
    _hear(made, words, origin)
    made.save(update_fields=["heard"])


def note_late(row: models.OrderRow, made: counter_models.CounterOfferRow, words: str, origin: Origin) -> None:
    """Keep an answer to an offer that is closed."""
    _hear(made, words, origin, late=True)
    made.save(update_fields=["heard"])
    told = counter_events.CounterAnsweredLate(row.id, row.number, made.id, words[:MOST_WORDS])
    telling.tell(row, told, origin)


def let_lapse(
    row: models.OrderRow, made: counter_models.CounterOfferRow, origin: Origin, *, undelivered: str = ""
) -> None:
    """The offer's time is over without a yes or a no, or (`undelivered`: why) it never got there."""
    made.undelivered = undelivered[:MOST_WORDS]
    _close(made, "unanswered", None)
    told = counter_events.CounterUnanswered(row.id, row.number, made.id, made.price)
    telling.tell(row, told, origin)


def _hear(made: counter_models.CounterOfferRow, words: str, origin: Origin, *, late: bool = False) -> None:
    heard: dict[str, canonical.Json] = {
        "at": clock.now().isoformat(),
        "by": origin.actor,
        "words": words[:MOST_WORDS],
        "signal": str(origin.signal or ""),
        "late": late,
    }
    made.heard = [*made.heard, heard][-MOST_HEARD:]


def _close(made: counter_models.CounterOfferRow, state: str, person: int | None) -> None:
    made.state, made.closed_at, made.closed_by_id = state, clock.now(), person
    made.save()


def withdraw(row: models.OrderRow, line_id: int, origin: Origin) -> None:
    """The open offer for a line, if there is one, holds no more."""
    for made in counter_models.CounterOfferRow.objects.filter(line=line_id, state="open"):
        _close(made, "withdrawn", None)
        told = counter_events.CounterWithdrawn(row.id, row.number, made.id, made.price)
        telling.tell(row, told, origin)


def told_of(
    row: models.OrderRow, lines: Sequence[models.LineRow], origin: Origin
) -> Mapping[int, tuple[str, str]]:
    """What the latest offers mean for these lines: (what waits for an answer, what came of it) by line id.

    An open offer whose line is another now is taken back.
    """
    latest: dict[int, counter_models.CounterOfferRow] = {}
    found = counter_models.CounterOfferRow.objects.filter(line__in=[line.pk for line in lines])
    for made in found.order_by("sent_at", "id"):
        if made.line_id is not None:
            latest[made.line_id] = made
    by_id = {line.pk: line for line in lines}
    site = people.get_site(row.site_id)
    told = {}
    for line_id, made in latest.items():
        now = agreements.terms_of(by_id[line_id], row.currency)
        if made.state == "open" and (now is None or not _is_same(agreements.to_terms(made.terms), now)):
            withdraw(row, line_id, origin)
            made.refresh_from_db()
        waiting = waiting_words(made, site) if made.state == "open" else ""
        told[line_id] = (waiting, "" if waiting else outcome_words(made))
    return told


def waiting_words(made: counter_models.CounterOfferRow, site: people.Site) -> str:
    """How an open offer stands, in a sentence."""
    price, since = f"{rules.plain(made.price)} per {made.uom}", moment_words(made.sent_at, site)
    if made.sent:
        return f"counter-offer of {price} sent, waiting for the customer since {since}."
    return f"tell the customer our counter-offer of {price} (this channel takes no answers from here)."


def outcome_words(made: counter_models.CounterOfferRow) -> str:
    """What came of a closed offer and what was said, in a sentence or two; "" for an accepted one."""
    price = f"{rules.plain(made.price)} per {made.uom}"
    came = {
        "declined": f"The customer declined our counter-offer of {price}",
        "unanswered": f"The customer did not answer our counter-offer of {price} in time",
        "withdrawn": f"Our counter-offer of {price} was taken back",
    }.get(made.state)
    if came is None:
        return ""
    if made.undelivered:
        came = f"Our counter-offer of {price} did not reach the customer: {made.undelivered.rstrip('.')}"
    return f"{came}{heard_words(made)}."


def heard_words(made: counter_models.CounterOfferRow) -> str:
    """What the customer said to an offer, quoted; "" where they said nothing."""
    quoted = [
        f"{'later: ' if one['late'] else ''}“{one['words']}”" for one in made.heard[-3:] if one["words"]
    ]
    return f" ({'; '.join(quoted)})" if quoted else ""


def find_open(line_id: int | None) -> counter_models.CounterOfferRow | None:
    """The open offer for a line."""
    rows = counter_models.CounterOfferRow.objects.select_related("line")
    return rows.filter(line=line_id, state="open").first() if line_id is not None else None


def find(offer_id: uuid.UUID) -> counter_models.CounterOfferRow | None:
    """An offer by its id."""
    return counter_models.CounterOfferRow.objects.select_related("line").filter(pk=offer_id).first()
