"""Who is answered by itself at all: never a program, never ourselves, and nobody without end."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.db.models import Q, QuerySet

from obeya.lib import clock
from obeya.orders import models
from obeya.orders.enquiries import cues, settings
from obeya.outbox import queries as outbox

ANSWERED = "answered_by_itself"
"""The key in an order's reading that marks its message as answered by itself."""
CHANNELS = ("whatsapp", "email")
HOUR = timedelta(hours=1)
MOST_OF_THE_SAME = 5
"""So often the same words of one sender are answered within an hour."""


def may_answer(row: models.OrderRow, set_as: settings.Answering) -> bool:
    """Whether one more message may go to this sender by itself.

    Messages of one sender that come at once are counted one after the other.
    """
    if row.channel not in CHANNELS or cues.is_automatic(row.text) or _is_ours(row) or _is_again(row):
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('orders.answers:' || %s, 0))",
            [str(row.customer_id or row.sender)],
        )
    return _answered_lately(row).count() < set_as.most_an_hour


def _of_sender(row: models.OrderRow) -> QuerySet[models.OrderRow]:
    """Earlier messages of the same customer, or of the same number or address."""
    whose = Q(sender=row.sender)
    if row.customer_id is not None:
        whose |= Q(customer=row.customer_id)
    return models.OrderRow.objects.filter(whose, site=row.site_id).exclude(pk=row.pk)


def _answered_lately(row: models.OrderRow) -> QuerySet[models.OrderRow]:
    since = clock.now() - HOUR
    lately = Q(closed_at__gt=since) | Q(received_at__gt=since)
    marked = {f"reading__{ANSWERED}": True}
    return _of_sender(row).filter(lately, **marked)


def _is_again(row: models.OrderRow) -> bool:
    """Whether the very same words were answered to the same sender within the hour, more than once."""
    return _answered_lately(row).filter(text=row.text).count() >= MOST_OF_THE_SAME


def _is_ours(row: models.OrderRow) -> bool:
    """Whether the message says word for word what we sent this customer lately: it came back."""
    said = " ".join(row.text.split())
    subjects = [f"order:{key}" for key in _answered_lately(row).values_list("pk", flat=True)[:20]]
    return bool(said) and any(
        " ".join(message.body.split()) in said for message in outbox.list_replies(subjects)
    )
