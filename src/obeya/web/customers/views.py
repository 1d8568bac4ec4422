"""Customers: look them up, invite their people to the portal, take access away, give their systems tokens."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from obeya.catalog import answers
from obeya.catalog import queries as catalog
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.orders import customer_queries, queries
from obeya.people import buyer_queries, buyers
from obeya.people import queries as people
from obeya.web import access, doors, shown
from obeya.web.customers import page
from obeya.web.portal import letters

FOUND = 50
LARGEST = 2**63 - 1
FIELDS = {"name": buyers.LONGEST_NAME + 1, "email": 254, "phone": 40}


def find(request: HttpRequest, customer_id: int) -> answers.Customer:
    """The customer, for those who may see the customers of its site. 404 where there is none."""
    found = catalog.customers_by_id([customer_id]).get(customer_id) if customer_id <= LARGEST else None
    if found is None:
        raise Http404
    access.require(request, found.site, *doors.CUSTOMERS, looking=True)
    return found


@access.holders(*doors.CUSTOMERS, looking=True)
@require_GET
def customers(request: HttpRequest) -> HttpResponse:
    """The customers of the site, those whose code or name holds what is searched."""
    site = access.site_of(request)
    query = " ".join(request.GET.get("q", "")[:100].replace("\0", " ").split())
    rows = tuple(
        page.Row(one.code, one.name, one.city, reverse("web:customer", args=[one.id]))
        for one in catalog.search_customers(site, query, limit=FOUND)
    )
    portal = buyer_queries.portal_of(site)
    told = page.CustomersPage(
        now=clock.now(),
        query=query,
        rows=rows,
        shows_prices=portal.shows_prices,
        shows_stock=portal.shows_stock,
        may_set=access.access_of(request).may(doors.BUYERS, site),
    )
    return render(request, "web/customers/page.html", {"page": told})


@access.holders(*doors.BUYERS)
@require_POST
def portal_set(request: HttpRequest) -> HttpResponse:
    """Say what the portal of the site shows beside the items."""
    buyers.set_portal(
        site=access.site_of(request),
        shows_prices=request.POST.get("prices") == "1",
        shows_stock=request.POST.get("stock") == "1",
        origin=_origin(request),
    )
    messages.add_message(request, messages.SUCCESS, _("The portal shows it so from now on."), "good")
    return redirect("web:customers")


@access.holders(*doors.CUSTOMERS, looking=True)
@require_GET
def customer(request: HttpRequest, customer_id: int) -> HttpResponse:
    """One customer, with who of them may order in the portal."""
    return _show(request, find(request, customer_id))


@access.holders(*doors.ORDERS, looking=True)
@require_GET
def customer_of_order(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    """From an order to its customer."""
    try:
        order = queries.get_order(order_id)
    except queries.NoSuchOrder as error:
        raise Http404 from error
    access.require(request, order.site, *doors.ORDERS, looking=True)
    found = catalog.find_customer(order.site, order.customer_code) if order.customer_code else None
    if found is None:
        raise Http404
    return redirect("web:customer", found.id)


def _show(
    request: HttpRequest,
    found: answers.Customer,
    *,
    typed: shown.Typed | None = None,
    token: str = "",
    token_name: str = "",
    status: int = 200,
) -> HttpResponse:
    known = buyer_queries.list_buyers([found.site], customer=found.code)
    first = {"name": found.contact_name, "email": next(iter(found.emails), "")} if not known else {}
    told = page.CustomerPage(
        now=clock.now(),
        id=found.id,
        code=found.code,
        name=found.name,
        active=found.active,
        facts=_facts(found),
        buyers=tuple(map(_buyer, known)),
        usual=tuple(
            shown.Fact(one.name or one.sku, shown.Quantity(one.quantity, one.uom), one.sku)
            for one in customer_queries.usual_of(found.site, found.code)
        ),
        orders_url=f"{reverse('web:order_desk')}?{urlencode({'customer': found.code})}",
        may_invite=access.access_of(request).may(doors.BUYERS, found.site),
        typed=typed or shown.Typed(first),
        token=token,
        token_name=token_name,
    )
    return render(request, "web/customers/customer.html", {"page": told}, status=status)


def _facts(found: answers.Customer) -> tuple[shown.Fact, ...]:
    told = (
        (_("Code"), found.code),
        (_("Place"), found.city),
        (_("Contact"), found.contact_name),
        (_("Writes from"), ", ".join((*found.emails, *(f"+{one}" for one in found.phones)))),
        (_("Price list"), found.price_list),
        (_("Places of delivery"), ", ".join(found.ship_to)),
    )
    return tuple(shown.Fact(label, value) for label, value in told if value)


def _buyer(one: buyer_queries.Standing) -> page.Buyer:
    if one.revoked_at is not None:
        badge = shown.Badge(_("Access taken away"), "plain", "cross")
    elif one.seen_at is not None:
        badge = shown.Badge(_("Uses the portal"), "good")
    elif one.invited_until is not None:
        badge = shown.Badge(_("Invited"), "info", "mail")
    else:
        badge = shown.Badge(_("Link expired: invite again"), "warn")
    number = f"+{one.buyer.phone}" if one.buyer.phone else ""
    return page.Buyer(
        id=one.buyer.id,
        name=one.buyer.name,
        reached=" · ".join(part for part in (one.buyer.email, number) if part),
        badge=badge,
        invited_at=one.invited_at,
        seen_at=one.seen_at,
        tokens=one.tokens,
        open=one.revoked_at is None,
    )


@access.holders(*doors.BUYERS)
@require_POST
def buyer_invite(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Invite somebody of the customer; who is invited again gets a new link."""
    found = _mine(request, customer_id)
    form = {name: request.POST.get(name, "")[:most].strip() for name, most in FIELDS.items()}
    if not found.active:
        return _refused(request, found, form, _("ERP no longer lists this customer as active."))
    try:
        letters.invite(site=found.site, customer=found.code, origin=_origin(request), **form)
    except buyers.CannotInvite as error:
        return _refused(request, found, form, str(error))
    said = _("%(name)s gets a link to the portal.") % {"name": form["name"]}
    messages.add_message(request, messages.SUCCESS, said, "good")
    return redirect("web:customer", found.id)


