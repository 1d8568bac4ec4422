"""A raw mail taken apart: who wrote, what, with which files, and whether a person wrote it at all.

Runs in a child process with limits (`lib.bounded`), because anybody can send anything. No Django in here.
"""

from __future__ import annotations

import email
import email.policy
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from email.message import EmailMessage, MIMEPart
from email.utils import parseaddr, parsedate_to_datetime
from typing import Any

from obeya.integrations.email import automatic, markup
from obeya.orders.reading import mail

MOST_TEXT = 60_000
"""Characters of a mail's own words that are read."""
MOST_FILES = 50
MOST_DEPTH = 6
"""Mails within mails."""
DECORATION_BYTES = 30_000
"""A smaller picture that the text only shows is a logo or an icon."""
_SIGNATURES = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
)
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")
_ACTION_FAILED = re.compile(rb"^Action:\s*failed", re.IGNORECASE | re.MULTILINE)
_ABOUT = re.compile(rb"^Message-ID:\s*(<[^<>\s]{1,250}>)", re.IGNORECASE | re.MULTILINE)
_TURNING = "\u202d\u202e"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the mail's text."""

    name: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of the mail. `says_something` is False for logos and signatures."""

    name: str
    content_type: str
    size: int
    says_something: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail holds. `automatic` says why no person wrote it, "" where one did.

    `sent_at` is in ISO 8601 with its zone, "" where the mail has no date. `notes` are names of parts with
    the reason why they were not looked into. `failed` are the ids of mails that,
    by this report, did not arrive. `contents` goes with `files`.
    """

    sender: str
    sender_name: str
    subject: str
    sent_at: str
    message_id: str
    references: tuple[str, ...]
    automatic: str
    distrust: str
    text: str
    tables: tuple[Table, ...] = ()
    files: tuple[Attached, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    failed: tuple[str, ...] = ()
    contents: tuple[bytes, ...] = field(default=(), repr=False)


def take_apart(content: bytes, about: Mapping[str, str]) -> bytes:
    """What runs in the child: the letter as one line of JSON, then the bytes of its files in order."""
    letter = read(content, own=tuple(about.get("own", "").split()))
    told = asdict(replace(letter, contents=()))
    return json.dumps(told).encode() + b"\n" + b"".join(letter.contents)


def put_together(answer: bytes) -> Letter:
    """The letter that `take_apart` told of."""
    line, _, rest = answer.partition(b"\n")
    told: dict[str, Any] = json.loads(line)
    files = tuple(Attached(**one) for one in told["files"])
    contents, at = [], 0
    for one in files:
        contents.append(rest[at : at + one.size])
        at += one.size
    told["tables"] = tuple(Table(one["name"], tuple(map(tuple, one["rows"]))) for one in told["tables"])
    told |= {
        "files": files,
        "references": tuple(told["references"]),
        "failed": tuple(told["failed"]),
        "contents": tuple(contents),
    }
    told["notes"] = tuple((name, why) for name, why in told["notes"])
    return Letter(**told)


def read(content: bytes, *, own: tuple[str, ...] = ()) -> Letter:
    """Take a mail apart; `own` are our own addresses. Raises whatever a broken mail makes `email` raise."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    taken = _Taken()
    taken.add(message, depth=0)
    text, tables = taken.text_and_tables()
    name, address = parseaddr(_header(message, "From"))
    ids = _MESSAGE_ID.findall(_header(message, "References") + " " + _header(message, "In-Reply-To"))
    return Letter(
        sender=address.strip().lower()[:254],
        sender_name=name.strip()[:200],
        subject=" ".join(_header(message, "Subject").split())[:500],
        sent_at=_moment(_header(message, "Date")),
        message_id=next(iter(_MESSAGE_ID.findall(_header(message, "Message-ID"))), ""),
        references=tuple(dict.fromkeys(ids))[-10:],
        automatic=automatic.reason(lambda header: _header(message, header), message, own),
        distrust=automatic.distrust(_header(message, "Authentication-Results")),
        text=text,
        tables=tables,
        files=tuple(taken.files),
        notes=tuple(taken.notes),
        failed=_failed(message, content),
        contents=tuple(taken.contents),
    )


def _failed(message: EmailMessage, content: bytes) -> tuple[str, ...]:
    """The mails that a delivery report (RFC 3464) says did not arrive."""
    if message.get_content_type() != "multipart/report" or not _ACTION_FAILED.search(content):
        return ()
    found = [told.decode("ascii", "replace") for told in _ABOUT.findall(content)[:20]]
    own = _header(message, "Message-ID").strip()
    return tuple(one for one in dict.fromkeys(found) if one != own)


def _header(message: MIMEPart, name: str) -> str:
    """A header as text; what the library cannot parse is taken as it stands."""
    try:
        return str(message.get(name, ""))
    except (ValueError, IndexError, AttributeError, TypeError, KeyError):  # the parser's known ways to fail
        raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
        return str(raw).encode("ascii", "replace").decode()


def _moment(text: str) -> str:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return ""
    return found.isoformat() if found.tzinfo else ""


class _Taken:
    """What is collected from a mail and the mails within it."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.pages: list[markup.Page] = []
        self.files: list[Attached] = []
        self.contents: list[bytes] = []
        self.notes: list[tuple[str, str]] = []

    def add(self, message: EmailMessage, *, depth: int) -> None:
        """One mail: its words, its files, the mails in it as forwarded text."""
        if depth > MOST_DEPTH:
            self.notes.append(("A forwarded mail", "it lies too deep within other mails"))
            return
        body = message.get_body(preferencelist=("plain", "html"))
        rich = message.get_body(preferencelist=("html",))
        self._words(body, rich)
        shown = {body, rich} - {None}
        for part in _leaves(message):
            if part in shown:
                continue
            if part.get_content_type() == "message/rfc822":
                self._forwarded(part, depth)
            else:
                self._file(part)

    def _words(self, body: MIMEPart | None, rich: MIMEPart | None) -> None:
        plain = body if body is not None and body.get_content_type() == "text/plain" else None
        words = _plain(plain) if plain is not None else ""
        page = _page(rich) if rich is not None else None
        if page is not None and (page.tables or not words.strip()):
            offset = sum(len(one.tables) for one in self.pages)
            text = page.text
            for number in range(len(page.tables) - 1, -1, -1):
                text = text.replace(markup.place(number), markup.place(number + offset))
            self.pages.append(page)
            words = text
        elif rich is not None and page is None:
            self.notes.append(("The formatted text", "it is nested beyond reason"))
        if words.strip():
            self.parts.append(words)

    def _forwarded(self, part: EmailMessage, depth: int) -> None:
        for inner in part.iter_parts() if part.is_multipart() else ():
            assert isinstance(inner, EmailMessage)
            lines = [f"{name}: {_header(inner, name)}" for name in ("From", "Date", "Subject")]
            self.parts.append("\n".join(["---------- Forwarded message ---------", *lines, ""]))
            self.add(inner, depth=depth + 1)

    def _file(self, part: EmailMessage) -> None:
        kind = part.get_content_type()
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes) or not content:
            return
        name = " ".join(str(part.get_filename() or "").split())[:255] or f"part {len(self.files) + 1}"
        if len(self.files) >= MOST_FILES:
            self.notes.append((name, f"only the first {MOST_FILES} files of a mail are kept apart"))
            return
        decoration = kind in _SIGNATURES or kind == "text/calendar"
        if kind.startswith("image/") and part.get("Content-ID") and len(content) < DECORATION_BYTES:
            decoration = True
        self.files.append(Attached(name, kind, len(content), not decoration))
        self.contents.append(content)

    def text_and_tables(self) -> tuple[str, tuple[Table, ...]]:
        """All words, and the tables that stand in what the sender says now; quoted ones stay text."""
        text = "\n\n".join(self.parts).strip()
        kept = mail.own_text(text, "email")[0]
        tables, number = [], 0
        for page in self.pages:
            for rows, shown in zip(page.tables, page.shown, strict=True):
                here = markup.place(number) in kept
                text = _put(text, markup.place(number), "" if here else shown)
                if here:
                    tables.append(Table(f"table {number + 1}", rows))
                number += 1
        if len(text) > MOST_TEXT:
            self.notes.append(("The end of the mail", f"only the first {MOST_TEXT:,} letters are read"))
        if any(sign in text for sign in _TURNING):
            self.notes.append(("The text", "it holds hidden signs that turn text around"))
        return text[:MOST_TEXT], tuple(tables)


