"""The jobs that wait for the sealer are kept as the text they were written in: nothing asks inside it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_unmanaged_models")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE journal_pending ALTER COLUMN jobs TYPE text USING jobs::text",
            "ALTER TABLE journal_pending ALTER COLUMN jobs TYPE jsonb USING jobs::jsonb",
        )
    ]
