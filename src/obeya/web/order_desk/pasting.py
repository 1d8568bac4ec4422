"""Paste a message at the order desk: for what came by a way that Obeya is not connected to."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from obeya.catalog import queries as catalog
from obeya.inbox import queries as inbox
from obeya.orders import actions
from obeya.people import queries as people
from obeya.web import access, doors, shown
from obeya.web.order_desk import answers, page, pasted, states

FIELDS = {"customer": 100, "channel": 20, "text": pasted.MOST_TEXT + 1}
"""What the form sends, and the most characters of each."""


class _CannotPaste(Exception):
    """The form is not filled in: which field, and what is wrong in words."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


@access.holders(*doors.ORDERS_ACT)
@require_http_methods(["GET", "POST"])
def order_paste(request: HttpRequest) -> HttpResponse:
    """The form; what is sent is kept first, and read by a job like every message."""
    if request.method == "GET":
        asked = {name: request.GET.get(name, "")[:100] for name in ("customer", "channel")}
        return _form(request, shown.Typed(asked))
    form = {name: request.POST.get(name, "")[:most].strip() for name, most in FIELDS.items()}
    try:
        signal_id = _keep(request, form)
    except _CannotPaste as error:
        typed = shown.Typed(form, (shown.FieldError(error.field, str(error)),))
        return _form(request, typed, status=422)
    return redirect("web:order_pasted", signal_id)


def _form(request: HttpRequest, typed: shown.Typed, *, status: int = 200) -> HttpResponse:
    chosen = typed.values.get("channel", "") or pasted.CHANNELS[0]
    told = page.PastePage(
        paste_id=_paste_id(request) or str(uuid.uuid4()),
        channels=tuple(
            shown.Choice(code, states.pasted_name(code), "", code == chosen) for code in pasted.CHANNELS
        ),
        typed=typed,
        most_files=pasted.MOST_FILES,
        most_size=f"{pasted.MOST_BYTES >> 20} MB",
        most_text=pasted.MOST_TEXT,
    )
    return render(request, "web/order_desk/paste.html", {"page": told}, status=status)


def _paste_id(request: HttpRequest) -> str:
    try:
        return str(uuid.UUID(request.POST.get("paste_id", "")[:40]))
    except ValueError:
        return ""


def _keep(request: HttpRequest, form: dict[str, str]) -> uuid.UUID:
    """Store what was pasted. Raises _CannotPaste."""
    site, user = access.site_of(request), access.access_of(request).user_id
    assert user is not None  # somebody is logged in here
    try:
        customer = answers.searched_customer(site, form["customer"])
    except actions.CannotChangeOrder as error:
        raise _CannotPaste("customer", str(error)) from error
    if not customer:
        raise _CannotPaste("customer", _("Choose the customer who wrote."))
    if form["channel"] not in pasted.CHANNELS:
        raise _CannotPaste("channel", _("Choose where it came from."))
    if len(form["text"]) > pasted.MOST_TEXT:
        raise _CannotPaste("text", _("This is too long to paste: attach it as a file."))
    files = _files(request)
    if not form["text"] and not files:
        raise _CannotPaste("text", _("Paste the message, or attach a file."))
    return pasted.keep(
        site=site,
        paste_id=uuid.UUID(_paste_id(request) or str(uuid.uuid4())),
        customer=customer,
        channel=form["channel"],
        text=form["text"],
        files=files,
        by=people.get_user(user),
    )


def _files(request: HttpRequest) -> list[pasted.Upload]:
    """The chosen files. Raises _CannotPaste."""
    chosen = request.FILES.getlist("files")
    if len(chosen) > pasted.MOST_FILES:
        words = _("At most %(n)d files can be attached.") % {"n": pasted.MOST_FILES}
        raise _CannotPaste("files", words)
    if sum(file.size or 0 for file in chosen) > pasted.MOST_BYTES:
        words = _("The files are larger than %(n)d MB together.") % {"n": pasted.MOST_BYTES >> 20}
        raise _CannotPaste("files", words)
    return [
        pasted.Upload((file.name or "")[:255], (file.content_type or "")[:100], file.read())
        for file in chosen
        if file.size
    ]


@access.holders(*doors.ORDERS_ACT)
@require_GET
def paste_customers(request: HttpRequest) -> HttpResponse:
    """Customers for the form's search box."""
    text = request.GET.get("customer", "")[:100]
    found = catalog.search_customers(access.site_of(request), text) if text.strip() else ()
    items = [shown.Choice(customer.code, customer.name) for customer in found]
    return render(request, "web/order_desk/_items.html", {"items": items})


@access.holders(*doors.ORDERS_ACT)
@require_GET
def order_pasted(request: HttpRequest, signal_id: uuid.UUID) -> HttpResponse:
    """Waits, a moment as a rule, until what was pasted is read; then leads to the order."""
    try:
        signal = inbox.get_signal(signal_id)
    except inbox.NoSuchSignal as error:
        raise Http404 from error
    access.require(request, signal.site, *doors.ORDERS_ACT)
    if signal.source != pasted.SOURCE:
        raise Http404
    if signal.became.startswith("order:"):
        order = reverse("web:order", args=[signal.became.removeprefix("order:")])
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(headers={"HX-Redirect": order})
        return redirect(order)
    context = {"signal": signal, "waits": signal.state == "received"}
    fragment = request.headers.get("HX-Request") == "true"
    return render(request, f"web/order_desk/{'_pasted' if fragment else 'pasted'}.html", context)
