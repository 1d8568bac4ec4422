"""Exceptions are numbered in one row."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_cases")]
    operations = [migrations.RunSQL("CREATE SEQUENCE cases_number", "DROP SEQUENCE cases_number")]
