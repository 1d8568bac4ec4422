"""A line keeps the price that was agreed for it, and what it was agreed for.

Lines of before: what was booked was agreed as it was booked; of an order that still waits, the asked or
the list price as it is now. Where there is no amount, somebody is asked again.
"""

import django.db.models.deletion
from django.db import migrations, models

FILL = """
UPDATE orders_line AS line
SET agreed_price = CASE
        WHEN o.state IN ('confirmed', 'booked') THEN line.unit_price
        WHEN line.price_decided = 'asked' THEN line.asked_price
        ELSE line.list_price
    END,
    agreed_terms = jsonb_build_object(
        'sku', item.sku, 'uom', line.uom, 'quantity', line.quantity::text, 'currency', o.currency,
        'list_price', line.list_price::text, 'floor', line.floor::text),
    agreed_request_id = (
        SELECT doubt.request_id
        FROM orders_doubt AS doubt JOIN decisions_decision AS d ON d.request_id = doubt.request_id
        WHERE doubt.line_id = line.id AND doubt.kind = 'price' AND d.option = line.price_decided
        ORDER BY d.decided_at DESC LIMIT 1)
FROM orders_order AS o, catalog_item AS item
WHERE line.order_id = o.id AND line.item_id = item.id
  AND line.price_decided <> '' AND line.quantity IS NOT NULL
"""
UNFILLED = """
UPDATE orders_line
SET price_decided = '', agreed_price = NULL, agreed_terms = NULL, agreed_request_id = NULL
WHERE price_decided <> '' AND agreed_price IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0001_catalog"),
        ("decisions", "0001_requests"),
        ("orders", "0006_past_of_customer"),
    ]
    operations = [
        migrations.AddField(
            model_name="linerow",
            name="agreed_price",
            field=models.DecimalField(
                decimal_places=6, help_text="what was decided for, per unit", max_digits=20, null=True
            ),
        ),
        migrations.AddField(
            model_name="linerow",
            name="agreed_request",
            field=models.ForeignKey(
                help_text="where it was agreed",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="decisions.requestrow",
            ),
        ),
        migrations.AddField(
            model_name="linerow",
            name="agreed_terms",
            field=models.JSONField(help_text="what the price was agreed for: agreements.stored", null=True),
        ),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RunSQL([FILL, UNFILLED], migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL DEFERRED", migrations.RunSQL.noop),
    ]
