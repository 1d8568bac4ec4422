"""The words of every order can be searched, and open doubts found by their kind."""

from django.db import migrations, models

WORDS = """
CREATE INDEX orders_order_words ON orders_order USING gin (
    to_tsvector('simple'::regconfig, translate(left(
        number || ' ' || po_number || ' ' || sender_name || ' ' || sender || ' ' || subject || ' ' || text,
        200000), '-+/.,:;#_()[]<>&@=?~', '                    ')))
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_audits")]
    operations = [
        migrations.RunSQL(WORDS, "DROP INDEX orders_order_words"),
        migrations.AddIndex(
            model_name="doubtrow",
            index=models.Index(
                fields=["order", "kind"],
                condition=models.Q(settled_at__isnull=True),
                name="orders_doubt_open_kind",
            ),
        ),
    ]
