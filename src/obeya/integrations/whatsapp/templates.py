"""Approved templates: what WhatsApp takes for a customer who has not written for 24 hours.

A plant has one template for each language approved by Meta, with one variable in its body, and names them in
`OBEYA_WHATSAPP_TEMPLATES`. The message's words become the variable.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.conf import settings

from obeya.integrations.whatsapp import outgoing

LONGEST = 1_000
"""Letters of the variable; the words around it count towards WhatsApp's 1,024."""
_BREAKS = re.compile(r"\s*[\n\r\t]+\s*")
_SPACES = re.compile(r" {2,}")


class CannotUseTemplates(ValueError):
    """OBEYA_WHATSAPP_TEMPLATES is not of the form language=name, such as en=order_news,hi=order_news_hi."""


def configured() -> Mapping[str, str]:
    """The names by language, the default first; none where none is set. Raises CannotUseTemplates."""
    return read(str(settings.WHATSAPP.get("templates", "")))


def read(text: str) -> Mapping[str, str]:
    """Names by language of such a setting: "en=order_news,hi=order_news_hi". Raises CannotUseTemplates."""
    found: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        language, _, name = (word.strip() for word in part.partition("="))
        try:
            outgoing.compose(outgoing.Template(name=name, language=language), to="910000000000")
        except outgoing.CannotComposeMessage as error:
            raise CannotUseTemplates(
                f"OBEYA_WHATSAPP_TEMPLATES: {part[:60]!r} cannot be used. {error}"
            ) from error
        found[language] = name
    return found


def choose(templates: Mapping[str, str], language: str) -> tuple[str, str] | None:
    """Name and language of the template for someone who reads `language`: that one ("en" stands for "en_US"
    too and the other way round), else the first; None where there is none."""
    wanted = [key for key in templates if key == language]
    wanted += [key for key in templates if key.partition("_")[0] == language.partition("_")[0]]
    for key in [*wanted, *templates]:
        return templates[key], key
    return None


def in_one_line(words: str) -> str:
    """The words as a variable may have them: one line, no run of spaces, at most `LONGEST` letters."""
    line = _SPACES.sub(" ", _BREAKS.sub(" · ", words.strip()))
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
