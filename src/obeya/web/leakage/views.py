"""What is given away: the page, and its lines as a file for a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from obeya.lib import clock
from obeya.orders import leakage as reports
from obeya.people import queries as people
from obeya.web import access, doors
from obeya.web.leakage import build


def _wanted(request: HttpRequest, site: str) -> build.Wanted:
    """The part of the report that an address asks for; where it makes no sense, this month and why."""
    given = request.GET
    by = given.get("by", "")
    told = {
        "currency": given.get("currency", "")[:10],
        "by": by if reports.is_narrowing(by) else "",
        "code": given.get("code", "")[:200],
    }
    if given.get("from") or given.get("to"):
        first, last = build.day(given.get("from", "")), build.day(given.get("to", ""))
        try:
            if first is None or last is None:
                raise reports.NoSuchPeriod(_("Choose both days."))
            return build.Wanted(reports.period(site, first=first, last=last), **told)
        except reports.NoSuchPeriod as error:
            told["problem"] = str(error)
    name = given.get("period", "")
    name = name if name in reports.PERIODS else reports.PERIODS[0]
    return build.Wanted(reports.usual_period(site, name, now=clock.now()), name, **told)


@access.holders(*doors.LEAKAGE, looking=True)
@require_GET
def leakage(request: HttpRequest) -> HttpResponse:
    """The report of the site."""
    site = access.site_of(request)
    told = build.leakage_page(site, _wanted(request, site), clock.now())
    return render(request, "web/leakage/page.html", {"page": told})


class _Echo:
    """A file that hands back each row as it is written."""

    def write(self, text: str) -> str:
        """The row itself."""
        return text


@access.holders(*doors.LEAKAGE, looking=True)
@require_GET
def leakage_file(request: HttpRequest) -> StreamingHttpResponse:
    """The lines behind a figure, or all that were booked under list or below the floor, as CSV."""
    site = access.site_of(request)
    wanted = _wanted(request, site)
    told = reports.report(site, wanted.period, currency=wanted.currency)
    lines = reports.list_lines(
        site,
        wanted.period,
        currency=told.currency,
        by=wanted.by or "all",
        code=wanted.code,
        limit=None,
    )
    rows = build.rows_of(lines, people.get_site(site).tz)
    answer = StreamingHttpResponse(_written(rows), content_type="text/csv; charset=utf-8")
    name = f"leakage-{wanted.period.first}-{wanted.period.last}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _written(rows: Iterator[list[str]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff"  # so that spreadsheets read the letters as they are
    for row in rows:
        yield writer.writerow(row)
