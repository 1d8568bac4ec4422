"""The files of a message on the desk: drawn pages, a player, a link; and what is missing, and why."""

from __future__ import annotations

import uuid
from typing import Literal

from django.urls import reverse
from django.utils.translation import gettext as _

from obeya.inbox import previews
from obeya.inbox import queries as inbox
from obeya.web.order_desk import page

AUDIO = frozenset({"audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac", "audio/wav"})
"""Recordings that browsers play."""
INLINE = AUDIO | {"image/jpeg", "image/png", "image/webp", "image/gif", "application/pdf"}
"""Files that a browser may show; everything else is only downloaded."""


def of_signal(order_id: uuid.UUID, signal: inbox.Signal) -> tuple[page.Attachment, ...]:
    """Everything that came with a message, and what of it is missing."""
    there = [_attachment(order_id, file) for file in signal.files]
    missing = [page.Attachment(one.name, "", "", "alert", one.reason, "missing") for one in signal.missing]
    return (*there, *missing)


def _attachment(order_id: uuid.UUID, file: inbox.File) -> page.Attachment:
    return page.Attachment(
        name=file.name or _("file"),
        url=reverse("web:order_file", args=[order_id, file.digest]),
        size=size_words(file.size),
        icon=_icon(file.content_type),
        shown=_shown(file.content_type),
        pages_url=reverse("web:order_file_pages", args=[order_id, file.digest, 1]),
        digest=file.digest,
    )


def _shown(content_type: str) -> Literal["pages", "audio", "link"]:
    if content_type in previews.DRAWN:
        return "pages"
    return "audio" if content_type in AUDIO else "link"


def _icon(content_type: str) -> str:
    front = content_type.partition("/")[0]
    return {"image": "image", "audio": "voice"}.get(front, "file")


def size_words(size: int) -> str:
    """A file's size: 812 B, 24 kB, 3.1 MB."""
    if size < 1_000:
        return f"{size} B"
    return f"{size // 1_000} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"
