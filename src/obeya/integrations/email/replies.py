"""The answer in a reply: its first line, and whether anything else was written. No Django in here."""

from __future__ import annotations

import re

from obeya.orders.reading import letters, mail, words

MOST = 500
"""Characters of the first line that are kept."""
_WORDS = re.compile(r"[^\W_]+")


def first_line(text: str, *, names: str = "") -> tuple[str, bool]:
    """The first line of what the sender says now, and whether it stands alone.

    Quotes, signatures and disclaimers do not count, nor do courtesies and the sender's own name.
    Where it does not stand alone, all that was said is given, so that a person sees it.
    """
    own = mail.own_text(text, "email")[0]
    said = [line.strip() for line in own.splitlines() if line.strip()]
    if not said:
        return "", False
    known = set(_WORDS.findall(letters.fold(names).text)) | words.FILLER
    rest = [word for line in said[1:] for word in _WORDS.findall(letters.fold(line).text)]
    if all(word in known for word in rest):
        return said[0][:MOST], True
    return "\n".join(said)[:MOST], False
