"""Tables of the catalog: a mirror of ERP's master data, and what the plant adds to it.

Mirrored tables are written only by `mirror` (called by `actions.apply_page`), the others by `actions`.
Every row knows its site; `as_of` is the ERP's moment that a mirrored row shows. Quantities are in the
item's base unit unless a `uom` stands beside them.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

DIGITS = 24
PLACES = 8
Constraints = list[models.BaseConstraint]
Indexes = list[models.Index]


class Item(models.Model):
    """An item of a site. Never deleted: what ERP no longer lists is inactive."""

    site = models.ForeignKey("people.Site", models.PROTECT, related_name="+")
    sku = models.TextField()
    erp_id = models.TextField()
    description = models.TextField()
    category = models.TextField(default="")
    brand = models.TextField(default="")
    base_uom = models.TextField()
    active = models.BooleanField(default=True)
    tax_code = models.TextField(default="")
    weight_kg = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES, null=True)
    cost = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES, null=True)
    substitute_sku = models.TextField(default="")
    lot_tracked = models.BooleanField(default=False)
    made = models.BooleanField(default=False)
    as_of = models.DateTimeField()

    class Meta:
        constraints: ClassVar[Constraints] = [
            models.UniqueConstraint(fields=["site", "sku"], name="catalog_item_sku"),
        ]


class ItemUnit(models.Model):
    """A pack unit in which an item is sold: how many base units it holds."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="units")
    uom = models.TextField()
    base_quantity = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES)

    class Meta:
        constraints: ClassVar[Constraints] = [
            models.UniqueConstraint(fields=["item", "uom"], name="catalog_unit_once"),
            models.CheckConstraint(condition=Q(base_quantity__gt=0), name="catalog_unit_positive"),
        ]


class UomWord(models.Model):
    """A word that people of this company use for a unit; Obeya's own."""

    site = models.ForeignKey("people.Site", models.PROTECT, related_name="+")
    word = models.TextField()
    uom = models.TextField()

    class Meta:
        constraints: ClassVar[Constraints] = [
            models.UniqueConstraint(fields=["site", "word"], name="catalog_word_once"),
        ]


class PriceList(models.Model):
    """A price list, known by its code."""

    site = models.ForeignKey("people.Site", models.PROTECT, related_name="+")
    code = models.TextField()

    class Meta:
        constraints: ClassVar[Constraints] = [
            models.UniqueConstraint(fields=["site", "code"], name="catalog_price_list_code"),
        ]


class Price(models.Model):
    """A unit price per `uom`, from `min_quantity` (in that uom) on."""

    price_list = models.ForeignKey(PriceList, models.CASCADE, related_name="prices")
    item = models.ForeignKey(Item, models.CASCADE, related_name="prices")
    uom = models.TextField()
    min_quantity = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES)
    unit_price = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES)
    currency = models.TextField()
    as_of = models.DateTimeField()

    class Meta:
        constraints: ClassVar[Constraints] = [
            models.UniqueConstraint(
                fields=["price_list", "item", "uom", "min_quantity"], name="catalog_price_break"
            ),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0, min_quantity__gte=0), name="catalog_price_not_negative"
            ),
        ]


class PriceFloor(models.Model):
    """The lowest price at which an item may be sold, per `uom`; Obeya's own, never touched by a sync.

    Without a price list it holds for all lists that have no floor of their own.
    """

    site = models.ForeignKey("people.Site", models.PROTECT, related_name="+")
    price_list = models.ForeignKey(PriceList, models.CASCADE, null=True, related_name="floors")
    item = models.ForeignKey(Item, models.CASCADE, related_name="floors")
    uom = models.TextField()
    floor = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES)
    currency = models.TextField()

    class Meta:
        constraints: ClassVar[Constraints] = [
            models.UniqueConstraint(
                fields=["item", "price_list", "uom"], nulls_distinct=False, name="catalog_floor_once"
            ),
            models.CheckConstraint(condition=Q(floor__gte=0), name="catalog_floor_not_negative"),
        ]


class Customer(models.Model):
    """A customer of a site with credit. Never deleted: what ERP no longer lists is inactive."""

    site = models.ForeignKey("people.Site", models.PROTECT, related_name="+")
    code = models.TextField()
    erp_id = models.TextField()
    name = models.TextField()
    currency = models.TextField()
    active = models.BooleanField(default=True)
    city = models.TextField(default="")
    language = models.TextField(default="")
    tax_id = models.TextField(default="")
    contact_name = models.TextField(default="")
    price_list = models.ForeignKey(PriceList, models.SET_NULL, null=True, related_name="customers")
    credit_limit = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES, null=True)
    exposure = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES, default=0)
    credit_enforced = models.TextField(default="none")
    as_of = models.DateTimeField()

    class Meta:
        constraints: ClassVar[Constraints] = [
            models.UniqueConstraint(fields=["site", "code"], name="catalog_customer_code"),
            models.CheckConstraint(
                condition=Q(credit_enforced__in=["hard", "soft", "none"]), name="catalog_customer_enforced"
            ),
        ]