def _refused(request: HttpRequest, found: answers.Customer, form: dict[str, str], words: str) -> HttpResponse:
    typed = shown.Typed(form, (shown.FieldError("name", words),))
    return _show(request, found, typed=typed, status=422)


@access.holders(*doors.BUYERS)
@require_POST
def buyer_revoke(request: HttpRequest, customer_id: int, buyer_id: int) -> HttpResponse:
    """Take a buyer's access away: links, sessions and tokens end at once."""
    found = _mine(request, customer_id)
    buyer = _buyer_of(found, buyer_id)
    buyers.take_away(buyer_id=buyer.id, origin=_origin(request))
    said = _("%(name)s has no access any more.") % {"name": buyer.name}
    messages.add_message(request, messages.SUCCESS, said, "good")
    return redirect("web:customer", found.id)


@access.holders(*doors.BUYERS)
@sensitive_post_parameters()
@require_POST
def buyer_token(request: HttpRequest, customer_id: int, buyer_id: int) -> HttpResponse:
    """Make a token for a buyer's system; it is shown on this page, once."""
    found = _mine(request, customer_id)
    buyer = _buyer_of(found, buyer_id)
    name = request.POST.get("name", "")[: buyers.LONGEST_NAME].strip()
    try:
        made = buyers.give_token(
            buyer_id=buyer.id,
            name=name,
            expires_at=clock.now() + buyers.TOKEN_LASTS,
            origin=_origin(request),
        )
    except buyers.CannotGiveToken as error:
        messages.add_message(request, messages.ERROR, str(error), "bad")
        return redirect("web:customer", found.id)
    return _show(request, found, token=made.secret, token_name=f"{buyer.name}: {name}")


def _mine(request: HttpRequest, customer_id: int) -> answers.Customer:
    found = find(request, customer_id)
    access.require(request, found.site, *doors.BUYERS)
    return found


def _buyer_of(found: answers.Customer, buyer_id: int) -> buyer_queries.Buyer:
    buyer = buyer_queries.find_buyer(buyer_id) if buyer_id <= LARGEST else None
    if buyer is None or (buyer.site, buyer.customer) != (found.site, found.code):
        raise Http404
    return buyer


def _origin(request: HttpRequest) -> Origin:
    user = access.access_of(request).user_id
    assert user is not None  # somebody is logged in here
    return Origin.fresh(source="web", actor=people.get_user(user).actor)
