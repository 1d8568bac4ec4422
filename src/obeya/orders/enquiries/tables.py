"""Tables of what is answered by itself, and of who writes as a supplier. Written only by `settings`."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

SITE = "people.Site"

PRICES = ("own_list", "nothing")
STOCK = ("exact", "whether", "nothing")
GREETINGS = ("close", "answer", "person")


class AnsweringRow(models.Model):
    """What customers of a site are told by itself; a site without a row is set as `settings` says."""

    site = models.OneToOneField(SITE, on_delete=models.PROTECT, primary_key=True)
    prices = models.TextField()
    stock = models.TextField()
    greetings = models.TextField()
    most_an_hour = models.SmallIntegerField(
        help_text="messages that one sender gets by itself within an hour"
    )

    class Meta:
        db_table = "orders_answering"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(prices__in=PRICES, stock__in=STOCK, greetings__in=GREETINGS),
                name="orders_answering_known",
            ),
            models.CheckConstraint(
                condition=models.Q(most_an_hour__gte=0, most_an_hour__lte=60), name="orders_answering_most"
            ),
        ]


class SupplierRow(models.Model):
    """A number, an address or a whole mail domain from which a supplier writes."""

    site = models.ForeignKey(SITE, on_delete=models.PROTECT)
    name = models.TextField()
    contact = models.TextField(help_text="digits, an address, or @ and a domain")

    class Meta:
        db_table = "orders_supplier"
        ordering: ClassVar[list[str]] = ["name", "contact"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["site", "contact"], name="orders_supplier_once"),
        ]
