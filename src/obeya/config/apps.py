"""The room as a Django app."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Registers the config room."""

    name = "obeya.config"
    label = "config"
