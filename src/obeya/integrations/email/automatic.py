"""Mails that no person wrote, and mails whose sender is not who they claim to be. No Django in here.

What a program sends by itself is never an order and gets no answer (RFC 3834): two programs that answer
each other never stop.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import getaddresses

LOOP_MARK = "obeya"
"""The value of the header X-Loop on every mail of ours."""
_BULK = frozenset({"bulk", "junk", "auto_reply", "auto-reply"})
_DAEMONS = re.compile(r"^(?:mailer-daemon|postmaster|no-?reply-bounce|bounces?)\b", re.IGNORECASE)
_ANSWERS = re.compile(
    r"^\s*(?:out of (?:the )?office|automatic reply|auto(?:matic)?[- ]?(?:reply|response)|autoreply"
    r"|delivery status notification|undeliver(?:able|ed)|mail delivery (?:failed|subsystem)|read:|not read:)",
    re.IGNORECASE,
)
_FAILED = re.compile(r"\b(dmarc|spf|dkim)=(fail|softfail|permerror)\b", re.IGNORECASE)
_PASSED = re.compile(r"\b(dmarc|dkim)=pass\b", re.IGNORECASE)


def reason(header: Callable[[str], str], message: EmailMessage, own: tuple[str, ...]) -> str:
    """Why this mail is not from a person; "" where it seems to be."""
    senders = {address.lower() for _, address in getaddresses([header("From"), header("Sender")])}
    if senders & set(own):
        return "It comes from our own address."
    if LOOP_MARK in header("X-Loop").lower():
        return "It is a mail of ours that came back."
    if (auto := header("Auto-Submitted").strip().lower()) and not auto.startswith("no"):
        return "A program sent it (Auto-Submitted)."
    if header("Precedence").strip().lower() in _BULK:
        return "A program sent it to many (Precedence)."
    if header("X-Autoreply") or header("X-Autorespond") or header("X-Auto-Reply-From"):
        return "It is an automatic answer."
    if header("Return-Path").strip() == "<>" or message.get_content_type() == "multipart/report":
        return "It is a report about a mail."
    if any(_DAEMONS.match(address) for address in senders):
        return "It is a report about a mail."
    return "It is an automatic answer." if _ANSWERS.match(header("Subject")) else ""


def distrust(results: str) -> str:
    """Why the sender may not be who the mail says, by our own server's word (RFC 8601); "" where it may."""
    failed = {kind.lower() for kind, _ in _FAILED.findall(results)}
    if "dmarc" in failed or (failed and not _PASSED.search(results)):
        return "the mail server could not confirm that it comes from this address"
    return ""
