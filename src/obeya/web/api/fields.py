"""What may be typed into the API: bounded, and storable."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, StringConstraints

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def _storable(text: str) -> str:
    if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("it holds characters that cannot be stored")
    return text


def _of_this_century(moment: datetime) -> datetime:
    if not EARLIEST <= moment < LATEST:
        raise ValueError("it is not in this century")
    return moment


Storable = AfterValidator(_storable)
SiteCode = Annotated[str, StringConstraints(min_length=1, max_length=32), Storable]
Name = Annotated[str, StringConstraints(max_length=200), Storable]
Note = Annotated[str, StringConstraints(max_length=2_000), Storable]
Words = Annotated[str, StringConstraints(max_length=65_536), Storable]
Moment = Annotated[AwareDatetime, AfterValidator(_of_this_century)]
