"""Plain text files."""

from __future__ import annotations

from obeya.lib import decoding
from obeya.orders import ports
from obeya.orders.reading import types

MOST_CHARACTERS = 200_000


def attachments_of(content: bytes, name: str) -> ports.Converted:
    """The text as one page; what is longer than `MOST_CHARACTERS` is cut, and said."""
    text = decoding.decode(content)
    if text is None:
        return ports.NotMine("it is no text that Obeya can read")
    if not text.strip():
        return [types.Unreadable(name, "the file is empty")]
    page = types.TextPage(name, text[:MOST_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) <= MOST_CHARACTERS:
        return [page]
    return [page, types.Unreadable(name, f"only the first {MOST_CHARACTERS:,} characters are read")]
