"""The table of counter-offers. Written only by `countering`."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

STATES = ("open", "accepted", "declined", "unanswered", "withdrawn")


class CounterOfferRow(models.Model):
    """A price for one line that was put to the customer instead of the asked one, and what they said.

    Prices are per `uom`, in `currency`. `heard` keeps whatever the customer said, late or unclear too.
    """

    id = models.UUIDField(primary_key=True)
    order = models.ForeignKey("orders.OrderRow", on_delete=models.CASCADE, related_name="counter_offers")
    line = models.ForeignKey(
        "orders.LineRow",
        on_delete=models.SET_NULL,
        null=True,
        related_name="counter_offers",
        help_text="null once the message was read anew",
    )
    request = models.OneToOneField(
        "decisions.RequestRow", on_delete=models.PROTECT, related_name="+", help_text="whose answer it is"
    )
    item_name = models.TextField()
    price = models.DecimalField(max_digits=20, decimal_places=6)
    asked_price = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    uom = models.TextField()
    currency = models.TextField()
    terms = models.JSONField(help_text="what it is offered for: agreements.stored")
    note = models.TextField(default="")
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    language = models.TextField()
    sent_to = models.TextField(help_text="who may answer: the address it went to, or who wrote")
    sent = models.BooleanField(help_text="false: the channel cannot be answered, a person tells the customer")
    undelivered = models.TextField(default="", help_text="why it did not reach the customer")
    sent_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.TextField(default="open")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    heard = models.JSONField(default=list)

    class Meta:
        db_table = "orders_counter_offer"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(state="open", closed_at__isnull=True)
                | models.Q(state__in=STATES[1:], closed_at__isnull=False),
                name="orders_counter_closed_or_open",
            ),
            models.CheckConstraint(condition=models.Q(price__gt=0), name="orders_counter_positive"),
            models.UniqueConstraint(
                fields=["line"], condition=models.Q(state="open"), name="orders_counter_one_open"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=models.Q(state="open"), name="orders_counter_due"),
            models.Index(fields=["sent_to", "-sent_at"], name="orders_counter_sent_to"),
        ]
