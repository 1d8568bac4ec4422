"""In which letters a text is written, and what people call them: pure."""

from __future__ import annotations

import unicodedata
from collections import Counter

LOOKED_AT = 2_000
"""Letters of a text that are looked at; its beginning says enough."""
LATIN, NONE = "latin", ""
"""The letters of codes and names everywhere; no letters at all: a file alone."""
SHARE = 0.2
"""From this share of the letters on a text counts as of another script: codes and names stay Latin in all."""
NAMES = {
    LATIN: "Latin letters",
    "devanagari": "Hindi letters",
    "gujarati": "Gujarati letters",
    "arabic": "Arabic letters",
    "bengali": "Bengali letters",
    "gurmukhi": "Punjabi letters",
    "malayalam": "Malayalam letters",
    "tamil": "Tamil letters",
    "telugu": "Telugu letters",
    "kannada": "Kannada letters",
    "cyrillic": "Cyrillic letters",
    "greek": "Greek letters",
    "cjk": "Chinese characters",
    NONE: "files without a text",
}


def script_of(text: str) -> str:
    """The script of a text as Unicode names it ("latin", "devanagari"), or `NONE`."""
    letters = [char for char in text[: 4 * LOOKED_AT] if char.isalpha()][:LOOKED_AT]
    told = Counter(unicodedata.name(char, "unnamed").split(" ")[0].split("-")[0].lower() for char in letters)
    enough = SHARE * len(letters)
    others = [script for script, count in told.most_common() if script != LATIN and count >= enough]
    return others[0] if others else LATIN if letters else NONE


def name_of(script: str) -> str:
    """What people call the letters."""
    return NAMES.get(script, f"{script.capitalize()} letters")
