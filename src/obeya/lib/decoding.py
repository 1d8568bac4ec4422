"""Bytes of unknown encoding as text: the encodings that office programs and exports really write."""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_ARABIC_RUN = re.compile(r"[\u0621-\u064a]{3,}")
_HIGH_RUN = re.compile(rb"[\x80-\xff]{3,}")


def decode(content: bytes, *, cut: bool = False) -> str | None:
    """The text of `content`, or None where it is no text; `cut`: it may end within a character.

    Byte order marks first, then UTF-8, UTF-16 without a mark, and the Windows code pages of Western
    Europe and of Arabic.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _text(content[len(mark) :], encoding, cut=cut)
    if (wide := _wide(content)) is not None:
        return _text(content, wide, cut=cut)
    text = _text(content, "utf-8", cut=cut)
    if text is None and b"\0" not in content:
        text = _text(content, _code_page(content), cut=False)
    return text


def _text(content: bytes, encoding: str, *, cut: bool) -> str | None:
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(content, final=not cut)
    except UnicodeDecodeError:
        return None
    return None if _BINARY.search(text) else text


def _wide(content: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of Latin letters and digits is zero."""
    start = content[:400]
    if len(start) < 8 or start.count(0) < len(start) // 5:
        return None
    even, odd = start[0::2].count(0), start[1::2].count(0)
    return "utf-16-le" if odd > 4 * even else "utf-16-be" if even > 4 * odd else None


def _code_page(content: bytes) -> str:
    """Western words hold a single accented letter here and there; Arabic ones are all high bytes."""
    runs: list[bytes] = _HIGH_RUN.findall(content)
    arabic = sum(1 for run in runs if _ARABIC_RUN.search(run.decode("cp1256", errors="replace")))
    return "cp1256" if runs and arabic * 2 > len(runs) else "cp1252"
