"""Small pictures of stored pictures and PDF pages, drawn once and kept beside the files."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from obeya.inbox import drawing, files, queries
from obeya.lib import bounded

MOST_PAGES = 30
"""Pages of a document that are drawn; the whole file can always be opened."""
DRAWN = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "application/pdf"})
_LIMITS = bounded.Limits(cpu_s=15, wall_s=25.0, memory_bytes=1 << 30, answer_bytes=8 << 20)


class NoPreview(Exception):
    """This file, or this page of it, cannot be shown as a picture."""


@dataclass(frozen=True, slots=True)
class Preview:
    """One page as JPEG, and how many pages the file has."""

    jpeg: bytes
    pages: int


def page_of(file: queries.File, number: int) -> Preview:
    """Page `number` (from 1) of a stored file. Raises NoPreview, and queries.NoSuchMedia."""
    if file.content_type not in DRAWN or not 1 <= number <= MOST_PAGES:
        raise NoPreview("This cannot be shown as a picture.")
    kept = _place(file.digest, number)
    if kept.exists():
        return _of(kept.read_bytes())
    about = {"content_type": file.content_type, "page": str(number)}
    try:
        drawn = bounded.run(drawing.draw, queries.read_media(file.digest), about, _LIMITS)
    except bounded.TookTooLong as error:
        raise NoPreview("It takes too long to draw.") from error
    except bounded.NeededTooMuch as error:
        raise NoPreview("It is too large to draw.") from error
    except bounded.BrokeDown as error:
        raise NoPreview("It is damaged, locked, or has no such page.") from error
    _keep(kept, drawn)
    return _of(drawn)


def _of(drawn: bytes) -> Preview:
    pages, _, jpeg = drawn.partition(b"\n")
    return Preview(jpeg, int(pages))


def _place(digest: str, number: int) -> Path:
    return Path(settings.MEDIA_ROOT) / "previews" / files.path_of(digest).name[:2] / f"{digest}-{number}"


def _keep(place: Path, drawn: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as part:
        part.write(drawn)
    Path(part.name).rename(place)
