"""Phone numbers and mail addresses in one written form, so that the same one is found again."""

from __future__ import annotations

import re

_NOT_DIGIT = re.compile(r"\D+")
_MAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f.]+")
SHORTEST_NATIONAL = 8
LONGEST_COUNTRY_CODE = 3
LONGEST_NUMBER = 15
"""E.164: at most fifteen digits, country code included."""


PUBLIC_DOMAINS = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "yahoo.com",
        "yahoo.co.in",
        "yahoo.in",
        "ymail.com",
        "rocketmail.com",
        "outlook.com",
        "outlook.in",
        "hotmail.com",
        "hotmail.co.uk",
        "live.com",
        "live.in",
        "msn.com",
        "icloud.com",
        "me.com",
        "mac.com",
        "aol.com",
        "gmx.com",
        "gmx.de",
        "gmx.net",
        "web.de",
        "mail.com",
        "proton.me",
        "protonmail.com",
        "zoho.com",
        "zohomail.in",
        "rediffmail.com",
        "rediff.com",
        "yandex.com",
        "yandex.ru",
        "mail.ru",
        "qq.com",
        "163.com",
        "126.com",
        "fastmail.com",
        "tutanota.com",
        "hey.com",
        "comcast.net",
        "att.net",
        "sify.com",
        "vsnl.com",
        "vsnl.net",
        "bsnl.in",
        "emirates.net.ae",
        "eim.ae",
    ]
)
"""Where anybody can have an address: such a domain says nothing about the company."""


class NotAContact(ValueError):
    """This is neither a phone number nor a mail address."""


def phone(text: str) -> str:
    """A phone number as digits: E.164 without the plus, or "0" and the national digits.

    Only a leading "+" or "00" marks an international number; anything else may lack its country
    code and keeps a leading zero, which no E.164 number has. Raises NotAContact.
    """
    stripped = text.strip()
    digits = "".join(str(int(d)) for d in _NOT_DIGIT.sub("", stripped))
    international = stripped.startswith("+") or digits.startswith("00")
    bare = digits.lstrip("0")
    if not 7 <= len(bare) <= LONGEST_NUMBER:
        raise NotAContact(f"{text[:40]!r} is not a phone number")
    return bare if international else f"0{bare}"


def phone_forms(text: str) -> tuple[str, ...]:
    """Every form under which the number in `text` may have been stored, the exact one first.

    `text` counts as international with or without its plus, as WhatsApp sends it; at most a country
    code's three digits are taken off its front. Raises NotAContact.
    """
    bare = phone(text).lstrip("0")
    fronts = range(min(LONGEST_COUNTRY_CODE, max(len(bare) - SHORTEST_NATIONAL, 0)) + 1)
    return (bare, *(f"0{bare[front:]}" for front in fronts if not bare[front:].startswith("0")))


def email(text: str) -> str:
    """A mail address in lower case. Raises NotAContact."""
    address = text.strip().lower()
    if len(address) > 254 or not _MAIL.fullmatch(address):
        raise NotAContact(f"{text[:40]!r} is not a mail address")
    return address


def company_domain(text: str) -> str:
    """The domain of a mail address where it tells the company; "" for mail providers open to anybody."""
    try:
        domain = email(text).rpartition("@")[2]
    except NotAContact:
        return ""
    return "" if domain in PUBLIC_DOMAINS else domain
