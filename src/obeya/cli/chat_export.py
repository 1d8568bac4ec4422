"""WhatsApp's text export, as Android and iOS write it, one message at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

LONGEST = 65_536
"""Letters of one message that are kept, and of one line that are read at once."""
_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\ufeff")) | {0x202F: " ", 0xA0: " "}
_HEAD = re.compile(
    r"\[?(?P<a>\d{1,4})[/.\-](?P<b>\d{1,2})[/.\-](?P<c>\d{2,4}),? "
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?"
    r"(?: ?(?P<half>[AaPp])\.? ?[Mm]\.?)?(?:\] | - )(?P<rest>.*)",
    re.DOTALL,
)
_OMITTED = re.compile(
    r"<media omitted>|(?:image|video|audio|sticker|gif|document|contact card) omitted"
    r"|this message was deleted|you deleted this message|<attached: [^>]*>|.* \(file attached\)|null",
    re.IGNORECASE,
)
_EDITED = "<This message was edited>"


class CannotReadChat(Exception):
    """The file is not a chat export; the text says why."""


@dataclass(frozen=True, slots=True)
class Said:
    """One message: who, as the export names them (a name or a number), when and what."""

    sender: str
    sent_at: datetime
    text: str


def read(path: Path, zone: ZoneInfo, *, month_first: bool) -> Iterator[Said]:
    """The messages of an export in its order; `month_first` where its own dates leave that open.

    Raises CannotReadChat.
    """
    try:
        month_first = _is_month_first(path, otherwise=month_first)
        with path.open(encoding="utf-8-sig") as file:
            yield from _messages(_pieces(file), zone, month_first=month_first)
    except UnicodeDecodeError as error:
        raise CannotReadChat(f"{path.name} is not a text in UTF-8.") from error
    except OSError as error:
        raise CannotReadChat(f"{path.name} cannot be opened: {error.strerror}.") from error


def _pieces(file: TextIO) -> Iterator[str]:
    while piece := file.readline(LONGEST):
        yield piece.translate(_MARKS).rstrip("\r\n")


def _is_month_first(path: Path, *, otherwise: bool) -> bool:
    """What most dates of the file say, for no month is a thirteenth: a forwarded line may say otherwise."""
    heads = day_first = month_first = 0
    with path.open(encoding="utf-8-sig") as file:
        for piece in _pieces(file):
            head = _HEAD.match(piece)
            if head is None:
                continue
            heads += 1
            if len(head["a"]) < 4:
                first, second = int(head["a"]), int(head["b"])
                day_first += second <= 12 < first
                month_first += first <= 12 < second
    if not heads:
        raise CannotReadChat(f"{path.name} holds no line that begins as WhatsApp's export does.")
    if 10 * min(day_first, month_first) > max(day_first, month_first):
        raise CannotReadChat(f"{path.name} writes some dates day first and some month first.")
    return otherwise if day_first == month_first else month_first > day_first


def _messages(pieces: Iterable[str], zone: ZoneInfo, *, month_first: bool) -> Iterator[Said]:
    at: datetime | None = None
    sender, text = "", ""
    for piece in pieces:
        head = _HEAD.match(piece)
        moment = _moment(head, zone, month_first=month_first) if head else None
        if head is None or moment is None:
            text = f"{text}\n{piece}"[:LONGEST]
            continue
        yield from _complete(sender, at, text)
        at = moment
        sender, found, text = head["rest"].partition(": ")
        sender = sender.strip() if found else ""
    yield from _complete(sender, at, text)


def _complete(sender: str, at: datetime | None, text: str) -> Iterator[Said]:
    """A message that says something; the chat's own notices have no sender."""
    kept = [line for line in text.replace(_EDITED, "").split("\n") if not _OMITTED.fullmatch(line.strip())]
    told = "\n".join(kept).strip()
    if at is not None and sender and told:
        yield Said(sender, at, told)


def _moment(head: re.Match[str], zone: ZoneInfo, *, month_first: bool) -> datetime | None:
    a, b, c, hour = int(head["a"]), int(head["b"]), int(head["c"]), int(head["hour"])
    if len(head["a"]) == 4:
        year, month, day = a, b, c
    else:
        year, month, day = c + (2000 if c < 100 else 0), *((a, b) if month_first else (b, a))
    if not 2009 <= year <= 2100:  # WhatsApp began in 2009
        return None
    if head["half"]:
        hour = hour % 12 + (12 if head["half"] in "Pp" else 0)
    try:
        return datetime(year, month, day, hour, int(head["minute"]), int(head["second"] or 0), tzinfo=zone)
    except ValueError:
        return None
