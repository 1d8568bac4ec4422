"""Tables of the price rules. Written only by `pricing.actions` and, for dry runs, `pricing.trying`."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

STATES = ("draft", "in_force", "ended")


class PriceTableRow(models.Model):
    """One version of a site's price rules; a draft has no number yet. Once in force it is never changed."""

    site = models.ForeignKey("people.Site", on_delete=models.PROTECT, related_name="+")
    number = models.IntegerField(null=True, help_text="counted from 1 at each site once it is put in force")
    state = models.TextField(default="draft")
    rows = models.JSONField(default=list, help_text="as pricing.typed keeps them")
    next_row = models.IntegerField(default=1, help_text="the id of the next new row")
    currency = models.TextField(help_text="the site's own: costs are in it")
    timezone = models.TextField(help_text="the site's own: days of rules are in it")
    revision = models.IntegerField(default=0, help_text="how often the draft was saved")
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    in_force_at = models.DateTimeField(null=True)
    in_force_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)
    why = models.TextField(default="")

    class Meta:
        db_table = "orders_price_table"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="orders_price_table_state"),
            models.CheckConstraint(
                condition=models.Q(state="draft", number__isnull=True, in_force_at__isnull=True)
                | models.Q(number__isnull=False, in_force_at__isnull=False, in_force_by__isnull=False),
                name="orders_price_table_numbered_in_force",
            ),
            models.UniqueConstraint(fields=["site", "number"], name="orders_price_table_number"),
            models.UniqueConstraint(
                fields=["site"], condition=models.Q(state="draft"), name="orders_price_table_one_draft"
            ),
            models.UniqueConstraint(
                fields=["site"],
                condition=models.Q(state="in_force"),
                name="orders_price_table_one_in_force",
            ),
        ]


class PriceTrialRow(models.Model):
    """The dry run of a draft as it was at one revision: asked for, under way, done or failed."""

    draft = models.OneToOneField(
        PriceTableRow, on_delete=models.CASCADE, primary_key=True, related_name="trial"
    )
    revision = models.IntegerField()
    judged_on = models.DateField(help_text="as if every order had come on this day")
    state = models.TextField(default="asked")
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    tried = models.IntegerField(default=0, help_text="lines judged so far")
    total = models.IntegerField(default=0, help_text="lines to judge")
    result = models.JSONField(null=True, help_text="as pricing.comparing tells it")
    problem = models.TextField(default="")

    class Meta:
        db_table = "orders_price_trial"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(state__in=["asked", "running", "done", "failed"]),
                name="orders_price_trial_state",
            ),
        ]
