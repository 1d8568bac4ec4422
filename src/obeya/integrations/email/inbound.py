"""A raw mail becomes a signal: stored before it is marked as seen, and stored once however often it comes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime

from obeya.inbox import actions as inbox
from obeya.inbox import queries as signals
from obeya.lib import clock

SOURCE = "email"
MOST_BYTES = 40 << 20
"""A larger mail is not fetched; the order desk is told of it by its headers."""
BODY_BYTES = 256 << 10
"""A larger mail is kept as a file of its signal, and its signal holds the headers."""
MOST_HEADERS = 256 << 10
LONGEST_KEY = 300
RAW = "message.eml"
TOO_LARGE = "too large"


@dataclass(frozen=True, slots=True)
class Raw:
    """A mail as the mailbox has it. `whole` is False where `content` is only the headers of one too large."""

    content: bytes
    whole: bool = True


@dataclass(frozen=True, slots=True)
class _Named:
    key: str
    content: str
    sent_at: datetime | None
    headers: bytes


def accept(*, mails: Sequence[Raw], site: str) -> int:
    """Store mails as signals; returns how many had not arrived before.

    The natural key is the Message-ID, or a digest where there is none. Another mail under a Message-ID
    that is known is kept as well: nobody can make a mail vanish by reusing one.
    """
    fresh: dict[tuple[str, str], tuple[_Named, Raw]] = {}
    for mail in mails:
        named = _name(mail)
        fresh.setdefault((named.key, named.content), (named, mail))
    known = signals.known_contents(SOURCE, {key for key, _ in fresh})
    taken = 0
    for (key, content), (named, mail) in fresh.items():
        if known.get(key) == content:
            continue
        again = f"{key[:LONGEST_KEY]}#{content[:16]}" if key in known else key
        taken += _store(again, named, mail, site)
        known.setdefault(key, content)
    return taken


def raw_of(signal: signals.Signal) -> bytes:
    """The mail of a signal as it came; of one that was too large only its headers."""
    kept = next((file for file in signal.files if file.name == RAW), None)
    return signals.read_media(kept.digest) if kept else signal.body


def _name(mail: Raw) -> _Named:
    head, blank, body = mail.content.partition(b"\r\n\r\n")
    if not blank:
        head, blank, body = mail.content.partition(b"\n\n")
    head = head[:MOST_HEADERS]
    found = BytesHeaderParser().parsebytes(head + b"\n\n")
    told = [str(found.get(name, "")) for name in ("From", "Subject", "Date")]
    content = hashlib.sha256("\0".join(told).encode("utf-8", "replace") + b"\0" + body).hexdigest()
    message_id = "".join(str(found.get("Message-ID", "")).split())
    usable = message_id.isascii() and message_id.isprintable() and 2 < len(message_id) <= LONGEST_KEY
    return _Named(message_id if usable else f"digest:{content}", content, _moment(told[2]), head)


def _moment(text: str) -> datetime | None:
    """When it was written, where the mail says so; never after now."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return min(found, clock.now()) if found.tzinfo else None


def _store(key: str, named: _Named, mail: Raw, site: str) -> int:
    small = mail.whole and len(mail.content) <= BODY_BYTES
    files = []
    if mail.whole and not small:
        digest = inbox.store_media(content=mail.content, content_type="message/rfc822")
        files.append(inbox.Attachment(digest, RAW))
    received = inbox.receive(
        site=site,
        source=SOURCE,
        natural_key=key,
        body=mail.content if small else named.headers,
        content_type="message/rfc822" if small else "text/rfc822-headers",
        headers={"content": named.content, **({} if mail.whole else {TOO_LARGE: True})},
        occurred_at=named.sent_at,
        attachments=files,
    )
    return int(received.fresh)
