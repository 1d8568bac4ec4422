"""Where an electronic order stands in the text of a message: between a greeting and a signature, wrapped."""

from __future__ import annotations

import re

_LONGEST = 4_000_000
_START = re.compile(
    r"^[ \t>]*(ISA[^\w\s]|UNA.{6}\s*UNB|UNB\+|<\?xml\b|<(?:\w+:)?Order[\w]*\s+xmlns)", re.MULTILINE
)


def find(text: str) -> tuple[int, int] | None:
    """Where the first electronic order of a text starts and ends, or None where there is none.

    It begins with its envelope (ISA, UNA, UNB, an XML head) at the start of a line and ends with it, or with
    the text.
    """
    start = _START.search(text[:_LONGEST])
    if start is None:
        return None
    begin = start.start(1)
    return begin, begin + _end(text[begin:])


def without(text: str) -> str:
    """The text with its electronic order blanked out, every other letter in its place."""
    place = find(text)
    if place is None:
        return text
    start, end = place
    return text[:start] + re.sub(r"\S", " ", text[start:end]) + text[end:]


def _end(body: str) -> int:
    if body.startswith("ISA"):
        sign = re.escape(body[3])
        end = re.search(rf"\bIEA{sign}\s*\d*\s*{sign}\s*\w*[^\w\s]?", body)
    elif body.startswith(("UNA", "UNB")):
        end = re.search(r"UNZ[^\w\s][^\n]*?(?:'|$)", body, re.MULTILINE)
    else:
        name = re.search(r"<((?:[\w.-]+:)?(?:StandardBusinessDocument|Order\w*))[\s>]", body)
        end = re.search(rf"</{re.escape(name[1])}\s*>", body) if name else None
    return end.end() if end else len(body)
