"""The room as a Django app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Registers the people room."""

    name = "obeya.people"
    label = "people"
