"""Price rules: look at them, their dry run and old versions; forms for those who write them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from obeya.orders import queries as orders
from obeya.orders.pricing import choices, queries, typed, wording
from obeya.web import access, doors, shown
from obeya.web.decision_request import views as decision_requests
from obeya.web.price_rules import build, page, trials

PAGE = "web/price_rules/page.html"
LARGEST = 2**31 - 1


def query_of(request: HttpRequest) -> str:
    """What is searched for in the list."""
    return " ".join(request.GET.get("words", "")[:100].replace("\0", " ").split())


def whole(
    request: HttpRequest,
    *,
    chosen: int | None = None,
    typed_: shown.Typed | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page with the table and the form of the chosen row (0: a new one). 404 without such a row."""
    viewer, site = decision_requests.viewer_of(request), access.site_of(request)
    told = build.rules_page(
        site, viewer, query=query_of(request), chosen=chosen, typed_=None if chosen is not None else typed_
    )
    form = None
    if chosen is not None:
        draft = queries.find_draft(site)
        form = build.row_form(site, draft, chosen, viewer, typed_=typed_) if draft else None
        if form is None:
            raise Http404
    return render(request, PAGE, {"page": told, "form": form}, status=status)


@access.holders(*doors.PRICE_RULES, looking=True)
@require_GET
def price_rules(request: HttpRequest) -> HttpResponse:
    """The rules in force, or the draft of those who write new ones."""
    return whole(request)


@access.holders(*doors.PRICE_RULES, looking=True)
@require_GET
def price_row(request: HttpRequest, row_id: int) -> HttpResponse:
    """The table with one row of the draft to be changed; 0 is a new one."""
    return whole(request, chosen=row_id)


@access.holders(*doors.PRICE_RULES, looking=True)
@require_GET
def price_list(request: HttpRequest) -> HttpResponse:
    """The list alone, as one types."""
    viewer, site = decision_requests.viewer_of(request), access.site_of(request)
    told = build.rules_page(site, viewer, query=query_of(request))
    return render(request, "web/price_rules/_list.html", {"page": told})


@access.holders(*doors.PRICE_RULES, looking=True)
@require_GET
def price_choices(request: HttpRequest) -> HttpResponse:
    """Customers or items for what is typed into their field."""
    site = access.site_of(request)
    if "customer" in request.GET:
        found = choices.customers(site, request.GET["customer"][:100])
    else:
        items = orders.find_items(site, request.GET.get("item", "")[:100])
        found = [(item.sku, item.description) for item in items]
    told = [shown.Choice(code, name) for code, name in found]
    return render(request, "web/order_desk/_items.html", {"items": told})


@access.holders(*doors.PRICE_RULES, looking=True)
@require_GET
def price_sentence(request: HttpRequest) -> HttpResponse:
    """What is typed into the form of a row, in a sentence, or what is wrong with it."""
    site = access.site_of(request)
    values = {name: request.GET.get(name, "")[:600] for name in typed.FIELDS}
    try:
        row = typed.row_of(choices.with_codes(site, values))
    except typed.NotARow as error:
        return render(request, "web/price_rules/_sentence.html", {"problem": str(error)})
    told = wording.sentence(row, queries.names_for(site, [row]))
    return render(request, "web/price_rules/_sentence.html", {"sentence": told})


@access.holders(*doors.PRICE_RULES, looking=True)
@require_GET
def price_trial(request: HttpRequest) -> HttpResponse:
    """What the dry run of the draft found."""
    return render(request, "web/price_rules/trial.html", {"page": _trial(request)})


@access.holders(*doors.PRICE_RULES, looking=True)
@require_GET
def price_trial_body(request: HttpRequest) -> HttpResponse:
    """The same, fetched again while it runs."""
    return render(request, "web/price_rules/_trial.html", {"page": _trial(request)})


@access.holders(*doors.PRICE_RULES, looking=True)
@require_GET
def price_trial_state(request: HttpRequest) -> HttpResponse:
    """How far it is, for the page of the table."""
    return render(request, "web/price_rules/_trial_state.html", {"trial": _trial(request).trial})


def _trial(request: HttpRequest) -> page.TrialPage:
    return trials.trial_page(access.site_of(request), decision_requests.viewer_of(request))


@access.holders(*doors.PRICE_RULES, looking=True)
@require_GET
def price_version(request: HttpRequest, number: int) -> HttpResponse:
    """One version as it was put in force."""
    site, viewer = access.site_of(request), decision_requests.viewer_of(request)
    try:
        told = build.version_page(site, number, viewer)
    except queries.NoSuchVersion as error:
        raise Http404 from error
    return render(request, "web/price_rules/version.html", {"page": told})


@access.holders(*doors.PRICE_RULES, looking=True)
@require_GET
def price_file(request: HttpRequest) -> HttpResponse:
    """The rows as a file for a spreadsheet: of the draft, else of what is in force, or of a version."""
    site, asked = access.site_of(request), request.GET.get("version", "")[:9]
    draft, current = queries.find_draft(site), queries.find_current(site)
    rows, name = (draft.rows, "draft") if draft else ((current.rows if current else ()), "in-force")
    if asked:
        try:
            rows, name = queries.get_version(site, int(asked)).rows, f"version-{int(asked)}"
        except (ValueError, queries.NoSuchVersion) as error:
            raise Http404(_("There is no such version.")) from error
    answer = HttpResponse("\ufeff" + typed.to_csv(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="price-rules-{site}-{name}.csv"'
    return answer
