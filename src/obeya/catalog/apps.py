"""The room as a Django app."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Registers the catalog room."""

    name = "obeya.catalog"
    label = "catalog"
