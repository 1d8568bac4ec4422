"""The table of questions that went to customers. Written only by `asking` and `questions`."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

STATES = ("asked", "answered", "unclear", "expired", "undelivered", "withdrawn")
"""With the customer; answered by them; their answer fits no choice; no answer in time; it did not arrive;
settled by somebody else meanwhile."""


class QuestionRow(models.Model):
    """One doubt of an order as it was put to its customer; at most one of an order is with them at a time."""

    id = models.UUIDField(primary_key=True)
    order = models.ForeignKey("orders.OrderRow", on_delete=models.CASCADE, related_name="questions")
    doubt = models.ForeignKey(
        "orders.DoubtRow", on_delete=models.SET_NULL, null=True, related_name="questions"
    )
    kind = models.TextField()
    language = models.TextField()
    text = models.TextField(help_text="the question without its choices, as it was sent")
    choices = models.JSONField(help_text="as sent: [code, label, detail, role]")
    channel = models.TextField()
    address = models.TextField(help_text="whom it was sent to, in the form in which senders are compared")
    message = models.UUIDField(unique=True, help_text="the outbox's message that carries it")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    until = models.DateTimeField(help_text="till then the desk's clock stands still")
    state = models.TextField(default="asked")
    closed_at = models.DateTimeField(null=True)
    option = models.TextField(default="", help_text="the code of the choice that was taken")
    said = models.TextField(default="", help_text="what the customer answered, as they wrote it")
    late_said = models.TextField(default="", help_text="what they answered after it was closed")
    late_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "orders_question"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="orders_question_state"),
            models.CheckConstraint(
                condition=models.Q(state="asked", closed_at__isnull=True)
                | (~models.Q(state="asked") & models.Q(closed_at__isnull=False)),
                name="orders_question_closed_or_not",
            ),
            models.UniqueConstraint(
                fields=["order"], condition=models.Q(state="asked"), name="orders_question_one_open"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["until"], condition=models.Q(state="asked"), name="orders_question_until"),
            models.Index(fields=["channel", "address", "-asked_at"], name="orders_question_address"),
        ]
