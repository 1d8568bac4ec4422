"""The room as a Django app."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Registers the cases room."""

    name = "obeya.cases"
    label = "cases"
