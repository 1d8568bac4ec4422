"""Table of the nightly checks of what was learned. Written only by `retraining`."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class LearningRow(models.Model):
    """One check: constants fitted on older messages, compared with those in use on newer ones.

    `active`: its constants are in use; where no row of a site is, those of `deciding.TODAY` are. Promoted
    rows stay, so that one can go back.
    """

    site = models.ForeignKey("people.Site", on_delete=models.PROTECT)
    at = models.DateTimeField()
    code = models.TextField(help_text="the verdict, as `retraining_rules` names it")
    why = models.TextField()
    fitted_on = models.IntegerField()
    replayed = models.IntegerField()
    left_out = models.IntegerField(default=0, help_text="for lack of time")
    constants = models.JSONField(help_text="factors and grades of the challenger")
    figures = models.JSONField(default=dict, help_text="errors, chance, and the counts of each group")
    quarantined = models.JSONField(default=list, help_text="ids of aliases that proved bad")
    words = models.TextField(default="", help_text="what became of the aliases")
    active = models.BooleanField(default=False)
    rolled_back_at = models.DateTimeField(null=True)
    rolled_back_by = models.TextField(default="")

    class Meta:
        db_table = "orders_learning"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["site"], condition=models.Q(active=True), name="orders_learning_one_active"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["site", "-at"], name="orders_learning_latest"),
        ]
