"""The mirror of ERP's master data, what the plant adds to it, and how far each mirror has come."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0001_people"),
    ]

    operations = [
        migrations.CreateModel(
            name="Bom",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("erp_id", models.TextField()),
                ("output_quantity", models.DecimalField(decimal_places=8, max_digits=24)),
                ("name", models.TextField(default="")),
                ("as_of", models.DateTimeField()),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sku", models.TextField()),
                ("erp_id", models.TextField()),
                ("description", models.TextField()),
                ("category", models.TextField(default="")),
                ("brand", models.TextField(default="")),
                ("base_uom", models.TextField()),
                ("active", models.BooleanField(default=True)),
                ("tax_code", models.TextField(default="")),
                ("weight_kg", models.DecimalField(decimal_places=8, max_digits=24, null=True)),
                ("cost", models.DecimalField(decimal_places=8, max_digits=24, null=True)),
                ("substitute_sku", models.TextField(default="")),
                ("lot_tracked", models.BooleanField(default=False)),
                ("made", models.BooleanField(default=False)),
                ("as_of", models.DateTimeField()),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BomLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=8, max_digits=24)),
                (
                    "bom",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="catalog.bom"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="used_in", to="catalog.item"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="bom",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="boms", to="catalog.item"
            ),
        ),
        migrations.CreateModel(
            name="ItemUnit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uom", models.TextField()),
                ("base_quantity", models.DecimalField(decimal_places=8, max_digits=24)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="units", to="catalog.item"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Location",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.TextField()),
                ("kind", models.TextField()),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Lot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.TextField()),
                ("erp_id", models.TextField(default="", help_text="empty until ERP lists the lot itself")),
                ("supplier", models.TextField(default="")),
                ("expires_on", models.DateField(null=True)),
                ("status", models.TextField(default="available")),
                ("as_of", models.DateTimeField()),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lots", to="catalog.item"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PriceList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.TextField()),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PriceFloor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uom", models.TextField()),
                ("floor", models.DecimalField(decimal_places=8, max_digits=24)),
                ("currency", models.TextField()),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="floors", to="catalog.item"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.site"
                    ),
                ),
                (
                    "price_list",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="floors",
                        to="catalog.pricelist",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Price",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uom", models.TextField()),
                ("min_quantity", models.DecimalField(decimal_places=8, max_digits=24)),
                ("unit_price", models.DecimalField(decimal_places=8, max_digits=24)),
                ("currency", models.TextField()),
                ("as_of", models.DateTimeField()),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="prices", to="catalog.item"
                    ),
                ),
                (
                    "price_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="prices",
                        to="catalog.pricelist",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Customer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.TextField()),
                ("erp_id", models.TextField()),
                ("name", models.TextField()),
                ("currency", models.TextField()),
                ("active", models.BooleanField(default=True)),
                ("city", models.TextField(default="")),
                ("language", models.TextField(default="")),
                ("tax_id", models.TextField(default="")),
                ("contact_name", models.TextField(default="")),
                ("credit_limit", models.DecimalField(decimal_places=8, max_digits=24, null=True)),
                ("exposure", models.DecimalField(decimal_places=8, default=0, max_digits=24)),
                ("credit_enforced", models.TextField(default="none")),
                ("as_of", models.DateTimeField()),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.site"
                    ),
                ),
                (
                    "price_list",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="customers",
                        to="catalog.pricelist",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ProductionOrder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.TextField()),
                ("erp_id", models.TextField()),
                ("quantity", models.DecimalField(decimal_places=8, max_digits=24)),
                ("state", models.TextField()),
                ("starts_on", models.DateField(null=True)),
                ("due_on", models.DateField(null=True)),
                ("work_center", models.TextField(default="")),
                ("output_lot", models.TextField(default="")),
                ("active", models.BooleanField(default=True)),
                ("as_of", models.DateTimeField()),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="production_orders",
                        to="catalog.item",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ProductionInput",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=8, max_digits=24)),
                ("lot", models.TextField(default="")),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consumed_by",
                        to="catalog.item",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="inputs",
                        to="catalog.productionorder",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SalesLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line_id", models.TextField()),
                ("order_number", models.TextField()),
                ("uom", models.TextField()),
                ("quantity", models.DecimalField(decimal_places=8, max_digits=24)),
                ("open_quantity", models.DecimalField(decimal_places=8, max_digits=24)),
                ("unit_price", models.DecimalField(decimal_places=8, max_digits=24)),
                ("currency", models.TextField()),
                ("ordered_on", models.DateField(null=True)),
                ("due_on", models.DateField(null=True)),
                ("customer_reference", models.TextField(default="")),
                ("state", models.TextField()),
                ("as_of", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sales_lines",
                        to="catalog.customer",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sales_lines",
                        to="catalog.item",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ShipTo",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.SmallIntegerField()),
                ("name", models.TextField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ship_to",
                        to="catalog.customer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Stock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=8, max_digits=24)),
                ("as_of", models.DateTimeField()),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="stock", to="catalog.item"
                    ),
                ),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stock",
                        to="catalog.location",
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stock",
                        to="catalog.lot",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SyncState",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("connector", models.TextField()),
                ("entity", models.TextField()),
                ("cursor", models.TextField(default="")),
                ("as_of", models.DateTimeField(null=True)),
                (
                    "complete_as_of",
                    models.DateTimeField(help_text="as_of of the latest complete page", null=True),
                ),
                ("rows", models.IntegerField(default=0)),
                ("last_tried_at", models.DateTimeField(null=True)),
                ("last_error", models.TextField(default="")),
                ("failing_since", models.DateTimeField(null=True)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SetAside",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.TextField()),
                ("reason", models.TextField()),
                ("row", models.JSONField(help_text="empty where trying again is of no use", null=True)),
                ("as_of", models.DateTimeField()),
                (
                    "state",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="set_aside",
                        to="catalog.syncstate",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UomWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("word", models.TextField()),
                ("uom", models.TextField()),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CustomerContact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.TextField()),
                ("value", models.TextField(help_text="as lib.contacts writes it")),
                ("ours", models.BooleanField(help_text="added in Obeya: a sync leaves it alone")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contacts",
                        to="catalog.customer",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["kind", "value"], name="catalog_contact_value")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer", "kind", "value"), name="catalog_contact_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["phone", "email"])), name="catalog_contact_kind"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.TextField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="names",
                        to="catalog.customer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("customer", "name"), name="catalog_name_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Equipment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.TextField()),
                ("erp_id", models.TextField(default="", help_text="empty where only Obeya knows it")),
                ("name", models.TextField()),
                ("level", models.TextField()),
                (
                    "placed",
                    models.BooleanField(
                        default=False, help_text="level and parent set in Obeya: a sync keeps them"
                    ),
                ),
                ("active", models.BooleanField(default=True)),
                ("as_of", models.DateTimeField(null=True)),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="catalog.equipment",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.site"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("site", "code"), name="catalog_equipment_code"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("level__in", ["enterprise", "site", "area", "work_center", "work_unit"])
                        ),
                        name="catalog_equipment_level",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.UniqueConstraint(fields=("site", "sku"), name="catalog_item_sku"),
        ),
        migrations.AddConstraint(
            model_name="bom",
            constraint=models.UniqueConstraint(fields=("site", "erp_id"), name="catalog_bom_erp_id"),
        ),
        migrations.AddConstraint(
            model_name="bom",
            constraint=models.CheckConstraint(
                condition=models.Q(("output_quantity__gt", 0)), name="catalog_bom_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="itemunit",
            constraint=models.UniqueConstraint(fields=("item", "uom"), name="catalog_unit_once"),
        ),
        migrations.AddConstraint(
            model_name="itemunit",
            constraint=models.CheckConstraint(
                condition=models.Q(("base_quantity__gt", 0)), name="catalog_unit_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="location",
            constraint=models.UniqueConstraint(fields=("site", "code"), name="catalog_location_code"),
        ),
        migrations.AddConstraint(
            model_name="location",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["store", "line", "hold", "other"])),
                name="catalog_location_kind",
            ),
        ),
        migrations.AddIndex(
            model_name="lot",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("number"), name="text_pattern_ops"
                ),
                name="catalog_lot_prefix",
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.UniqueConstraint(fields=("site", "number", "item"), name="catalog_lot_number"),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["available", "on_hold", "scrapped"])),
                name="catalog_lot_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="pricelist",
            constraint=models.UniqueConstraint(fields=("site", "code"), name="catalog_price_list_code"),
        ),
        migrations.AddConstraint(
            model_name="pricefloor",
            constraint=models.UniqueConstraint(
                fields=("item", "price_list", "uom"), name="catalog_floor_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="pricefloor",
            constraint=models.CheckConstraint(
                condition=models.Q(("floor__gte", 0)), name="catalog_floor_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="price",
            constraint=models.UniqueConstraint(
                fields=("price_list", "item", "uom", "min_quantity"), name="catalog_price_break"
            ),
        ),
        migrations.AddConstraint(
            model_name="price",
            constraint=models.CheckConstraint(
                condition=models.Q(("min_quantity__gte", 0), ("unit_price__gte", 0)),
                name="catalog_price_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.UniqueConstraint(fields=("site", "code"), name="catalog_customer_code"),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(("credit_enforced__in", ["hard", "soft", "none"])),
                name="catalog_customer_enforced",
            ),
        ),
        migrations.AddIndex(
            model_name="productionorder",
            index=models.Index(
                condition=models.Q(("output_lot", ""), _negated=True),
                fields=["site", "output_lot"],
                name="catalog_production_lot",
            ),
        ),
        migrations.AddConstraint(
            model_name="productionorder",
            constraint=models.UniqueConstraint(fields=("site", "number"), name="catalog_production_number"),
        ),
        migrations.AddConstraint(
            model_name="productionorder",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["planned", "released", "running", "done", "cancelled"])),
                name="catalog_production_state",
            ),
        ),
        migrations.AddIndex(
            model_name="salesline",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["item"], name="catalog_sales_open"
            ),
        ),
        migrations.AddIndex(
            model_name="salesline",
            index=models.Index(fields=["site", "order_number"], name="catalog_sales_order"),
        ),
        migrations.AddConstraint(
            model_name="salesline",
            constraint=models.UniqueConstraint(fields=("site", "line_id"), name="catalog_sales_line_id"),
        ),
        migrations.AddConstraint(
            model_name="salesline",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "closed", "cancelled"])),
                name="catalog_sales_line_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="shipto",
            constraint=models.UniqueConstraint(fields=("customer", "name"), name="catalog_ship_to_once"),
        ),
        migrations.AddConstraint(
            model_name="stock",
            constraint=models.UniqueConstraint(
                fields=("item", "lot", "location"), name="catalog_stock_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="syncstate",
            constraint=models.UniqueConstraint(
                fields=("connector", "site", "entity"), name="catalog_sync_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="syncstate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("failing_since__isnull", True), ("last_error", "")),
                    models.Q(("failing_since__isnull", False), models.Q(("last_error", ""), _negated=True)),
                    _connector="OR",
                ),
                name="catalog_sync_error",
            ),
        ),
        migrations.AddConstraint(
            model_name="setaside",
            constraint=models.UniqueConstraint(fields=("state", "key"), name="catalog_set_aside_once"),
        ),
        migrations.AddConstraint(
            model_name="uomword",
            constraint=models.UniqueConstraint(fields=("site", "word"), name="catalog_word_once"),
        ),
    ]