def _put(text: str, mark: str, shown: str) -> str:
    """The text with `shown` where `mark` stands; each of its lines is quoted as the mark was."""
    before, found, after = text.partition(mark)
    front = before.rpartition("\n")[2] if found else ""
    quote = front if set(front) <= {">", " "} else ""
    return before + shown.replace("\n", f"\n{quote}") + after


def _leaves(message: EmailMessage) -> Iterator[EmailMessage]:
    """The parts that hold something; a mail within the mail counts as one."""
    waiting: list[EmailMessage] = [message]
    while waiting:
        part = waiting.pop()
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            inner = [one for one in part.iter_parts() if isinstance(one, EmailMessage)]
            waiting.extend(reversed(inner))
        else:
            yield part


def _plain(part: MIMEPart) -> str:
    text = _decoded(part)
    flowed = str(part.get_param("format", "")).lower() == "flowed"
    return _unwrapped(text) if flowed else text


def _decoded(part: MIMEPart) -> str:
    content = part.get_payload(decode=True)
    data = content if isinstance(content, bytes) else b""
    named = str(part.get_content_charset() or "utf-8")
    for charset in (named, "utf-8", "cp1252"):
        try:
            return data.decode(charset).replace("\r\n", "\n").replace("\ufeff", "")
        except (LookupError, UnicodeDecodeError):
            continue
    return data.decode("utf-8", "replace").replace("\r\n", "\n")


def _unwrapped(text: str) -> str:
    """Lines that were only wrapped for the journey, joined again (RFC 3676)."""
    out: list[str] = []
    joins = False
    for line in text.split("\n"):
        if joins:
            out[-1] += line
        else:
            out.append(line)
        joins = line.endswith(" ") and line != "-- " and not line.startswith(">")
    return "\n".join(out)


def _page(part: MIMEPart) -> markup.Page | None:
    try:
        return markup.read(_decoded(part)[: markup.MOST_HTML])
    except RecursionError:
        return None
