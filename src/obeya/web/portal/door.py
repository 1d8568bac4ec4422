"""Who stands at the portal's door: a buyer's own cookie, which no session of the plant's people replaces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from obeya.catalog import answers
from obeya.catalog import queries as catalog
from obeya.lib import clock
from obeya.people import buyer_queries, buyers
from obeya.people import queries as people

COOKIE = "obeya_buyer"
PATH = "/portal"


@dataclass(frozen=True, slots=True)
class Visitor:
    """A buyer who is logged in, and the customer for whom they order."""

    buyer: buyer_queries.Buyer
    customer: answers.Customer

    @property
    def today(self) -> date:
        """The day at the buyer's site."""
        return clock.now().astimezone(people.get_site(self.buyer.site).tz).date()


def find_visitor(request: HttpRequest) -> Visitor | None:
    """The buyer of the request's cookie, looked up once a request; None for anybody else."""
    if not hasattr(request, "obeya_visitor"):
        holder = buyer_queries.find_holder(request.COOKIES.get(COOKIE, ""), "session")
        request.obeya_visitor = visitor_of(holder)  # type: ignore[attr-defined]  # for the rest of the request
        if holder is not None:
            buyers.touch(key_id=holder.key_id)
    visitor: Visitor | None = request.obeya_visitor  # type: ignore[attr-defined]  # set above
    return visitor


def visitor_of(holder: buyer_queries.Holder | None) -> Visitor | None:
    """The buyer of a living key with their customer; None where ERP never listed that customer."""
    if holder is None:
        return None
    customer = catalog.find_customer(holder.buyer.site, holder.buyer.customer)
    return Visitor(holder.buyer, customer) if customer else None


def visitor(request: HttpRequest) -> Visitor:
    """The buyer behind a view that is open for buyers only."""
    found = find_visitor(request)
    assert found is not None  # turned away before the view
    return found


def turn_away(request: HttpRequest) -> HttpResponse | None:
    """None for a buyer; anybody else is led to the portal's log-in, a script is told so."""
    if find_visitor(request) is not None:
        return None
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"error": _("Log in again. What you wrote is kept here.")}, status=401)
    return redirect("portal:login")


def let_in(response: HttpResponse, session: buyers.NewKey) -> None:
    """Give the browser the session."""
    response.set_cookie(
        COOKIE,
        session.secret,
        max_age=buyers.SESSION_LASTS,
        path=PATH,
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        samesite="Lax",
    )


def let_out(request: HttpRequest, response: HttpResponse) -> None:
    """End the session, and forget it."""
    buyers.end_session(secret=request.COOKIES.get(COOKIE, ""))
    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")
