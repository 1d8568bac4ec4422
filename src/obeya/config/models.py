"""Which processes live: one row each, beaten every two seconds."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """A ticker that lives, or lived. `active` is the one that works; others stand by."""

    id = models.UUIDField(primary_key=True)
    host = models.TextField()
    pid = models.IntegerField()
    active = models.BooleanField()
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    note = models.JSONField(default=dict)

    class Meta:
        db_table = "config_heartbeat"
