"""Pictures and scanned PDFs as the order desk asks for them (`orders/ports.py`).

Whatever is recognised comes with a `Scanned` beside it, by which the reader never books it unasked.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable
from typing import cast

from PIL import Image

from obeya.integrations.scans import equipment, layout, pictures, tesseract
from obeya.lib import bounded, filetypes
from obeya.orders import ports
from obeya.orders.reading import types

LIMITS = bounded.Limits(cpu_s=120, wall_s=90.0, memory_bytes=4 << 30, answer_bytes=8 << 20)
_HEADS = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n|RIFF....WEBP|II\*\0|MM\0\*|GIF8|BM....\0\0\0\0", re.DOTALL)
_HEIF = re.compile(rb"....ftyp(?:heic|heix|hevc|mif1|msf1|avif)", re.DOTALL)
_TELEPHONES_FORM = (
    "a picture in HEIC or AVIF form, as iPhones take them: Obeya cannot open it; ask for JPEG "
    "(on the iPhone: Settings, Camera, Formats, Most Compatible)"
)
_FEW_LATIN = 0.85
"""Below this mean score the page may be in another script."""
_FITS = 4.0
"""Letters of a script, weighed by how sure each was, that make a page one in that script."""


def is_picture(file: ports.File) -> bool:
    """Whether the content is a picture, by its first bytes."""
    return _HEADS.match(file.content) is not None or _HEIF.match(file.content) is not None


def is_pdf(file: ports.File) -> bool:
    """Whether the content is a PDF; those with text are read otherwise before."""
    return filetypes.kind_of(file.content) == filetypes.PDF


def convert_picture(file: ports.File) -> ports.Converted:
    """A photo or a scan as rows and text."""
    if _HEIF.match(file.content):
        return [types.Unreadable(file.name, _TELEPHONES_FORM)]
    if (missing := _missing(file.name)) is not None:
        return missing
    try:
        pages = pictures.count_frames(file.content)
        return _read(file.name, pictures.of_image(file.content), pages)
    except pictures.CannotSeePicture as error:
        return [types.Unreadable(file.name, str(error))]


def convert_pdf(file: ports.File) -> ports.Converted:
    """The pages of a PDF that holds only pictures."""
    if (missing := _missing(file.name)) is not None:
        return missing
    try:
        pages, drawn = pictures.of_pdf(file.content)
        return _read(file.name, drawn, pages)
    except pictures.CannotSeePicture as error:
        return [types.Unreadable(file.name, str(error))]


def _missing(name: str) -> list[types.Attachment] | None:
    if equipment.has_engine():
        return None
    return [types.Unreadable(name, "a picture; reading pictures is not installed here (`obeya doctor`)")]


def _read(name: str, images: Iterable[Image.Image], pages: int) -> list[types.Attachment]:
    out: list[types.Attachment] = []
    seen: list[layout.Piece] = []
    foreign = False
    for number, image in enumerate(images, 1):
        pieces, is_foreign = recognise(image)
        seen += pieces
        foreign = foreign or is_foreign
        out += layout.attachments(name, pieces, number if pages > 1 else None)
    if pages > pictures.MOST_PAGES:
        out.append(types.Unreadable(name, f"only the first {pictures.MOST_PAGES} of {pages} pages were read"))
    if not seen:
        return [types.Unreadable(name, "a picture in which no writing was found")]
    foreign = foreign or layout.has_foreign_digits(seen)
    return [types.Scanned(name, "check it against the picture", None, layout.unsure(seen), foreign), *out]


def recognise(image: Image.Image) -> tuple[list[layout.Piece], bool]:
    """The pieces of text of a page, and whether it is in another script than Latin (by tesseract then)."""
    found = _engine_pieces(image)
    if layout.is_sideways(found):
        found = max((_engine_pieces(image.rotate(angle, expand=True)) for angle in (90, 270)), key=_worth)
    if _score(found) >= _FEW_LATIN:
        return found, False
    other = _in_another_script(image, sum(p.score * sum(map(str.isalpha, p.text)) for p in found))
    return (other, True) if other else (found, False)


def _in_another_script(image: Image.Image, latin: float) -> list[layout.Piece]:
    """The page as tesseract reads it in the script that it fits best; empty where Latin fits it better."""
    program = tesseract.find()
    known = tesseract.languages(program) if program else frozenset()
    if program is None:
        return []
    certain = tesseract.script(program, image)
    scripts = [certain] if certain in tesseract.SCRIPTS else [] if certain else list(tesseract.SCRIPTS)
    read = [
        (tesseract.fit(pieces, script), pieces)
        for script in scripts
        if (language := tesseract.SCRIPTS[script]) in known
        if (pieces := tesseract.recognise(program, image, language))
    ]
    fit, best = max(read, key=lambda one: one[0], default=(0.0, []))
    return best if fit >= max(_FITS, latin) else []


def _engine_pieces(image: Image.Image) -> list[layout.Piece]:
    engine = importlib.import_module(equipment.ENGINE)
    return cast(list[layout.Piece], engine.recognise(image))


def _score(pieces: list[layout.Piece]) -> float:
    letters = sum(len(p.text) for p in pieces)
    return sum(p.score * len(p.text) for p in pieces) / letters if letters else 0.0


def _worth(pieces: list[layout.Piece]) -> float:
    return _score(pieces) * len(pieces)
