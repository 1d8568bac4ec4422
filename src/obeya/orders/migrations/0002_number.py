"""Orders are numbered in one row."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_orders")]
    operations = [migrations.RunSQL("CREATE SEQUENCE orders_number", "DROP SEQUENCE orders_number")]
