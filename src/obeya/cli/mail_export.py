"""Exported mailboxes: an mbox file or a folder of .eml files, one mail at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from obeya.integrations.email import letters

LARGEST = 10_000_000
"""Bytes of one mail; of a larger one the beginning is read, where its text stands."""
_BROKEN = (ValueError, LookupError, AttributeError, TypeError, RecursionError)
"""How a mail that is not well formed is known to make Python's parser fail."""


class CannotReadMailbox(Exception):
    """This is no mailbox; the text says why."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail by a person: the sender's address in small letters, when and what."""

    sender: str
    sent_at: datetime
    text: str


def read(path: Path) -> Iterator[Mail | None]:
    """The mails of an export, oldest file name first; None for one that cannot be read or has no date.

    Raises CannotReadMailbox.
    """
    try:
        for content in _folder(path) if path.is_dir() else _mbox(path):
            yield _mail(content)
    except OSError as error:
        raise CannotReadMailbox(f"{path.name} cannot be opened: {error.strerror}.") from error


def _folder(path: Path) -> Iterator[bytes]:
    names = sorted(name for name in path.iterdir() if name.suffix.lower() == ".eml")
    if not names:
        raise CannotReadMailbox(f"{path.name} holds no .eml file.")
    for name in names:
        with name.open("rb") as file:
            yield file.read(LARGEST)


def _mbox(path: Path) -> Iterator[bytes]:
    """The mails between the lines that begin with "From " after an empty one."""
    with path.open("rb") as file:
        if not file.readline(LARGEST).startswith(b"From "):
            raise CannotReadMailbox(f"{path.name} is no mbox file: it does not begin with “From ”.")
        kept, size, empty = list[bytes](), 0, False
        while line := file.readline(LARGEST):
            if empty and line.startswith(b"From "):
                yield b"".join(kept)
                kept, size = [], 0
            elif size < LARGEST:
                kept.append(line[1:] if line.startswith(b">From ") else line)
                size += len(line)
            empty = not line.strip()
        yield b"".join(kept)


def _mail(content: bytes) -> Mail | None:
    try:
        letter = letters.read(content)
    except _BROKEN:
        return None
    if not letter.sent_at or letter.automatic:
        return None
    sent_at = datetime.fromisoformat(letter.sent_at)
    if not 1990 <= sent_at.year <= 2100:
        return None
    return Mail(letter.sender.lower(), sent_at, letter.text)
