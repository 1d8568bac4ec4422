"""The room as a Django app."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Registers the web room."""

    name = "obeya.web"
    label = "web"
