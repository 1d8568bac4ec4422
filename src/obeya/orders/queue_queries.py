"""The queue of the order desk: filtered, searched, a page at a time, whatever its length."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet

from obeya.catalog import queries as catalog
from obeya.orders import models, queries

PAGE = 50
ASKED = "asked"
MOST_WORDS = 8
NEAR = 200
"""So many are looked at one by one in a search before the indexes are asked for all."""
DOUBTS = ("item", "quantity", "unit", "customer", "price", "credit", "other")
"""Doubtful reasons that one can ask for; "other" is every other one."""
_PUNCTUATION = "-+/.,:;#_()[]<>&@=?~"
_VECTOR = (
    "to_tsvector('simple'::regconfig, translate(left(%(expressions)s, 200000), "
    f"'{_PUNCTUATION}', '{' ' * len(_PUNCTUATION)}'))"
)
"""The expression of the index orders_order_words, letter by letter: else the index would not be used."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What part of the queue. `customer` is a code or a part of a name; `older_s` counts since arrival.

    `state` is one of an order's, or ASKED: it waits while a question is with its customer.
    """

    state: str = ""
    channel: str = ""
    customer: str = ""
    doubt: str = ""
    older_s: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the queue, the newest first. `after` asks for the next page; "" where this is the last."""

    rows: tuple[queries.Row, ...]
    after: str = ""


def list_page(*, site: str, wanted: Wanted, now: datetime, after: str = "", limit: int = PAGE) -> Page:
    """One page of the queue. `after` is that of the page before; one that nobody gave begins at the top."""
    rows = _wanted(site, wanted, now)
    place = _place(after)
    if place is not None:
        at, last = place
        rows = rows.filter(received_at__lte=at).filter(Q(received_at__lt=at) | Q(pk__lt=last))
    limit = max(1, min(limit, 200))
    ordered = rows.select_related("customer").defer("reading").order_by("-received_at", "-pk")
    found = _found(ordered, site, words_of(wanted.text), limit + 1)
    told = found[:limit]
    more = f"{told[-1].received_at.isoformat()}~{told[-1].pk}" if len(found) > limit else ""
    return Page(tuple(queries.rows_of(told)), more)


def _found(
    rows: QuerySet[models.OrderRow], site: str, words: Sequence[str], most: int
) -> list[models.OrderRow]:
    """The first `most` that hold every word. What many hold is met soon: look at the first ones, one by one,
    before all that hold a word are gathered by the indexes."""
    if not words:
        return list(rows[:most])
    near = rows.filter(pk__in=list(rows.values_list("pk", flat=True)[:NEAR]))
    for word in words:
        near = near.annotate(said=_Matches(_words(), _query(word))).filter(
            Q(said=True) | Q(customer__code__in=_named(site, word)) | Q(Exists(_lines(site, word)))
        )
    found = list(near[:most])
    if len(found) == most:
        return found
    for word in words:
        rows = rows.filter(pk__in=_holding(site, word))
    return list(rows[:most])


def _place(after: str) -> tuple[datetime, uuid.UUID] | None:
    moment, _, last = after[:100].partition("~")
    try:
        place = datetime.fromisoformat(moment), uuid.UUID(last)
    except ValueError:
        return None
    return place if place[0].tzinfo is not None else None


def _wanted(site: str, wanted: Wanted, now: datetime) -> QuerySet[models.OrderRow]:
    rows = models.OrderRow.objects.filter(site=site)
    if wanted.state == ASKED:
        asked = models.QuestionRow.objects.filter(order=OuterRef("pk"), state="asked")
        rows = rows.filter(Exists(asked), state="waiting")
    elif wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.channel:
        rows = rows.filter(channel=wanted.channel)
    if wanted.customer.strip():
        rows = rows.filter(customer__code__in=_customers(site, wanted.customer))
    if wanted.older_s > 0:
        rows = rows.filter(received_at__lte=now - timedelta(seconds=wanted.older_s))
    if wanted.doubt in DOUBTS:
        rows = rows.filter(Exists(_doubts(wanted.doubt)))
    return rows


def _customers(site: str, text: str) -> list[str]:
    exact = catalog.find_customer(site, text.strip()[:100])
    if exact is not None:
        return [exact.code]
    return [found.code for found in catalog.search_customers(site, text[:100], limit=50)]


def _doubts(kind: str) -> QuerySet[models.DoubtRow]:
    open_here = models.DoubtRow.objects.filter(order=OuterRef("pk"), settled_at__isnull=True)
    return open_here.exclude(kind__in=DOUBTS) if kind == "other" else open_here.filter(kind=kind)


def words_of(text: str) -> list[str]:
    """The words of a search: letters, marks and figures as typed, bounded."""
    told = "".join(_PUNCTUATION_OUT.get(letter, letter) for letter in text[:200])
    return told.split()[:MOST_WORDS]


_PUNCTUATION_OUT = dict.fromkeys("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\0", " ")


def _holding(site: str, word: str) -> QuerySet[models.OrderRow, Any]:
    """Orders that hold a word: in number, PO number, sender, message; in their customer; in an item."""
    mine = models.OrderRow.objects.filter(site=site).order_by()
    said = mine.annotate(hit=_Matches(_words(), _query(word))).filter(hit=True)
    customers = mine.filter(customer__code__in=_named(site, word))
    return said.values("pk").union(customers.values("pk"), _lines_with(site, word).values("order_id"))


def _named(site: str, word: str) -> list[str]:
    return [found.code for found in catalog.search_customers(site, word, limit=200)]


def _lines_with(site: str, word: str) -> QuerySet[models.LineRow]:
    hit = Q(item__sku__icontains=word) | Q(item__description__icontains=word)
    return models.LineRow.objects.filter(hit, item__site=site, dropped=False).order_by()


def _lines(site: str, word: str) -> QuerySet[models.LineRow]:
    return _lines_with(site, word).filter(order=OuterRef("pk"))


class _Matches(Func):
    """Whether a vector holds a query; as an expression of its own so that the index serves it."""

    template = "%(expressions)s"
    arg_joiner = " @@ "
    output_field = BooleanField()


def _words() -> Func:
    fields: Sequence[str] = ("number", "po_number", "sender_name", "sender", "subject", "text")
    return Func(*map(F, fields), template=_VECTOR, arg_joiner=" || ' ' || ", output_field=SearchVectorField())


def _query(word: str) -> SearchQuery:
    """The word or one that begins with it; for a few figures also the order with that number."""
    padded = f" | '{word:0>6}'" if word.isdigit() and len(word) < 6 else ""
    return SearchQuery(f"'{word}':*{padded}", config="simple", search_type="raw")
