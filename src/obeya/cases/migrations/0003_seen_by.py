"""Exceptions that were findable by everybody are so by those who may open them."""

from django.db import migrations

SEEN_BY = [
    "order_desk",
    "quality",
    "planning",
    "materials",
    "maintenance",
    "production",
    "customer_service",
    "commercial",
    "dispatch",
    "plant_manager",
    "operator",
    "it",
]


def close(apps, schema_editor):
    documents = apps.get_model("memory", "DocumentRow").objects.using(schema_editor.connection.alias)
    documents.filter(kind="case", functions=[]).update(functions=SEEN_BY)


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_number"), ("memory", "0001_documents")]
    operations = [migrations.RunPython(close, migrations.RunPython.noop)]
