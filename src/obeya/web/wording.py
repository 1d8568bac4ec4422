"""Times in words, on the server. `assets/js/words.js` says the same as the seconds go by."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext, ngettext

Urgency = Literal["calm", "soon", "urgent", "over"]

_URGENT_S = 120
_SOON_S = 600


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """Words for a due time, how pressing it is, and the share of the window that is left (0 to 1)."""

    words: str
    urgency: Urgency
    share: float


def urgency_of(left_s: float, window_s: float) -> Urgency:
    """How pressing a request is: over, urgent (last 2 min or tenth), soon (last 10 min or third), calm.

    A short window is judged by its share (a quarter, a half), so it is not born urgent.
    """
    if left_s <= 0:
        return "over"
    if left_s <= min(_URGENT_S, window_s / 4) or left_s <= window_s / 10:
        return "urgent"
    if left_s <= min(_SOON_S, window_s / 2) or left_s <= window_s / 3:
        return "soon"
    return "calm"


def time_left(*, opened_at: datetime, due_at: datetime, now: datetime) -> TimeLeft:
    """The time left until `due_at`, in words, for a window opened at `opened_at`."""
    window_s = max((due_at - opened_at).total_seconds(), 1.0)
    left_s = (due_at - now).total_seconds()
    span = duration_words(abs(left_s))
    pattern = gettext("%(span)s left") if left_s > 0 else gettext("%(span)s over")
    return TimeLeft(
        pattern % {"span": span}, urgency_of(left_s, window_s), min(max(left_s / window_s, 0.0), 1.0)
    )


def duration_words(seconds: float) -> str:
    """A length of time in its two largest units at most: 45 s, 4 min 05 s, 2 h 10 min, 3 days."""
    whole = int(seconds)
    if whole < 60:
        return gettext("%(s)d s") % {"s": whole}
    minutes, s = divmod(whole, 60)
    if minutes < 10:
        return gettext("%(min)d min %(s)02d s") % {"min": minutes, "s": s}
    if minutes < 60:
        return gettext("%(min)d min") % {"min": minutes}
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return gettext("%(h)d h %(min)02d min") % {"h": hours, "min": minutes}
    days = hours // 24
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def ago_words(*, at: datetime, now: datetime) -> str:
    """How long ago something happened: just now, 40 s ago, 12 min ago, 3 h ago, 2 days ago."""
    seconds = (now - at).total_seconds()
    if seconds < 5:
        return gettext("just now")
    if seconds < 60:
        span = gettext("%(s)d s") % {"s": int(seconds)}
    elif seconds < 3600:
        span = gettext("%(min)d min") % {"min": int(seconds // 60)}
    elif seconds < 86400:
        span = gettext("%(h)d h") % {"h": int(seconds // 3600)}
    else:
        days = int(seconds // 86400)
        span = ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    return gettext("%(span)s ago") % {"span": span}
