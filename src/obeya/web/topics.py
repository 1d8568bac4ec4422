"""What a notification of `lib.live` means to a screen, and who may hear it: pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

BY_KIND: Mapping[str, str] = {
    "requests": "requests",
    "cases": "cases",
    "holds": "holds",
    "orders": "orders",
    "signals": "signals",
    "notices": "notices",
    "connectors": "connectors",
    "postings": "connectors",
    "messages": "connectors",
}
"""The topic that screens ask for, by the kind of the notification."""

ABOUT: Mapping[str, str] = {"order": "orders", "case": "cases", "request": "requests"}
"""What a posting or a message is about, as the topic that its screen listens to."""

TOPICS = frozenset(BY_KIND.values())


@dataclass(frozen=True, slots=True)
class Change:
    """Something changed. `key` "" touches everything of the topic; `site` "" is not of one site."""

    topic: str
    key: str = ""
    site: str = ""
    function: str = ""
    user: str = ""


@dataclass(frozen=True, slots=True)
class Listener:
    """Who listens, and to what: the functions held at each site were read when the stream was opened."""

    user_id: int
    topics: frozenset[str]
    functions_by_site: Mapping[str, Collection[str]]

    def hears(self, change: Change) -> bool:
        """True where the change is asked for and belongs to a site, function or person of the listener."""
        if change.topic not in self.topics:
            return False
        if change.user:
            return change.user == str(self.user_id)
        if change.site and change.site not in self.functions_by_site:
            return False
        return not change.function or change.function in self.functions_by_site.get(change.site, ())


def read(payload: str) -> Change | None:
    """The change that a notification tells of; None where no screen shows it.

    Forms: kind, kind:key, kind:key:site, about:kind:key, notices:user:id, notices:site:function.
    """
    kind, _, rest = payload.partition(":")
    if kind == "about":
        about, _, key = rest.partition(":")
        return Change(ABOUT[about], key) if about in ABOUT and key else None
    if kind == "notices":
        return _notice(rest)
    if kind not in BY_KIND:
        return None
    key, _, site = rest.partition(":")
    return Change(BY_KIND[kind], key, site)


def _notice(rest: str) -> Change:
    place, _, whom = rest.partition(":")
    if place == "user":
        return Change("notices", user=whom)
    return Change("notices", site=place, function=whom)


def asked(text: str) -> frozenset[str]:
    """The topics in a list such as "cases,orders"; unknown ones are left out."""
    return TOPICS & set(text[:200].split(","))
