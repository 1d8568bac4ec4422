"""The room as a Django app."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    """Registers the inbox room."""

    name = "obeya.inbox"
    label = "inbox"
