"""The room as a Django app."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Registers the orders room."""

    name = "obeya.orders"
    label = "orders"
