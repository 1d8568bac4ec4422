"""Searching memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.search import SearchQueryField
from django.db.models import BooleanField, F, FloatField, Func, Q, Value
from django.db.models.functions import Cast

from obeya.lib import canonical
from obeya.memory import models, rules
from obeya.people import rules as people

START, STOP = "\u2402", "\u2403"
"""Around each found word in `Hit.excerpt` and `Hit.title`: characters that no document contains."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A found document; the words found stand between `START` and `STOP`."""

    ref: str
    kind: str
    site: str
    title: str
    excerpt: str
    url: str
    facets: Mapping[str, canonical.Json]
    happened_at: datetime


def search(text: str, *, access: people.Access, kind: str = "", limit: int = 30) -> list[Hit]:
    """Documents with all the words of `text` (the last letters may be missing), best first.

    Only what the person with `access` may see: documents of their sites that are open to all, to one of
    their functions, or that the plant manager may look at.
    """
    query_text = rules.prefix_query(text)
    if not query_text or access.user_id is None:
        return []
    query = Cast(Value(query_text), SearchQueryField())
    matches = Func(
        F("words"), query, template="%(expressions)s", arg_joiner=" @@ ", output_field=BooleanField()
    )
    rank = Func(F("words"), query, function="ts_rank", output_field=FloatField())
    rows = models.DocumentRow.objects.filter(_visible(access)).annotate(found=matches, rank=rank)
    if kind:
        rows = rows.filter(kind=kind)
    told = rows.filter(found=True).order_by("-rank", "-happened_at")
    return [_hit(row, text) for row in told[: max(1, min(limit, 200))]]


def _hit(row: models.DocumentRow, asked: str) -> Hit:
    return Hit(
        ref=row.ref,
        kind=row.kind,
        site=row.site_id,
        title=rules.excerpt(row.title, asked, start=START, stop=STOP, around=500),
        excerpt=rules.excerpt(row.body, asked, start=START, stop=STOP),
        url=row.url,
        facets=row.facets,
        happened_at=row.happened_at,
    )


def _visible(access: people.Access) -> Q:
    seen = Q(pk__in=[])
    for site in access.sites:
        held = [str(function) for function in access.functions(site)]
        if people.Function.PLANT_MANAGER in access.functions(site):
            seen |= Q(site=site)
        else:
            seen |= Q(site=site) & (Q(functions=[]) | Q(functions__overlap=held))
    return seen
