"""The only writers of memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Value
from django.db.models.functions import Cast

from obeya.lib import canonical, clock
from obeya.memory import models, rules

MAX_BODY = 100_000
"""Characters of a document that are searched."""


def remember(
    *,
    ref: str,
    kind: str,
    site: str,
    title: str,
    body: str,
    happened_at: datetime,
    url: str,
    functions: Sequence[str] = (),
    facets: Mapping[str, canonical.Json] | None = None,
) -> None:
    """Make `ref` ("case:...") findable, or replace what was known of it. No functions: the whole site."""
    searched = body.replace("\0", " ")[:MAX_BODY]
    models.DocumentRow.objects.update_or_create(
        ref=ref,
        defaults={
            "kind": kind,
            "site_id": site,
            "title": title[:500],
            "body": searched,
            "url": url,
            "functions": list(functions),
            "facets": dict(facets or {}),
            "happened_at": happened_at,
            "updated_at": clock.now(),
            "words": Cast(Value(rules.vector(title[:500], searched)), SearchVectorField()),
        },
    )
