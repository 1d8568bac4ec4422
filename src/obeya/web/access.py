"""Who may open which screen: every view says it, and a view that says nothing opens for nobody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from obeya.people import queries as people
from obeya.people import rules
from obeya.web import shared

ATTRIBUTE = "obeya_access"
_View = TypeVar("_View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may open a view. `functions` are checked at the request's site; the plant manager may look."""

    kind: str
    """"anyone" (before log-in, signature-checked webhooks), "person" (logged in), "functions", "token"
    (a program with a person's token: the API checks it, see `web.api`), "buyer" (a customer's buyer in the
    portal, see `web.portal.door`) or "buyer_token" (a buyer's system, see `web.portal.api`)."""
    functions: frozenset[rules.Function] = frozenset()
    looking: bool = False
    """True where the plant manager may open it to look, without holding one of the functions."""

    @property
    def before_login(self) -> bool:
        """True where the view is reached without a person's log-in: its callers are checked otherwise."""
        return self.kind in ("anyone", "token", "buyer", "buyer_token")

    def sites_of(self, held: rules.Access) -> frozenset[str]:
        """The sites at which a person with `held` passes."""
        if not self.functions:
            return held.sites
        may = held.may_see if self.looking else held.may
        return frozenset(site for site in held.sites if may(self.functions, site))


def anyone(view: _View) -> _View:
    """Open without log-in: the log-in page itself, and webhooks that check a signature."""
    setattr(view, ATTRIBUTE, Rule("anyone"))
    return view


def person(view: _View) -> _View:
    """Open for everybody who is logged in and holds any function at any site."""
    setattr(view, ATTRIBUTE, Rule("person"))
    return view


def holders(*functions: rules.Function, looking: bool = False) -> Callable[[_View], _View]:
    """Open for those who hold one of `functions` at the site they work at."""

    def _mark(view: _View) -> _View:
        setattr(view, ATTRIBUTE, Rule("functions", frozenset(functions), looking))
        return view

    return _mark


def token(*functions: rules.Function, looking: bool = False) -> Callable[[_View], _View]:
    """Open for programs with the token of somebody who holds one of `functions` (none named: any)."""

    def _mark(view: _View) -> _View:
        setattr(view, ATTRIBUTE, Rule("token", frozenset(functions), looking))
        return view

    return _mark


def buyer(view: _View) -> _View:
    """Open for buyers: people of a customer, in the portal. No person of the plant passes, whoever it is."""
    setattr(view, ATTRIBUTE, Rule("buyer"))
    return view


def buyer_token(view: _View) -> _View:
    """Open for a buyer's system with a buyer's token."""
    setattr(view, ATTRIBUTE, Rule("buyer_token"))
    return view


def rule_of(view: Callable[..., Any]) -> Rule | None:
    """The rule a view declares, if any."""
    return getattr(view, ATTRIBUTE, None)


def access_of(request: HttpRequest) -> rules.Access:
    """What the person behind `request` may do: as of now for what acts, of the last second for a look."""
    found: rules.Access | None = getattr(request, "obeya_person", None)
    if found is None:
        user = request.user
        if not user.is_authenticated:
            found = rules.NOBODY
        elif request.method == "GET":
            found = shared.once(request, ("access", user.id), lambda: people.access_of(user), of=())
        else:
            found = people.access_of(user)
        request.obeya_person = found  # type: ignore[attr-defined]  # kept for the rest of this request
    return found


def site_of(request: HttpRequest) -> str:
    """The site the person works at now: the one chosen in the session, or the first. "" for nobody."""
    access = access_of(request)
    chosen = request.session.get("site", "")
    if chosen in access.sites:
        return str(chosen)
    return min(access.sites, default="")


def require(request: HttpRequest, site: str, *functions: rules.Function, looking: bool = False) -> None:
    """Refuse (403) unless the person holds one of `functions` at `site`; for objects of another site."""
    access = access_of(request)
    if not (access.may_see(functions, site) if looking else access.may(functions, site)):
        raise PermissionDenied("This belongs to a function or a site that is not yours.")


def check(request: HttpRequest, rule: Rule | None) -> None:
    """Refuse (403) unless `rule` lets the person behind `request` in."""
    if rule is None:
        raise PermissionDenied("This page does not say who may open it.")
    if rule.before_login:
        return
    if not access_of(request).sites:
        raise PermissionDenied("You hold no function at any site yet. Ask your IT team.")
    if rule.kind == "functions":
        require(request, site_of(request), *rule.functions, looking=rule.looking)
