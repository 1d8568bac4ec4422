"""Thresholds in plain words: which orders, since when, why. Pure."""

from __future__ import annotations

from datetime import datetime, tzinfo

from obeya.orders import scripts
from obeya.orders import thresholds_rules as rules

CHANNELS = {"whatsapp": "WhatsApp", "email": "e-mail", "portal": "the portal", "paste": "pasted messages"}
ALL = "*"
"""Channel and script of all orders of a site together."""


def orders_of(channel: str, script: str) -> str:
    """The orders of a group: "orders by e-mail in Hindi letters"."""
    if channel == ALL:
        return "orders"
    way = CHANNELS.get(channel, channel.replace("_", " "))
    if script == scripts.NONE:
        return f"orders by {way} that are files without a text"
    return f"orders by {way} in {scripts.name_of(script)}"


def found(count: rules.Count) -> str:
    """What was found, in words: "2 of 40 that were compared with the message were wrong"."""
    was = "was" if count.wrong == 1 else "were"
    return f"{count.wrong} of {count.looked} compared with the message {was} wrong"


def tightened(count: rules.Count) -> str:
    """Why a group is looked at more closely than before."""
    return f"{found(count)}."


def loosened(count: rules.Count) -> str:
    """Why a group is looked at less closely than before."""
    return f"enough were found right since ({found(count)})."


def held(channel: str, script: str, level: int, since: datetime | None, why: str, zone: tzinfo) -> str:
    """Why an order waits although it was read without a doubt, for the person at the desk."""
    day = f" since {on(since, zone)}" if since else ""
    which = orders_of(channel, script)
    if level == rules.ALL:
        return f"A person confirms all {which}{day}: {why}"
    return f"We check {which} more closely{day}: {why}"


def on(moment: datetime, zone: tzinfo) -> str:
    """A day at the site, as people say it: 24 Nov."""
    local = moment.astimezone(zone)
    return f"{local.day} {local:%b}"


def level_name(level: int) -> str:
    """How closely a group is looked at."""
    return LEVELS[level]


LEVELS = (
    "as sure as the reader asks",
    "more closely",
    "much more closely",
    "only the surest",
    "a person confirms all",
)
"""What the steps of the ladder are called."""
