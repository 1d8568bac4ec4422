"""The room as a Django app."""

from django.apps import AppConfig


class MemoryConfig(AppConfig):
    """Registers the memory room."""

    name = "obeya.memory"
    label = "memory"
