"""Notices: what Obeya told you or your functions, newest first."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice. `url` "" leads nowhere; `fresh`: not read before this page was opened."""

    id: str
    title: str
    text: str
    url: str
    at: datetime
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class NoticesPage:
    """The last 30 days."""

    now: datetime
    notices: tuple[NoticeRow, ...]
    screen: str = "notices"
