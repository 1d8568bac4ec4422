"""Who calls: every operation names the functions whose tokens it takes, and checks each object's site."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from obeya.journal.events import Origin
from obeya.people.queries import Function
from obeya.web import access, tokens
from obeya.web.api import problems, understanding

SOURCE = understanding.SOURCE


class Token(HttpBearer):
    """The token of a person who holds one of an operation's functions at one site or another."""

    def __init__(self, rule: access.Rule) -> None:
        super().__init__()
        self.rule = rule

    def authenticate(self, request: HttpRequest, token: str) -> tokens.Caller | None:
        """The caller; None (401) without a living token. Raises Refusal (403) for other functions."""
        del token  # read again with its bounds
        caller = tokens.find_caller(request)
        if caller is not None and not self.rule.sites_of(caller.held):
            raise problems.Refusal(403, f"This needs the token of {self._who()}.")
        return caller

    def _who(self) -> str:
        named = ", ".join(sorted(function.label for function in self.rule.functions))
        return f"somebody in {named}" if named else "somebody who holds a function at a site"

    def __call__(self, request: HttpRequest) -> Any:
        """Check the request."""
        request.obeya_rule = self.rule  # type: ignore[attr-defined]  # for the checks of the objects
        return super().__call__(request)


def holders(*functions: Function, looking: bool = False) -> Token:
    """For an operation's `auth`: tokens of those who hold one of `functions` (none named: any)."""
    return Token(access.Rule("token", frozenset(functions), looking))


def caller_of(request: HttpRequest) -> tokens.Caller:
    """Who calls."""
    caller: tokens.Caller = request.auth  # type: ignore[attr-defined]  # set by ninja after `authenticate`
    return caller


def sites_of(request: HttpRequest, named: str | None = None) -> list[str]:
    """The sites at which the caller may do what is asked; only `named`, where one is named.

    Raises Refusal (403) where that one is not among them.
    """
    rule: access.Rule = request.obeya_rule  # type: ignore[attr-defined]  # set by `Token`
    mine = rule.sites_of(caller_of(request).held)
    if named is None:
        return sorted(mine)
    if named not in mine:
        raise problems.Refusal(403, f"You may not do this at the site {named}.", field="site")
    return [named]


def origin_of(request: HttpRequest) -> Origin:
    """Who acts, through the API."""
    return Origin.fresh(source=SOURCE, actor=caller_of(request).person.actor)
