"""Files that could not be fetched, and how the mailboxes and folders are that we read by ourselves."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inbox", "0003_refusals"), ("people", "0001_people")]
    operations = [
        migrations.CreateModel(
            name="MissingFileRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.TextField(default="")),
                ("reason", models.TextField()),
                ("again", models.BooleanField(help_text="asking once more may help")),
                ("noted_at", models.DateTimeField()),
                (
                    "signal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="missing",
                        to="inbox.signalrow",
                    ),
                ),
            ],
            options={"db_table": "inbox_missing_file", "ordering": ["pk"]},
        ),
        migrations.CreateModel(
            name="SourceRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.TextField()),
                ("name", models.TextField(help_text="which one, as people know it: an address, a path")),
                (
                    "problem",
                    models.TextField(default="", help_text="why it cannot be read; empty while it can"),
                ),
                ("place", models.JSONField(default=dict)),
                ("looked_at", models.DateTimeField()),
                ("well_at", models.DateTimeField(null=True)),
                ("taken", models.BigIntegerField(default=0)),
                (
                    "site",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="people.site"),
                ),
            ],
            options={
                "db_table": "inbox_source",
                "constraints": [models.UniqueConstraint(fields=("source", "name"), name="inbox_source_once")],
            },
        ),
    ]
