"""A customer's past orders are found without reading those of all."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_desk_queue")]
    operations = [
        migrations.AddIndex(
            model_name="pastorderrow",
            index=models.Index(fields=["site", "customer", "-ordered_at"], name="orders_past_by_customer"),
        ),
    ]
