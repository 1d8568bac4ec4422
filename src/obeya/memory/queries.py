"""Searching memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db.models import F, Q

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
    query = SearchQuery(query_text, config="simple", search_type="raw")
    rows = models.DocumentRow.objects.filter(_visible(access), words=query)
    if kind:
        rows = rows.filter(kind=kind)
    told = rows.annotate(
        rank=SearchRank(F("words"), query),
        marked_title=_headline("title", query, whole=True),
        excerpt=_headline("body", query, whole=False),
    ).order_by("-rank", "-happened_at")
    return [
        Hit(
            row.ref,
            row.kind,
            row.site_id,
            row.marked_title,
            row.excerpt,
            row.url,
            row.facets,
            row.happened_at,
        )
        for row in told[: max(1, min(limit, 200))]
    ]


def _headline(field: str, query: SearchQuery, *, whole: bool) -> SearchHeadline:
    return SearchHeadline(
        field,
        query,
        config="simple",
        start_sel=START,
        stop_sel=STOP,
        highlight_all=whole,
        max_fragments=None if whole else 2,
        max_words=None if whole else 24,
        min_words=None if whole else 8,
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
