"""Who stands behind a program's request: the person whose token it shows."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from obeya.people import actions, queries, rules

LONGEST = 200
"""Characters of a token; ours have about fifty."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The person for whom a program acts, what the person may do, and through which token."""

    person: queries.Person
    held: rules.Access
    token_name: str


def find_caller(request: HttpRequest) -> Caller | None:
    """The person of the request's bearer token; None where there is none, or it is not a living one."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not 0 < len(secret) <= LONGEST:
        return None
    holder = queries.find_by_token(secret)
    if holder is None:
        return None
    actions.touch_token(token_id=holder.token_id)
    return Caller(holder.person, queries.access_of(holder.person), holder.token_name)
