"""A stored picture or PDF page drawn anew as a small picture: what a screen shows of an untrusted file.

Runs in a child process with limits (`lib.bounded`). No Django in here.
"""

from __future__ import annotations

import io
from collections.abc import Mapping

import pypdfium2
from PIL import Image, ImageOps

LONGEST_SIDE = 1_600
"""Pixels of a drawn page or picture."""
MOST_PIXELS = 120_000_000
"""A larger picture is not opened."""
_QUALITY = 82


def draw(content: bytes, about: Mapping[str, str]) -> bytes:
    """Page `about["page"]` (from 1) of a PDF, or a picture, as JPEG: first a line with the number of pages.

    Raises IndexError for a page that is not there; whatever a library raises for what is broken.
    """
    number = int(about["page"])
    if about["content_type"] == "application/pdf":
        picture, pages = _page(content, number)
    elif number == 1:
        picture, pages = _picture(content), 1
    else:
        raise IndexError(number)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY)
    return f"{pages}\n".encode() + out.getvalue()


def _page(content: bytes, number: int) -> tuple[Image.Image, int]:
    document = pypdfium2.PdfDocument(content)
    page = document[number - 1]
    scale = LONGEST_SIDE / max(*page.get_size(), 1.0)
    drawn: Image.Image = page.render(scale=min(scale, 4.0)).to_pil()
    return drawn.convert("RGB"), len(document)


def _picture(content: bytes) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # Pillow refuses from twice as many on
    found = Image.open(io.BytesIO(content))
    found.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(found)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if upright.mode in ("RGBA", "LA", "P"):
        white = Image.new("RGBA", upright.size, "white")
        return Image.alpha_composite(white, upright.convert("RGBA")).convert("RGB")
    return upright.convert("RGB")
