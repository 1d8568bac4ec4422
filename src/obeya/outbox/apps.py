"""The room as a Django app."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Registers the outbox room."""

    name = "obeya.outbox"
    label = "outbox"
