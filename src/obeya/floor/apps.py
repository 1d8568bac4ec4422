"""The room as a Django app."""

from django.apps import AppConfig


class FloorConfig(AppConfig):
    """Registers the floor room."""

    name = "obeya.floor"
    label = "floor"
