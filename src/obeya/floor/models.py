"""Tables of the floor. Written only by `actions`."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from obeya.cases.models import CaseRow
from obeya.catalog.models import Lot
from obeya.people.models import Site

STATES = ("placed", "hold", "released", "scrapped", "withdrawn")


class HoldRow(models.Model):
    """A hold on a lot. A lot has at most one that is not decided."""

    id = models.UUIDField(primary_key=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT)
    quantity = models.DecimalField(max_digits=20, decimal_places=6, null=True, help_text="None: all")
    reason = models.TextField()
    note = models.TextField(default="")
    machine = models.TextField(default="")
    state = models.TextField(default="placed")
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    case = models.OneToOneField(CaseRow, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "floor_hold"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="floor_hold_state"),
            models.CheckConstraint(
                condition=models.Q(quantity__isnull=True) | models.Q(quantity__gt=0),
                name="floor_hold_quantity",
            ),
            models.UniqueConstraint(
                fields=["lot"], condition=models.Q(state="placed"), name="floor_hold_one_open"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["site", "-placed_at"], name="floor_hold_latest"),
        ]
