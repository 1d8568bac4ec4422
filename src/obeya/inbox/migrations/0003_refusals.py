"""Deliveries turned away at the door, counted by reason."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inbox", "0002_never_edited")]
    operations = [
        migrations.CreateModel(
            name="RefusalRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.TextField()),
                ("reason", models.TextField()),
                ("count", models.BigIntegerField()),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
            ],
            options={
                "db_table": "inbox_refusal",
                "constraints": [
                    models.UniqueConstraint(fields=("source", "reason"), name="inbox_refusal_once")
                ],
            },
        ),
    ]
