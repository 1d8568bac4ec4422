"""Bytes to electronic orders: what the file is, which characters it is written in, and what it says."""

from __future__ import annotations

import re
from dataclasses import dataclass

from obeya.integrations.edi import edifact, segments, ubl, x12
from obeya.orders.reading import typed, types

MOST_BYTES = 8_000_000
SUFFIXES = (".edi", ".x12", ".850", ".860", ".edifact", ".edf", ".ord", ".xml", ".ubl", ".txt", ".dat")
_HEAD = re.compile(rb"^(?:\xef\xbb\xbf)?\s*(?:ISA[^\w\s]|UNA.{6}\s*UNB|UNB[^\w\s])", re.DOTALL)
_XML = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<(?:\?xml|!DOCTYPE|!--|[A-Za-z_][\w.-]*:?\w*[\s>])")
_ORDER = re.compile(rb"<(?:[\w.-]+:)?(?:Order|OrderChange|OrderCancellation)[\s>]")


@dataclass(frozen=True, slots=True)
class InText:
    """Orders found in the text of a message, and the text around them."""

    orders: tuple[types.Attachment, ...]
    rest: str


def is_edi(data: bytes) -> bool:
    """Whether a file is an X12 or EDIFACT interchange or an XML order, by its first characters."""
    head = data[:4_096]
    return _HEAD.match(head) is not None or (_XML.match(head) is not None and _has_order(data[:65_536]))


def _has_order(data: bytes) -> bool:
    plain = data.replace(b"\0", b"")
    return _ORDER.search(plain) is not None


def is_xml(data: bytes) -> bool:
    """Whether a file is XML, of whatever kind."""
    return _XML.match(data[:4_096]) is not None or data[:4] in (b"\xff\xfe<\0", b"\xfe\xff\0<")


def is_in_text(data: bytes) -> bool:
    """Whether an envelope begins at the start of a line in some text, as in a mail that was kept as text."""
    return typed.find(data.decode("utf-8", errors="replace")) is not None


def convert(name: str, data: bytes) -> tuple[types.Attachment, ...]:
    """The orders of a file, one record each; an Unreadable that says why where there are none."""
    try:
        return tuple(read(name, data))
    except segments.CannotReadEdi as error:
        return (types.Unreadable(name, str(error)),)


def read(name: str, data: bytes) -> list[types.ElectronicOrder]:
    """The orders of a file. Raises CannotReadEdi."""
    if len(data) > MOST_BYTES:
        raise segments.CannotReadEdi(f"The file is larger than {MOST_BYTES // 1_000_000} MB.")
    if is_xml(data):
        return [ubl.order(name, data)]
    text = _decoded(data)
    if text.lstrip("\ufeff \r\n\t").startswith("ISA"):
        return x12.orders(name, text)
    if text.lstrip("\ufeff \r\n\t").startswith(("UNA", "UNB")):
        return edifact.orders(name, text)
    raise segments.CannotReadEdi("The file is no X12, EDIFACT or UBL order.")


def _decoded(data: bytes) -> str:
    """The characters of an interchange: UTF-8 where it is that, else what UNB's syntax says, else Latin-1."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        syntax = re.search(rb"UNB.UNO([A-K])", data[:200])
        return data.decode(_SYNTAXES.get(syntax[1] if syntax else b"", "latin-1"), errors="replace")


_SYNTAXES = {b"C": "latin-1", b"D": "iso8859-2", b"E": "iso8859-5", b"F": "iso8859-7", b"G": "iso8859-3",
             b"H": "iso8859-4", b"I": "iso8859-6", b"J": "iso8859-8", b"K": "iso8859-9"}  # fmt: skip


def in_text(text: str, name: str = "message") -> InText | None:
    """The orders that stand in the text of a message, or None where none does."""
    place = typed.find(text)
    if place is None:
        return None
    data = text[slice(*place)].encode("utf-8", errors="replace")
    if not is_edi(data):
        return None
    return InText(convert(name, data), f"{text[: place[0]]}\n{text[place[1] :]}".strip())
