"""Small pictures of stored pictures and PDF pages, drawn once and kept beside the files.

One page is drawn at a time in a process: few threads serve everything, and a hostile file may use up its
time. Whoever asks meanwhile is told to come again; that a page cannot be drawn is kept as well.
"""

from __future__ import annotations

import tempfile
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from obeya.inbox import drawing, files, queries
from obeya.lib import bounded, clock

MOST_PAGES = 30
"""Pages of a document that are drawn; the whole file can always be opened."""
DRAWN = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "application/pdf"})
_LIMITS = bounded.Limits(cpu_s=5, wall_s=8.0, memory_bytes=1 << 30, answer_bytes=8 << 20)
_BELIEVED = timedelta(days=1)
"""For so long a page that could not be drawn is not tried again: a machine may have been busy, or mended."""
_ONE_AT_A_TIME = threading.Lock()


class NoPreview(Exception):
    """This file, or this page of it, cannot be shown as a picture."""


class NotYet(NoPreview):
    """Another page is being drawn; this one can be asked for again in a moment."""


@dataclass(frozen=True, slots=True)
class Preview:
    """One page as JPEG, and how many pages the file has."""

    jpeg: bytes
    pages: int


def page_of(file: queries.File, number: int) -> Preview:
    """Page `number` (from 1) of a stored file. Raises NoPreview, NotYet, and queries.NoSuchMedia."""
    if file.content_type not in DRAWN or not 1 <= number <= MOST_PAGES:
        raise NoPreview("This cannot be shown as a picture.")
    kept = _place(file.digest, number)
    if kept.exists():
        return _of(kept.read_bytes())
    if problem := _known_problem(kept):
        raise NoPreview(problem)
    if not _ONE_AT_A_TIME.acquire(blocking=False):
        raise NotYet("Another page is being drawn. This one is next in a moment.")
    try:
        return _of(_draw(file, number, kept))
    finally:
        _ONE_AT_A_TIME.release()


def _draw(file: queries.File, number: int, kept: Path) -> bytes:
    about = {"content_type": file.content_type, "page": str(number)}
    content = queries.read_media(file.digest)
    try:
        drawn = bounded.run(drawing.draw, content, about, _LIMITS)
    except bounded.TookTooLong as error:
        raise _remembered(kept, "It takes too long to draw.") from error
    except bounded.NeededTooMuch as error:
        raise _remembered(kept, "It is too large to draw.") from error
    except bounded.BrokeDown as error:
        raise _remembered(kept, "It is damaged, locked, or has no such page.") from error
    _keep(kept, drawn)
    return drawn


def _remembered(kept: Path, problem: str) -> NoPreview:
    _keep(_problem_of(kept), problem.encode())
    return NoPreview(problem)


def _known_problem(kept: Path) -> str:
    """Why the page could not be drawn lately; empty where nobody tried."""
    told = _problem_of(kept)
    try:
        written = datetime.fromtimestamp(told.stat().st_mtime, UTC)
        return told.read_text() if clock.now() - written < _BELIEVED else ""
    except FileNotFoundError:
        return ""


def _problem_of(kept: Path) -> Path:
    return kept.with_name(f"{kept.name}.problem")


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
