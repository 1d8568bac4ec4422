"""Tables of the order desk. Written only by `actions` and `drafting`."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from obeya.catalog.models import Customer, Item
from obeya.decisions.models import RequestRow
from obeya.orders import counter_models, learning_models, question_models, threshold_models
from obeya.orders.enquiries import tables
from obeya.orders.pricing import models as pricing
from obeya.people.models import Site

QuestionRow = question_models.QuestionRow
AnsweringRow = tables.AnsweringRow
SupplierRow = tables.SupplierRow

LearningRow = learning_models.LearningRow
SureRow = threshold_models.SureRow
ThresholdRow = threshold_models.ThresholdRow

STATES = ("waiting", "confirmed", "booked", "refused", "answered")


class OrderRow(models.Model):
    """One message to the order desk and the order it became. One per signal."""

    id = models.UUIDField(primary_key=True)
    number = models.TextField(unique=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    signal = models.UUIDField(unique=True)
    channel = models.TextField()
    sender = models.TextField()
    sender_name = models.TextField(default="")
    subject = models.TextField(default="")
    text = models.TextField()
    reply_to = models.TextField(default="", help_text="the channel's id of the message, to answer it")
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField()
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True)
    intent = models.TextField()
    reading = models.JSONField(help_text="spans, doubts and confidence as read")
    confidence = models.DecimalField(max_digits=5, decimal_places=4)
    auto = models.BooleanField(default=True, help_text="no person has touched it")
    as_read_accepted = models.BooleanField(default=False)
    credit_accepted = models.BooleanField(default=False)
    state = models.TextField(default="waiting")
    requested_on = models.DateField(null=True)
    po_number = models.TextField(default="")
    ship_to = models.TextField(default="")
    currency = models.TextField(default="")
    total = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    booked_at = models.DateTimeField(null=True)
    erp_number = models.TextField(default="")
    refusal = models.TextField(default="")
    closed_at = models.DateTimeField(null=True)
    source = models.TextField()
    actor = models.TextField()
    correlation = models.UUIDField()

    class Meta:
        db_table = "orders_order"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="orders_order_state"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["confirmed", "booked"])
                | models.Q(customer__isnull=False, total__isnull=False, confirmed_at__isnull=False),
                name="orders_order_complete_when_confirmed",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["site", "-received_at"], name="orders_order_latest"),
            models.Index(fields=["site", "state", "-received_at"], name="orders_order_by_state"),
            models.Index(fields=["customer", "-received_at"], name="orders_order_by_customer"),
            models.Index(fields=["sender", "-received_at"], name="orders_order_by_sender"),
            models.Index(fields=["correlation"], name="orders_order_story"),
        ]


class LineRow(models.Model):
    """One line as read and as it will be booked. Prices are per `uom`."""

    order = models.ForeignKey(OrderRow, on_delete=models.CASCADE, related_name="lines")
    position = models.SmallIntegerField()
    text = models.TextField()
    words = models.TextField(default="", help_text="the customer's words for the item: the alias")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True)
    quantity = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    uom = models.TextField(default="")
    confidence = models.DecimalField(max_digits=5, decimal_places=4)
    candidates = models.JSONField(default=list)
    read_doubts = models.JSONField(default=list)
    asked_price = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    list_price = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    floor = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    unit_price = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    price_text = models.TextField(default="")
    erp_price = models.DecimalField(
        max_digits=20, decimal_places=6, null=True, help_text="of ERP's list, before the price rules"
    )
    price_rule = models.TextField(default="", db_default="", help_text="which rules set price and floor")
    floor_unknown = models.TextField(
        default="", db_default="", help_text="why a rule's price or floor cannot be worked out"
    )
    price_decided = models.TextField(default="", help_text="list, asked or counter, once a person decided")
    agreed_price = models.DecimalField(
        max_digits=20, decimal_places=6, null=True, help_text="what was decided for, per unit"
    )
    agreed_terms = models.JSONField(null=True, help_text="what the price was agreed for: agreements.stored")
    agreed_request = models.ForeignKey(
        RequestRow, on_delete=models.PROTECT, null=True, related_name="+", help_text="where it was agreed"
    )
    fixed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    customer_said = models.BooleanField(
        default=False, db_default=False, help_text="the customer answered what it means"
    )
    dropped = models.BooleanField(default=False)

    class Meta:
        db_table = "orders_line"
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["order", "position"], name="orders_line_position"),
        ]


class DoubtRow(models.Model):
    """One thing that keeps an order from being booked: a decision request, of a line or of the order."""

    request = models.OneToOneField(RequestRow, on_delete=models.PROTECT, primary_key=True, related_name="+")
    order = models.ForeignKey(OrderRow, on_delete=models.CASCADE, related_name="doubts")
    line = models.ForeignKey(LineRow, on_delete=models.CASCADE, null=True)
    kind = models.TextField()
    reason = models.TextField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "orders_doubt"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["order", "line", "kind"],
                condition=models.Q(settled_at__isnull=True),
                nulls_distinct=False,
                name="orders_doubt_one_open",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["order", "kind"],
                condition=models.Q(settled_at__isnull=True),
                name="orders_doubt_open_kind",
            ),
        ]


CounterOfferRow = counter_models.CounterOfferRow
"""Named here, where Django looks for a room's tables."""