class CustomerContact(models.Model):
    """A number or address that writes for a customer; one may stand for several customers."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="contacts")
    kind = models.TextField()
    value = models.TextField(help_text="as lib.contacts writes it")
    ours = models.BooleanField(help_text="added in Obeya: a sync leaves it alone")

    class Meta:
        constraints: ClassVar[Constraints] = [
            models.UniqueConstraint(fields=["customer", "kind", "value"], name="catalog_contact_once"),
            models.CheckConstraint(condition=Q(kind__in=["phone", "email"]), name="catalog_contact_kind"),
        ]
        indexes: ClassVar[Indexes] = [models.Index(fields=["kind", "value"], name="catalog_contact_value")]


class CustomerName(models.Model):
    """Another name that people use for a customer; Obeya's own."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="names")
    name = models.TextField()

    class Meta:
        constraints: ClassVar[Constraints] = [
            models.UniqueConstraint(fields=["customer", "name"], name="catalog_name_once"),
        ]


class ShipTo(models.Model):
    """A place to which a customer has goods delivered, in ERP's order."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="ship_to")
    place = models.SmallIntegerField()
    name = models.TextField()

    class Meta:
        constraints: ClassVar[Constraints] = [
            models.UniqueConstraint(fields=["customer", "name"], name="catalog_ship_to_once"),
        ]


class Equipment(models.Model):
    """A node of the ISA-95 equipment hierarchy: from ERP, from Obeya, or from ERP and placed by Obeya."""

    site = models.ForeignKey("people.Site", models.PROTECT, related_name="+")
    code = models.TextField()
    erp_id = models.TextField(default="", help_text="empty where only Obeya knows it")
    name = models.TextField()
    level = models.TextField()
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    placed = models.BooleanField(default=False, help_text="level and parent set in Obeya: a sync keeps them")
    active = models.BooleanField(default=True)
    as_of = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[Constraints] = [
            models.UniqueConstraint(fields=["site", "code"], name="catalog_equipment_code"),
            models.CheckConstraint(
                condition=Q(level__in=["enterprise", "site", "area", "work_center", "work_unit"]),
                name="catalog_equipment_level",
            ),
        ]


class Bom(models.Model):
    """A bill of materials of one output item."""

    site = models.ForeignKey("people.Site", models.PROTECT, related_name="+")
    erp_id = models.TextField()
    item = models.ForeignKey(Item, models.CASCADE, related_name="boms")
    output_quantity = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES)
    name = models.TextField(default="")
    as_of = models.DateTimeField()

    class Meta:
        constraints: ClassVar[Constraints] = [
            models.UniqueConstraint(fields=["site", "erp_id"], name="catalog_bom_erp_id"),
            models.CheckConstraint(condition=Q(output_quantity__gt=0), name="catalog_bom_positive"),
        ]


class BomLine(models.Model):
    """One input for `Bom.output_quantity` of the output."""

    bom = models.ForeignKey(Bom, models.CASCADE, related_name="lines")
    item = models.ForeignKey(Item, models.CASCADE, related_name="used_in")
    quantity = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES)


class Lot(models.Model):
    """A material lot. `status` is what ERP shows through the kind of location, or that it was scrapped."""

    site = models.ForeignKey("people.Site", models.PROTECT, related_name="+")
    item = models.ForeignKey(Item, models.PROTECT, related_name="lots")
    number = models.TextField()
    erp_id = models.TextField(default="", help_text="empty until ERP lists the lot itself")
    supplier = models.TextField(default="")
    expires_on = models.DateField(null=True)
    status = models.TextField(default="available")
    as_of = models.DateTimeField()

    class Meta:
        constraints: ClassVar[Constraints] = [
            models.UniqueConstraint(fields=["site", "number", "item"], name="catalog_lot_number"),
            models.CheckConstraint(
                condition=Q(status__in=["available", "on_hold", "scrapped"]), name="catalog_lot_status"
            ),
        ]
        indexes: ClassVar[Indexes] = [
            models.Index(OpClass(Upper("number"), name="text_pattern_ops"), name="catalog_lot_prefix"),
        ]


class Location(models.Model):
    """A place where stock lies."""

    site = models.ForeignKey("people.Site", models.PROTECT, related_name="+")
    code = models.TextField()
    kind = models.TextField()

    class Meta:
        constraints: ClassVar[Constraints] = [
            models.UniqueConstraint(fields=["site", "code"], name="catalog_location_code"),
            models.CheckConstraint(
                condition=Q(kind__in=["store", "line", "hold", "other"]), name="catalog_location_kind"
            ),
        ]


class Stock(models.Model):
    """How much of an item (and lot) lies at a location, in the base unit."""

    site = models.ForeignKey("people.Site", models.PROTECT, related_name="+")
    item = models.ForeignKey(Item, models.CASCADE, related_name="stock")
    lot = models.ForeignKey(Lot, models.CASCADE, null=True, related_name="stock")
    location = models.ForeignKey(Location, models.CASCADE, related_name="stock")
    quantity = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES)
    as_of = models.DateTimeField()

    class Meta:
        constraints: ClassVar[Constraints] = [
            models.UniqueConstraint(
                fields=["item", "lot", "location"], nulls_distinct=False, name="catalog_stock_once"
            ),
        ]


class ProductionOrder(models.Model):
    """A production order. `active` is False once ERP no longer lists it."""

    site = models.ForeignKey("people.Site", models.PROTECT, related_name="+")
    number = models.TextField()
    erp_id = models.TextField()
    item = models.ForeignKey(Item, models.PROTECT, related_name="production_orders")
    quantity = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES)
    state = models.TextField()
    starts_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    work_center = models.TextField(default="")
    output_lot = models.TextField(default="")
    active = models.BooleanField(default=True)
    as_of = models.DateTimeField()

    class Meta:
        constraints: ClassVar[Constraints] = [
            models.UniqueConstraint(fields=["site", "number"], name="catalog_production_number"),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "released", "running", "done", "cancelled"]),
                name="catalog_production_state",
            ),
        ]
        indexes: ClassVar[Indexes] = [
            models.Index(
                fields=["site", "output_lot"], condition=~Q(output_lot=""), name="catalog_production_lot"
            ),
        ]


class ProductionInput(models.Model):
    """What a production order consumes, and of which lot if ERP says so."""

    order = models.ForeignKey(ProductionOrder, models.CASCADE, related_name="inputs")
    item = models.ForeignKey(Item, models.PROTECT, related_name="consumed_by")
    quantity = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES)
    lot = models.TextField(default="")


class SalesLine(models.Model):
    """A line of a confirmed sales order; `open_quantity` is still to be shipped, in `uom`."""

    site = models.ForeignKey("people.Site", models.PROTECT, related_name="+")
    line_id = models.TextField()
    order_number = models.TextField()
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="sales_lines")
    item = models.ForeignKey(Item, models.CASCADE, related_name="sales_lines")
    uom = models.TextField()
    quantity = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES)
    open_quantity = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES)
    unit_price = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES)
    currency = models.TextField()
    ordered_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    customer_reference = models.TextField(default="")
    state = models.TextField()
    as_of = models.DateTimeField()

    class Meta:
        constraints: ClassVar[Constraints] = [
            models.UniqueConstraint(fields=["site", "line_id"], name="catalog_sales_line_id"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "closed", "cancelled"]), name="catalog_sales_line_state"
            ),
        ]
        indexes: ClassVar[Indexes] = [
            models.Index(fields=["item"], condition=Q(state="open"), name="catalog_sales_open"),
            models.Index(fields=["site", "order_number"], name="catalog_sales_order"),
        ]


class SyncState(models.Model):
    """How far the mirror of one entity has come, and what is wrong with it."""

    site = models.ForeignKey("people.Site", models.PROTECT, related_name="+")
    connector = models.TextField()
    entity = models.TextField()
    cursor = models.TextField(default="")
    as_of = models.DateTimeField(null=True)
    complete_as_of = models.DateTimeField(null=True, help_text="as_of of the latest complete page")
    rows = models.IntegerField(default=0)
    last_tried_at = models.DateTimeField(null=True)
    last_error = models.TextField(default="")
    failing_since = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[Constraints] = [
            models.UniqueConstraint(fields=["connector", "site", "entity"], name="catalog_sync_once"),
            models.CheckConstraint(
                condition=Q(failing_since__isnull=True, last_error="")
                | (Q(failing_since__isnull=False) & ~Q(last_error="")),
                name="catalog_sync_error",
            ),
        ]


class Round(models.Model):
    """A connector's last round of reading: when a person asked for it, when it ran, what came out."""

    connector = models.TextField(primary_key=True)
    asked_at = models.DateTimeField(null=True)
    asked_by = models.TextField(default="")
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    written = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)


class SetAside(models.Model):
    """A row from ERP that does not fit yet (an unknown item, a bad value): kept, tried again, reported."""

    state = models.ForeignKey(SyncState, models.CASCADE, related_name="set_aside")
    key = models.TextField()
    reason = models.TextField()
    row = models.JSONField(null=True, help_text="empty where trying again is of no use")
    as_of = models.DateTimeField()

    class Meta:
        constraints: ClassVar[Constraints] = [
            models.UniqueConstraint(fields=["state", "key"], name="catalog_set_aside_once"),
        ]
