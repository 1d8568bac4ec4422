"""Tables of cases. Written only by `actions`."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from obeya.decisions.models import RequestRow
from obeya.people.models import Site

STATES = ("open", "resolving", "closed", "withdrawn")


class CaseRow(models.Model):
    """One exception from its first event to its outcome."""

    id = models.UUIDField(primary_key=True)
    key = models.TextField(unique=True)
    number = models.TextField(unique=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    kind = models.TextField()
    severity = models.SmallIntegerField()
    about = models.TextField(help_text='what it is about, as kind:id ("lot:FG-CAP28:L-2041")')
    title = models.TextField()
    facts = models.JSONField(default=dict)
    state = models.TextField(default="open")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    outcome = models.TextField(default="")
    outcome_text = models.TextField(default="")
    open_postings = models.IntegerField(default=0)
    source = models.TextField()
    actor = models.TextField()
    correlation = models.UUIDField()
    causation = models.UUIDField(null=True)
    signal = models.UUIDField(null=True)

    class Meta:
        db_table = "cases_case"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="cases_case_state"),
            models.CheckConstraint(
                condition=models.Q(severity__gte=1, severity__lte=5), name="cases_case_severity"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["site", "-opened_at"], name="cases_case_latest"),
            models.Index(fields=["about"], name="cases_case_about"),
            models.Index(fields=["correlation"], name="cases_case_story"),
        ]


class QuestionRow(models.Model):
    """Which request belongs to which case, and whether its answer is required."""

    case = models.ForeignKey(CaseRow, on_delete=models.PROTECT, related_name="questions")
    request = models.OneToOneField(RequestRow, on_delete=models.PROTECT, related_name="+")
    function = models.TextField()
    required = models.BooleanField()
    position = models.SmallIntegerField()

    class Meta:
        db_table = "cases_question"
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "function"], name="cases_question_once"),
        ]


class RouteRow(models.Model):
    """One row of the routing table of a site."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    kind = models.TextField()
    severity = models.SmallIntegerField(default=0, help_text="1 worst to 5; 0 for any")
    function = models.TextField()
    question = models.TextField()
    options = models.JSONField(help_text="[[code, label], ...]")
    window_s = models.IntegerField()
    required = models.BooleanField(default=True)
    position = models.SmallIntegerField()

    class Meta:
        db_table = "cases_route"
        ordering: ClassVar[list[str]] = ["kind", "position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["site", "kind", "severity", "function"], name="cases_route_once"),
            models.CheckConstraint(condition=models.Q(window_s__gte=30), name="cases_route_window"),
        ]
