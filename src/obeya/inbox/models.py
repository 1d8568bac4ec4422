"""Tables of the inbox. Written only by `actions`; what arrived is never edited."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from obeya.people.models import Site

STATES = ("received", "understood", "waiting", "refused")


class SignalRow(models.Model):
    """One thing that arrived. `natural_key` makes a second arrival harmless."""

    id = models.UUIDField(primary_key=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    source = models.TextField()
    natural_key = models.TextField()
    content_type = models.TextField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    size = models.IntegerField()
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    correlation = models.UUIDField()
    state = models.TextField(default="received")
    reason = models.TextField(default="")
    became = models.TextField(default="")
    attempts = models.IntegerField(default=0)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "inbox_signal"
        ordering: ClassVar[list[str]] = ["-received_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["source", "natural_key"], name="inbox_signal_natural_key"),
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="inbox_signal_state"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["site", "-received_at"], name="inbox_signal_latest"),
            models.Index(
                fields=["received_at"],
                condition=models.Q(state__in=["received", "waiting", "refused"]),
                name="inbox_signal_unsettled",
            ),
        ]


class MediaRow(models.Model):
    """A file, stored once under the SHA-256 of its bytes."""

    digest = models.TextField(primary_key=True)
    size = models.BigIntegerField()
    content_type = models.TextField()
    stored_at = models.DateTimeField()

    class Meta:
        db_table = "inbox_media"


class SignalMediaRow(models.Model):
    """A file that came with a signal, under the name it had there."""

    signal = models.ForeignKey(SignalRow, on_delete=models.PROTECT, related_name="files")
    media = models.ForeignKey(MediaRow, on_delete=models.PROTECT)
    position = models.SmallIntegerField()
    name = models.TextField(default="")

    class Meta:
        db_table = "inbox_signal_media"
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["signal", "position"], name="inbox_signal_media_once"),
        ]


class RefusalRow(models.Model):
    """Deliveries that were refused at the door for one reason: how many, and when. No bodies are kept."""

    source = models.TextField()
    reason = models.TextField()
    count = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "inbox_refusal"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["source", "reason"], name="inbox_refusal_once"),
        ]


class MissingFileRow(models.Model):
    """A file of a signal that could not be fetched, with the reason for people."""

    signal = models.ForeignKey(SignalRow, on_delete=models.PROTECT, related_name="missing")
    name = models.TextField(default="")
    reason = models.TextField()
    again = models.BooleanField(help_text="asking once more may help")
    noted_at = models.DateTimeField()

    class Meta:
        db_table = "inbox_missing_file"
        ordering: ClassVar[list[str]] = ["pk"]


class SourceRow(models.Model):
    """How a source that we read by ourselves is: a mailbox, a folder. `place` is where reading goes on."""

    source = models.TextField()
    name = models.TextField(help_text="which one, as people know it: an address, a path")
    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    problem = models.TextField(default="", help_text="why it cannot be read; empty while it can")
    place = models.JSONField(default=dict)
    looked_at = models.DateTimeField()
    well_at = models.DateTimeField(null=True)
    taken = models.BigIntegerField(default=0)

    class Meta:
        db_table = "inbox_source"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["source", "name"], name="inbox_source_once"),
        ]
