"""Tables of decisions. Written only by `actions`."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from obeya.people.models import Site

STATES = ("open", "decided", "withdrawn")


class RequestRow(models.Model):
    """One question to one function. `next_at` is stored, and set exactly while the request is open."""

    id = models.UUIDField(primary_key=True)
    key = models.TextField(unique=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    kind = models.TextField()
    subject = models.TextField()
    function = models.TextField()
    asked = ArrayField(models.TextField(), help_text="the function and those the ladder added")
    title = models.TextField()
    question = models.TextField()
    severity = models.SmallIntegerField(default=3)
    context = models.JSONField()
    options = models.JSONField()
    ladder = models.JSONField()
    state = models.TextField(default="open")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    escalations = models.IntegerField(default=0)
    skipped = models.IntegerField(default=0, help_text="rungs that lay before the request was opened")
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    claimed_at = models.DateTimeField(null=True)
    delegated_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    delegated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    delegation_note = models.TextField(default="")
    closed_at = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True, help_text="its clock stands still till then; kept after")
    hold_note = models.TextField(default="", db_default="", help_text="why it was held, or what came of it")
    source = models.TextField()
    actor = models.TextField()
    correlation = models.UUIDField()
    causation = models.UUIDField(null=True)
    signal = models.UUIDField(null=True)

    class Meta:
        db_table = "decisions_request"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="decisions_request_state"),
            models.CheckConstraint(
                condition=models.Q(state="open", next_at__isnull=False, closed_at__isnull=True)
                | models.Q(state__in=["decided", "withdrawn"], next_at__isnull=True, closed_at__isnull=False),
                name="decisions_request_due_while_open",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["next_at"], condition=models.Q(state="open"), name="decisions_request_next"),
            models.Index(
                fields=["site", "due_at"], condition=models.Q(state="open"), name="decisions_request_open"
            ),
            GinIndex(fields=["asked"], name="decisions_request_asked"),
            models.Index(fields=["subject"], name="decisions_request_subject"),
            models.Index(fields=["correlation"], name="decisions_request_story"),
        ]


class EscalationRow(models.Model):
    """One rung climbed: at most one row per request and number."""

    request = models.ForeignKey(RequestRow, on_delete=models.PROTECT, related_name="climbed")
    number = models.IntegerField()
    to = models.TextField()
    due_at = models.DateTimeField()
    escalated_at = models.DateTimeField()

    class Meta:
        db_table = "decisions_escalation"
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["request", "number"], name="decisions_escalation_once"),
        ]


class DecisionRow(models.Model):
    """The answer: one per request, never edited."""

    request = models.OneToOneField(RequestRow, on_delete=models.PROTECT, related_name="decision")
    option = models.TextField()
    rationale = models.TextField()
    constraints_named = ArrayField(models.TextField(), default=list)
    values = models.JSONField(default=dict)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    outsider = models.TextField(default="", db_default="", help_text="who outside answered; then no user did")
    decided_at = models.DateTimeField()
    event = models.UUIDField()

    class Meta:
        db_table = "decisions_decision"


class OutcomeRow(models.Model):
    """What became of a decision, told later; the latest one counts."""

    decision = models.ForeignKey(DecisionRow, on_delete=models.PROTECT, related_name="outcomes")
    worked = models.BooleanField(null=True)
    text = models.TextField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "decisions_outcome"
        ordering: ClassVar[list[str]] = ["recorded_at"]
