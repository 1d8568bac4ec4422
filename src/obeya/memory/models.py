"""Tables of memory. Written only by `actions`."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from obeya.people.models import Site


class DocumentRow(models.Model):
    """One thing that can be found; `functions` empty means: everybody of the site."""

    ref = models.TextField(primary_key=True)
    kind = models.TextField()
    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    title = models.TextField()
    body = models.TextField()
    url = models.TextField()
    functions = ArrayField(models.TextField(), default=list)
    facets = models.JSONField(default=dict)
    happened_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    words = SearchVectorField()

    class Meta:
        db_table = "memory_document"
        indexes: ClassVar[list[models.Index]] = [
            GinIndex(fields=["words"], name="memory_document_words"),
            models.Index(fields=["site", "-happened_at"], name="memory_document_latest"),
        ]
