"""Tell open screens that something changed: a topic through PostgreSQL's NOTIFY, at commit.

A topic is `kind:key:site`; the last two may be left out. Only names travel (at most a few dozen bytes);
screens fetch what they may see, and a screen hears only of sites where its person works.
"""

from __future__ import annotations

from django.db import connection

CHANNEL = "obeya_live"


def publish(*topics: str) -> None:
    """Notify `topics` when the current transaction commits; PostgreSQL folds repeats."""
    if not topics:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, t) FROM unnest(%s::text[]) AS t", [CHANNEL, list(topics)])
