"""Read the price rules: those in force, and old versions."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from obeya.orders.pricing import queries, wording
from obeya.web import doors
from obeya.web.api import calling, fields, problems

router = Router(tags=["price rules"])


class Rule(Schema):
    """One row. Empty conditions fit everything; the first row that fits holds, for floor and price each."""

    place: int = Field(description="From the top, counted from 1.")
    sentence: str
    customer: str
    customer_group: str = Field(description="The customer's price list.")
    item: str
    category: str
    quantity_from: Decimal | None
    quantity_below: Decimal | None
    quantity_unit: str = Field(description='"" is the item\'s base unit.')
    valid_from: date | None
    valid_to: date | None
    floor_price: Decimal | None = Field(description="Per `unit` in `currency`.")
    floor_below_list_pct: Decimal | None
    floor_over_cost_pct: Decimal | None
    price: Decimal | None = Field(description="Per `unit` in `currency`.")
    price_off_list_pct: Decimal | None
    unit: str
    currency: str
    note: str


class Rules(Schema):
    """A version of a site's price rules. `ended_at` is null while it holds."""

    site: str
    number: int
    in_force_at: datetime
    ended_at: datetime | None
    why: str
    rows: list[Rule]


@router.get(
    "/price-rules",
    auth=calling.holders(*doors.PRICE_RULES, looking=True),
    response=Rules,
    openapi_extra=problems.DOCUMENTED,
)
def get_price_rules(
    request: HttpRequest,
    site: fields.SiteCode | None = None,
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> dict[str, object]:
    """The rules in force at one of your sites, or the version that you name; 404 where there is none."""
    sites = calling.sites_of(request, site)
    if len(sites) != 1:
        raise problems.Refusal(422, f"Say for which site: {', '.join(sites)}.", field="site")
    (code,) = sites
    try:
        found = queries.get_version(code, version) if version else queries.find_current(code)
    except queries.NoSuchVersion as error:
        raise Http404 from error
    if found is None:
        raise Http404
    return _told(code, found)


def _told(site: str, version: queries.Version) -> dict[str, object]:
    names = queries.names_for(site, version.rows)
    rows = [
        {name: getattr(row, name) for name in Rule.model_fields if hasattr(row, name)}
        | {"place": place, "sentence": wording.sentence(row, names)}
        for place, row in enumerate(version.rows, 1)
    ]
    return {
        "site": site,
        "number": version.number,
        "in_force_at": version.in_force_at,
        "ended_at": version.ended_at,
        "why": version.why,
        "rows": rows,
    }
