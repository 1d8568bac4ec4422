"""Tables of the journal. Written only by `actions`; the database refuses any change afterwards."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from obeya.journal import events


class EventRow(models.Model):
    """One event. `pos` is the order of insertion within the database, not yet of commit."""

    id = models.UUIDField(primary_key=True, editable=False)
    pos = models.BigIntegerField()
    type = models.TextField()
    version = models.SmallIntegerField()
    site = models.TextField()
    subject = models.TextField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    source = models.TextField()
    actor = models.TextField()
    correlation = models.UUIDField()
    causation = models.UUIDField(null=True)
    signal = models.UUIDField(null=True)
    data = models.JSONField()
    digest = models.BinaryField()

    class Meta:
        db_table = "journal_event"
        managed = False

    def to_event(self) -> events.Event:
        """The same as a value."""
        return events.Event(
            id=self.id,
            type=self.type,
            version=self.version,
            site=self.site,
            subject=self.subject,
            occurred_at=self.occurred_at,
            recorded_at=self.recorded_at,
            source=self.source,
            actor=self.actor,
            correlation=self.correlation,
            causation=self.causation,
            signal=self.signal,
            data=self.data,
        )


class SealRow(models.Model):
    """An event's place in the chain: `position` over all sites, `sequence` per site, both gapless."""

    position = models.BigIntegerField(primary_key=True)
    site = models.TextField()
    sequence = models.BigIntegerField()
    event = models.OneToOneField(EventRow, on_delete=models.DO_NOTHING, db_constraint=False)
    hash = models.BinaryField()

    class Meta:
        db_table = "journal_seal"
        managed = False
        ordering: ClassVar[list[str]] = ["position"]
