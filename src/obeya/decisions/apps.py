"""The room as a Django app."""

from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    """Registers the decisions room."""

    name = "obeya.decisions"
    label = "decisions"