class AliasRow(models.Model):
    """What a customer's words mean, learned from fixes. `customer` null: for the whole company."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, null=True)
    words = models.TextField()
    item = models.ForeignKey(Item, on_delete=models.PROTECT)
    uom = models.TextField(default="")
    ok = models.IntegerField(default=0)
    bad = models.IntegerField(default=0)
    source = models.TextField()
    last_at = models.DateTimeField()
    conflict_at = models.DateTimeField(null=True, help_text="since when fixes contradict it: not used")
    retired_at = models.DateTimeField(null=True, help_text="since when a person wants it used no more")
    revision = models.IntegerField(
        default=0, db_default=0, help_text="how often a person changed it: readers look again"
    )

    class Meta:
        db_table = "orders_alias"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["site", "customer", "words", "item", "uom"],
                nulls_distinct=False,
                name="orders_alias_once",
            ),
        ]


class PastOrderRow(models.Model):
    """A confirmed order of the past to learn from: imported, or one of ours once it is booked."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    order_no = models.TextField()
    customer = models.TextField()
    ordered_at = models.DateTimeField()
    channel = models.TextField()
    message = models.TextField(null=True)
    lines = models.JSONField()

    class Meta:
        db_table = "orders_past_order"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["site", "order_no"], name="orders_past_order_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["site", "customer", "-ordered_at"], name="orders_past_by_customer"),
        ]


class AuditRow(models.Model):
    """One order booked by itself that a person checks against its message, blind. Never changes the order."""

    order = models.OneToOneField(OrderRow, on_delete=models.PROTECT, primary_key=True, related_name="audit")
    request = models.OneToOneField(RequestRow, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    judged_at = models.DateTimeField(null=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    wrong = models.BooleanField(null=True)
    findings = models.JSONField(default=list, help_text="what is wrong: [position of the line or null, code]")
    note = models.TextField(default="")
    follow_up = models.OneToOneField(RequestRow, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "orders_audit"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(judged_at__isnull=True, wrong__isnull=True)
                | models.Q(judged_at__isnull=False, wrong__isnull=False),
                name="orders_audit_judged_or_not",
            ),
        ]


class DeskRow(models.Model):
    """How the order desk of a site is set; a site without a row is set as `rules` says."""

    site = models.OneToOneField(Site, on_delete=models.PROTECT, primary_key=True)
    audit_share = models.DecimalField(max_digits=5, decimal_places=4, help_text="of orders booked unseen")

    class Meta:
        db_table = "orders_desk"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(audit_share__gte=0, audit_share__lte=1), name="orders_desk_audit_share"
            ),
        ]


PriceTableRow, PriceTrialRow = pricing.PriceTableRow, pricing.PriceTrialRow
"""Named here, where Django looks for a room's tables."""
