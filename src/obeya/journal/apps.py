"""The journal as a Django app."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """Registers the journal room."""

    name = "obeya.journal"
    label = "journal"
