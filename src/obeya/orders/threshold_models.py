"""Tables of how sure an order must be to be booked unasked. Written only by `gate` and `thresholds`."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class SureRow(models.Model):
    """An order whose reading was sure enough to be booked unasked, its group, and what somebody found.

    `looked_at`: a person compared it with its message, `blind` in an audit, else at the desk.
    """

    order = models.OneToOneField(
        "orders.OrderRow", on_delete=models.CASCADE, primary_key=True, related_name="sure"
    )
    site = models.ForeignKey("people.Site", on_delete=models.PROTECT)
    channel = models.TextField()
    script = models.TextField()
    score = models.FloatField(help_text="how little there was to doubt, as the reader ranks: 0 to 1")
    held_at = models.DateTimeField(null=True, help_text="since when it waits, or waited, for being below")
    looked_at = models.DateTimeField(null=True)
    wrong = models.BooleanField(null=True)
    blind = models.BooleanField(default=False)
    what = models.TextField(default="", help_text="what was wrong")

    class Meta:
        db_table = "orders_sure"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(looked_at__isnull=True, wrong__isnull=True)
                | models.Q(looked_at__isnull=False, wrong__isnull=False),
                name="orders_sure_looked_at_or_not",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["site", "looked_at"],
                include=["channel", "script", "score", "wrong"],
                condition=models.Q(looked_at__isnull=False),
                name="orders_sure_looked_at",
            ),
            models.Index(fields=["site", "channel", "script"], name="orders_sure_group"),
        ]


class ThresholdRow(models.Model):
    """Where a group of a site stands. `channel` and `script` "*": all orders of the site together."""

    site = models.ForeignKey("people.Site", on_delete=models.PROTECT)
    channel = models.TextField()
    script = models.TextField()
    level = models.SmallIntegerField(default=0, help_text="the step of `thresholds_rules.STEPS`")
    since = models.DateTimeField(null=True, help_text="when it last changed, or an error was found")
    why = models.TextField(default="")
    right = models.IntegerField(default=0, help_text="found right since then")
    blind = models.IntegerField(default=0, help_text="of these by blind audit")

    class Meta:
        db_table = "orders_threshold"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["site", "channel", "script"], name="orders_threshold_once"),
        ]
