"""What stands around every screen: who you are, where you may go, and what is missing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from obeya.web import shown


@dataclass(frozen=True, slots=True)
class NavItem:
    """A screen this user may open. `key` equals the screen's `page.screen`."""

    key: str
    label: str
    url: str
    icon: str
    count: int = 0
    urgent: bool = False
    on_phone: bool = True


@dataclass(frozen=True, slots=True)
class Missing:
    """Something the plant needs and does not have now, with what to do about it."""

    title: str
    detail: str
    tone: shown.Tone = "warn"
    action: shown.Link | None = None


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame of one page for one user.

    `position` is the last live notification this page already shows; the browser compares it with the
    first message of the live stream and refreshes what it may have missed. `theme` comes from the cookie.
    `sites` has entries only for a person who works at several.
    """

    user_name: str
    initials: str
    function_name: str
    site_name: str
    nav: tuple[NavItem, ...]
    now: datetime
    shift_name: str = ""
    missing: tuple[Missing, ...] = ()
    theme: Literal["auto", "light", "dark"] = "auto"
    position: str = ""
    sites: tuple[shown.Choice, ...] = ()
    unread: int = 0
